"""Resources as the rules see them, some of whose values are not known before the update."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast


class _Unknown:
    """The type of `UNKNOWN`."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = _Unknown()
"""Stands for a value that depends on a resource which does not exist yet. Only previews have them."""


class NotYetKnownError(Exception):
    """A rule needs a value that only the update will know: it can neither pass nor fail now."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not known before the update")


class Values(Mapping[str, Any]):
    """Properties by name. Reading an unknown one raises; asking whether it is there does not."""

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
        """The object at this path; an empty one if there is none."""
        found = self
        for key in keys:
            value = found.get(key)
            found = value if isinstance(value, Values) else Values({}, f"{found._path}.{key}".lstrip("."))
        return found

    def objects(self, key: str) -> "Iterator[Values]":
        """The objects in a list, which may be missing."""
        return (item for item in self.get(key) or () if isinstance(item, Values))


class _Items(Sequence[Any]):
    """The same for a list."""

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
    """A resource that is about to be created, changed or kept.

    Attributes:
        type: Type token, such as `aws:s3/bucket:Bucket`.
        name: Its name in the program.
        content: Its properties, `UNKNOWN` where a value is not known yet.
        urn: Its URN.
        protect: Whether Pulumi refuses to delete it.
        provider: Properties of its provider.
        references: URNs of the resources that each of its properties comes from.
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
        """Its properties, for reading."""
        return Values(self.content)

    def refers_to(self, other: "Resource", property_: str) -> bool:
        """Whether the property comes from the other resource, as an output or as its id written out."""
        if property_ in self.references:
            return other.urn in self.references[property_]
        return self.props.get(property_) in {other.props.get("id"), other.props.get(property_)} - {None}


@dataclass(frozen=True, eq=False)
class Stack:
    """All resources of a stack, as one analysis sees them: no other is the same."""

    resources: Sequence[Resource]

    def of(self, *types: str) -> Iterator[Resource]:
        """The resources of these types."""
        return (resource for resource in self.resources if resource.type in types)

    def belonging(self, type_: str, property_: str, owner: Resource) -> list[Resource]:
        """The resources of a type whose property refers to the owner, such as a bucket's policy."""
        return [companion for companion in self.of(type_) if companion.refers_to(owner, property_)]
