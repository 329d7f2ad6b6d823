"""One Aurora cluster with its instances: the one that the shop uses, or one from before a restore."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.config import DatabaseConfig
from components.config.restore import LATEST, RestoreConfig
from components.config.services import SHOP_SCHEMA
from components.context import StackContext
from components.data.aurora_instances import AuroraInstances, AuroraInstancesArgs
from components.log_group import log_group

PORT = 3306
_LOG_EXPORTS = ("error", "slowquery")
_MAINTENANCE_WINDOW = "sun:18:30-sun:19:30"
"""UTC, from Monday 3:30 in Seoul. Changes of the class or version wait for it unless they are applied at once."""
_INSIGHTS_DAYS = 465
"""Least that Database Insights' advanced mode takes."""
_SNAPSHOT_CHARACTERS = 63
"""Most that a snapshot's name has."""


@dataclass(frozen=True)
class AuroraClusterArgs:
    """Inputs of `aurora_cluster`."""

    context: StackContext
    settings: DatabaseConfig
    identifier: str
    zones: Sequence[str]
    """Availability zones, with an instance in each; the first one is the preferred writer's."""
    subnet_group: pulumi.Input[str]
    parameter_group: pulumi.Input[str]
    security_group_id: pulumi.Input[str]
    master: str
    """The master user's name, of a cluster that is not restored."""
    password: pulumi.Input[str]
    """The master user's password. A restored cluster gets it as well, in place of the one that it had."""
    restored: bool
    """True if its data came from a backup, and with it the database and the name of the master user."""
    origin: RestoreConfig
    """The backup, of a cluster that is about to be restored; afterwards it makes no difference."""
    upgradable: bool
    """False to leave the version as it is."""


@dataclass(frozen=True)
class AuroraCluster:
    """A cluster and its instances."""

    cluster: aws.rds.Cluster
    instances: pulumi.Resource


def aurora_cluster(name: str, args: AuroraClusterArgs, parent: pulumi.Resource) -> AuroraCluster:
    """Creates the cluster, new or from a backup, its instances, and log groups for what it exports."""
    child = pulumi.ResourceOptions(parent=parent)
    settings, context, origin = args.settings, args.context, args.origin
    # Two clusters one after the other must not leave snapshots of the same name.
    generation = random.RandomId(f"{name}-generation", byte_length=4, opts=child)
    # RDS would make log groups of its own, without retention, and leave them behind.
    logs = [
        log_group(f"{name}-{export}-log", f"/aws/rds/cluster/{args.identifier}/{export}", context, child)
        for export in _LOG_EXPORTS
    ]
    # A backup says only what a cluster begins with: a cluster that is there is none the worse without it.
    ignored = ["snapshotIdentifier", "restoreToPointInTime"] if args.restored else []
    cluster = aws.rds.Cluster(
        f"{name}-cluster",
        cluster_identifier=args.identifier,
        engine=aws.rds.EngineType.AURORA_MYSQL,
        engine_version=settings.engine_version,
        database_name=None if args.restored else SHOP_SCHEMA,
        master_username=None if args.restored else args.master,
        master_password=args.password,
        snapshot_identifier=origin.snapshot or None,
        restore_to_point_in_time=_point_in_time(origin),
        port=PORT,
        db_subnet_group_name=args.subnet_group,
        db_cluster_parameter_group_name=args.parameter_group,
        vpc_security_group_ids=[args.security_group_id],
        storage_encrypted=True,
        kms_key_id=context.keys["database"],
        backup_retention_period=settings.backup_days,
        preferred_backup_window="17:00-18:00",  # from 2:00 in Seoul
        preferred_maintenance_window=_MAINTENANCE_WINDOW,
        copy_tags_to_snapshot=True,
        enabled_cloudwatch_logs_exports=list(_LOG_EXPORTS),
        serverlessv2_scaling_configuration=_scaling(settings.serverless_capacity),
        database_insights_mode="advanced" if settings.detailed_monitoring else "standard",
        performance_insights_enabled=settings.detailed_monitoring,
        performance_insights_kms_key_id=context.keys["database"] if settings.detailed_monitoring else None,
        performance_insights_retention_period=_INSIGHTS_DAYS if settings.detailed_monitoring else None,
        deletion_protection=context.protected,
        skip_final_snapshot=not context.production,
        final_snapshot_identifier=generation.hex.apply(
            lambda suffix: f"{args.identifier}-final-{suffix}"[:_SNAPSHOT_CHARACTERS]
        ),
        delete_automated_backups=not context.production,
        apply_immediately=settings.apply_immediately,
        opts=pulumi.ResourceOptions(
            parent=parent,
            protect=context.protected,
            depends_on=logs,
            ignore_changes=[*ignored, *([] if args.upgradable else ["engineVersion"])] or None,
        ),
    )
    instances = AuroraInstances(
        f"{name}-instances",
        AuroraInstancesArgs(
            cluster_identifier=cluster.id,
            label=args.identifier,
            instance_class=settings.instance_class,
            zones=args.zones,
            detailed_monitoring=settings.detailed_monitoring,
            maintenance_window=_MAINTENANCE_WINDOW,
            apply_immediately=settings.apply_immediately,
        ),
        child,
    )
    return AuroraCluster(cluster, instances)


def _point_in_time(origin: RestoreConfig) -> aws.rds.ClusterRestoreToPointInTimeArgs | None:
    if not origin.time:
        return None
    latest = origin.time == LATEST
    return aws.rds.ClusterRestoreToPointInTimeArgs(
        source_cluster_identifier=None if origin.of_deleted else origin.of,
        source_cluster_resource_id=origin.of if origin.of_deleted else None,
        restore_to_time=None if latest else origin.time,
        use_latest_restorable_time=latest or None,
        # A clone would share its volume with the cluster that it comes from, and has no other time than now.
        restore_type="full-copy",
    )


def _scaling(capacity: Sequence[float]) -> aws.rds.ClusterServerlessv2ScalingConfigurationArgs | None:
    if not capacity:
        return None
    return aws.rds.ClusterServerlessv2ScalingConfigurationArgs(min_capacity=capacity[0], max_capacity=capacity[1])
