"""When an object counts as ready: pure functions over its JSON."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from emulator.kubernetes.api import Object
from emulator.kubernetes.readiness import READY, Progress, condition, daemon_set, deployment, observed


def of(target: Object) -> Progress:
    """How far the object itself is. Kinds without a rule are ready once they exist."""
    rule = _RULES.get((group_of(target), target["kind"]))
    return rule(target) if rule else READY


def has_rule(target: Object) -> bool:
    """Whether objects of this kind have to become ready."""
    return (group_of(target), target["kind"]) in _RULES or target["kind"] in {"Service", "Ingress"}


def group_of(target: Mapping[str, Any]) -> str:
    """The API group, empty for the core group."""
    return target["apiVersion"].rpartition("/")[0]


def backends_of(ingress: Object) -> set[str]:
    """Names of the Services that an Ingress names. `use-annotation` stands for an action of the controller's."""
    spec = ingress.get("spec", {})
    paths = [path for rule in spec.get("rules", []) for path in rule.get("http", {}).get("paths", [])]
    backends = [path.get("backend", {}) for path in paths] + [spec.get("defaultBackend", {})]
    services = [backend["service"] for backend in backends if "service" in backend]
    return {service["name"] for service in services if service.get("port", {}).get("name") != "use-annotation"}


def service(target: Object, endpoint_slices: Iterable[Object]) -> Progress:
    """A Service that selects pods needs one ready endpoint; one of type LoadBalancer needs an address too."""
    spec = target.get("spec", {})
    if spec.get("type") == "LoadBalancer" and not target.get("status", {}).get("loadBalancer", {}).get("ingress"):
        return Progress(False, "Service was not allocated an IP address; does your cloud provider support this?")
    if spec.get("type") == "ExternalName" or not spec.get("selector") or spec.get("clusterIP") == "None":
        return READY
    for endpoint_slice in endpoint_slices:
        if any(endpoint.get("conditions", {}).get("ready", True) for endpoint in endpoint_slice.get("endpoints") or []):
            return READY
    return Progress(
        False,
        "Service does not target any Pods. Selected Pods may not be ready, or "
        "field '.spec.selector' may not match labels on any Pods",
    )


def ingress(target: Object, services: Mapping[str, Object | None]) -> Progress:
    """An Ingress needs an address, and its backends must exist."""
    missing = sorted(name for name in backends_of(target) if services.get(name) is None)
    if missing:
        return Progress(False, f"Ingress has a rule for the Service {missing[0]!r}, which does not exist")
    if not target.get("status", {}).get("loadBalancer", {}).get("ingress"):
        return Progress(False, "Ingress .status.loadBalancer field was not updated with a hostname/IP address")
    return READY


def _stateful_set(target: Object) -> Progress:
    status, spec = target.get("status", {}), target["spec"]
    wanted, ready, updated = spec.get("replicas", 1), status.get("readyReplicas", 0), status.get("updatedReplicas", 0)
    if not observed(target):
        return Progress(False, "waiting for the controller to see this version of the StatefulSet")
    by_itself = spec.get("updateStrategy", {}).get("type", "RollingUpdate") == "RollingUpdate"
    if ready < wanted or (by_itself and updated < wanted):
        return Progress(False, f"{ready} of {wanted} replicas are ready, {updated} are of the current version")
    return READY


def _job(target: Object) -> Progress:
    failed = condition(target, "Failed")
    if failed.get("status") == "True":
        return Progress(False, f"Job failed: {failed.get('reason')}: {failed.get('message')}", failed=True)
    if condition(target, "Complete").get("status") == "True" or target["spec"].get("suspend"):
        return READY
    return Progress(False, f"Job has not completed, {target.get('status', {}).get('succeeded', 0)} pods succeeded")


def _pod(target: Object) -> Progress:
    phase, ready = target.get("status", {}).get("phase"), condition(target, "Ready")
    if phase == "Succeeded" or ready.get("status") == "True":
        return READY
    return Progress(False, f"Pod is {phase}: {ready.get('reason', 'not ready')}", failed=phase == "Failed")


def _claim(target: Object) -> Progress:
    phase = target.get("status", {}).get("phase")
    return READY if phase == "Bound" else Progress(False, f"PersistentVolumeClaim is {phase}, not Bound")


def _quota(target: Object) -> Progress:
    # Until then, the API server refuses every pod, as it does not know how much is used.
    if target.get("status", {}).get("hard") == target["spec"].get("hard"):
        return READY
    return Progress(False, "waiting for the controller to count what the ResourceQuota limits")


def _api_service(target: Object) -> Progress:
    available = condition(target, "Available")
    if available.get("status") == "True":
        return READY
    return Progress(False, f"APIService is not Available: {available.get('message')}")


def _definition(target: Object) -> Progress:
    refused = condition(target, "NamesAccepted")
    if refused.get("status") == "False":
        return Progress(False, f"CRD names are not accepted: {refused.get('message')}", failed=True)
    established = condition(target, "Established").get("status") == "True"
    return READY if established else Progress(False, "CRD is not Established")


_RULES: dict[tuple[str, str], Callable[[Object], Progress]] = {
    ("apps", "Deployment"): deployment,
    ("apps", "StatefulSet"): _stateful_set,
    ("apps", "DaemonSet"): daemon_set,
    ("batch", "Job"): _job,
    ("", "Pod"): _pod,
    ("", "PersistentVolumeClaim"): _claim,
    ("", "ResourceQuota"): _quota,
    ("apiextensions.k8s.io", "CustomResourceDefinition"): _definition,
    ("apiregistration.k8s.io", "APIService"): _api_service,
}
