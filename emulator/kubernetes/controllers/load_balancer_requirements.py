"""Resolves and checks what the load balancer of an Ingress requires: services, certificates, subnets."""

from collections.abc import Iterable, Mapping

from emulator.contract import Subnet
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import load_balancer_model as model
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.ingress_annotations import InvalidIngress


def services(context: Context, ingress: Object) -> dict[str, Object]:
    """Return the Services that the Ingress forwards to, by name.

    Raises:
        InvalidIngress: A certificate, Service or port that it names does not exist.
    """
    model.listeners(ingress)
    for arn in model.names(ingress, "certificate-arn"):
        if not context.aws.has_certificate(arn):
            raise InvalidIngress(f"CertificateNotFound: Certificate '{arn}' not found")
    namespace = ingress["metadata"]["namespace"]
    found: dict[str, Object] = {}
    for name, port in model.backends(ingress):
        service = found.get(name) or context.api.get("v1", "Service", namespace, name, certain=True)
        if service is None:
            raise InvalidIngress(f'ingress: {namespace}/{ingress["metadata"]["name"]}: Service "{name}" not found')
        if model.service_port(service, port) is None:
            raise InvalidIngress(f"unable to find port {port} on service {namespace}/{name}")
        found[name] = service
    return found


def bindings(context: Context, ingress: Object, versions: Mapping[str, str]) -> list[Object]:
    """Return the TargetGroupBindings of the Ingress, given the protocol versions of its Services."""
    facts = context.aws.cluster(context.cluster)
    return [
        model.target_group_binding(ingress, name, port, facts.region, facts.account, versions[name])
        for name, port in model.backends(ingress)
    ]


def subnets(context: Context, ingress: Object) -> list[str]:
    """Return the annotated subnets, or those of the VPC with the scheme's tag; one per zone.

    Raises:
        InvalidIngress: The subnets are in fewer than two zones.
    """
    named = model.names(ingress, "subnets")
    vpc = context.aws.cluster(context.cluster).vpc
    tag = "kubernetes.io/role/elb" if model.scheme(ingress) == "internet-facing" else "kubernetes.io/role/internal-elb"
    chosen: dict[str, Subnet] = {}
    for subnet in context.aws.subnets(vpc):
        tags = subnet.tags
        if subnet.id in named or tags.get("Name") in named or (not named and tags.get(tag) in ("1", "")):
            chosen.setdefault(subnet.zone, subnet)
    if len(chosen) < 2:
        raise InvalidIngress(
            f"couldn't auto-discover subnets: subnets count less than minimal required count: {len(chosen)} < 2 "
            f"(VPC {vpc}, {'named ' + ', '.join(named) if named else 'tag ' + tag})"
        )
    return [subnet.id for subnet in chosen.values()]


def tags(context: Context, ingress: Object) -> dict[str, str]:
    """Return the load balancer's tags: the controller's own, and the annotated ones."""
    own = dict(pair.split("=", 1) for pair in model.names(ingress, "tags") if "=" in pair)
    stack = f"{ingress['metadata']['namespace']}/{ingress['metadata']['name']}"
    return {"elbv2.k8s.aws/cluster": context.cluster, "ingress.k8s.aws/stack": stack, **own}


def target_groups(context: Context, ingress: Object, bindings: Iterable[Object]) -> dict[str, dict[str, str]]:
    """Return the tags of the target groups of these bindings, by ARN: those of the load balancer, and their own."""
    shared, found = tags(context, ingress), dict[str, dict[str, str]]()
    for binding in bindings:
        service = binding["spec"]["serviceRef"]
        resource = f"{shared['ingress.k8s.aws/stack']}-{service['name']}:{service['port']}"
        found[binding["spec"]["targetGroupARN"]] = {**shared, "ingress.k8s.aws/resource": resource}
    return found
