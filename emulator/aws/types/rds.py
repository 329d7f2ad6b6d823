"""RDS: Aurora clusters, their instances, parameter groups and subnet groups."""

import re
from dataclasses import replace
from typing import Any

from emulator.aws import database_backups, iam, log_groups
from emulator.aws.database_backups import SNAPSHOT
from emulator.aws.network_interfaces import interface
from emulator.aws.resource_type import Context, Reference, ResourceType, because, named
from emulator.aws.tokens import KEY, ROLE, SECURITY_GROUP, SUBNET
from emulator.plugins.provider import Call, ProviderError
from emulator.store import Store, StoredObject, Transaction

CLUSTER = "aws:rds/cluster:Cluster"
INSTANCE = "aws:rds/clusterInstance:ClusterInstance"
SUBNET_GROUP = "aws:rds/subnetGroup:SubnetGroup"
CLUSTER_PARAMETERS = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"

_MYSQL_PORT = 3306
_ZONES = 2
"""Least number of zones that a subnet group has to cover."""


def _cluster(context: Context) -> dict[str, Any]:
    unique = context.hex("host", 12)
    return {
        "arn": context.arn("rds", f"cluster:{context.id}"),
        "clusterResourceId": f"cluster-{context.letters('resource', 26)}",
        "endpoint": context.host(f"{context.id}.cluster-{unique}", context.region, "rds"),
        "readerEndpoint": context.host(f"{context.id}.cluster-ro-{unique}", context.region, "rds"),
        "engineVersionActual": context.inputs.get("engineVersion", ""),
        "hostedZoneId": "Z3AADJGX6KTTL2",
    }


def _instance(context: Context) -> dict[str, Any]:
    cluster = context.find(CLUSTER, str(context.inputs["clusterIdentifier"]))
    unique = str(cluster.get("endpoint", "")).partition(".cluster-")[2].partition(".")[0]
    return {
        "arn": context.arn("rds", f"db:{context.id}"),
        "dbiResourceId": f"db-{context.letters('resource', 26)}",
        "endpoint": context.host(f"{context.id}.{unique}", context.region, "rds"),
        "engineVersionActual": cluster.get("engineVersionActual", ""),
        "port": cluster.get("port", _MYSQL_PORT),
        "storageEncrypted": cluster.get("storageEncrypted", False),
        "dbSubnetGroupName": cluster.get("dbSubnetGroupName", ""),
    }


def _cluster_requires(transaction: Transaction, stored: StoredObject) -> None:
    group = transaction.get(SUBNET_GROUP, stored.inputs.get("dbSubnetGroupName", ""))
    subnets = [transaction.get(SUBNET, id_) for id_ in group.outputs["subnetIds"]] if group else []
    zones = {subnet.outputs.get("availabilityZone") for subnet in subnets if subnet}
    if group and len(zones) < _ZONES:
        raise ProviderError(
            f"DBSubnetGroupDoesNotCoverEnoughAZs: subnet group {group.id} of {stored.id} covers {len(zones)} zone; "
            f"RDS needs {_ZONES}"
        )


def _cluster_refuses_delete(transaction: Transaction, stored: StoredObject) -> None:
    if stored.outputs.get("deletionProtection"):
        raise ProviderError(
            f"InvalidParameterCombination: Cannot delete protected Cluster {stored.id}, it has deletionProtection"
        )
    if stored.outputs["skipFinalSnapshot"]:
        return
    snapshot = stored.outputs.get("finalSnapshotIdentifier")
    if not snapshot:
        raise ProviderError(
            f"RDS Cluster finalSnapshotIdentifier is required when skipFinalSnapshot is false: {stored.id}"
        )
    if transaction.get(SNAPSHOT, snapshot) is not None:
        raise ProviderError(
            f"DBClusterSnapshotAlreadyExistsFault: {stored.id} cannot leave a second snapshot {snapshot}"
        )


def _cluster_created(store: Store, stored: StoredObject, _call: Call) -> dict[str, Any]:
    """One that is restored begins with what its backup has."""
    with store.transaction() as transaction:
        return dict(database_backups.restored(transaction, stored))


def _cluster_deleted(store: Store, stored: StoredObject) -> None:
    """The final snapshot outlives the cluster."""
    with store.transaction() as transaction:
        if not stored.outputs["skipFinalSnapshot"]:
            database_backups.take_snapshot(transaction, stored, stored.outputs["finalSnapshotIdentifier"])
        database_backups.forget(transaction, stored)


def _cluster_updated(store: Store, old: StoredObject, stored: StoredObject, _call: Call) -> None:
    """The instances run the cluster's version, and RDS never goes back to an older one."""
    before, after = str(old.outputs.get("engineVersionActual", "")), str(stored.outputs.get("engineVersion", ""))
    if _numbers(after) < _numbers(before):
        raise ProviderError(
            f"InvalidParameterCombination: Cannot upgrade {stored.outputs['engine']} from {before} to {after}"
        )
    with store.transaction() as transaction:
        for member in transaction.find(INSTANCE, clusterIdentifier=stored.id):
            now = {"engineVersionActual": stored.outputs["engineVersionActual"]}
            transaction.put(replace(member, outputs={**member.outputs, **now}))


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def _instance_requires(transaction: Transaction, stored: StoredObject) -> None:
    role = stored.inputs.get("monitoringRoleArn", "")
    if stored.inputs.get("monitoringInterval") and not iam.allows(transaction, role, "logs:PutLogEvents"):
        raise ProviderError(
            f"InvalidParameterValue: IAM role ARN value {role} of {stored.id} is invalid or does not include the "
            "required permissions for: ENHANCED_MONITORING"
        )


def _instance_created(store: Store, stored: StoredObject, _call: Call) -> dict[str, Any]:
    """The first instance of a cluster is its writer; zones are taken in turn, as RDS spreads instances."""
    cluster = store.get(CLUSTER, stored.outputs["clusterIdentifier"])
    group = store.get(SUBNET_GROUP, cluster.outputs.get("dbSubnetGroupName", "")) if cluster else None
    subnets = group.outputs["subnetIds"] if group else []
    with store.transaction() as transaction:
        for export in (cluster.outputs.get("enabledCloudwatchLogsExports") or []) if cluster else []:
            log_groups.ensure(transaction, f"/aws/rds/cluster/{stored.outputs['clusterIdentifier']}/{export}")
    members = store.find(INSTANCE, clusterIdentifier=stored.outputs["clusterIdentifier"])
    others = [member for member in members if member.id != stored.id]
    zone = stored.inputs.get("availabilityZone")
    for number, subnet_id in enumerate(subnets):
        subnet = store.get(SUBNET, subnet_id)
        here = subnet.outputs.get("availabilityZone") if subnet else None
        if here == zone or (zone is None and number == len(others) % len(subnets)):
            groups = list(cluster.outputs.get("vpcSecurityGroupIds", [])) if cluster else []
            with store.transaction() as transaction:
                transaction.put(interface(stored, subnet_id, groups, "RDSNetworkInterface"))
            zone = here
    return {"writer": not any(other.outputs.get("writer") for other in others), "availabilityZone": zone or ""}


def _arn(kind: str) -> Any:
    return lambda context: {"arn": context.arn("rds", f"{kind}:{context.id}")}


_PARAMETERS_OPTIONAL = because("the provider has a default", "description", "parameters")

TYPES = (
    ResourceType(
        type=CLUSTER, oracle="AWS::RDS::DBCluster", id=named("clusterIdentifier"), name_property="clusterIdentifier",
        names={
            "DBClusterIdentifier": "clusterIdentifier", "RestoreToTime": "", "RestoreType": "",
            "SourceDBClusterIdentifier": "", "SourceDbClusterResourceId": "", "UseLatestRestorableTime": "",
            "EnableCloudwatchLogsExports": "enabledCloudwatchLogsExports", "MasterUserPassword": "masterPassword",
            "ServerlessV2ScalingConfiguration": "serverlessv2ScalingConfiguration",
            "EnableIAMDatabaseAuthentication": "iamDatabaseAuthenticationEnabled", "AssociatedRoles": "iamRoles",
            "DomainIAMRoleName": "domainIamRoleName", "DBClusterInstanceClass": "dbClusterInstanceClass",
        },
        also_replaces=because(
            "RDS has no call that changes it after the cluster exists",
            "masterUsername", "availabilityZones", "engine", "restoreToPointInTime", "s3Import",
        ),
        updates_in_place=because("the provider modifies the cluster", "publiclyAccessible"),
        defaults={
            "skipFinalSnapshot": False, "deletionProtection": False, "backupRetentionPeriod": 1, "port": _MYSQL_PORT,
            "engineMode": "provisioned", "storageEncrypted": False, "deleteAutomatedBackups": True,
            "networkType": "IPV4",
        },
        outputs=_cluster, requires=_cluster_requires, refuses_delete=_cluster_refuses_delete, deleted=_cluster_deleted,
        created=_cluster_created, updated=_cluster_updated, window="preferredMaintenanceWindow",
        # Until the window comes, the provider takes a pending version for the one in use.
        deferred=("engineVersion",), answered_as_wanted={"engineVersion": "engineVersionActual"},
        references=(
            Reference("dbSubnetGroupName", SUBNET_GROUP), Reference("vpcSecurityGroupIds", SECURITY_GROUP),
            Reference("dbClusterParameterGroupName", CLUSTER_PARAMETERS, external=("default.",)),
            Reference("kmsKeyId", KEY, "arn", holds=False), Reference("monitoringRoleArn", ROLE, "arn", holds=False),
        ),
        seconds=(43, 63),
    ),
    ResourceType(
        type=INSTANCE, oracle="AWS::RDS::DBInstance", id=named("identifier"), name_property="identifier",
        names={
            "DBClusterIdentifier": "clusterIdentifier", "DBInstanceIdentifier": "identifier", "BackupTarget": "",
            "CharacterSetName": "", "DBName": "", "DBSystemId": "", "MasterUsername": "", "NcharCharacterSetName": "",
            "SourceRegion": "", "Timezone": "", "CustomIAMInstanceProfile": "customIamInstanceProfile",
            "DBInstanceClass": "instanceClass", "EnablePerformanceInsights": "performanceInsightsEnabled",
            "CACertificateIdentifier": "caCertIdentifier", "StorageEncrypted": "", "KmsKeyId": "",
            "PerformanceInsightsKMSKeyId": "performanceInsightsKmsKeyId",
        },
        also_replaces=because("an instance cannot move to another zone or engine", "availabilityZone", "engine"),
        defaults={
            "autoMinorVersionUpgrade": True, "promotionTier": 0, "publiclyAccessible": False, "monitoringInterval": 0,
        },
        outputs=_instance, requires=_instance_requires, created=_instance_created,
        deferred=("instanceClass",), window="preferredMaintenanceWindow",
        references=(
            Reference("clusterIdentifier", CLUSTER), Reference("monitoringRoleArn", ROLE, "arn", holds=False),
            Reference("dbParameterGroupName", PARAMETERS, external=("default.",)),
        ),
        seconds=(381, 300),
    ),
    ResourceType(
        type=CLUSTER_PARAMETERS, oracle="AWS::RDS::DBClusterParameterGroup", id=named(), name_property="name",
        names={"DBClusterParameterGroupName": "name"}, optional=_PARAMETERS_OPTIONAL, outputs=_arn("cluster-pg"),
        defaults={"description": "Managed by Pulumi"},
    ),
    ResourceType(
        type=PARAMETERS, oracle="AWS::RDS::DBParameterGroup", id=named(), name_property="name",
        names={"DBParameterGroupName": "name"}, optional=because("the provider has a default", "description"),
        outputs=_arn("pg"),
        defaults={"description": "Managed by Pulumi"},
    ),
    ResourceType(
        type=SUBNET_GROUP, oracle="AWS::RDS::DBSubnetGroup", id=named(), name_property="name",
        names={"DBSubnetGroupName": "name", "DBSubnetGroupDescription": "description"},
        optional=because("the provider has a default", "description"), outputs=_arn("subgrp"),
        defaults={"description": "Managed by Pulumi"}, references=(Reference("subnetIds", SUBNET),),
    ),
)  # fmt: skip
