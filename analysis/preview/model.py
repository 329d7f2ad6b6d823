"""A preview: every resource as it is and as it would be, and the policies it breaks."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from analysis.urns import STACK, name_of, type_of

IDENTIFYING = (
    "arn", "hex", "versionId", "domainName", "bucketRegionalDomainName", "url", "endpoint", "readerEndpoint",
    "primaryEndpointAddress", "publicIp", "clusterSecurityGroupId",
)  # fmt: skip
"""Outputs that stand in the inputs of other resources, where a reader wants to know whose they are."""


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
    external: bool = False
    """Whether the program only looks it up: somebody else manages it, and pays for it."""
    retain_on_delete: bool = False
    """Whether it stays where it is when the stack gives it up."""
    property_dependencies: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """By input, the URNs of the resources that its value comes from."""

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return name_of(self.urn)


OPERATIONS = (
    "same", "create", "update", "delete", "replace", "create-replacement", "delete-replaced", "read",
    "read-replacement", "refresh", "discard", "discard-replaced", "remove-pending-replace", "import",
    "import-replacement",
)  # fmt: skip
"""Everything that the engine may do to a resource, as `pulumi.automation.events.OpType` lists it in the SDK."""


def _known(op: str) -> str:
    if op not in OPERATIONS:
        raise ValueError(f"{op!r} is not an operation of the engine: {', '.join(OPERATIONS)}")
    return op


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
        return name_of(self.urn)

    @property
    def type(self) -> str:
        """The resource's type token, such as `aws:rds/cluster:Cluster`."""
        return type_of(self.urn)

    @property
    def stays(self) -> bool:
        """Whether the resource as it is leaves the stack and stays in the account."""
        return self.op in ("delete", "replace") and self.old is not None and self.old.retain_on_delete


class Violation(_Model):
    """A rule of the policy pack that a resource breaks."""

    policy: str = Field(alias="policyName")
    urn: str = Field(default="", alias="resourceUrn")
    message: str
    level: Literal["advisory", "mandatory", "disabled", "remediate"] = Field(alias="enforcementLevel")


class Drift(_Model):
    """A resource that is not as the last deployment left it."""

    urn: Urn
    gone: bool = False
    """Whether there is no such resource any more."""
    paths: tuple[str, ...] = ()
    """The properties that differ, without their values."""
    managers: tuple[str, ...] = ()
    """Who set fields of a Kubernetes object since, as the API server recorded it, such as `kubectl-set`."""


class Preview(_Model):
    """One stack's preview."""

    stack: str = Field(default="", pattern=r"^[A-Za-z0-9_.-]{0,100}$")
    """Its name, of what Pulumi allows, so nothing that could be Markdown; empty if a failed one does not say it."""
    steps: tuple[Step, ...] = ()
    violations: tuple[Violation, ...] = ()
    drift: tuple[Drift, ...] | None = None
    """What a refresh found to differ from the last deployment; None if the preview was made without one."""
    errors: tuple[str, ...] = ()

    @property
    def before(self) -> Iterator[State]:
        """Every resource there is."""
        return (step.old for step in self.steps if step.old is not None)

    @property
    def after(self) -> Iterator[State]:
        """Every resource there would be, with those that the stack gives up and leaves where they are."""
        for step in self.steps:
            if step.stays and step.old is not None:
                yield step.old
            if step.new is not None and step.op != "delete":
                yield step.new

    @property
    def outputs(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """What the stack puts out, and what it would; the same twice where nobody recorded the latter."""
        for step in self.steps:
            if step.type == STACK and step.new is not None and step.new.outputs:
                return step.old.outputs if step.old else {}, step.new.outputs
        return {}, {}

    @property
    def changes(self) -> Iterator[Step]:
        """The steps that change something."""
        return (step for step in self.steps if step.op not in ("same", "read", "refresh"))
