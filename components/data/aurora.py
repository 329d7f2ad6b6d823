"""Aurora MySQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.base.versions import AURORA_MYSQL_FAMILY
from components.config import DatabaseConfig
from components.config.stack import database_identifier
from components.context import StackContext
from components.data.aurora_instances import AuroraInstances, AuroraInstancesArgs
from components.data.credentials import StoredSecret, StoredSecretArgs, generated_password
from components.data.store_access import StoreAccess, StoreAccessArgs, StoreNetwork

PORT = 3306
_DATABASE = "openmarket"
_LOG_EXPORTS = ("error", "slowquery")
_PARAMETERS = {
    "character_set_server": "utf8mb4",
    "collation_server": "utf8mb4_0900_ai_ci",
    "require_secure_transport": "ON",
    "slow_query_log": "1",
    "long_query_time": "1",
}
_USERS = {
    "rds": "openmarket_admin",
    "app-db": "openmarket_app",
    "migration-db": "openmarket_migration",
}
"""Database users by part of their secret's name: the master user, and the two that it creates."""
_MAINTENANCE_WINDOW = "sun:18:30-sun:19:30"
"""UTC, from Monday 3:30 in Seoul. Changes of the class or version wait for it unless they are applied at once."""
_INSIGHTS_DAYS = 465
"""Least that Database Insights' advanced mode takes."""


@dataclass(frozen=True)
class AuroraArgs:
    """Inputs of `Aurora`."""

    context: StackContext
    settings: DatabaseConfig
    zones: Sequence[str]
    """Availability zones; the first ones get an instance each, and the very first the preferred writer."""
    network: StoreNetwork
    password_length: int


class Aurora(pulumi.ComponentResource):
    """Creates an Aurora MySQL cluster that only the cluster's pods reach, over TLS, and the secrets of its users.

    With it: its instances, subnet and parameter groups, and log groups for what it exports. Names are `<prefix>-aurora`
    for the cluster and `<prefix>-<user>-credentials` for the secrets.
    """

    identifier: pulumi.Output[str]
    """The cluster's identifier, by which CloudWatch knows it."""
    endpoint: pulumi.Output[str]
    """The writer's address, known once clients may connect to it; nothing answers there before `instances`."""
    reader_endpoint: pulumi.Output[str]
    master: StoredSecret
    application: StoredSecret
    migration: StoredSecret
    instances: pulumi.Resource
    client_image: str
    """An image with the client `mysql`."""

    def __init__(self, name: str, args: AuroraArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:Aurora", name, {}, opts)
        self._name = name
        self._args = args
        self._identifier = database_identifier(args.context.prefix)
        passwords = {user: generated_password(f"{name}-{user}-password", args.password_length, self) for user in _USERS}
        access = StoreAccess(
            f"{name}-access", StoreAccessArgs(self._identifier, "MySQL", PORT, args.network), self._child()
        )
        cluster = self._cluster(passwords["rds"], access.security_group_id)
        self.instances = AuroraInstances(
            f"{name}-instances",
            AuroraInstancesArgs(
                cluster_identifier=cluster.id,
                label=self._identifier,
                instance_class=args.settings.instance_class,
                zones=args.zones[: args.settings.instances],
                detailed_monitoring=args.settings.detailed_monitoring,
                maintenance_window=_MAINTENANCE_WINDOW,
                apply_immediately=args.settings.apply_immediately,
            ),
            self._child(),
        )
        self.identifier = cluster.cluster_identifier
        self.client_image = args.settings.client
        self.endpoint = access.reachable(cluster.endpoint)
        self.reader_endpoint = access.reachable(cluster.reader_endpoint)
        self.master, self.application, self.migration = (self._secret(user, passwords[user]) for user in _USERS)
        self.register_outputs({"endpoint": self.endpoint, "reader_endpoint": self.reader_endpoint})

    def _cluster(self, password: pulumi.Output[str], security_group_id: pulumi.Output[str]) -> aws.rds.Cluster:
        args, settings, context = self._args, self._args.settings, self._args.context
        subnets = aws.rds.SubnetGroup(
            f"{self._name}-subnets", subnet_ids=list(args.network.subnet_ids), opts=self._child()
        )
        parameters = aws.rds.ClusterParameterGroup(
            f"{self._name}-parameters",
            family=AURORA_MYSQL_FAMILY,
            description="utf8mb4, TLS required, slow query log",
            parameters=_parameters(_PARAMETERS),
            opts=self._child(),
        )
        # Two clusters one after the other must not leave snapshots of the same name.
        generation = random.RandomId(f"{self._name}-generation", byte_length=4, opts=self._child())
        return aws.rds.Cluster(
            f"{self._name}-cluster",
            cluster_identifier=self._identifier,
            engine=aws.rds.EngineType.AURORA_MYSQL,
            engine_version=settings.engine_version,
            database_name=_DATABASE,
            master_username=_USERS["rds"],
            master_password=password,
            port=PORT,
            db_subnet_group_name=subnets.name,
            db_cluster_parameter_group_name=parameters.name,
            vpc_security_group_ids=[security_group_id],
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
            final_snapshot_identifier=generation.hex.apply(lambda suffix: f"{self._identifier}-final-{suffix}"),
            delete_automated_backups=not context.production,
            apply_immediately=settings.apply_immediately,
            opts=pulumi.ResourceOptions(
                parent=self,
                protect=context.protected,
                # RDS would make log groups of its own, without retention, and leave them behind.
                depends_on=self._log_groups(),
                ignore_changes=["engineVersion"] if settings.upgraded_by_aws else None,
            ),
        )

    def _log_groups(self) -> list[pulumi.Resource]:
        return [
            aws.cloudwatch.LogGroup(
                f"{self._name}-{export}-log",
                name=f"/aws/rds/cluster/{self._identifier}/{export}",
                retention_in_days=self._args.context.log_retention_days,
                kms_key_id=self._args.context.keys["logs"],
                opts=self._child(),
            )
            for export in _LOG_EXPORTS
        ]

    def _secret(self, user: str, password: pulumi.Output[str]) -> StoredSecret:
        values: dict[str, pulumi.Input[str]] = {
            "username": _USERS[user],
            "password": password,
            "host": self.endpoint,
            "reader_host": self.reader_endpoint,
            "port": str(PORT),
            "dbname": _DATABASE,
        }
        context = self._args.context
        secret_name, description = f"{context.prefix}-{user}-credentials", f"Database user {_USERS[user]}"
        return StoredSecret(
            f"{self._name}-{user}-credentials",
            StoredSecretArgs(context, secret_name, description, values),
            self._child(),
        )

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)


def _parameters(values: Mapping[str, str]) -> list[aws.rds.ClusterParameterGroupParameterArgs]:
    return [aws.rds.ClusterParameterGroupParameterArgs(name=key, value=value) for key, value in sorted(values.items())]


def _scaling(capacity: Sequence[float]) -> aws.rds.ClusterServerlessv2ScalingConfigurationArgs | None:
    if not capacity:
        return None
    return aws.rds.ClusterServerlessv2ScalingConfigurationArgs(min_capacity=capacity[0], max_capacity=capacity[1])
