"""What a preview said: every resource as it is and as it would be, and the policies it breaks.

Two files make a preview. `pulumi preview --json --show-sames` writes one document with a step per resource; it leaves
the policies out, so they are read from the engine's event log of the same run (`--event-log`). `write` makes one small
file of both, which `read` takes as well.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pulumi.automation.events import OpType
from pulumi.runtime.rpc import UNKNOWN
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from ops.secrets import SECRET, scrubbed

__all__ = ["SECRET", "UNKNOWN", "BadPreview", "Preview", "State", "Step", "Violation", "failed", "read", "write"]


IDENTIFYING = (
    "arn", "hex", "versionId", "domainName", "bucketRegionalDomainName", "url", "endpoint", "readerEndpoint",
    "primaryEndpointAddress", "publicIp", "clusterSecurityGroupId",
)  # fmt: skip
"""Outputs that stand in the inputs of other resources, where a reader wants to know whose they are."""


class BadPreview(Exception):
    """The file is not a preview; the message says why."""


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")


class State(_Model):
    """A resource at one side of the change. A value only the update will know is `UNKNOWN`."""

    urn: str
    type: str
    id: str = ""
    inputs: Mapping[str, Any] = Field(default_factory=dict)
    outputs: Mapping[str, Any] = Field(default_factory=dict)
    parent: str = ""
    custom: bool = False
    protect: bool = False
    property_dependencies: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """By input, the URNs of the resources that its value comes from."""

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return self.urn.rpartition("::")[2]


def _known(op: str) -> str:
    return OpType(op).value


Op = Annotated[str, AfterValidator(_known)]
Urn = Annotated[str, Field(pattern=r"^urn:pulumi:[^:]+::[^:]+::[^\s].*::.+$")]


class Step(_Model):
    """What would be done to one resource.

    `op` is the engine's word: same, create, update, replace, delete, read, ...; any other is refused, as nobody could
    say what it does. A replacement is one step with both states. `replace_reasons` are the properties that ask for it;
    `detailed_diff` has every property path that differs.
    """

    op: Op
    urn: Urn
    old: State | None = Field(default=None, alias="oldState")
    new: State | None = Field(default=None, alias="newState")
    replace_reasons: tuple[str, ...] = ()
    detailed_diff: Mapping[str, Any] | None = None
    deleted_first: bool = False
    """Whether the old resource goes before its replacement comes."""

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

    stack: str = Field(default="", pattern=r"^[A-Za-z0-9_.-]{0,100}$")
    """Its name, of what Pulumi allows, so nothing that could be Markdown; empty if a failed one does not say it."""
    steps: tuple[Step, ...] = ()
    violations: tuple[Violation, ...] = ()
    errors: tuple[str, ...] = ()

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
    """The preview in a document, with what the event log of the same run adds, or in a file of `write`.

    Raises:
        BadPreview: A file is missing or is something else. A preview with neither resources nor errors is no preview:
            the stack itself is a resource.
    """
    try:
        digest = json.loads(document.read_text())
        # With `--refresh` every resource is looked at first, and then has its step: only that one says what is planned.
        steps = [step for step in digest.get("steps") or () if step.get("op") != "refresh"]
        logged = [json.loads(line) for line in events.read_text().splitlines()] if events else []
        first = _deleted_first(logged)
        found = [event["policyEvent"] for event in logged if "policyEvent" in event]
        errors = [each["message"] for each in digest.get("diagnostics") or () if each.get("severity") == "error"]
        errors = errors or digest.get("errors") or ()
        if not steps and not errors:
            raise ValueError("it has neither steps nor errors")
        return Preview.model_validate(
            {
                "stack": digest.get("stack") or (steps[0]["urn"].split("::")[0].rpartition(":")[2] if steps else ""),
                "steps": [step | {"deletedFirst": True} if step["urn"] in first else step for step in steps],
                "violations": found or digest.get("violations") or (),
                "errors": errors,
            }
        )
    except OSError as error:
        raise BadPreview(f"{error.filename}: {error.strerror}") from None
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        log = f", or {events} not its event log" if events else ""
        raise BadPreview(
            f"{document} is not what `pulumi preview --json --show-sames` writes{log}: {_why(error)}"
        ) from None


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        return "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()[:3])
    return str(error)


def failed(stack: str, errors: Iterable[str]) -> Preview:
    """What there is to say of a preview that ended before it wrote its document."""
    return Preview(stack=stack, errors=tuple(errors))


def write(preview: Preview, file: Path) -> None:
    """Write what the commands need of a preview, readable for its owner alone.

    Not in it: configuration, places in the source, what looks like a secret, and what unchanged resources put out
    except for what identifies them.
    """
    steps = tuple(
        step.model_copy(update={"old": _reduced(step.old), "new": _reduced(step.new)}) if step.op == "same" else step
        for step in preview.steps
    )
    reduced = preview.model_copy(update={"steps": tuple(_without_secrets(step) for step in steps)})
    file.touch(mode=0o600)
    file.chmod(0o600)
    file.write_text(reduced.model_dump_json(by_alias=True, exclude_defaults=True) + "\n")


def _without_secrets(step: Step) -> Step:
    states = {
        side: state.model_copy(update={"inputs": scrubbed(state.inputs), "outputs": scrubbed(state.outputs)})
        for side, state in (("old", step.old), ("new", step.new))
        if state is not None
    }
    return step.model_copy(update=states)


def _reduced(state: State | None) -> State | None:
    if state is None:
        return None
    # An EKS cluster has its security group in there.
    identifying = {name: value for name, value in state.outputs.items() if name in (*IDENTIFYING, "vpcConfig")}
    return state.model_copy(update={"outputs": identifying, "property_dependencies": {}})


def _deleted_first(logged: Iterable[Mapping[str, Any]]) -> set[str]:
    """The URNs of replacements that begin with the deletion."""
    created: set[str] = set()
    first: set[str] = set()
    for event in logged:
        step: Mapping[str, str] = event.get("resourcePreEvent", {}).get("metadata", {})
        if step.get("op") == "create-replacement":
            created.add(step["urn"])
        elif step.get("op") == "delete-replaced" and step["urn"] not in created:
            first.add(step["urn"])
    return first
