"""Sets the readiness gates of target health: a pod is Ready only if the load balancer can reach it."""

from collections.abc import Iterable
from datetime import UTC, datetime

from emulator.kubernetes.api import ApiError, Object
from emulator.kubernetes.controllers import load_balancer_model as model
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.load_balancers import LABELS
from emulator.kubernetes.readiness import condition

_REGISTER = ("elasticloadbalancing:RegisterTargets", "elasticloadbalancing:DescribeTargetHealth")


def reconcile(context: Context) -> None:
    """Set the conditions of running pods by the health of their targets."""
    bindings = context.api.list("elbv2.k8s.aws/v1beta1", "TargetGroupBinding")
    identity = context.running(LABELS) if bindings else None
    if identity is None or context.denied(identity, _REGISTER):
        return
    ingresses = context.api.list("networking.k8s.io/v1", "Ingress")
    for binding in bindings:
        namespace, gate = binding["metadata"]["namespace"], model.gate(binding)
        reference = binding["spec"]["serviceRef"]
        service = context.api.get("v1", "Service", namespace, reference["name"])
        if service is None or not service["spec"].get("selector"):
            continue
        port = model.service_port(service, reference["port"])
        selector = ",".join(f"{key}={value}" for key, value in service["spec"]["selector"].items())
        for pod in context.api.list("v1", "Pod", namespace, labelSelector=selector):
            gates = [each["conditionType"] for each in pod["spec"].get("readinessGates", [])]
            if port is None or gate not in gates or condition(pod, "ContainersReady").get("status") != "True":
                continue
            reason = _unreachable(context, ingresses, reference["name"], namespace, _target_port(pod, port))
            _set(context, pod, gate, reason)


def gates_for(pod: Object, bindings: Iterable[Object], services: dict[str, Object]) -> list[str]:
    """Return the readiness gates that the webhook adds to a new pod: one per binding whose Service selects it."""
    labels = pod["metadata"].get("labels", {})
    found: list[str] = []
    for binding in bindings:
        service = services.get(binding["spec"]["serviceRef"]["name"])
        selector = (service or {}).get("spec", {}).get("selector") or {}
        by_address = binding["spec"].get("targetType") == "ip"
        if by_address and selector and all(labels.get(key) == value for key, value in selector.items()):
            found.append(model.gate(binding))
    return found


def _unreachable(context: Context, ingresses: Iterable[Object], service: str, namespace: str, port: int) -> str:
    """Return why the load balancer cannot reach the port; empty if it can."""
    for ingress in ingresses:
        if ingress["metadata"]["namespace"] != namespace or not model.uses(ingress, service):
            continue
        groups = model.names(ingress, "security-groups")
        managed = not groups or model.annotation(ingress, "manage-backend-security-group-rules") == "true"
        if managed:
            return ""
        cluster_group = context.aws.cluster(context.cluster).security_group
        if any(context.aws.admits(cluster_group, group, port) for group in groups):
            return ""
        return f"Health checks failed: no rule of {cluster_group} admits {', '.join(groups)} to TCP port {port}"
    return "no Ingress routes to the target group"


def _target_port(pod: Object, port: Object) -> int:
    target = port.get("targetPort", port["port"])
    if isinstance(target, int):
        return target
    named = [each for container in pod["spec"]["containers"] for each in container.get("ports", [])]
    return next((int(each["containerPort"]) for each in named if each.get("name") == target), int(port["port"]))


def _set(context: Context, pod: Object, gate: str, reason: str) -> None:
    status = "False" if reason else "True"
    known = condition(pod, gate)
    if known.get("status") == status and known.get("message", "") == reason:
        return
    entry = {
        "type": gate,
        "status": status,
        "reason": "Target.FailedHealthChecks" if reason else "Healthy",
        "message": reason,
        "lastTransitionTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    try:
        # Strategic merge: conditions are merged by their type.
        path = context.api.path_of(pod, "status")
        body = {"status": {"conditions": [entry]}}
        context.api.request("PATCH", path, body, content_type="application/strategic-merge-patch+json")
    except ApiError as error:
        if error.status != 404:
            raise
