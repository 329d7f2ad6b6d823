"""Everything that the shop stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.cluster.cluster import Cluster
from components.config import Use
from components.config.data import DataSettings
from components.config.services import SHOP_SCHEMA, ServiceConfig, built, schemas, volumes
from components.config.services.schema import label
from components.context import StackContext
from components.data import aurora, redis
from components.data.aurora import Aurora, AuroraArgs
from components.data.backup_copies import BackupCopies, BackupCopiesArgs
from components.data.buckets import Bucket, BucketArgs, Distribution
from components.data.credentials import (
    GeneratedSecret,
    GeneratedSecretArgs,
    NamedSecret,
    NamedSecretArgs,
    StoredSecret,
)
from components.data.images import ImageRepository, ImageRepositoryArgs
from components.data.log_store import LogStore, LogStoreArgs
from components.data.redis import Redis, RedisArgs
from components.data.schema import Schema, SchemaArgs, SchemaUsers
from components.data.store_access import StoreNetwork
from components.network.network import Network

MEDIA_PREFIX = "media/"
"""The beginning of the keys of uploads that everybody may see, through the CDN."""
_TOKEN_KEYS = ("jwt_access_secret", "jwt_refresh_secret")
_TOKEN_KEY_LENGTH = 64


@dataclass(frozen=True)
class StoresArgs:
    """Inputs of `Stores`."""

    context: StackContext
    network: Network
    cluster: Cluster
    """The cluster whose nodes and pods may connect to database and cache."""
    settings: DataSettings
    services: Mapping[str, ServiceConfig]
    """Each gets a log group, a repository if it has images of its own, a secret if it names keys of one, and secrets of
    its schema in the database if it has one."""
    upload_origins: Sequence[str]
    """Origins of the pages that upload."""
    distribution_arn: pulumi.Input[str]
    """The CloudFront distribution that reads assets and media."""


class Stores(pulumi.ComponentResource):
    """Creates database, cache, secrets, buckets, image repositories and log groups; by switch copies of backups."""

    database: Aurora
    cache: Redis
    secrets: Mapping[Use, StoredSecret | NamedSecret]
    """The secrets with which services use the stores."""
    schemas: Mapping[str, SchemaUsers]
    """By schema of the database, the secrets of its users; that of the shop is always there."""
    api_keys: NamedSecret
    """The third-party keys, which are in `secrets` too."""
    own_secrets: Mapping[str, NamedSecret]
    """By service, the secret `openmarket-<stack>/<service>` of each that names keys of one."""
    variables: Mapping[str, pulumi.Input[str]]
    """Facts that services need besides the secrets, by environment variable."""
    uploads: Bucket
    assets: Bucket
    access_logs: Bucket
    images: Mapping[str, ImageRepository]
    """Image repositories by service, of those with images of their own."""
    logs: Mapping[str, LogStore]
    """Log groups by service."""

    def __init__(self, name: str, args: StoresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:Stores", name, {}, opts)
        self._name = name
        self._args = args
        child = pulumi.ResourceOptions(parent=self)
        context, settings = args.context, args.settings
        network = StoreNetwork(
            args.network.vpc_id, list(args.network.data_subnet_ids.values()), args.cluster.security_group_id
        )
        credentials = settings.credentials
        password_length = credentials.password_length
        zones = [f"{context.region}{zone}" for zone in args.network.data_subnet_ids]
        self.database = Aurora(
            f"{name}-database", AuroraArgs(context, settings.database, zones, network, password_length), child
        )
        self.schemas = {SHOP_SCHEMA: SchemaUsers(self.database.application, self.database.migration)}
        for schema, migrated in schemas(args.services).items():
            if schema != SHOP_SCHEMA:
                schema_args = SchemaArgs(context, schema, migrated, self.database.address, password_length)
                self.schemas[schema] = Schema(f"{name}-schema-{label(schema)}", schema_args, child).users
        self.cache = Redis(f"{name}-cache", RedisArgs(context, settings.cache, network, password_length), child)
        tokens = GeneratedSecret(
            f"{name}-app-secrets",
            GeneratedSecretArgs(
                context,
                secret_name=f"{context.prefix}-app-secrets",
                description="Keys that sign the shop's tokens",
                keys=_TOKEN_KEYS,
                length=_TOKEN_KEY_LENGTH,
            ),
            child,
        ).secret
        self.api_keys = NamedSecret(
            f"{name}-api-keys",
            NamedSecretArgs(
                context,
                f"{context.prefix}-api-keys",
                "Third-party keys",
                credentials.api_keys,
                credentials.api_keys_version,
            ),
            child,
        )
        self.own_secrets = {
            service: NamedSecret(
                f"{name}-{service}-secrets",
                NamedSecretArgs(
                    context,
                    f"{context.prefix}/{service}",
                    f"Secrets of {service}",
                    stanza.secrets,
                    stanza.secrets_version,
                ),
                child,
            )
            for service, stanza in args.services.items()
            if stanza.secrets
        }
        self.secrets = {
            Use.DATABASE: self.database.application,
            Use.CACHE: self.cache.credentials,
            Use.TOKENS: tokens,
            Use.API_KEYS: self.api_keys,
        }
        self.access_logs = self._bucket("access-logs", collects_logs=True)
        self.uploads = self._bucket("uploads", Distribution(args.distribution_arn, MEDIA_PREFIX), args.upload_origins)
        self.assets = self._bucket("assets", Distribution(args.distribution_arn))
        if settings.backup.copy_region:
            resources = [self.database.arn, self.uploads.arn]
            of_services = bool(volumes(args.services))
            BackupCopies(f"{name}-backup", BackupCopiesArgs(context, settings.backup, resources, of_services), child)
        self.variables = {
            "DB_PORT": str(aurora.PORT),
            "REDIS_PORT": str(redis.PORT),
            "UPLOADS_BUCKET": self.uploads.id,
            "ASSETS_BUCKET": self.assets.id,
        }
        self.images = {
            service: ImageRepository(
                f"{name}-{service}-images", ImageRepositoryArgs(context, service, settings.images), child
            )
            for service in built(args.services)
        }
        self.logs = {
            service: LogStore(f"{name}-{service}-logs", LogStoreArgs(context, service), child)
            for service in args.services
        }
        self.register_outputs({})

    def _bucket(
        self,
        label: str,
        distribution: Distribution | None = None,
        upload_origins: Sequence[str] = (),
        collects_logs: bool = False,
    ) -> Bucket:
        arguments = BucketArgs(
            context=self._args.context,
            label=label,
            old_version_days=self._args.settings.storage.old_version_days,
            collects_logs=collects_logs,
            distribution=distribution,
            upload_origins=upload_origins,
            log_bucket=None if collects_logs else self.access_logs.id,
        )
        return Bucket(f"{self._name}-{label}", arguments, pulumi.ResourceOptions(parent=self))
