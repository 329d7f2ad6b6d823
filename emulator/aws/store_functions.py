"""The provider's functions that look at databases and caches."""

from collections.abc import Callable

from emulator.aws.iam import Finder
from emulator.aws.identity import Identity
from emulator.aws.tokens import DATABASE_CLUSTER
from emulator.aws.types.elasticache import REPLICATION_GROUP
from emulator.aws.types.rds import SUBNET_GROUP
from emulator.plugins.provider import Properties, ProviderError
from emulator.store import StoredObject


def _region_of(stored: StoredObject) -> str:
    return str(stored.outputs["arn"]).split(":")[3]


def _database_clusters(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    """Returns the clusters with the identifiers of the filter, or all."""
    filters = {str(each["name"]): each["values"] for each in arguments.get("filters") or []}
    if set(filters) - {"db-cluster-id"}:
        raise ProviderError("The emulator's rds.getClusters knows the filter db-cluster-id only")
    region, names = arguments.get("region") or identity.region, filters.get("db-cluster-id")
    found = [each for each in (account.find(DATABASE_CLUSTER) if account else []) if _region_of(each) == region]
    listed = [each for each in found if names is None or each.id in names]
    return {
        "id": region, "region": region, "clusterIdentifiers": [each.id for each in listed],
        "clusterArns": [each.outputs["arn"] for each in listed],
    }  # fmt: skip


def _database_cluster(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    name = arguments["clusterIdentifier"]
    found = _one(DATABASE_CLUSTER, name, "RDS Cluster", account)
    outputs = found.outputs
    same = ("arn", "backupRetentionPeriod", "clusterIdentifier", "clusterResourceId", "databaseName", "endpoint",
            "engine", "engineMode", "hostedZoneId", "kmsKeyId", "masterUsername", "port", "preferredBackupWindow",
            "preferredMaintenanceWindow", "readerEndpoint", "storageEncrypted", "vpcSecurityGroupIds",
            "dbSubnetGroupName")  # fmt: skip
    return {
        "id": name, "region": _region_of(found), "tags": outputs.get("tagsAll", {}),
        "engineVersion": outputs["engineVersionActual"],
        **{key: outputs[key] for key in same if key in outputs},
    }  # fmt: skip


def _database_subnets(identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    name = arguments["name"]
    found = _one(SUBNET_GROUP, name, "RDS DB Subnet Group", account)
    return {
        "id": name, "name": name, "region": arguments.get("region") or identity.region, "arn": found.outputs["arn"],
        "description": found.outputs["description"], "status": "Complete", "subnetIds": found.outputs["subnetIds"],
    }  # fmt: skip


def _cache_cluster(_identity: Identity, arguments: Properties, account: Finder | None) -> Properties:
    """Returns a node of a replication group, of which AWS has the whole version."""
    name = arguments["clusterId"]
    found = _one(REPLICATION_GROUP, name.rpartition("-")[0], "ElastiCache Replication Group", account)
    if name not in found.outputs["memberClusters"]:
        raise ProviderError(f"reading ElastiCache Cluster ({name}): couldn't find resource")
    outputs = found.outputs
    return {
        "id": name, "clusterId": name, "replicationGroupId": found.id, "engine": outputs["engine"],
        "engineVersion": outputs["engineVersionActual"], "nodeType": outputs["nodeType"], "numCacheNodes": 1,
    }  # fmt: skip


def _one(type_: str, name: str, what: str, account: Finder | None) -> StoredObject:
    found = next((each for each in (account.find(type_) if account else []) if each.id == name), None)
    if found is None:
        raise ProviderError(f"reading {what} ({name}): couldn't find resource")
    return found


FUNCTIONS: dict[str, Callable[[Identity, Properties, Finder | None], Properties]] = {
    "aws:elasticache/getCluster:getCluster": _cache_cluster,
    "aws:rds/getCluster:getCluster": _database_cluster,
    "aws:rds/getClusters:getClusters": _database_clusters,
    "aws:rds/getSubnetGroup:getSubnetGroup": _database_subnets,
}
"""By token. Without an account, there is nothing to be found."""
