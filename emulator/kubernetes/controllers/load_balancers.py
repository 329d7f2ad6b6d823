"""Stands in for the AWS Load Balancer Controller: creates and deletes the load balancers of Ingresses."""

from emulator.contract import LoadBalancer
from emulator.kubernetes.api import ApiError, NoSuchKind, Object
from emulator.kubernetes.controllers import finalizers, load_balancer_requirements
from emulator.kubernetes.controllers import load_balancer_model as model
from emulator.kubernetes.controllers.context import Context, Identity
from emulator.kubernetes.controllers.ingress_annotations import InvalidIngress
from emulator.plugins.provider import ProviderError

LABELS = "app.kubernetes.io/name=aws-load-balancer-controller"

_MANAGER = "aws-load-balancer-controller"
_CREATE = (
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "elasticloadbalancing:CreateLoadBalancer",
    "elasticloadbalancing:CreateTargetGroup",
    "elasticloadbalancing:CreateListener",
    "elasticloadbalancing:RegisterTargets",
)
# The order in which the real controller deletes a load balancer; each round does one step, half a second later.
_STEP_SECONDS = 0.5
_DELETE = (
    "elasticloadbalancing:DeleteListener",
    "elasticloadbalancing:DeleteLoadBalancer",
    "elasticloadbalancing:DeleteTargetGroup",
)


class LoadBalancers:
    """Reconciles the Ingresses of class `alb` of one cluster."""

    def __init__(self) -> None:
        # Number of completed steps by uid of an Ingress that is being deleted. A restart begins again with the first.
        self._steps: dict[str, int] = {}

    def reconcile(self, context: Context) -> float | None:
        """Reconcile every Ingress while the controller runs; return the seconds until the next step of a deletion."""
        ingresses = context.api.list("networking.k8s.io/v1", "Ingress")
        identity = context.running(LABELS) if ingresses else None
        if identity is None:
            finalizers.report_orphans(context, ingresses, model.FINALIZER, "AWS Load Balancer Controller")
            return None
        classes = {
            each["metadata"]["name"]
            for each in context.api.list("networking.k8s.io/v1", "IngressClass")
            if each["spec"]["controller"] == model.CONTROLLER
        }
        advanced = False
        for ingress in ingresses:
            if ingress["spec"].get("ingressClassName") not in classes:
                continue
            if ingress["metadata"].get("deletionTimestamp"):
                advanced |= self._delete(context, identity, ingress)
            else:
                self._ensure(context, identity, ingress)
        return _STEP_SECONDS if advanced else None

    def _ensure(self, context: Context, identity: Identity, ingress: Object) -> None:
        try:
            services = load_balancer_requirements.services(context, ingress)
            versions = {name: model.protocol_version(ingress, service) for name, service in services.items()}
            bindings = load_balancer_requirements.bindings(context, ingress, versions)
            listeners = model.served(ingress, versions)
            subnets = load_balancer_requirements.subnets(context, ingress)
        except InvalidIngress as error:
            _event(context, ingress, "FailedBuildModel", f"Failed build model due to {error}")
            return
        hosts = [
            entry.get("hostname") for entry in ingress.get("status", {}).get("loadBalancer", {}).get("ingress", [])
        ]
        existing = {binding["metadata"]["name"] for binding in _existing(context, ingress)}
        wanted = LoadBalancer(
            name=model.load_balancer_name(context.cluster, ingress),
            scheme=model.scheme(ingress),
            subnets=subnets,
            security_groups=model.names(ingress, "security-groups"),
            tags=load_balancer_requirements.tags(context, ingress),
            web_acl=model.annotation(ingress, "wafv2-acl-arn"),
            attributes=model.attributes(ingress),
            listeners=listeners,
            target_groups=load_balancer_requirements.target_groups(context, ingress, bindings),
        )
        settled = existing == {binding["metadata"]["name"] for binding in bindings}
        if hosts and settled and context.aws.is_balanced(wanted):
            return
        denied = context.denied(identity, _CREATE)
        if denied:
            _event(context, ingress, "FailedDeployModel", f"Failed deploy model due to {denied}")
            return
        try:
            finalizers.add(context, ingress, model.FINALIZER)
            host = context.aws.balance(wanted)
            context.log(LABELS, ingress, f"reconciled loadBalancer {wanted.name}, {host}")
            for binding in bindings:
                context.api.apply(binding, _MANAGER, force=True)
                context.log(LABELS, ingress, f"created targetGroup {binding['spec']['targetGroupARN']}")
        except (ProviderError, NoSuchKind) as error:
            _event(context, ingress, "FailedDeployModel", f"Failed deploy model due to {error}")
            return
        for binding in _existing(context, ingress):
            if binding["metadata"]["name"] not in {each["metadata"]["name"] for each in bindings}:
                _release(context, binding)
        context.api.patch(ingress, {"status": {"loadBalancer": {"ingress": [{"hostname": host}]}}}, "status")
        _event(context, ingress, "SuccessfullyReconciled", "Successfully reconciled", "Normal")

    def _delete(self, context: Context, identity: Identity, ingress: Object) -> bool:
        """Do the next step of the deletion, and return whether another one follows it."""
        uid = ingress["metadata"]["uid"]
        if not finalizers.has(ingress, model.FINALIZER):
            self._steps.pop(uid, None)
            return False
        if model.attributes(ingress).get("deletion_protection.enabled") == "true":
            name = ingress["metadata"]["name"]
            message = f"deletion_protection is enabled, cannot delete the ingress: {name}"
            _event(context, ingress, "FailedBuildModel", f"Failed build model due to {message}")
            return False
        done = self._steps.get(uid, 0)
        if done < len(_DELETE):
            denied = context.denied(identity, _DELETE[done : done + 1])
            if denied:
                _event(context, ingress, "FailedDeployModel", f"Failed deploy model due to {denied}")
                return False
            try:
                _delete_step(context, ingress, _DELETE[done])
            except ProviderError as error:
                _event(context, ingress, "FailedDeployModel", f"Failed deploy model due to {error}")
                return False
            context.log(LABELS, ingress, f"done: {_DELETE[done]}")
            self._steps[uid] = done + 1
            return True
        self._steps.pop(uid, None)
        finalizers.remove(context, ingress, model.FINALIZER)
        return False


def _event(context: Context, ingress: Object, reason: str, message: str, type_: str = "Warning") -> None:
    context.event(ingress, type_, reason, message, controller=LABELS, component="ingress")


def _delete_step(context: Context, ingress: Object, action: str) -> None:
    if action.endswith("DeleteLoadBalancer"):
        context.aws.remove_load_balancer(model.load_balancer_name(context.cluster, ingress))
    if action.endswith("DeleteTargetGroup"):
        for binding in _existing(context, ingress):
            _release(context, binding)


def _existing(context: Context, ingress: Object) -> list[Object]:
    metadata = ingress["metadata"]
    label = f"ingress.k8s.aws/stack-name={metadata['name']}"
    return context.api.list("elbv2.k8s.aws/v1beta1", "TargetGroupBinding", metadata["namespace"], labelSelector=label)


def _release(context: Context, binding: Object) -> None:
    try:
        context.api.patch(binding, {"metadata": {"finalizers": None}})
        context.api.delete(binding, "Background")
    except ApiError as error:
        if error.status != 404:
            raise
