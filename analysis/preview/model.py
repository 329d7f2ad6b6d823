"""The model of a preview: every resource before and after, and the policy violations."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from analysis.urns import STACK, name_of, type_of

IDENTIFYING = (
    "arn", "hex", "versionId", "domainName", "bucketRegionalDomainName", "url", "endpoint", "readerEndpoint",
    "primaryEndpointAddress", "publicIp", "clusterSecurityGroupId",
)  # fmt: skip
"""Outputs that identify a resource and appear in inputs of others, where they are shown as the resource's name."""

TELLING = ("addonVersion", "preferredMaintenanceWindow", "maintenanceWindow")
"""Outputs that say of a resource what AWS chose where the program leaves it open."""


class _Model(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, frozen=True, extra="ignore")


class State(_Model):
    """A resource before or after the change. A value that is known only after the update is `UNKNOWN`."""

    urn: str
    type: str
    id: str = ""
    inputs: Mapping[str, Any] = Field(default_factory=dict)
    outputs: Mapping[str, Any] = Field(default_factory=dict)
    parent: str = ""
    custom: bool = False
    protect: bool = False
    external: bool = False
    """True if the program only reads the resource, which is managed and paid for elsewhere."""
    retain_on_delete: bool = False
    """True if the resource is kept in the account when it is removed from the stack."""
    provider: str = ""
    """URN of the provider, `::`, and its id; empty for a component."""
    dependencies: tuple[str, ...] = ()
    """URNs of the resources that exist before this one."""
    property_dependencies: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """URNs of the resources that an input's value comes from, by input."""

    @property
    def name(self) -> str:
        """The resource's name in the program."""
        return name_of(self.urn)

    @property
    def owner(self) -> str:
        """The name of the component that the resource belongs to: its own name without the last part."""
        return self.name.rpartition("-")[0]


OPERATIONS = (
    "same", "create", "update", "delete", "replace", "create-replacement", "delete-replaced", "read",
    "read-replacement", "refresh", "discard", "discard-replaced", "remove-pending-replace", "import",
    "import-replacement",
)  # fmt: skip
"""Operations of the engine, as `pulumi.automation.events.OpType` lists them in the SDK."""


def _known(op: str) -> str:
    if op not in OPERATIONS:
        raise ValueError(f"{op!r} is not an operation of the engine: {', '.join(OPERATIONS)}")
    return op


Op = Annotated[str, AfterValidator(_known)]
Urn = Annotated[str, Field(pattern=r"^urn:pulumi:[^:]+::[^:]+::[^\s].*::.+$")]


class Step(_Model):
    """Describes the planned operation on one resource.

    `op` is one of `OPERATIONS`; any other is refused, because its effect is unknown. A replacement is one step with
    both states. `replace_reasons` are the properties that cause it; `detailed_diff` has every property path that
    differs, or is None if the provider does not report them.
    """

    op: Op
    urn: Urn
    old: State | None = Field(default=None, alias="oldState")
    new: State | None = Field(default=None, alias="newState")
    replace_reasons: tuple[str, ...] = ()
    detailed_diff: Mapping[str, Any] | None = None
    deleted_first: bool = False
    """True if a replacement deletes the old resource before it creates the new one."""

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
        """True if the old resource is removed from the stack but kept in the account."""
        return self.op in ("delete", "replace") and self.old is not None and self.old.retain_on_delete


class Violation(_Model):
    """A violation of a policy by a resource, as the engine reports it."""

    policy: str = Field(alias="policyName")
    urn: str = Field(default="", alias="resourceUrn")
    message: str
    level: Literal["advisory", "mandatory", "disabled", "remediate"] = Field(alias="enforcementLevel")


class Drift(_Model):
    """Describes a resource that changed since the last deployment.

    Attributes:
        urn: URN of the resource.
        gone: True if the resource does not exist any more.
        paths: Paths of the properties that differ.
        managers: Field managers that changed a Kubernetes object since, such as `kubectl-set`.
        waiting: The wanted values, by property, that AWS has accepted and keeps for the maintenance window.
        window: The maintenance window in UTC, such as `sun:18:30-sun:19:30`.
        act: What AWS has done by itself, and what to do about it; empty if it was somebody else.
    """

    urn: Urn
    gone: bool = False
    paths: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    waiting: Mapping[str, str] = Field(default_factory=dict)
    window: str = ""
    act: str = ""


class Preview(_Model):
    """The preview of one stack."""

    stack: str = Field(default="", pattern=r"^[A-Za-z0-9_.-]{0,100}$")
    """The stack's name, in characters that Pulumi allows, so never Markdown; empty if a failed preview lacks it."""
    steps: tuple[Step, ...] = ()
    violations: tuple[Violation, ...] = ()
    drift: tuple[Drift, ...] | None = None
    """The drift that a refresh found; None if the preview was made without a refresh."""
    errors: tuple[str, ...] = ()

    @property
    def before(self) -> Iterator[State]:
        """Every resource of the stack before the change."""
        return (step.old for step in self.steps if step.old is not None)

    @property
    def after(self) -> Iterator[State]:
        """Every resource after the change, with those that are removed from the stack but kept in the account."""
        for step in self.steps:
            if step.stays and step.old is not None:
                yield step.old
            if step.new is not None and step.op != "delete":
                yield step.new

    @property
    def outputs(self) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """The stack outputs before and after; both empty if the planned outputs were not recorded."""
        for step in self.steps:
            if step.type == STACK and step.new is not None and step.new.outputs:
                return step.old.outputs if step.old else {}, step.new.outputs
        return {}, {}

    @property
    def changes(self) -> Iterator[Step]:
        """The steps that change a resource."""
        return (step for step in self.steps if step.op not in ("same", "read", "refresh"))
