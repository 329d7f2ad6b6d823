"""Finds drift in the events of a refresh: resources that changed since the last deployment.

A preview also contains changes of the program that are not deployed yet. The refresh distinguishes them from drift,
because it compares Pulumi's state with the actual resources before the preview compares the program with both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from analysis.preview.aws_acts import act_of_aws
from analysis.preview.maintenance import waiting
from analysis.preview.model import Drift, Step

_KUBERNETES = "kubernetes:"
_RELEASE = "kubernetes:helm.sh/"
"""Prefix of the type of Helm releases, which are not Kubernetes objects: their outputs are Helm's."""
_VOLATILE = frozenset(
    ("status", "metadata.managedFields", "metadata.resourceVersion", "metadata.generation", "metadata.finalizers",
     "metadata.uid", "metadata.creationTimestamp", "metadata.ownerReferences",
     "metadata.annotations.deployment.kubernetes.io/revision",
     "spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt")
)  # fmt: skip
"""Fields of a Kubernetes object that change in normal operation, including restarts, and are not drift."""
_NODE_GROUP, _NODES = "aws:eks/nodeGroup:NodeGroup", "scalingConfig.desiredSize"
"""The number of nodes, which is the autoscaler's too. Without one, an update corrects it and is planned."""
_SCALED = "spec.replicas"
"""Field that the autoscaler owns, whose changes are not drift."""


@dataclass(frozen=True)
class Difference:
    """Describes how a resource differs from the last deployment.

    Attributes:
        urn: URN of the resource.
        op: The engine's operation that corrects the difference; empty if an update does not correct it.
        paths: Paths of the properties that differ.
        managers: Field managers that changed a Kubernetes object since, such as `kubectl-set`.
        gone: True if the resource was deleted.
        waiting: The wanted values, by property, that AWS keeps for the maintenance window. None of them is in `paths`.
        window: The maintenance window in UTC.
        act: What AWS has done by itself, and what to do about it; empty if it was somebody else.
    """

    urn: str
    op: str
    paths: tuple[str, ...]
    managers: tuple[str, ...] = ()
    gone: bool = False
    waiting: Mapping[str, str] = field(default_factory=dict[str, str])
    window: str = ""
    act: str = ""

    @property
    def waits(self) -> bool:
        """True if nothing differs but what waits for the maintenance window."""
        return bool(self.waiting) and not self.paths


def found(refreshes: Iterable[Mapping[str, Any]]) -> Iterator[Drift]:
    """Yield the drift from the `metadata` of a refresh's events, which have the state before and after.

    For Kubernetes objects every field that was set or removed counts, even if the program does not set it. For other
    resources only inputs count, because outputs also change without a change of settings.
    """
    for each in refreshes:
        old: Mapping[str, Any] = each.get("old") or {}
        new: Mapping[str, Any] = each.get("new") or {}
        if not old or not old.get("custom"):
            continue
        if not new:
            yield Drift(urn=each["urn"], gone=True)
            continue
        type_ = str(each.get("type") or old.get("type"))
        live = type_.startswith(_KUBERNETES) and not type_.startswith(_RELEASE)
        side = "outputs" if live else "inputs"
        before: Mapping[str, Any] = old.get(side) or {}
        after: Mapping[str, Any] = new.get(side) or {}
        paths = tuple(path for path in _paths(before, after) if not (live and _is_volatile(path)))
        if type_ == _NODE_GROUP:
            paths = tuple(path for path in paths if path != _NODES)
        waits = waiting(old, new)
        if paths or waits:
            yield Drift(
                urn=each["urn"],
                paths=paths,
                managers=_managers(before, after) if live else (),
                waiting=waits.wanted if waits else {},
                window=waits.window if waits else "",
                act="" if live else act_of_aws(type_, _seen(old), _seen(new)),
            )


def explained(drift: Iterable[Drift], planned: Iterable[Step]) -> tuple[list[Difference], list[Step]]:
    """Return the differences from the last deployment, and the planned steps that come from the program."""
    steps = {step.urn: step for step in planned}
    differences: list[Difference] = []
    for each in drift:
        step = steps.pop(each.urn, None)
        planned_paths: Iterable[str] = (step.detailed_diff or ()) if step else ()
        inputs: Mapping[str, Any] = step.new.inputs if step and step.new else {}
        # A value that the program does not want any more is a difference again.
        waits = {name: value for name, value in each.waiting.items() if inputs.get(name, value) == value}
        paths = tuple(sorted({*each.paths, *planned_paths} - set(waits)))
        op = step.op if step else ""
        differences.append(Difference(each.urn, op, paths, each.managers, each.gone, waits, each.window, each.act))
    return differences, list(steps.values())


def _seen(state: Mapping[str, Any]) -> Mapping[str, Any]:
    """The inputs of a resource, and the outputs where the program gives none."""
    return {**(state.get("outputs") or {}), **(state.get("inputs") or {})}


def _is_volatile(path: str) -> bool:
    inside = (path == field or path.startswith((f"{field}.", f"{field}[")) for field in _VOLATILE)
    return path == _SCALED or path.startswith("__") or any(inside)


def _paths(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Yield the paths at which two values differ; list entries are identified by name if all have one."""
    if old == new:
        return
    if path.endswith("metadata.annotations"):
        # Absent annotations are compared as empty ones, so that the path names the annotation in every case.
        old, new = old or {}, new or {}
    if isinstance(old, list) and isinstance(new, list):
        old, new = _by_name(cast(list[Any], old)), _by_name(cast(list[Any], new))
        join = f"{path}[{{}}]"
    else:
        join = f"{path}.{{}}" if path else "{}"
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        before, after = cast(Mapping[str, Any], old), cast(Mapping[str, Any], new)
        for key in sorted({*before, *after}):
            yield from _paths(before.get(key), after.get(key), join.format(key))
    else:
        yield path


def _by_name(entries: list[Any]) -> Mapping[str, Any]:
    names = [cast(Mapping[str, Any], each).get("name") if isinstance(each, Mapping) else None for each in entries]
    if all(isinstance(name, str) for name in names) and len(set(names)) == len(names):
        return dict(zip(cast(list[str], names), entries, strict=True))
    return {str(number): each for number, each in enumerate(entries)}


def _managers(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the field managers whose fields of the object have changed."""

    def entries(side: Mapping[str, Any]) -> dict[str, Any]:
        metadata: Mapping[str, Any] = side.get("metadata") or {}
        listed: list[Mapping[str, Any]] = metadata.get("managedFields") or []
        return {str(each.get("manager")): each.get("fieldsV1") for each in listed if not each.get("subresource")}

    before, after = entries(old), entries(new)
    return tuple(sorted(name for name, fields in after.items() if before.get(name) != fields))
