"""What a kubelet's probes would find, as far as a pod's specification tells.

Nothing runs in the pods. A port on which nobody listens refuses every connection, whatever the image is; what answers
at a path, or what a command in the container says, cannot be known, and counts as passed.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from emulator.kubernetes.api import Object

STARTUP, READINESS, LIVENESS = "Startup", "Readiness", "Liveness"

_FIELDS = {STARTUP: "startupProbe", READINESS: "readinessProbe", LIVENESS: "livenessProbe"}
_NUMBER = re.compile(r"(?<![\w.])\d{1,5}(?![\w.])")


@dataclass(frozen=True)
class Failure:
    """A probe of a container that cannot pass; `sidecar`: other containers wait until this one has started."""

    kind: str
    container: str
    problem: str
    sidecar: bool

    def message(self, address: str) -> str:
        """What the kubelet says of it, with the pod's address; `address` may be empty."""
        return f"{self.kind} probe {self.problem.replace(_ADDRESS, address)}"


_ADDRESS = "<address>"


def failures(pod: Object, also: Iterable[int] = ()) -> list[Failure]:
    """The pod's probes that cannot pass. `also` are ports on which its program is known to listen.

    Until its startup probe has passed, a container is not asked anything else.
    """
    open_ports = {*listening(pod), *also}
    found: list[Failure] = []
    for container, sidecar in _running(pod):
        problems = {kind: _problem(pod, container, kind, open_ports) for kind in _FIELDS}
        kinds = [STARTUP] if problems[STARTUP] else [kind for kind in _FIELDS if problems[kind]]
        found += [Failure(kind, container["name"], problems[kind], sidecar) for kind in kinds]
    return found


def listening(pod: Object) -> set[int]:
    """TCP ports on which something may listen in the pod: what its containers declare, or name on their command lines.

    A declaration is only information to Kubernetes, and charts leave out ports that they pass to the program, as in
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
    """Of each probe of the container with that name, unless it fails, that its result is made up. `also` as above."""
    failed = {failure.kind for failure in failures(pod, also) if failure.container == name}
    return [
        f"{kind.lower()} probe ({_described(probe)}): simulated, nobody answers it and it counts as passed"
        for container, _ in _running(pod)
        for kind, field in _FIELDS.items()
        if container["name"] == name and kind not in failed and (probe := container.get(field))
    ]


def _running(pod: Object) -> Iterator[tuple[Object, bool]]:
    """The containers that run as long as the pod does, and whether they are sidecars."""
    for container in pod["spec"].get("initContainers", []):
        if container.get("restartPolicy") == "Always":
            yield container, True
    for container in pod["spec"]["containers"]:
        yield container, False


def _problem(pod: Object, container: Object, kind: str, open_ports: set[int]) -> str:
    """Why the probe cannot pass; empty when it may, or there is none."""
    probe: Object = container.get(_FIELDS[kind]) or {}
    handler: Object = probe.get("httpGet") or probe.get("tcpSocket") or probe.get("grpc") or {}
    if not handler:
        return ""
    port = _number(container, handler["port"])
    if port is None:
        return f'errored and resulted in unknown state: strconv.Atoi: parsing "{handler["port"]}": invalid syntax'
    # Elsewhere, or among the processes of the node itself, somebody may listen of whom the pod does not tell.
    if port in open_ports or handler.get("host") or pod["spec"].get("hostNetwork"):
        return ""
    place = f"{_ADDRESS}:{port}"
    refused = f"dial tcp {place}: connect: connection refused"
    if "httpGet" in probe:
        scheme, path = handler.get("scheme", "HTTP").lower(), handler.get("path", "/")
        return f'failed: Get "{scheme}://{place}{path}": {refused}'
    if "grpc" in probe:
        return f'failed: timeout: failed to connect service "{place}": connection error: desc = "{refused}"'
    return f"failed: {refused}"


def _number(container: Object, port: Any) -> int | None:
    """The port that a probe names; names are those of the container's own ports."""
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
    return f"exec of {' '.join(probe['exec']['command'])}" if "exec" in probe else "of a sort that is not known"
