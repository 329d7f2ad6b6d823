"""Configuration of what the shop keeps: database, cache, buckets, images, and the secrets that open them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from components.base.section import ImageName, Quoted, Section, Switch, Unique, mismatch
from components.base.versions import AURORA_MYSQL, CACHE_ENGINES, DATABASE_CLIENT_IMAGE, is_older

_APPLIED = "true to apply changes of {} at once, or false for the next maintenance window"
SERVERLESS = "db.serverless"
_STEPS_PER_UNIT = 2
_MOST_UNITS = 256
_SUBNET_GROUP_ZONES = 6


class Keys(StrEnum):
    """The number of KMS keys: one for the whole stack costs least, one per store keeps the stores apart."""

    PER_STACK = "perStack"
    PER_STORE = "perStore"


class CacheEngine(StrEnum):
    """The engines of ElastiCache that speak the Redis protocol."""

    VALKEY = "valkey"
    REDIS = "redis"


class EncryptionConfig(Section):
    """The KMS keys."""

    keys: Keys = Field(description="perStack or perStore")


def _units(capacity: tuple[float, ...]) -> tuple[float, ...]:
    if any(units * _STEPS_PER_UNIT % 1 or not 0 <= units <= _MOST_UNITS for units in capacity):
        raise ValueError(f"Aurora counts in half units from 0 to {_MOST_UNITS}")
    if capacity and not (len(capacity) == 2 and capacity[0] <= capacity[1] and capacity[1] >= 1):
        raise ValueError("two numbers are needed, the lower one first, the upper one 1 or more")
    return capacity


class DatabaseConfig(Section):
    """Aurora MySQL."""

    engine_version: str = Field(
        default=AURORA_MYSQL,
        pattern=r"^8\.0\.mysql_aurora\.3\.\d{2}\.\d+$",
        description=f"an Aurora MySQL 3 version, such as {AURORA_MYSQL}",
    )
    instance_class: str = Field(
        pattern=r"^db\.(serverless|[a-z0-9-]+\.\w+)$",
        description=f"a class of Aurora instances such as db.r7g.large, or {SERVERLESS}",
    )
    instances: int = Field(
        ge=1, le=_SUBNET_GROUP_ZONES, description="the writer and its readers, each in a zone of its own"
    )
    serverless_capacity: Annotated[tuple[float, ...], AfterValidator(_units)] = Field(
        default=(), description="the lowest and highest Aurora capacity units such as [0, 2], or none"
    )
    backup_days: int = Field(ge=1, le=35, description="days of point-in-time recovery, 1 to 35")
    detailed_monitoring: Switch = Field(
        description="true or false: system metrics by the minute, and 15 months of them"
    )
    apply_immediately: Switch = Field(description=_APPLIED.format("class and version"))
    client_image: ImageName = Field(
        default="",
        description="an image with its digest that has a shell and the client mysql, or empty for the pinned one",
    )
    _existing_version: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _capacity_of_serverless_instances(self) -> Self:
        if self.instance_class == SERVERLESS and not self.serverless_capacity:
            expected = f"two numbers of capacity units, such as [0, 2], as instanceClass is {SERVERLESS}"
            raise mismatch("serverlessCapacity", self.serverless_capacity, expected)
        if self.serverless_capacity and self.instance_class != SERVERLESS:
            expected = f"to be an empty list, as instanceClass is {self.instance_class}; or change that to {SERVERLESS}"
            raise mismatch("serverlessCapacity", self.serverless_capacity, expected)
        return self

    @property
    def upgraded_by_aws(self) -> bool:
        """True if the database has a newer version than the configured one, from which RDS never goes back."""
        return is_older(self.engine_version, self._existing_version)

    def over(self, existing_version: str) -> Self:
        """The same settings, for the database that is there with this version; empty for none."""
        copy = self.model_copy()
        copy._existing_version = existing_version
        return copy

    @property
    def client(self) -> str:
        """The configured client image, else the pinned one."""
        return self.client_image or DATABASE_CLIENT_IMAGE


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
    apply_immediately: Switch = Field(description=_APPLIED.format("node type and version"))

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


class StorageConfig(Section):
    """The buckets."""

    old_version_days: int = Field(ge=1, le=3650, description="days that overwritten and deleted objects can come back")


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


ApiKey = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]


class CredentialsConfig(Section):
    """Secrets in Secrets Manager."""

    password_length: int = Field(
        # Aurora takes at most 41 characters, ElastiCache at least 16.
        ge=16, le=41, description="characters of generated passwords, 16 to 41"
    )  # fmt: skip
    api_keys: Annotated[tuple[ApiKey, ...], Unique] = Field(
        default=(), description="names of third-party keys, such as [PAYMENT_API_KEY]; their values are set by hand"
    )
    api_keys_version: str = Field(
        default="",
        pattern=r"^([0-9A-Za-z-]{32,64})?$",
        description="the VersionId that Secrets Manager gave the values, or empty for the current ones",
    )


@dataclass(frozen=True)
class DataSettings:
    """The sections of the stack file about what the shop stores."""

    database: DatabaseConfig
    cache: CacheConfig
    credentials: CredentialsConfig
    storage: StorageConfig
    images: ImagesConfig
