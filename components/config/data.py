"""Configuration of what the shop keeps: database, cache, buckets, images, and the secrets that open them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self, get_args

from pydantic import Field, PrivateAttr, model_validator

from components.base.section import Quoted, Section, Switch, mismatch
from components.base.versions import CACHE_ENGINES, is_older
from components.config.database import APPLIED, DatabaseConfig
from components.config.hand_set_keys import VERSION, KeyNames, VersionId


class Keys(StrEnum):
    """The number of KMS keys: one for the whole stack costs least, one per store keeps the stores apart."""

    PER_STACK = "perStack"
    PER_STORE = "perStore"


class CacheEngine(StrEnum):
    """The engines of ElastiCache that speak the Redis protocol."""

    VALKEY = "valkey"
    REDIS = "redis"


@dataclass(frozen=True)
class CacheVersion:
    """An engine of ElastiCache in a version, as major and minor."""

    engine: CacheEngine
    version: str

    def comes_before(self, other: Self) -> bool:
        """Return whether ElastiCache upgrades this one to the other one, from which there is no way back."""
        if self.engine is other.engine:
            return is_older(self.version, other.version)
        return other.engine is CacheEngine.VALKEY


class EncryptionConfig(Section):
    """The KMS keys."""

    keys: Keys = Field(description="perStack or perStore")


def cache_identifier(prefix: str) -> str:
    """The identifier of the cache's replication group, by the beginning of the stack's physical names."""
    return f"{prefix}-cache"


class CacheConfig(Section):
    """ElastiCache with the Redis protocol."""

    engine: CacheEngine = Field(description="valkey or redis")
    engine_version: Annotated[str, Quoted] = Field(
        default="", description="a version of the engine in quotes, or empty for the newest one that was tried"
    )
    node_type: str = Field(pattern=r"^cache\.[a-z0-9-]+\.\w+$", description="a node type, such as cache.t4g.micro")
    nodes: int = Field(ge=1, le=6, description="the primary node and its replicas, 1 to 6")
    multi_zone: Switch = Field(description="true or false; true needs 2 nodes at least")
    snapshot_days: int = Field(ge=0, le=35, description="days that daily snapshots are kept, 0 to 35; 0 makes none")
    apply_immediately: Switch = Field(description=APPLIED.format("node type and version"))
    _existing: CacheVersion | None = PrivateAttr(default=None)

    @model_validator(mode="after")
    def _known_version(self) -> Self:
        versions = CACHE_ENGINES[self.engine]
        if self.engine_version and self.engine_version not in versions:
            expected = (
                f"a version in quotes of {self.engine}, out of {', '.join(versions)}, or empty for the first of them"
            )
            raise mismatch("engineVersion", self.engine_version, expected)
        return self

    @model_validator(mode="after")
    def _somewhere_to_fail_over_to(self) -> Self:
        if self.multi_zone and self.nodes < 2:
            raise mismatch("nodes", self.nodes, "2 or more, as multiZone is true; or set multiZone to false")
        return self

    @property
    def version(self) -> str:
        """The configured version, else the pinned one."""
        return self.engine_version or CACHE_ENGINES[self.engine][0]

    @property
    def upgraded_by_aws(self) -> bool:
        """True if the cache has a newer version than the configured one, to which only another cache could go back."""
        return self._existing is not None and CacheVersion(self.engine, self.version).comes_before(self._existing)

    def over(self, existing: CacheVersion | None) -> Self:
        """The same settings, for the cache that is there; None for none."""
        copy = self.model_copy()
        copy._existing = existing
        return copy


class StorageConfig(Section):
    """The buckets."""

    old_version_days: int = Field(ge=1, le=3650, description="days that overwritten and deleted objects can come back")


class BackupConfig(Section):
    """Copies of database, uploads and the volumes of services in a second region, by AWS Backup."""

    copy_region: str = Field(
        default="", pattern=r"^([a-z]{2}(-[a-z]+)+-\d)?$", description="an AWS region such as ap-northeast-1, or empty"
    )
    copy_days: int = Field(default=30, ge=1, le=3650, description="days that a daily copy is kept, 1 to 3650")


Severity = Literal["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL", "UNDEFINED"]
"""ECR's, the worst first."""


class AcceptedFinding(Section):
    """A finding that stops no image, up to a last day."""

    name: str = Field(min_length=1, description="the finding's name, such as CVE-2026-12345")
    reason: str = Field(min_length=1, description="why it does no harm here")
    until: date = Field(description="the last day, such as 2026-12-31")


class ImagesConfig(Section):
    """The image repositories."""

    releases_kept: int = Field(ge=2, le=1000, description="how many tagged images stay, 2 or more")
    untagged_days: int = Field(ge=1, le=365, description="days that images without a tag stay")
    refuse_findings: Severity = Field(
        default="HIGH", description=f"the least severe finding that stops an image: {', '.join(get_args(Severity))}"
    )
    accepted_findings: tuple[AcceptedFinding, ...] = Field(
        default=(), description="a list of findings that stop no image, each with name, reason and until"
    )


class CredentialsConfig(Section):
    """Secrets in Secrets Manager."""

    password_length: int = Field(
        # Aurora takes at most 41 characters, ElastiCache at least 16.
        ge=16, le=41, description="characters of generated passwords, 16 to 41"
    )  # fmt: skip
    api_keys: KeyNames = Field(
        default=(), description="names of third-party keys, such as [PAYMENT_API_KEY]; their values are set by hand"
    )
    api_keys_version: VersionId = Field(default="", description=VERSION)


@dataclass(frozen=True)
class DataSettings:
    """The sections of the stack file about what the shop stores."""

    database: DatabaseConfig
    cache: CacheConfig
    credentials: CredentialsConfig
    storage: StorageConfig
    images: ImagesConfig
    backup: BackupConfig
