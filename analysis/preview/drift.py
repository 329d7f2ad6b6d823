"""Finds the resources that differ from the last deployment, by the refresh before a preview.

The program's own changes that wait for a deployment are in a preview too. They are told apart by the refresh, which
compares Pulumi's state with what is really there, before the preview compares the program with both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from analysis.preview.model import Drift, Step

_KUBERNETES = "kubernetes:"
_RELEASE = "kubernetes:helm.sh/"
"""A Helm release is no object of the API: its outputs are Helm's."""
_LIVES = frozenset(
    ("status", "metadata.managedFields", "metadata.resourceVersion", "metadata.generation", "metadata.finalizers",
     "metadata.uid", "metadata.creationTimestamp", "metadata.ownerReferences",
     "metadata.annotations.deployment.kubernetes.io/revision",
     "spec.template.metadata.annotations.kubectl.kubernetes.io/restartedAt")
)  # fmt: skip
"""Fields of a Kubernetes object that change while it is used. A restart is none of the drift that one puts back."""
_SCALED = "spec.replicas"
"""Belongs to the autoscaler."""


@dataclass(frozen=True)
class Difference:
    """A resource that differs.

    Attributes:
        urn: The resource.
        op: What an update does about it: the engine's word; empty if it leaves it.
        paths: The properties that differ, without their values.
        managers: Who changed fields of a Kubernetes object since, as the API server recorded it, such as `kubectl-set`.
        gone: Whether somebody deleted it.
    """

    urn: str
    op: str
    paths: tuple[str, ...]
    managers: tuple[str, ...] = ()
    gone: bool = False


def found(refreshes: Iterable[Mapping[str, Any]]) -> Iterator[Drift]:
    """Yield what differs, from the `metadata` of the refresh's events, each with the state before and after.

    Of a Kubernetes object, every field that somebody set or removed counts, whether the program sets it or not. Of
    other resources their inputs count: what they put out changes on its own, and says nothing about their settings.
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
        paths = tuple(path for path in _paths(before, after) if not (live and _moves(path)))
        if paths:
            yield Drift(urn=each["urn"], paths=paths, managers=_managers(before, after) if live else ())


def explained(drift: Iterable[Drift], planned: Iterable[Step]) -> tuple[list[Difference], list[Step]]:
    """Return what differs from the last deployment, and the planned changes that come from the program alone."""
    steps = {step.urn: step for step in planned}
    differences: list[Difference] = []
    for each in drift:
        step = steps.pop(each.urn, None)
        planned_paths: Iterable[str] = (step.detailed_diff or ()) if step else ()
        paths = tuple(sorted({*each.paths, *planned_paths}))
        differences.append(Difference(each.urn, step.op if step else "", paths, each.managers, each.gone))
    return differences, list(steps.values())


def _moves(path: str) -> bool:
    inside = (path == live or path.startswith((f"{live}.", f"{live}[")) for live in _LIVES)
    return path == _SCALED or path.startswith("__") or any(inside)


def _paths(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """The paths at which two values differ, list entries by their name where all have one."""
    if old == new:
        return
    if path.endswith("metadata.annotations"):
        # Which annotation came first decides whether it counts.
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
    """Return the managers that set fields of the object which they had not set before."""

    def entries(side: Mapping[str, Any]) -> dict[str, Any]:
        metadata: Mapping[str, Any] = side.get("metadata") or {}
        listed: list[Mapping[str, Any]] = metadata.get("managedFields") or []
        return {str(each.get("manager")): each.get("fieldsV1") for each in listed if not each.get("subresource")}

    before, after = entries(old), entries(new)
    return tuple(sorted(name for name, fields in after.items() if before.get(name) != fields))
