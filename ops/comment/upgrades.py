"""Finds what a new Kubernetes minor brings with it: nodes, add-ons, and whether the stacks before this one have it."""

from collections.abc import Iterable, Iterator

from analysis import stack_file
from analysis.capacity import NODE_GROUP, Capacity
from analysis.preview import Preview, State, Step
from ops.comment.changes import Change
from ops.comment.facts import Downtime
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.properties import mapping
from ops.comment.size_facts import Upgraded

CLUSTER = "aws:eks/cluster:Cluster"
_ADDON = "aws:eks/addon:Addon"
_RELEASE = "kubernetes:helm.sh/v3:Release"


def upgrades(changes: Iterable[Change], preview: Preview, after: Capacity, production: bool) -> Iterator[Finding]:
    """Yield a finding for each control plane that gets another minor in place.

    One that a stack before this one does not have yet should not come to production first.
    """
    for change in changes:
        entry = next((each for each in change.entries if each.path == "version"), None)
        if change.type != CLUSTER or change.kind != "update" or entry is None:
            continue
        earlier = tuple(_minors(preview.stack))
        fact = Upgraded(
            old=str(entry.old),
            new=str(entry.new),
            groups=tuple(_groups(preview, after)),
            moving=tuple(sorted(_moving(preview.steps))),
            staying=tuple(sorted(_staying(preview.steps))),
            earlier=earlier,
        )
        first = any(minor != fact.new for _, minor in earlier)
        severity = Severity.STOP if first and production else Severity.LOOK
        downtime = Downtime(time="none for the shop")
        yield Finding(severity, Kind.RESTART, change.name, change.type, fact, downtime)


def _groups(preview: Preview, after: Capacity) -> Iterator[tuple[str, int]]:
    for step in preview.changes:
        if step.type == NODE_GROUP and _differs(step, "version"):
            desired = {group.name: group.desired for group in after.groups}
            yield step.name, after.at_least.get(step.name, desired.get(step.name, 0))


def _moving(steps: Iterable[Step]) -> Iterator[tuple[str, str, str]]:
    for step in steps:
        if step.old is None or step.new is None:
            continue
        versions = [_version(state) for state in (step.old, step.new)]
        if versions[0] != versions[1] and all(versions):
            yield _called(step.new), versions[0], versions[1]


def _staying(steps: Iterable[Step]) -> Iterator[tuple[str, str]]:
    for step in steps:
        if step.type == _ADDON and step.old is not None and step.new is not None:
            before, after = _version(step.old), _version(step.new)
            # Without a version in the program, AWS leaves the add-on at the one that it has.
            if before == after or not after:
                yield _called(step.new), before or str(step.old.outputs.get("addonVersion") or "")


def _version(state: State) -> str:
    """Return the version of an add-on that the program asks for; empty for AWS's default, and for other resources.

    A chart that follows the minor does so with its image's tag.
    """
    if state.type == _ADDON:
        return str(state.inputs.get("addonVersion") or "")
    if state.type == _RELEASE:
        tag = mapping(mapping(state.inputs.get("values")).get("image")).get("tag")
        return f"{state.inputs.get('version')}{f' with image {tag}' if tag else ''}"
    return ""


def _called(state: State) -> str:
    return str(state.inputs.get("addonName") or state.inputs.get("chart") or state.name)


def _differs(step: Step, key: str) -> bool:
    return step.old is not None and step.new is not None and step.old.inputs.get(key) != step.new.inputs.get(key)


def _minors(stack: str) -> Iterator[tuple[str, str]]:
    """Yield the stacks before this one with the minor in their files."""
    for name in stack_file.before(stack):
        try:
            yield name, stack_file.read(name).kubernetes
        except stack_file.BadStack:
            continue
