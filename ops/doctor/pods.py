"""Pods that do not start or do not become ready, and why: image, configuration, probe, crash, load balancer."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from ops.doctor.finding import Cause, Finding, Ref
from ops.doctor.objects import owner, ref_of, waits
from ops.doctor.pod_causes import Crash, FailingProbe, MissingConfiguration, MissingImage, UnhealthyTarget
from ops.doctor.services import DEPLOYMENT, harm_of
from ops.doctor.snapshot import Snapshot
from ops.objects import Object, condition, container_statuses, exit_code, is_true, part, parts

_IMAGE = {"ImagePullBackOff", "ErrImagePull", "ErrImageNeverPull", "InvalidImageName"}
_NOT_FOUND = re.compile(r'(secret|configmap) "?([a-z0-9.-]+)"? not found')
_NO_KEY = re.compile(r"couldn't find key \S+ in (Secret|ConfigMap) ([^/\s]+)/([a-z0-9.-]+)")
_PROBE = re.compile(r"^(Startup|Readiness|Liveness) probe (?:failed|errored)")
_KINDS = {"secret": "Secret", "configmap": "ConfigMap"}
_ROLE = "eks.amazonaws.com/role-arn"
_NO_NODES_FAULT = (MissingImage, MissingConfiguration)
"""Causes that would be the same on another node."""


def find(snapshot: Snapshot) -> Iterator[Finding]:
    """Yield a finding for each workload and cause."""
    groups: dict[tuple[Ref, Cause], tuple[Ref, ...]] = {}
    for pod in snapshot.of_kind("Pod"):
        if not pod["metadata"].get("deletionTimestamp") and pod.get("status", {}).get("phase") != "Succeeded":
            found = _cause(snapshot, pod)
            if found is not None:
                cause, because = found
                workload = owner(pod)
                known = groups.get((workload, cause), ())
                node = () if isinstance(cause, _NO_NODES_FAULT) else _node(snapshot, pod)
                groups[workload, cause] = tuple(dict.fromkeys((*known, *because, *node)))
    for (workload, cause), because in groups.items():
        yield Finding(harm_of(snapshot, workload), cause, workload, because)


def role_of(snapshot: Snapshot, pod: Object) -> str:
    """Return the name of the IAM role that a pod gets by its service account; empty if it gets none."""
    namespace = str(pod["metadata"]["namespace"])
    account = snapshot.get(Ref("ServiceAccount", namespace, str(pod["spec"].get("serviceAccountName", "default"))))
    arn = (account or {"metadata": {}})["metadata"].get("annotations", {}).get(_ROLE, "")
    return str(arn).rpartition("/")[2]


def _node(snapshot: Snapshot, pod: Object) -> tuple[Ref, ...]:
    name = pod["spec"].get("nodeName")
    return (Ref("Node", "", str(name)),) if name else ()


def _cause(snapshot: Snapshot, pod: Object) -> tuple[Cause, tuple[Ref, ...]] | None:
    """Return why a pod is not ready, with the objects that explain it; None if it is, or nothing tells."""
    ref, workload, status = ref_of(pod), owner(pod), pod.get("status", {})
    if is_true(pod, "Ready") or (workload.kind == "Job" and status.get("phase") == "Failed"):
        return None
    containers = container_statuses(pod)
    for each in containers:
        waiting = part(each, "state", "waiting")
        reason, name = waits(each), str(each["name"])
        if reason in _IMAGE:
            said = snapshot.warning(ref, "Failed", "ErrImagePull") or str(waiting.get("message", ""))
            return MissingImage(
                workload, name, str(each["image"]), said, by_hand(snapshot, workload, name, "image")
            ), ()
        if reason in ("CreateContainerConfigError", "CreateContainerError"):
            said = snapshot.warning(ref, "Failed") or str(waiting.get("message", ""))
            return MissingConfiguration(workload, said.removeprefix("Error: ")), _named(ref.namespace, said)
        if reason == "CrashLoopBackOff" or exit_code(each):
            return _crash(snapshot, pod, workload, each)
    started = any(part(each, "state").get("running") is not None for each in containers)
    if not started and (said := snapshot.warning(ref, "FailedMount")):
        return MissingConfiguration(workload, said), _named(ref.namespace, said)
    if probe := _probe(snapshot, pod, workload):
        return probe, ()
    return _target(snapshot, pod, workload)


def _crash(snapshot: Snapshot, pod: Object, workload: Ref, status: Object) -> tuple[Cause, tuple[Ref, ...]]:
    """Return why a container ends again and again. Its service account's role may explain it."""
    ref, name = ref_of(pod), str(status["name"])
    if (said := snapshot.warning(ref, "Unhealthy")).startswith("Liveness"):
        return _failing(snapshot, pod, workload, said), ()
    last = part(status, "state", "terminated") or part(status, "lastState", "terminated")
    role = role_of(snapshot, pod)
    cause = Crash(
        workload, ref.name, name, int(last.get("exitCode", 0)), str(last.get("reason", "")),
        snapshot.logs.get(ref, ()) or tuple(filter(None, (snapshot.warning(ref, "BackOff"),))),
    )  # fmt: skip
    return cause, (Ref("Role", "", role),) if role else ()


def _probe(snapshot: Snapshot, pod: Object, workload: Ref) -> Cause | None:
    """Return the probe that fails, if the pod runs and its containers are not ready."""
    if pod.get("status", {}).get("phase") != "Running" or is_true(pod, "ContainersReady"):
        return None
    said = snapshot.warning(ref_of(pod), "Unhealthy")
    return _failing(snapshot, pod, workload, said) if _PROBE.match(said) else None


def _failing(snapshot: Snapshot, pod: Object, workload: Ref, said: str) -> Cause:
    match = _PROBE.match(said)
    field = f"{match[1].lower()}Probe" if match else "readinessProbe"
    statuses = {str(each["name"]): each for each in pod["status"].get("containerStatuses", [])}
    probed = [each for each in pod["spec"]["containers"] if field in each]
    unready = [each for each in probed if not statuses.get(str(each["name"]), {}).get("ready")]
    container: Object = next(iter(unready or probed or pod["spec"]["containers"]))
    handler = part(container, field, "httpGet")
    # Of the message only what every pod has in common, so that they are told together.
    address = str(pod["status"].get("podIP", "")) or "<none>"
    hand = by_hand(snapshot, workload, str(container["name"]), field)
    return FailingProbe(
        workload, field.removesuffix("Probe"), str(handler.get("path", "")), str(handler.get("port", "")),
        said.replace(address, "POD"), hand,
    )  # fmt: skip


def _target(snapshot: Snapshot, pod: Object, workload: Ref) -> tuple[Cause, tuple[Ref, ...]] | None:
    """Return why the load balancer sends nothing to a pod whose containers are ready."""
    if not is_true(pod, "ContainersReady"):
        return None
    for gate in pod["spec"].get("readinessGates", []):
        found = condition(pod, str(gate["conditionType"]))
        if found.get("status") == "True":
            continue
        if not found and snapshot.since(condition(pod, "ContainersReady").get("lastTransitionTime")) < _PATIENCE:
            continue
        said = str(found.get("message") or found.get("reason") or "")
        reason = str(found.get("reason", ""))
        controller = Ref("Deployment", "kube-system", "aws-load-balancer-controller")
        ingress = (Ref("Ingress", ref_of(pod).namespace, str(each["metadata"]["name"])) for each in
                   snapshot.of_kind("Ingress", ref_of(pod).namespace))  # fmt: skip
        return UnhealthyTarget(workload, reason, said), () if found else (controller, *ingress)
    return None


_PATIENCE = 60.0
"""Seconds that a load balancer may take until it knows of a new target, before that is worth a word."""


def _named(namespace: str, said: str) -> tuple[Ref, ...]:
    """Return the Secret or ConfigMap that a kubelet's message misses."""
    if match := _NO_KEY.search(said):
        return (Ref(match[1], match[2], match[3]),)
    match = _NOT_FOUND.search(said)
    return (Ref(_KINDS[match[1]], namespace, match[2]),) if match else ()


def by_hand(snapshot: Snapshot, workload: Ref, container: str, field: str) -> bool:
    """Return whether a field of a container of the shop differs from what the last deployment sent."""
    live = snapshot.get(workload)
    for each in snapshot.of_type(DEPLOYMENT):
        metadata = part(each.outputs, "metadata")
        if live is None or (metadata.get("namespace"), metadata.get("name")) != workload[1:]:
            continue
        sent, has = (_container(spec, container).get(field) for spec in (each.inputs, live))
        return sent is not None and not _covers(has, sent)
    return False


def _container(deployment: Mapping[str, Any], name: str) -> Object:
    empty: Object = {}
    listed = parts(deployment, "spec", "template", "spec", "containers")
    return next((each for each in listed if each.get("name") == name), empty)


def _covers(has: Any, sent: Any) -> bool:
    """Return whether a live value has everything that was sent; Kubernetes adds defaults."""
    if isinstance(sent, dict) and isinstance(has, dict):
        return all(_covers(cast(Object, has).get(key), value) for key, value in cast(Object, sent).items())
    return has == sent
