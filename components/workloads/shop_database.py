"""The users of the database's schemas, and the schemas themselves, which come before the services that use them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.config import MigrationMode
from components.config.services import SHOP_SCHEMA, DeployedConfig, ServiceConfig
from components.config.services.schema import label
from components.data.aurora import Aurora
from components.data.credentials import StoredSecret
from components.data.schema import SchemaUsers
from components.platform.external_secret import ExternalSecret, ExternalSecretArgs, SecretStore
from components.workloads.database_users import DatabaseUsers, DatabaseUsersArgs
from components.workloads.migration import Migration, MigrationArgs, migration_container
from components.workloads.placement import Placement
from components.workloads.store_secrets import ADMIN_SECRET, DATABASE_KEYS, MIGRATION_SECRET, schema_secret
from components.workloads.wait_for_port import wait_for_database


@dataclass(frozen=True)
class ShopDatabaseArgs:
    """Inputs of `ShopDatabase`."""

    namespace: pulumi.Input[str]
    database: Aurora
    application_secrets: Mapping[str, pulumi.Input[str]]
    """The schemas that services use, each with the Secret of the services' user, with the keys DB_HOST and so on, as in
    those that are created here."""
    users: Mapping[str, SchemaUsers]
    """By schema, what the secrets of its users are."""
    store: SecretStore
    depends_on: Sequence[pulumi.Resource]
    """The policies that let pods reach the database."""


@dataclass(frozen=True)
class Prepared:
    """Additions to a service's pods because of the database."""

    init_containers: Sequence[kubernetes.core.v1.ContainerArgs] = ()
    depends_on: Sequence[pulumi.Resource] = ()


@dataclass(frozen=True)
class _Schema:
    """The Secrets of a schema's users, and what makes these."""

    application: pulumi.Input[str]
    migration: pulumi.Input[str] | None
    users: DatabaseUsers


class ShopDatabase(pulumi.ComponentResource):
    """Creates the Secret of the master user, and for each schema those of its users and the Job that creates these."""

    def __init__(self, name: str, args: ShopDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:ShopDatabase", name, {}, opts)
        self._name = name
        self._args = args
        admin = self._secret(ADMIN_SECRET, args.database.master)
        self._schemas = {schema: self._schema(schema, admin) for schema in args.application_secrets}
        self.register_outputs({})

    def prepare(
        self, service: str, settings: ServiceConfig, config_map: pulumi.Input[str], placement: Placement | None
    ) -> Prepared:
        """Brings the schema to the service's version, if its settings say so. A placeholder has no schema."""
        schema = self._schemas[settings.used_schema]
        waiting = wait_for_database(schema.application)
        if not (isinstance(settings, DeployedConfig) and settings.image and settings.migrates and schema.migration):
            return Prepared([waiting], [schema.users])
        migration = MigrationArgs(
            namespace=self._args.namespace,
            service=service,
            settings=settings,
            secret=schema.migration,
            config_map=config_map,
            depends_on=[schema.users],
            placement=placement,
        )
        if settings.migration.mode is MigrationMode.INIT_CONTAINER:
            return Prepared([waiting, migration_container(migration)], [schema.users])
        job = Migration(f"{self._name}-{service}-migration", migration, pulumi.ResourceOptions(parent=self))
        return Prepared([waiting], [job])

    def _schema(self, schema: str, admin: pulumi.Input[str]) -> _Schema:
        args, shared, source = self._args, schema == SHOP_SCHEMA, self._args.users[schema].migration
        application = args.application_secrets[schema]
        migration_name = MIGRATION_SECRET if shared else schema_secret(schema, "migration")
        migration = self._secret(migration_name, source) if source else None
        users = DatabaseUsers(
            f"{self._name}-users" if shared else f"{self._name}-schema-{label(schema)}-users",
            DatabaseUsersArgs(
                namespace=args.namespace,
                image=args.database.client_image,
                admin_secret=admin,
                application_secret=application,
                migration_secret=migration,
                # The address is known before anything answers there.
                depends_on=[args.database.instances, *args.depends_on],
                schema=schema,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        return _Schema(application, migration, users)

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
