"""Where in a model a problem is: pydantic's location, without what is not in the stack file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Tag


@dataclass(frozen=True)
class Place:
    """A place in a stack file.

    Attributes:
        location: The keys and indices that lead to it.
        section: The section that has its last key; None if none does.
        description: What the nearest field on the way to it must be.
        kind: The kind of that section, if it is one of several; else empty.
        kinds: All of these, by kind. At the place of a section whose kind is unknown, those that it could be of.
    """

    location: tuple[int | str, ...]
    section: type[BaseModel] | None
    description: str = ""
    kind: str = ""
    kinds: Mapping[str, type[BaseModel]] = field(default_factory=dict[str, type[BaseModel]])


def place_of(model: Any, location: Sequence[int | str]) -> Place:
    """The place of a location that pydantic answered for a value of the type, a model or a union of kinds."""
    annotation: Any = model
    here, left = Place((), None), list(location)
    while True:
        kinds = _kinds(annotation)
        if kinds and left and left[0] in kinds:
            kind = str(left.pop(0))
            annotation, here = kinds[kind], Place(here.location, kinds[kind], here.description, kind, kinds)
        elif kinds:
            return Place(here.location, None, here.description, "", kinds)
        if not left:
            return here
        annotation, here = _step(annotation, left.pop(0), here)


def aliases(section: type[BaseModel]) -> list[str]:
    """The keys of a section, as the stack file spells them."""
    return [str(each.alias) for each in section.model_fields.values()]


def _step(annotation: Any, part: int | str, here: Place) -> tuple[Any, Place]:
    """What is at a key or an index, and its place."""
    location = (*here.location, part)
    section = _section(annotation)
    if section is None:
        inner = _items(annotation)
        return inner, Place(location, _section(inner), here.description)
    known = here if section is here.section else Place(here.location, section)
    fields = {each.alias: each for each in section.model_fields.values()}
    found = fields.get(part) if isinstance(part, str) else None
    description = (found.description if found else None) or here.description
    return found.annotation if found else None, Place(location, section, description, known.kind, known.kinds)


def _section(annotation: Any) -> type[BaseModel] | None:
    """The section that a value of the type is, if it is one; None may be another choice."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (dict, tuple, list) or _kinds(annotation):
        return None
    return next((section for each in get_args(annotation) if (section := _section(each))), None)


def _items(annotation: Any) -> Any:
    """The type of a mapping's values or of a list's items."""
    if get_origin(annotation) is dict:
        return get_args(annotation)[1]
    if get_origin(annotation) in (tuple, list):
        return get_args(annotation)[0]
    return next((inner for each in get_args(annotation) if (inner := _items(each)) is not None), None)


def _kinds(annotation: Any) -> Mapping[str, type[BaseModel]]:
    """The sections of a union by what distinguishes them; empty if it is none."""
    if get_origin(annotation) is Annotated:
        return _kinds(get_args(annotation)[0])
    tagged = [get_args(each) for each in get_args(annotation) if get_origin(each) is Annotated]
    return {tag.tag: section for section, *others in tagged for tag in others if isinstance(tag, Tag)}
