"""The view of resources that the rules use; some values are not known before the update."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast


class _Unknown:
    """Type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
"""Stands for a value that depends on a resource that does not exist yet. Only previews have such values."""


class NotYetKnownError(Exception):
    """A rule needs a value that is known only after the update, so it can neither pass nor fail now."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not known before the update")


class Values(Mapping[str, Any]):
    """Properties by name. Reading an unknown value raises `NotYetKnownError`; `in` does not."""

    def __init__(self, content: Mapping[str, Any], path: str = "") -> None:
        self._content = content
        self._path = path

    def __getitem__(self, key: str) -> Any:
        return _view(self._content[key], f"{self._path}.{key}".lstrip("."))

    def __contains__(self, key: object) -> bool:
        return self._content.get(cast(str, key)) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self._content)

    def __len__(self) -> int:
        return len(self._content)

    def inner(self, *keys: str) -> "Values":
        """Return the object at the path; an empty one if there is none."""
        found = self
        for key in keys:
            value = found.get(key)
            found = value if isinstance(value, Values) else Values({}, f"{found._path}.{key}".lstrip("."))
        return found

    def objects(self, key: str) -> "Iterator[Values]":
        """Yield the objects in a list; none if the list is missing."""
        return (item for item in self.get(key) or () if isinstance(item, Values))


class _Items(Sequence[Any]):
    """Items of a list. Reading an unknown one raises `NotYetKnownError`."""

    def __init__(self, content: Sequence[Any], path: str) -> None:
        self._content = content
        self._path = path

    def __getitem__(self, index: Any) -> Any:
        return _view(self._content[index], f"{self._path}[{index}]")

    def __len__(self) -> int:
        return len(self._content)


def _view(value: Any, path: str) -> Any:
    if value is UNKNOWN:
        raise NotYetKnownError(path)
    if isinstance(value, Mapping):
        return Values(cast(Mapping[str, Any], value), path)
    return _Items(cast(list[Any], value), path) if isinstance(value, list) else value


@dataclass(frozen=True)
class Resource:
    """Describes a resource that is about to be created, updated or kept.

    Attributes:
        type: Type token, such as `aws:s3/bucket:Bucket`.
        name: The resource's name in the program.
        content: Input properties, with `UNKNOWN` in place of values that are not known yet.
        urn: The resource's URN; empty in tests.
        protect: True if Pulumi refuses to delete the resource.
        provider: Properties of the resource's provider; empty if the rule checks all resources together.
        references: URNs of the resources that a property's value comes from, by property.
    """

    type: str
    name: str
    content: Mapping[str, Any] = field(default_factory=dict[str, Any])
    urn: str = ""
    protect: bool = False
    provider: Mapping[str, Any] = field(default_factory=dict[str, Any])
    references: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])

    @property
    def props(self) -> Values:
        """Properties for the rules to read."""
        return Values(self.content)

    def refers_to(self, other: "Resource", property_: str) -> bool:
        """Return whether the property's value comes from the other resource, as an output or as its literal id."""
        if property_ in self.references:
            return other.urn in self.references[property_]
        return self.props.get(property_) in {other.props.get("id"), other.props.get(property_)} - {None}


@dataclass(frozen=True, eq=False)
class Stack:
    """All resources of a stack in one run of the policies; compared by identity."""

    resources: Sequence[Resource]

    def of(self, *types: str) -> Iterator[Resource]:
        """Yield the resources of these types."""
        return (resource for resource in self.resources if resource.type in types)

    def belonging(self, type_: str, property_: str, owner: Resource) -> list[Resource]:
        """Return the resources of a type whose property refers to the owner, such as a bucket's policy."""
        return [companion for companion in self.of(type_) if companion.refers_to(owner, property_)]
