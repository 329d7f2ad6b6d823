"""What a stack consists of, from its resources: boxes in groups, with arrows for connections and permissions."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

from analysis.capacity import AUTOSCALERS, limits
from analysis.preview import State
from analysis.urns import type_of
from ops.objects import part, parts, value
from ops.operate.access import Access, access

OUTSIDE, EDGE, ENTRY, SERVICES, RUNTIME, STORES, REGION = (
    "outside", "edge", "entry", "services", "runtime", "stores", "region",
)  # fmt: skip
"""The groups, from the customers down."""

_INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
_WORKLOADS = ("kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:CronJob")
_COMPONENT = "openmarket:"
_LOGS = "access-logs"


@dataclass(frozen=True)
class Box:
    """One part of the stack.

    Attributes:
        name: What arrows call it.
        group: One of the groups.
        title: Its heading.
        lines: What else there is to say of it, a few words each.
        owners: URNs of the components and resources that make it up, with all that is below them.
    """

    name: str
    group: str
    title: str
    lines: tuple[str, ...] = ()
    owners: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Arrow:
    """A connection on the network, or a permission in AWS if `permission` is true."""

    source: str
    target: str
    permission: bool = False


@dataclass(frozen=True)
class Architecture:
    """A stack as a picture shows it. `titles` are of the frames around groups: the VPC and the cluster."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    vpc: str
    cluster: str


@dataclass
class _Resources:
    """The resources of a stack by type, and what they belong to."""

    states: Sequence[State]
    by_type: dict[str, list[State]] = field(default_factory=dict[str, list[State]])

    def __post_init__(self) -> None:
        for state in self.states:
            self.by_type.setdefault(state.type, []).append(state)

    def of(self, *types: str) -> list[State]:
        return [state for type_ in types for state in self.by_type.get(type_, [])]

    def owners(self, *types: str) -> frozenset[str]:
        """The components of these types; of resources, the components that they are in, or else they themselves."""
        return frozenset(
            each.urn
            if each.type.startswith(_COMPONENT) or not type_of(each.parent).startswith(_COMPONENT)
            else each.parent
            for each in self.of(*types)
        )


def architecture(states: Iterable[State], namespace: str) -> Architecture:
    """Return what the resources come to. Services are those of the namespace."""
    found = _Resources(list(states))
    may = access(found.states, namespace)
    boxes = [Box("customers", OUTSIDE, "Customers"), *_edge(found), *_network(found), *_services(found)]
    boxes += [*_runtime(found), *_stores(found), *_region(found)]
    names = {box.name for box in boxes}
    arrows = [each for each in _arrows(found, may, namespace) if {each.source, each.target} <= names]
    vpc = ", ".join(str(each.inputs.get("cidrBlock")) for each in found.of("aws:ec2/vpc:Vpc"))
    versions = [str(each.inputs.get("version")) for each in found.of("aws:eks/cluster:Cluster")]
    zones = {str(each.inputs.get("availabilityZone")) for each in found.of("aws:ec2/subnet:Subnet")}
    title = f"VPC {vpc}, {len(zones)} zones" if vpc else "An existing VPC"
    return Architecture(tuple(boxes), tuple(dict.fromkeys(arrows)), title, f"EKS {', '.join(versions)}")


def _edge(found: _Resources) -> Iterator[Box]:
    for each in found.of("aws:cloudfront/distribution:Distribution"):
        lines = ["behind AWS WAF"] if each.inputs.get("webAclId") else []
        yield Box("cdn", EDGE, "CloudFront", (*lines, "assets, media"), found.owners("openmarket:edge:StaticSite"))
    if records := found.of("aws:route53/record:Record"):
        yield Box("dns", EDGE, "Route 53", (_many(len(records), "record"),), frozenset(each.urn for each in records))


def _network(found: _Resources) -> Iterator[Box]:
    for each in found.of(_INGRESS):
        hosts = {str(rule.get("host")) for rule in parts(each.inputs, "spec", "rules")}
        firewall = ["behind AWS WAF"] if found.of("aws:wafv2/webAcl:WebAcl") else []
        owners = found.owners(_INGRESS, "openmarket:edge:PublicIngress")
        yield Box("alb", ENTRY, "Load balancer", (_many(len(hosts), "host"), *firewall), owners)
    if gateways := found.of("aws:ec2/natGateway:NatGateway"):
        yield Box("nat", ENTRY, "NAT", (_many(len(gateways), "gateway"),), frozenset(each.urn for each in gateways))


def _services(found: _Resources) -> Iterator[Box]:
    scalers = {
        str(value(spec, "scaleTargetRef", "name")): spec
        for each in found.of(*AUTOSCALERS)
        for spec in [part(each.inputs, "spec")]
    }
    identities = {each.name: each.urn for each in found.of("openmarket:identity:ServiceAccountRole")}
    for each in found.of(*_WORKLOADS):
        name = str(part(each.inputs, "metadata").get("name", each.name))
        component = each.parent
        if type_of(component).partition(":")[2].partition(":")[0] != "workloads":
            continue
        spec = part(each.inputs, "spec")
        lines = ["{:.0f} to {:.0f} pods".format(*limits(scaler))] if (scaler := scalers.get(name)) else []
        if each.type == _WORKLOADS[1]:
            lines = ["task" if spec.get("suspend") else f"cron {spec.get('schedule')}"]
        identity = identities.get(f"{name}-identity", component)
        yield Box(name, SERVICES, name, tuple(lines), frozenset({component, identity}))


def _runtime(found: _Resources) -> Iterator[Box]:
    for each in found.of("aws:eks/nodeGroup:NodeGroup"):
        sizes = part(each.inputs, "scalingConfig")
        types = " or ".join(cast(list[str], each.inputs.get("instanceTypes") or []))
        label = each.name.removeprefix("cluster-nodes-").removesuffix("-group")
        lines = (f"{sizes.get('minSize', 0):.0f} to {sizes.get('maxSize', 0):.0f} nodes", types)
        yield Box(f"nodes {label}", RUNTIME, f"Nodes {label}", lines, frozenset({each.parent}))
    charts = [str(each.inputs.get("chart")) for each in found.of("kubernetes:helm.sh/v3:Release")]
    managed = [str(each.inputs.get("addonName")) for each in found.of("aws:eks/addon:Addon")]
    if charts or managed:
        lines = (_many(len(charts), "chart"), _many(len(managed), "EKS add-on"))
        yield Box("addons", RUNTIME, "Add-ons", lines, found.owners("openmarket:addons:Addons"))


def _stores(found: _Resources) -> Iterator[Box]:
    if instances := found.of("aws:rds/clusterInstance:ClusterInstance"):
        lines = (f"{len(instances)} x {instances[0].inputs.get('instanceClass')}",)
        yield Box("database", STORES, "Aurora MySQL", lines, found.owners("openmarket:data:Aurora"))
    for each in found.of("aws:elasticache/replicationGroup:ReplicationGroup"):
        title = str(each.inputs.get("engine", "Redis")).capitalize()
        lines = (f"{each.inputs.get('numCacheClusters', 1):.0f} x {each.inputs.get('nodeType')}",)
        yield Box("cache", STORES, title, lines, found.owners("openmarket:data:Redis"))


def _region(found: _Resources) -> Iterator[Box]:
    for each in found.of("aws:s3/bucket:Bucket"):
        label = each.name.removeprefix("data-").removesuffix("-bucket")
        yield Box(each.name, REGION, f"Bucket {label}", (), frozenset({each.parent or each.urn}))
    counted = (
        ("secrets", "Secrets Manager", "aws:secretsmanager/secret:Secret", "secret"),
        ("images", "ECR", "aws:ecr/repository:Repository", "image repository"),
        ("keys", "KMS", "aws:kms/key:Key", "key"),
        ("alarms", "CloudWatch", "aws:cloudwatch/metricAlarm:MetricAlarm", "alarm"),
    )
    for name, title, type_, word in counted:
        if states := found.of(type_):
            owners = frozenset(each.urn for each in states) | found.owners(type_)
            yield Box(name, REGION, title, (_many(len(states), word),), owners)


def _arrows(found: _Resources, may: Access, namespace: str) -> Iterator[Arrow]:
    yield from (Arrow("customers", "cdn"), Arrow("customers", "alb"))
    yield from (Arrow("cdn", each.name) for each in found.of("aws:s3/bucket:Bucket") if _LOGS not in each.name)
    ports = {
        str(each.outputs.get("port") or each.inputs.get("port")): name
        for name, type_ in (
            ("database", "aws:rds/cluster:Cluster"), ("cache", "aws:elasticache/replicationGroup:ReplicationGroup"),
        )
        for each in found.of(type_)
    }  # fmt: skip
    for flows in may.flows:
        if any(not each.pods for each in flows.accepts):
            yield Arrow("alb", flows.workload)
        for each in flows.opens:
            if each.pods:
                yield from (Arrow(flows.workload, peer) for peer in each.peers)
            else:
                yield Arrow(flows.workload, ports.get(each.port, "nat"))
    for permission in may.services:
        service = permission.who.removeprefix(f"{namespace}/")
        yield Arrow(service, permission.resource.partition("/")[0], permission=True)
        if any(action.startswith("secretsmanager:") for action in permission.actions):
            yield Arrow(service, "secrets", permission=True)


def _many(count: int, word: str) -> str:
    plural = f"{word[:-1]}ies" if word.endswith("y") and word[-2] not in "aeo" else f"{word}s"
    return f"{count} {word if count == 1 else plural}"
