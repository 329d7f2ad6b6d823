"""Derives the changes from a preview, and which change causes which."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from analysis.preview import SECRET, Preview, State, Step, maintenance
from ops.comment.names import Names
from ops.comment.properties import Entry, entries, is_unknown, root

Kind = Literal["create", "update", "replace", "delete", "new version", "left behind", "no longer read"]

_VERSIONED = {
    "kubernetes:batch/v1:Job",
    "kubernetes:core/v1:ConfigMap",
    "kubernetes:external-secrets.io/v1:ExternalSecret",
    "aws:secretsmanager/secretVersion:SecretVersion",
}
"""Types whose name contains a hash of the content, or that are versions: a new one is created, then the old deleted."""


@dataclass(frozen=True)
class Change:
    """Describes the change of one resource.

    Attributes:
        step: The step of the preview.
        kind: Kind of the change, as shown in the comment.
        entries: The properties that change.
        causes: URNs of the replaced resources that the change results from; empty if it has its own cause.
    """

    step: Step
    kind: Kind
    entries: tuple[Entry, ...]
    causes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of the resource in the program."""
        return self.step.name

    @property
    def type(self) -> str:
        """Type token of the resource."""
        return self.step.type

    @property
    def component(self) -> str:
        """Class of the outermost component that contains the resource; empty if there is none."""
        chain = self.step.urn.split("::")[2].split("$")
        return chain[0].rpartition(":")[2] if len(chain) > 1 else ""

    @property
    def state(self) -> State:
        """State of the resource before the change, or after it if the resource is created."""
        state = self.step.old or self.step.new
        return state or State(urn=self.step.urn, type=self.type)


def changes(preview: Preview, names: Names) -> list[Change]:
    """Return the changes of all custom resources, sorted by URN; components only group them.

    What waits for a maintenance window is a change of an earlier deployment.
    """
    # The engine works in parallel, so the order of its steps varies.
    real = (step for step in preview.changes if _is_real(step) and not maintenance.accepted(step))
    steps = sorted(real, key=lambda step: step.urn)
    replaced = {step.urn: step for step in steps if step.op == "replace"}
    pairs = _pairs(steps)
    found: list[Change] = []
    for step in steps:
        kind = "new version" if step.urn in pairs or _is_version(step) else _kind(step)
        if kind is not None and pairs.get(step.urn) != "old":
            causes = tuple(sorted(_causes(step, replaced, frozenset())))
            found.append(Change(step, kind, tuple(entries(step, names)), causes))
    return found


def waiting(preview: Preview) -> list[maintenance.Waiting]:
    """Return what AWS has accepted of earlier deployments and keeps for a maintenance window, sorted by URN."""
    found = (maintenance.accepted(step) for step in preview.changes)
    return sorted((each for each in found if each), key=lambda each: each.urn)


def short_type(token: str) -> str:
    """Shorten a type token for readers: `rds Cluster`, `Deployment`."""
    package, _, rest = token.partition(":")
    module, _, kind = rest.partition(":")
    return kind if package == "kubernetes" else f"{module.split('/')[0]} {kind}" if package == "aws" else kind or token


def _is_real(step: Step) -> bool:
    state = step.new or step.old
    return state is None or state.custom


def _kind(step: Step) -> Kind | None:
    match step.op:
        case "create" | "create-replacement" | "import":
            return "create"
        case "update":
            return "update"
        case "replace" | "import-replacement":
            return "replace"
        case "delete":
            return "left behind" if step.stays else "delete"
        case "discard":
            return "no longer read"
        case _:
            return None


def _is_version(step: Step) -> bool:
    return step.op == "replace" and step.type in _VERSIONED


def _pairs(steps: Iterable[Step]) -> dict[str, Literal["new", "old"]]:
    """Pair each deleted resource of a versioned type with a created one of the same parent, by URN: a new version."""
    found: dict[str, Literal["new", "old"]] = {}
    created: dict[tuple[str, str], list[Step]] = {}
    for step in steps:
        if step.op == "create" and step.type in _VERSIONED and step.new:
            created.setdefault((step.type, step.new.parent), []).append(step)
    for step in steps:
        if step.op == "delete" and step.old and (others := created.get((step.type, step.old.parent))):
            found[step.urn], found[others.pop(0).urn] = "old", "new"
    return found


def _causes(step: Step, replaced: Mapping[str, Step], seen: frozenset[str]) -> set[str]:
    """Return the URNs of the replaced resources that a step's unknown values originate from."""
    if step.new is None or step.urn in seen:
        return set()
    # A resource that is deleted only because another one is deleted first has no reasons of its own.
    asked = step.replace_reasons or tuple(step.detailed_diff or ()) or tuple(step.new.property_dependencies)
    properties = {root(reason) for reason in asked}
    values = {each: step.new.inputs.get(each) for each in properties}
    unknown = [each for each, value in values.items() if value == SECRET or is_unknown(value)]
    if step.op == "update" and len(unknown) < len(properties):
        return set()
    found: set[str] = set()
    for each in unknown:
        for urn in step.new.property_dependencies.get(each, ()):
            if (other := replaced.get(urn)) is not None and urn != step.urn:
                behind = _causes(other, replaced, seen | {step.urn})
                # A new version is not named as a cause, only what caused it.
                found |= behind or (set() if _is_version(other) else {urn})
    return found
