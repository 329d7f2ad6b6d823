"""How the shop's services come to their database: its users, its schema, and its port."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.external_secret import ExternalSecret, ExternalSecretArgs
from components.config import MigrationMode, ServiceConfig
from components.data.aurora import Aurora
from components.data.credentials import StoredSecret
from components.workloads.database_users import DatabaseUsers, DatabaseUsersArgs
from components.workloads.migration import Migration, MigrationArgs, migration_container
from components.workloads.store_secrets import ADMIN_SECRET, DATABASE_KEYS, MIGRATION_SECRET
from components.workloads.wait_for_port import wait_for_database


@dataclass(frozen=True)
class ShopDatabaseArgs:
    """Inputs of `ShopDatabase`."""

    namespace: pulumi.Input[str]
    database: Aurora
    client_image: str
    application_secret: pulumi.Input[str]
    """Of the services' user: keys DB_HOST and so on, as in the two that are made here."""
    secret_store: Sequence[pulumi.Resource]
    """What ExternalSecrets need to come and to go."""
    after: Sequence[pulumi.Resource]
    """What lets pods reach the database."""


@dataclass(frozen=True)
class Prepared:
    """What a service's pods need because of the database."""

    init_containers: Sequence[kubernetes.core.v1.ContainerArgs]
    after: Sequence[pulumi.Resource]


class ShopDatabase(pulumi.ComponentResource):
    """Creates the Secrets of the master user and the migrations' user, and the Job that makes the users."""

    def __init__(self, name: str, args: ShopDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:ShopDatabase", name, {}, opts)
        self._name = name
        self._args = args
        self._migration_secret = self._secret(MIGRATION_SECRET, args.database.migration)
        self._users = DatabaseUsers(
            f"{name}-users",
            DatabaseUsersArgs(
                namespace=args.namespace,
                image=args.client_image,
                admin_secret=self._secret(ADMIN_SECRET, args.database.master),
                application_secret=args.application_secret,
                migration_secret=self._migration_secret,
                # The address is known before anything answers there.
                after=[args.database.instances, *args.after],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def prepare(self, service: str, settings: ServiceConfig, config_map: pulumi.Input[str]) -> Prepared:
        """Have the schema brought to the service's version as configured. A placeholder has no schema."""
        waiting = wait_for_database(self._args.application_secret)
        if not (settings.image and settings.migration.command):
            return Prepared([waiting], [self._users])
        migration = MigrationArgs(
            namespace=self._args.namespace,
            service=service,
            image=settings.image,
            command=settings.migration.command,
            secret=self._migration_secret,
            cpu=settings.cpu,
            memory=settings.memory,
            config_maps=[config_map],
            environment=settings.environment,
            writable=settings.writable,
            after=[self._users],
        )
        if settings.migration.mode is MigrationMode.INIT_CONTAINER:
            return Prepared([waiting, migration_container(migration)], [self._users])
        job = Migration(f"{self._name}-{service}-migration", migration, pulumi.ResourceOptions(parent=self))
        return Prepared([waiting], [job])

    def _secret(self, secret_name: str, source: StoredSecret) -> pulumi.Output[str]:
        return ExternalSecret(
            f"{self._name}-{secret_name.removeprefix('openmarket-db-')}",
            ExternalSecretArgs(
                namespace=self._args.namespace,
                secret_name=secret_name,
                source=source.reference,
                keys=DATABASE_KEYS,
                after=self._args.secret_store,
            ),
            pulumi.ResourceOptions(parent=self),
        ).target
