"""What an Ingress asks of AWS, checked against what is there."""

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import load_balancer_model as model
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.load_balancer_model import InvalidIngress
from emulator.store import StoredObject

_SUBNET, _CERTIFICATE = "aws:ec2/subnet:Subnet", "aws:acm/certificate:Certificate"


def bindings(context: Context, ingress: Object) -> list[Object]:
    """The TargetGroupBindings that the Ingress needs.

    Raises:
        InvalidIngress: A certificate, Service or port that it names does not exist.
    """
    model.listeners(ingress)
    for arn in model.names(ingress, "certificate-arn"):
        if context.store.get(_CERTIFICATE, arn) is None:
            raise InvalidIngress(f"CertificateNotFound: Certificate '{arn}' not found")
    namespace = ingress["metadata"]["namespace"]
    arn = str(context.cluster_outputs().get("arn", ":::::")).split(":")
    found: list[Object] = []
    for name, port in model.backends(ingress):
        service = context.api.get("v1", "Service", namespace, name)
        if service is None:
            raise InvalidIngress(f'ingress: {namespace}/{ingress["metadata"]["name"]}: Service "{name}" not found')
        if model.service_port(service, port) is None:
            raise InvalidIngress(f"unable to find port {port} on service {namespace}/{name}")
        found.append(model.target_group_binding(ingress, name, port, arn[3], arn[4]))
    return found


def subnets(context: Context, ingress: Object) -> list[str]:
    """The annotated subnets, or those of the VPC with the tag that the scheme asks for; one per zone.

    Raises:
        InvalidIngress: They are in fewer than two zones.
    """
    named = model.names(ingress, "subnets")
    vpc = _vpc(context)
    tag = "kubernetes.io/role/elb" if model.scheme(ingress) == "internet-facing" else "kubernetes.io/role/internal-elb"
    chosen: dict[str, StoredObject] = {}
    for subnet in context.store.find(_SUBNET, vpcId=vpc):
        tags = _all_tags(subnet)
        if subnet.id in named or tags.get("Name") in named or (not named and tags.get(tag) in ("1", "")):
            chosen.setdefault(str(subnet.outputs.get("availabilityZone")), subnet)
    if len(chosen) < 2:
        raise InvalidIngress(
            f"couldn't auto-discover subnets: subnets count less than minimal required count: {len(chosen)} < 2 "
            f"(VPC {vpc}, {'named ' + ', '.join(named) if named else 'tag ' + tag})"
        )
    return [subnet.id for subnet in chosen.values()]


def _vpc(context: Context) -> str:
    settings = context.cluster_outputs().get("vpcConfig") or {}
    subnets = [context.store.get(_SUBNET, subnet) for subnet in settings.get("subnetIds", [])]
    return str(settings.get("vpcId") or next((subnet.outputs["vpcId"] for subnet in subnets if subnet), ""))


def _all_tags(stored: StoredObject) -> dict[str, str]:
    return {**(stored.outputs.get("tags") or {}), **(stored.outputs.get("tagsAll") or {})}


def tags(context: Context, ingress: Object) -> dict[str, str]:
    """The load balancer's tags: the controller's own, and the annotated ones."""
    own = dict(pair.split("=", 1) for pair in model.names(ingress, "tags") if "=" in pair)
    stack = f"{ingress['metadata']['namespace']}/{ingress['metadata']['name']}"
    return {"elbv2.k8s.aws/cluster": context.cluster, "ingress.k8s.aws/stack": stack, **own}
