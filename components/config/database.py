"""Configuration of the shop's database."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from components.base.section import ImageName, Section, Switch, Unique, keys_of, mismatch
from components.base.versions import AURORA_MYSQL, DATABASE_CLIENT_IMAGE, is_older
from components.config.restore import IDENTIFIER, RestoreConfig

APPLIED = "true to apply changes of {} at once, or false for the next maintenance window"
SERVERLESS = "db.serverless"
_STEPS_PER_UNIT = 2
_MOST_UNITS = 256
_SUBNET_GROUP_ZONES = 6


def _units(capacity: tuple[float, ...]) -> tuple[float, ...]:
    if any(units * _STEPS_PER_UNIT % 1 or not 0 <= units <= _MOST_UNITS for units in capacity):
        raise ValueError(f"Aurora counts in half units from 0 to {_MOST_UNITS}")
    if capacity and not (len(capacity) == 2 and capacity[0] <= capacity[1] and capacity[1] >= 1):
        raise ValueError("two numbers are needed, the lower one first, the upper one 1 or more")
    return capacity


def first_identifier(prefix: str) -> str:
    """The identifier of the cluster that a stack begins with, by the beginning of its physical names."""
    return f"{prefix}-aurora"


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
    apply_immediately: Switch = Field(description=APPLIED.format("class and version"))
    client_image: ImageName = Field(
        default="",
        description="an image with its digest that has a shell and the client mysql, or empty for the pinned one",
    )
    restore_from: RestoreConfig = Field(
        default=RestoreConfig(), description=f"{keys_of(RestoreConfig)}, or an empty one: the database is its own"
    )
    previous: Annotated[tuple[Annotated[str, Field(pattern=rf"^{IDENTIFIER}$")], ...], Unique] = Field(
        default=(), description="a list of databases from before a restore, such as [openmarket-prod-aurora]"
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

    @model_validator(mode="after")
    def _one_database_in_use(self) -> Self:
        if self.restore_from.into in self.previous:
            raise mismatch("previous", list(self.previous), "databases other than that of restoreFrom.into")
        return self

    def identifier(self, prefix: str) -> str:
        """The identifier of the cluster that the shop uses, by the beginning of the stack's physical names."""
        return self.restore_from.into or first_identifier(prefix)

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
