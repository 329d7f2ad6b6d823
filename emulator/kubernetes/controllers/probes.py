"""Predicts the results of a kubelet's probes from a pod's specification.

Nothing runs in the pods. A probe of a port on which nothing listens fails, and so does one of a path that is not in the
pod's annotation `emulator.openmarket/serves`, if it has that. The results of other probes, such as commands, cannot be
known, and count as passed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from emulator.kubernetes.api import Object

STARTUP, READINESS, LIVENESS = "Startup", "Readiness", "Liveness"

SERVES = "emulator.openmarket/serves"
"""Annotation with the paths that a pod's program serves, separated by commas: it answers others with 404."""

_FIELDS = {STARTUP: "startupProbe", READINESS: "readinessProbe", LIVENESS: "livenessProbe"}
_NUMBER = re.compile(r"(?<![\w.])\d{1,5}(?![\w.])")


@dataclass(frozen=True)
class Failure:
    """A probe of a container that fails. `sidecar` is True if other containers wait for this one to start."""

    kind: str
    container: str
    problem: str
    sidecar: bool

    def message(self, address: str) -> str:
        """Return the kubelet's message, with the pod's address, which may be empty."""
        return f"{self.kind} probe {self.problem.replace(_ADDRESS, address)}"


_ADDRESS = "<address>"


def failures(pod: Object, also: Iterable[int] = ()) -> list[Failure]:
    """Return the pod's probes that fail. `also` are further ports on which its program is known to listen.

    Other probes of a container are not run before its startup probe has passed.
    """
    open_ports = {*listening(pod), *also}
    found: list[Failure] = []
    for container, sidecar in _running(pod):
        problems = {kind: _problem(pod, container, kind, open_ports) for kind in _FIELDS}
        kinds = [STARTUP] if problems[STARTUP] else [kind for kind in _FIELDS if problems[kind]]
        found += [Failure(kind, container["name"], problems[kind], sidecar) for kind in kinds]
    return found


def listening(pod: Object) -> set[int]:
    """Return the TCP ports that the pod's containers declare or name on their command lines.

    Declaring ports is optional in Kubernetes, and charts omit some that they pass to the program, such as
    `--healthz-addr=:8081`.
    """
    found: set[int] = set()
    for container, _ in _running(pod):
        ports = [each for each in container.get("ports", []) if each.get("protocol", "TCP") == "TCP"]
        found |= {int(each["containerPort"]) for each in ports}
        variables = [each.get("value", "") for each in container.get("env", []) if each["name"] == "PORT"]
        for text in [*container.get("command", []), *container.get("args", []), *variables]:
            found |= {int(number) for number in _NUMBER.findall(text)}
    return found


def simulated(pod: Object, name: str, also: Iterable[int] = ()) -> list[str]:
    """Return a line for each probe of the container that counts as passed, which says that its result is simulated."""
    failed = {failure.kind for failure in failures(pod, also) if failure.container == name}
    return [
        f"{kind.lower()} probe ({_described(probe)}): simulated, it is not run and counts as passed"
        for container, _ in _running(pod)
        for kind, field in _FIELDS.items()
        if container["name"] == name and kind not in failed and (probe := container.get(field))
    ]


def _running(pod: Object) -> Iterator[tuple[Object, bool]]:
    """Yield the containers that run as long as the pod does, each with whether it is a sidecar."""
    for container in pod["spec"].get("initContainers", []):
        if container.get("restartPolicy") == "Always":
            yield container, True
    for container in pod["spec"]["containers"]:
        yield container, False


def _problem(pod: Object, container: Object, kind: str, open_ports: set[int]) -> str:
    """Return why the probe fails; empty if it may pass, or there is none."""
    probe: Object = container.get(_FIELDS[kind]) or {}
    handler: Object = probe.get("httpGet") or probe.get("tcpSocket") or probe.get("grpc") or {}
    if not handler:
        return ""
    port = _number(container, handler["port"])
    if port is None:
        return f'errored and resulted in unknown state: strconv.Atoi: parsing "{handler["port"]}": invalid syntax'
    # On another host, or in the host network, programs outside of the pod may listen.
    if port in open_ports or handler.get("host") or pod["spec"].get("hostNetwork"):
        served = pod["metadata"].get("annotations", {}).get(SERVES)
        known = served is None or "httpGet" not in probe or handler.get("path", "/") in served.split(",")
        return "" if known else "failed: HTTP probe failed with statuscode: 404"
    place = f"{_ADDRESS}:{port}"
    refused = f"dial tcp {place}: connect: connection refused"
    if "httpGet" in probe:
        scheme, path = handler.get("scheme", "HTTP").lower(), handler.get("path", "/")
        return f'failed: Get "{scheme}://{place}{path}": {refused}'
    if "grpc" in probe:
        return f'failed: timeout: failed to connect service "{place}": connection error: desc = "{refused}"'
    return f"failed: {refused}"


def _number(container: Object, port: Any) -> int | None:
    """Return the port that a probe refers to by number or by the name of a container port; None if there is none."""
    named = {each.get("name"): int(each["containerPort"]) for each in container.get("ports", [])}
    if port in named:
        return named[port]
    return int(port) if str(port).isdigit() else None


def _described(probe: Object) -> str:
    if "httpGet" in probe:
        return f"GET {probe['httpGet'].get('path', '/')} at port {probe['httpGet']['port']}"
    for field, text in (("tcpSocket", "TCP port"), ("grpc", "gRPC at port")):
        if field in probe:
            return f"{text} {probe[field]['port']}"
    return f"exec of {' '.join(probe['exec']['command'])}" if "exec" in probe else "of an unknown type"
