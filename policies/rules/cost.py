"""Checks regions and instance families, which decide most of the bill."""

from collections.abc import Iterator

from policies.resources import Resource
from policies.rule import Level, Rule, Violation

REGIONS = ("ap-northeast-2",)
"""Allowed regions: Seoul, close to the shop's customers."""

GLOBAL_REGION = "us-east-1"
"""Region in which certificates, web ACLs and log deliveries of CloudFront must be created."""

FAMILIES = {
    "nodes": ("t3", "t4g", "m5", "m6g", "m6i", "m7g", "m7i", "c5", "c6g", "c6i", "c7g", "c7i", "r6g", "r7g"),
    "db": ("serverless", "t4g", "r6g", "r7g"),
    "cache": ("t4g", "m6g", "m7g", "r6g", "r7g"),
}
"""Allowed instance families: current ones without graphics processors."""

_REGIONAL = {
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:s3/bucket:Bucket",
    "aws:rds/cluster:Cluster",
    "aws:elasticache/replicationGroup:ReplicationGroup",
    "aws:secretsmanager/secret:Secret",
    "aws:kms/key:Key",
    "aws:ecr/repository:Repository",
    "aws:cloudwatch/logGroup:LogGroup",
}
"""Types that hold data or contain what does, so they must be in an allowed region."""

_GLOBAL = {
    "aws:acm/certificate:Certificate",
    "aws:wafv2/webAcl:WebAcl",
    "aws:cloudwatch/logDeliverySource:LogDeliverySource",
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination",
    "aws:cloudwatch/logDelivery:LogDelivery",
}

_INSTANCES = {
    "aws:eks/nodeGroup:NodeGroup": "nodes",
    "aws:ec2/launchTemplate:LaunchTemplate": "nodes",
    "aws:rds/clusterInstance:ClusterInstance": "db",
    "aws:elasticache/replicationGroup:ReplicationGroup": "cache",
}


def region_allowed(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a resource outside of the allowed regions."""
    region = resource.props.get("region") or resource.provider.get("region")
    allowed = (*REGIONS, GLOBAL_REGION) if resource.type in _GLOBAL else REGIONS
    if region and region not in allowed:
        yield Violation(f"it is in {region}", f"region {' or '.join(allowed)}")


def instance_family(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each instance type that is bare metal or not of an allowed family."""
    families = FAMILIES[_INSTANCES[resource.type]]
    props = resource.props
    types = [
        *(props.get("instanceTypes") or ()),
        *(props.get(key) for key in ("instanceType", "instanceClass", "nodeType")),
    ]
    for type_ in filter(None, types):
        family = type_.removeprefix("db.").removeprefix("cache.").partition(".")[0]
        if family not in families or type_.endswith("metal"):
            yield Violation(f"instance type {type_} is not allowed", f"an instance type of {', '.join(families)}")


RULES = (
    Rule(
        "region-allowed", "Resources are in the allowed regions", (), Level.ALWAYS, tuple(sorted(_REGIONAL | _GLOBAL)),
        region_allowed,
    ),
    Rule(
        "instance-family", "Instance types are of the allowed families", (),
        Level.ALWAYS, tuple(_INSTANCES), instance_family,
    ),
)  # fmt: skip
