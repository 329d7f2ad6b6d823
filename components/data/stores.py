"""Everything that the shop keeps, in one place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.config import CacheConfig, CredentialsConfig, DatabaseConfig, ImagesConfig, Store
from components.data import aurora, redis
from components.data.aurora import Aurora, AuroraArgs
from components.data.buckets import Bucket, BucketArgs
from components.data.credentials import NamedSecret, NamedSecretArgs, SecretPlace, StoredSecret
from components.data.generated_secret import GeneratedSecret, GeneratedSecretArgs
from components.data.images import ImageRepository, ImageRepositoryArgs
from components.data.log_store import LogStore, LogStoreArgs
from components.data.redis import Redis, RedisArgs
from components.data.store_access import StorePlace

_TOKEN_KEYS = ("jwt_access_secret", "jwt_refresh_secret")
_TOKEN_KEY_LENGTH = 64


@dataclass(frozen=True)
class StoresArgs:
    """Inputs of `Stores`."""

    label: str
    """What physical names start with."""
    stack: str
    account_id: pulumi.Input[str]
    region: str
    zones: Sequence[str]
    """Availability zones of the data subnets."""
    place: StorePlace
    key_arns: Mapping[str, pulumi.Input[str]]
    """Of the keys that encrypt, by store."""
    database: DatabaseConfig
    cache: CacheConfig
    credentials: CredentialsConfig
    images: ImagesConfig
    services: Sequence[str]
    """Each gets a repository for its images and a log group."""
    upload_origins: Sequence[str]
    """Of the pages that upload."""
    old_version_days: int
    log_retention_days: int
    recovery_days: int
    """For which deleted secrets can come back."""
    protected: bool
    """What holds data cannot be deleted."""
    production: bool


class Stores(pulumi.ComponentResource):
    """Creates database, cache, secrets, buckets, image repositories and log groups. Each of them grants by itself."""

    database: Aurora
    cache: Redis
    secrets: Mapping[Store, StoredSecret | NamedSecret]
    """What services use the stores with."""
    settings: Mapping[str, pulumi.Input[str]]
    """What else they must know, by environment variable."""
    uploads: Bucket
    assets: Bucket
    log_bucket: pulumi.Output[str]
    """Known once log services may write to it."""
    images: Mapping[str, ImageRepository]
    logs: Mapping[str, LogStore]
    """By service."""

    def __init__(self, name: str, args: StoresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:Stores", name, {}, opts)
        self._name = name
        self._args = args
        secrets = SecretPlace(args.key_arns["credentials"], args.recovery_days)
        self.database = self._database(secrets)
        self.cache = self._cache(secrets)
        tokens = GeneratedSecret(
            f"{name}-app-secrets",
            GeneratedSecretArgs(
                secret_name=f"{args.label}-app-secrets",
                description="Keys that sign the shop's tokens",
                keys=_TOKEN_KEYS,
                length=_TOKEN_KEY_LENGTH,
                place=secrets,
            ),
            self._child(),
        ).secret
        api_keys = NamedSecret(
            f"{name}-api-keys",
            NamedSecretArgs(
                secret_name=f"{args.label}-api-keys",
                keys=args.credentials.api_keys,
                version_id=args.credentials.api_keys_version,
                place=secrets,
                protected=args.protected,
            ),
            self._child(),
        )
        self.secrets = {
            Store.DATABASE: self.database.application,
            Store.CACHE: self.cache.credentials,
            Store.TOKENS: tokens,
            Store.API_KEYS: api_keys,
        }
        self.log_bucket = self._bucket("access-logs", expire_days=args.log_retention_days).accept_logs(
            args.account_id, args.region
        )
        objects_key = args.key_arns["objects"]
        self.uploads = self._bucket("uploads", objects_key, self.log_bucket, args.upload_origins)
        self.assets = self._bucket("assets", objects_key, self.log_bucket)
        self.settings = {
            "DB_PORT": str(aurora.PORT),
            "REDIS_PORT": str(redis.PORT),
            "UPLOADS_BUCKET": self.uploads.id,
            "ASSETS_BUCKET": self.assets.id,
        }
        self.images = {service: self._images(service) for service in args.services}
        self.logs = {service: self._logs(service) for service in args.services}
        self.register_outputs({})

    def _database(self, secrets: SecretPlace) -> Aurora:
        args = self._args
        return Aurora(
            f"{self._name}-database",
            AuroraArgs(
                label=args.label,
                settings=args.database,
                zones=args.zones,
                place=args.place,
                key_arn=args.key_arns["database"],
                logs_key_arn=args.key_arns["logs"],
                secrets=secrets,
                password_length=args.credentials.password_length,
                log_retention_days=args.log_retention_days,
                protected=args.protected,
                production=args.production,
            ),
            self._child(),
        )

    def _cache(self, secrets: SecretPlace) -> Redis:
        args = self._args
        return Redis(
            f"{self._name}-cache",
            RedisArgs(
                label=args.label,
                settings=args.cache,
                place=args.place,
                key_arn=args.key_arns["cache"],
                logs_key_arn=args.key_arns["logs"],
                secrets=secrets,
                password_length=args.credentials.password_length,
                log_retention_days=args.log_retention_days,
                protected=args.protected,
                production=args.production,
            ),
            self._child(),
        )

    def _bucket(
        self,
        what: str,
        key_arn: pulumi.Input[str] | None = None,
        log_bucket: pulumi.Input[str] | None = None,
        upload_origins: Sequence[str] = (),
        expire_days: int | None = None,
    ) -> Bucket:
        arguments = BucketArgs(
            label=f"{self._args.label}-{what}",
            protected=self._args.protected,
            old_version_days=self._args.old_version_days,
            key_arn=key_arn,
            expire_days=expire_days,
            upload_origins=upload_origins,
            log_bucket=log_bucket,
        )
        return Bucket(f"{self._name}-{what}", arguments, self._child())

    def _images(self, service: str) -> ImageRepository:
        args = self._args
        arguments = ImageRepositoryArgs(
            repository_name=f"{args.label}/{service}",
            moving_tag=f"{args.stack}-latest",
            settings=args.images,
            key_arn=args.key_arns["images"],
            protected=args.protected,
        )
        return ImageRepository(f"{self._name}-{service}-images", arguments, self._child())

    def _logs(self, service: str) -> LogStore:
        args = self._args
        arguments = LogStoreArgs(f"/openmarket/{args.stack}/{service}", args.log_retention_days, args.key_arns["logs"])
        return LogStore(f"{self._name}-{service}-logs", arguments, self._child())

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)
