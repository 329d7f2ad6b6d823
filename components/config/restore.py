"""Configuration of a database that was brought back."""

import re
from datetime import datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from components.base.section import Section, mismatch

LATEST = "latest"
"""The time of the last change that the backups have."""
IDENTIFIER = r"[a-z][a-z0-9]*(-[a-z0-9]+)*"
RESOURCE_ID = r"cluster-[A-Z0-9]+"
"""The id by which AWS knows a cluster that is deleted, and the backups that it has kept of it."""
_MOST_CHARACTERS = 63
"""Of an identifier (API reference of CreateDBCluster)."""


def _utc(time: str) -> str:
    if time in ("", LATEST):
        return time
    datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ")
    return time


class RestoreConfig(Section):
    """Where the data of the database comes from, if it was brought back; empty for a database of its own."""

    into: str = Field(
        default="",
        pattern=rf"^({IDENTIFIER})?$",
        max_length=_MOST_CHARACTERS,
        description="the identifier of the new cluster, such as openmarket-prod-aurora-20261126-1015, of at most "
        f"{_MOST_CHARACTERS} letters, digits and single hyphens",
    )
    snapshot: str = Field(
        default="",
        pattern=r"^(arn:aws[a-z-]*:rds:[a-z0-9-]+:\d{12}:cluster-snapshot:\S+|[a-zA-Z][a-zA-Z0-9:-]*)?$",
        description="the name or ARN of a cluster snapshot, or empty for a point in time",
    )
    time: Annotated[str, AfterValidator(_utc)] = Field(
        default="",
        description=f'a time in UTC and quotes, such as "2026-11-26T10:15:00Z", or {LATEST}, or empty for a snapshot',
    )
    of: str = Field(
        default="",
        pattern=rf"^({IDENTIFIER}|{RESOURCE_ID})?$",
        description="the cluster whose backups have the time, such as openmarket-prod-aurora, or the resource id of a "
        "deleted one, such as cluster-ABCDEFGHIJKLMNOPQRSTUVWXYZ; empty for a snapshot",
    )

    @property
    def of_deleted(self) -> bool:
        """Whether the backups are those that are left of a deleted cluster."""
        return re.fullmatch(RESOURCE_ID, self.of) is not None

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if not self.into:
            given = next((key for key in ("snapshot", "time", "of") if getattr(self, key)), None)
            if given:
                raise mismatch("into", self.into, f"the identifier of the new cluster, as {given} is set")
            return self
        if bool(self.snapshot) == bool(self.time):
            raise mismatch("snapshot", self.snapshot, "either a snapshot or a time, as into is set")
        if bool(self.time) != bool(self.of):
            expected = "the cluster whose backups have the time" if self.time else "to be empty, as snapshot is set"
            raise mismatch("of", self.of, expected)
        if self.of == self.into:
            raise mismatch("into", self.into, "another identifier than that of the cluster whose backups have the time")
        return self
