"""Aurora MySQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.base.versions import AURORA_MYSQL_FAMILY
from components.config import DatabaseConfig
from components.config.database import first_identifier
from components.config.restore import RestoreConfig
from components.config.services import SHOP_SCHEMA
from components.context import StackContext
from components.data.aurora_cluster import PORT, AuroraCluster, AuroraClusterArgs, aurora_cluster
from components.data.credentials import StoredSecret, StoredSecretArgs, generated_password
from components.data.store_access import StoreAccess, StoreAccessArgs, StoreNetwork
from components.ordering import known_after

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


@dataclass(frozen=True)
class _Groups:
    """What all clusters of a stack share."""

    subnets: pulumi.Output[str]
    parameters: pulumi.Output[str]
    security: pulumi.Output[str]


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

    With it: its instances, subnet and parameter groups, and log groups for what it exports; and the clusters from
    before a restore, which no service uses. Names are `<prefix>-aurora` for the cluster that a stack begins with, and
    `<prefix>-<user>-credentials` for the secrets, whichever cluster they lead to.
    """

    identifier: pulumi.Output[str]
    """The cluster's identifier, by which CloudWatch knows it."""
    arn: pulumi.Output[str]
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
        settings, prefix = args.settings, args.context.prefix
        passwords = {user: generated_password(f"{name}-{user}-password", args.password_length, self) for user in _USERS}
        label, master = first_identifier(prefix), passwords["rds"]
        access = StoreAccess(f"{name}-access", StoreAccessArgs(label, "MySQL", PORT, args.network), self._child())
        groups = self._groups(access.security_group_id)
        used = self._cluster(settings.identifier(prefix), master, groups, settings.restore_from)
        for each in settings.previous:
            self._cluster(each, master, groups, RestoreConfig())
        cluster, self.instances = used.cluster, used.instances
        self.identifier, self.arn = cluster.cluster_identifier, cluster.arn
        # Secrets with a new address take the place of the old ones at once, which pods need until something answers.
        there = [used.instances] if settings.restore_from.into else []
        self.client_image = args.settings.client
        self.endpoint = known_after(access.reachable(cluster.endpoint), there)
        self.reader_endpoint = known_after(access.reachable(cluster.reader_endpoint), there)
        self.master, self.application, self.migration = (self._secret(user, passwords[user]) for user in _USERS)
        self.register_outputs({"endpoint": self.endpoint, "reader_endpoint": self.reader_endpoint})

    def _cluster(
        self, identifier: str, password: pulumi.Output[str], groups: _Groups, origin: RestoreConfig
    ) -> AuroraCluster:
        args, settings = self._args, self._args.settings
        first = first_identifier(args.context.prefix)
        in_use = identifier == settings.identifier(args.context.prefix)
        return aurora_cluster(
            f"{self._name}{identifier.removeprefix(first)}",
            AuroraClusterArgs(
                context=args.context,
                settings=settings,
                identifier=identifier,
                zones=args.zones[: settings.instances],
                subnet_group=groups.subnets,
                parameter_group=groups.parameters,
                security_group_id=groups.security,
                master=_USERS["rds"],
                password=password,
                restored=identifier != first,
                origin=origin,
                upgradable=in_use and not settings.upgraded_by_aws,
            ),
            self,
        )

    def _groups(self, security_group_id: pulumi.Output[str]) -> _Groups:
        subnets = aws.rds.SubnetGroup(
            f"{self._name}-subnets", subnet_ids=list(self._args.network.subnet_ids), opts=self._child()
        )
        parameters = aws.rds.ClusterParameterGroup(
            f"{self._name}-parameters",
            family=AURORA_MYSQL_FAMILY,
            description="utf8mb4, TLS required, slow query log",
            parameters=_parameters(_PARAMETERS),
            opts=self._child(),
        )
        return _Groups(subnets.name, parameters.name, security_group_id)

    @property
    def address(self) -> Mapping[str, pulumi.Input[str]]:
        """Where it is, as its users' secrets have it."""
        return {"host": self.endpoint, "reader_host": self.reader_endpoint, "port": str(PORT)}

    def _secret(self, user: str, password: pulumi.Output[str]) -> StoredSecret:
        values: dict[str, pulumi.Input[str]] = {
            **self.address,
            "username": _USERS[user],
            "password": password,
            "dbname": SHOP_SCHEMA,
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
