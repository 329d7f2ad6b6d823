"""Resources to estimate, and a month's usage that makes every sum easy to check."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from analysis.cost import Estimate, Line, Usage, estimate
from analysis.preview import State
from components.config.cost import UsageConfig

MONEY = st.decimals(min_value=0, max_value=1000, places=4)
NAMES = st.sampled_from(["one", "two", "three"])
LINES = st.builds(
    Line,
    resource=NAMES,
    component=NAMES,
    service=NAMES,
    what=st.sampled_from(["Nodes: 1", "Nodes: 2", "Storage"]),
    quantity=MONEY,
    unit=st.just("hours"),
    price=st.none() | MONEY,
    at_most=st.none() | MONEY,
)
ESTIMATES = st.builds(Estimate, st.lists(LINES, max_size=8).map(tuple))

TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
DATABASE = "aws:rds/cluster:Cluster"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
INGRESS = "kubernetes:networking.k8s.io/v1:Ingress"
RELEASE = "kubernetes:helm.sh/v3:Release"


def usage(**amounts: float) -> Usage:
    """A month in which nothing happens, but for these amounts."""
    nothing = dict.fromkeys((str(field.alias) for field in UsageConfig.model_fields.values()), 0)
    return UsageConfig.model_validate(nothing | amounts)


def state(type_: str, inputs: Mapping[str, Any] | None = None, name: str = "subject", inside: str = "") -> State:
    """A resource, in components of these types."""
    chain = "$".join([*inside.split(), type_])
    return State(urn=f"urn:pulumi:dev::openmarket::{chain}::{name}", type=type_, inputs=inputs or {})


def node_group(desired: object = 2, **inputs: Any) -> list[State]:
    """A node group of m7g.large on demand, growing to 5, with its launch template of 50 GiB volumes."""
    disks = [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": 50, "volumeType": "gp3"}}]
    sizes = {"desiredSize": desired, "maxSize": 5, "minSize": 1}
    group = {"instanceTypes": ["m7g.large"], "capacityType": "ON_DEMAND", "scalingConfig": sizes, **inputs}
    return [
        state(TEMPLATE, {"blockDeviceMappings": disks}, "nodes-general-template"),
        state(NODE_GROUP, group, "nodes-general-group"),
    ]


def lines(*resources: State, **amounts: float) -> list[Line]:
    """What they cost in a month with this usage."""
    return list(estimate(resources, usage(**amounts)).lines)


def bill(*resources: State, **amounts: float) -> dict[str, Decimal | None]:
    """USD a month by item, without the items that come to nothing."""
    found = {line.what: line.monthly for line in lines(*resources, **amounts)}
    return {what: amount for what, amount in found.items() if amount != 0}
