"""The users and the schema of the shop's database, which come before the services that use it."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.config import MigrationMode
from components.config.services import DeployedConfig, ServiceConfig
from components.data.aurora import Aurora
from components.data.credentials import StoredSecret
from components.platform.external_secret import ExternalSecret, ExternalSecretArgs, SecretStore
from components.workloads.database_users import DatabaseUsers, DatabaseUsersArgs
from components.workloads.migration import Migration, MigrationArgs, migration_container
from components.workloads.placement import Placement
from components.workloads.store_secrets import ADMIN_SECRET, DATABASE_KEYS, MIGRATION_SECRET
from components.workloads.wait_for_port import wait_for_database


@dataclass(frozen=True)
class ShopDatabaseArgs:
    """Inputs of `ShopDatabase`."""

    namespace: pulumi.Input[str]
    database: Aurora
    application_secret: pulumi.Input[str]
    """The Secret of the services' user, with the keys DB_HOST and so on, as in the two that are created here."""
    store: SecretStore
    depends_on: Sequence[pulumi.Resource]
    """The policies that let pods reach the database."""


@dataclass(frozen=True)
class Prepared:
    """Additions to a service's pods because of the database."""

    init_containers: Sequence[kubernetes.core.v1.ContainerArgs] = ()
    depends_on: Sequence[pulumi.Resource] = ()


class ShopDatabase(pulumi.ComponentResource):
    """Creates the Secrets of the master user and the migrations' user, and the Job that creates the users."""

    def __init__(self, name: str, args: ShopDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:ShopDatabase", name, {}, opts)
        self._name = name
        self._args = args
        self._migration_secret = self._secret(MIGRATION_SECRET, args.database.migration)
        self._users = DatabaseUsers(
            f"{name}-users",
            DatabaseUsersArgs(
                namespace=args.namespace,
                image=args.database.client_image,
                admin_secret=self._secret(ADMIN_SECRET, args.database.master),
                application_secret=args.application_secret,
                migration_secret=self._migration_secret,
                # The address is known before anything answers there.
                depends_on=[args.database.instances, *args.depends_on],
            ),
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def prepare(
        self, service: str, settings: ServiceConfig, config_map: pulumi.Input[str], placement: Placement | None
    ) -> Prepared:
        """Brings the schema to the service's version, if its settings say so. A placeholder has no schema."""
        waiting = wait_for_database(self._args.application_secret)
        if not (isinstance(settings, DeployedConfig) and settings.image and settings.migration.command):
            return Prepared([waiting], [self._users])
        migration = MigrationArgs(
            namespace=self._args.namespace,
            service=service,
            settings=settings,
            secret=self._migration_secret,
            config_map=config_map,
            depends_on=[self._users],
            placement=placement,
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
                source=source,
                keys=DATABASE_KEYS,
                store=self._args.store,
            ),
            pulumi.ResourceOptions(parent=self),
        ).target
