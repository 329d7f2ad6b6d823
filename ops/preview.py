"""What a preview said: every resource as it is and as it would be, and the policies it breaks.

Two files make a preview. `pulumi preview --json --show-sames` writes one document with a step per resource; it leaves
the policies out, so they are read from the engine's event log of the same run (`--event-log`).
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pulumi.runtime.rpc import UNKNOWN
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

__all__ = ["UNKNOWN", "BadPreview", "Preview", "State", "Step", "Violation", "read"]

SECRET = "[secret]"  # noqa: S105 -- what the engine writes in place of one
"""Stands for a secret value: a preview holds none."""


class BadPreview(Exception):
    """The file is not a preview; the message says why."""


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")


class State(_Model):
    """A resource at one side of the change. A value only the update will know is `UNKNOWN`."""

    urn: str
    type: str
    inputs: Mapping[str, Any] = Field(default_factory=dict)
    outputs: Mapping[str, Any] = Field(default_factory=dict)
    parent: str = ""
    custom: bool = False
    protect: bool = False

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rpartition("::")[2]


class Step(_Model):
    """What would be done to one resource.

    `op` is the engine's word: same, create, update, replace, delete, read, ... A replacement is one step with both
    states. `replace_reasons` are the properties that ask for it; `detailed_diff` has every property path that differs.
    """

    op: str
    urn: str
    old: State | None = Field(default=None, alias="oldState")
    new: State | None = Field(default=None, alias="newState")
    replace_reasons: tuple[str, ...] = ()
    detailed_diff: Mapping[str, Any] | None = None

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rpartition("::")[2]

    @property
    def type(self) -> str:
        """The resource's type token, such as `aws:rds/cluster:Cluster`."""
        return self.urn.split("::")[2].rpartition("$")[2]


class Violation(_Model):
    """A rule of the policy pack that a resource breaks."""

    policy: str = Field(alias="policyName")
    urn: str = Field(default="", alias="resourceUrn")
    message: str
    level: Literal["advisory", "mandatory", "disabled", "remediate"] = Field(alias="enforcementLevel")


class Preview(_Model):
    """One stack's preview."""

    steps: tuple[Step, ...]
    violations: tuple[Violation, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def stack(self) -> str:
        """The stack's name, as its resources' URNs have it. Empty for a preview without resources."""
        return self.steps[0].urn.split("::")[0].rpartition(":")[2] if self.steps else ""

    @property
    def before(self) -> Iterator[State]:
        """Every resource there is."""
        return (step.old for step in self.steps if step.old is not None)

    @property
    def after(self) -> Iterator[State]:
        """Every resource there would be."""
        return (step.new for step in self.steps if step.new is not None and step.op != "delete")

    @property
    def changes(self) -> Iterator[Step]:
        """The steps that change something."""
        return (step for step in self.steps if step.op not in ("same", "read", "refresh"))


def read(document: Path, events: Path | None = None) -> Preview:
    """The preview in a document, with the policy violations in the event log of the same run.

    Raises:
        BadPreview: A file is missing or is something else.
    """
    try:
        digest = json.loads(document.read_text())
        # With `--refresh` every resource is looked at first, and then has its step: only that one says what is planned.
        steps = [step for step in digest.get("steps") or () if step.get("op") != "refresh"]
        logged = [json.loads(line) for line in events.read_text().splitlines()] if events else []
        found = [event["policyEvent"] for event in logged if "policyEvent" in event]
        errors = [each["message"] for each in digest.get("diagnostics") or () if each.get("severity") == "error"]
        return Preview.model_validate({"steps": steps, "violations": found, "errors": errors})
    except OSError as error:
        raise BadPreview(f"{error.filename}: {error.strerror}") from None
    except (json.JSONDecodeError, AttributeError, TypeError, ValidationError) as error:
        what = f"{document} is not what `pulumi preview --json --show-sames` writes"
        what += f", or {events} not its event log" if events else ""
        raise BadPreview(f"{what}: {error}") from None
