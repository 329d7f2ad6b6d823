"""ElastiCache replication groups and what they refer to."""

from typing import Any

from emulator.aws.network_interfaces import interface
from emulator.aws.ownership import owner_key
from emulator.aws.resource_type import Context, Reference, ResourceType, because, named
from emulator.aws.tokens import KEY, NETWORK_INTERFACE, SECURITY_GROUP, SUBNET
from emulator.plugins.provider import Call, ProviderError
from emulator.store import Store, StoredObject, Transaction

REPLICATION_GROUP = "aws:elasticache/replicationGroup:ReplicationGroup"
SUBNET_GROUP = "aws:elasticache/subnetGroup:SubnetGroup"
PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup"


def _group(context: Context) -> dict[str, Any]:
    unique, parts = context.hex("host", 6), context.region.split("-")
    area = parts[0] + parts[1][0] + parts[2]
    prefix = "master." if context.inputs.get("transitEncryptionEnabled") else ""
    reader = "replica." if context.inputs.get("transitEncryptionEnabled") else ""
    count = int(context.inputs.get("numCacheClusters", 1))
    host = context.host(f"{context.id}.{unique}", area, "cache")
    return {
        "arn": context.arn("elasticache", f"replicationgroup:{context.id}"),
        "primaryEndpointAddress": prefix + host,
        "readerEndpointAddress": reader + host,
        "memberClusters": [f"{context.id}-{number:03}" for number in range(1, count + 1)],
        "engineVersionActual": f"{context.inputs.get('engineVersion', '7.1')}.0",
        "clusterEnabled": False,
    }


def _requires(_transaction: Transaction, stored: StoredObject) -> None:
    inputs = stored.inputs
    if inputs.get("authToken") and not inputs.get("transitEncryptionEnabled"):
        raise ProviderError(
            f"InvalidParameterCombination: {stored.id} has an authToken, which needs transitEncryptionEnabled"
        )
    if inputs.get("automaticFailoverEnabled") and int(inputs.get("numCacheClusters", 1)) < 2:
        raise ProviderError(
            f"InvalidParameterCombination: automatic failover of {stored.id} needs numCacheClusters of 2 at least"
        )
    if inputs.get("multiAzEnabled") and not inputs.get("automaticFailoverEnabled"):
        raise ProviderError(
            f"InvalidParameterCombination: multiAzEnabled of {stored.id} needs automaticFailoverEnabled"
        )


def _interfaces(store: Store, stored: StoredObject, _call: Call) -> None:
    group = store.get(SUBNET_GROUP, stored.outputs.get("subnetGroupName", ""))
    subnets = group.outputs["subnetIds"] if group else []
    with store.transaction() as transaction:
        for old in transaction.find(NETWORK_INTERFACE, ownedBy=owner_key(stored)):
            transaction.remove(old.type, old.id)
        for number, member in enumerate(stored.outputs["memberClusters"] if subnets else []):
            groups = list(stored.outputs.get("securityGroupIds", []))
            subnet = subnets[number % len(subnets)]
            transaction.put(interface(stored, subnet, groups, f"ElastiCache {member}", number))


def _another_engine(old: Any, new: Any) -> bool:
    """Return whether the provider replaces the group: AWS upgrades Redis OSS to Valkey, and not back."""
    return (old or "redis", new) != ("redis", "valkey")


def _older_version(old: Any, new: Any) -> bool:
    """Return whether the version is lowered, for which AWS has no call."""
    numbers = [[int(part) for part in str(each).split(".") if part.isdigit()] for each in (old, new)]
    return bool(old and new) and numbers[1] < numbers[0]


def _arn(kind: str) -> Any:
    return lambda context: {"arn": context.arn("elasticache", f"{kind}:{context.id}")}


TYPES = (
    ResourceType(
        type=REPLICATION_GROUP, oracle="AWS::ElastiCache::ReplicationGroup",
        id=named("replicationGroupId"), name_property="replicationGroupId",
        names={
            "ReplicationGroupDescription": "description", "CacheSubnetGroupName": "subnetGroupName",
            "PreferredCacheClusterAZs": "preferredCacheClusterAzs", "CacheNodeType": "nodeType",
            "CacheParameterGroupName": "parameterGroupName", "MultiAZEnabled": "multiAzEnabled",
            "NodeGroupConfiguration": "nodeGroupConfigurations", "CacheSecurityGroupNames": "securityGroupNames",
            "PreferredMaintenanceWindow": "maintenanceWindow",
        },
        updates_in_place=because("the provider adds and removes replicas", "preferredCacheClusterAzs"),
        also_replaces=because("the provider has no update for it", "securityGroupNames"),
        replaces_when={"engine": _another_engine, "engineVersion": _older_version},
        defaults={
            "engine": "redis", "port": 6379, "numCacheClusters": 1, "snapshotRetentionLimit": 0, "networkType": "ipv4",
        },
        outputs=_group, requires=_requires, created=_interfaces,
        updated=lambda store, _old, new, call: _interfaces(store, new, call),
        # Replicas and the token are changed at once, whatever `applyImmediately` says.
        deferred=("nodeType", "engine", "engineVersion"), window="maintenanceWindow",
        references=(
            Reference("subnetGroupName", SUBNET_GROUP), Reference("securityGroupIds", SECURITY_GROUP),
            Reference("parameterGroupName", PARAMETERS, external=("default.",)),
            Reference("kmsKeyId", KEY, "arn", holds=False),
        ),
        seconds=(420, 300),
    ),
    ResourceType(
        type=SUBNET_GROUP, oracle="AWS::ElastiCache::SubnetGroup", id=named(), name_property="name",
        names={"CacheSubnetGroupName": "name"}, optional=because("the provider has a default", "description"),
        defaults={"description": "Managed by Pulumi"}, outputs=_arn("subnetgroup"),
        references=(Reference("subnetIds", SUBNET),),
    ),
    ResourceType(
        type=PARAMETERS, oracle="AWS::ElastiCache::ParameterGroup", id=named(), name_property="name",
        names={"CacheParameterGroupName": "name", "CacheParameterGroupFamily": "family", "Properties": "parameters"},
        optional=because("the provider has a default", "description"), outputs=_arn("parametergroup"),
        also_replaces=because("ElastiCache has no call that changes it", "name", "description"),
        defaults={"description": "Managed by Pulumi"},
    ),
)  # fmt: skip
