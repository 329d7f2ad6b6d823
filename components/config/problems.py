"""Problems of a configuration, in the words of the stack file."""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from components.base.section import BETWEEN_KEYS
from components.config.places import Place, aliases, place_of

MISSING = object()
"""The value of a key that is not there."""

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Problem:
    """A key as the user writes it, the value found there, and what would be right."""

    key: str
    value: Any
    expected: str

    def __str__(self) -> str:
        found = "is missing" if self.value is MISSING else f"is {_shown(self.value)}"
        return f"{self.key} {found}\n    needs {self.expected}"


def report(stack: str, problems: Iterable[Problem]) -> str:
    """All problems as one message."""
    lines = [f"  {problem}" for problem in problems]
    count = "1 problem" if len(lines) == 1 else f"{len(lines)} problems"
    return "\n".join([f"Pulumi.{stack}.yaml has {count}; nothing was changed:", *lines])


def checked(stack: str, key: str, value: object, model: type[Model]) -> Model:
    """One section of a stack file, from the value of its key; None where the file does not have it.

    Raises:
        ValueError: It is not right; the message has every problem.
    """
    return checked_choice(stack, key, value, model, model)


def checked_choice(stack: str, key: str, value: object, choice: Any, usual: type[Model]) -> Model:
    """The same of a section of one of several kinds: `choice` is their union, and `usual` what it is by default.

    Raises:
        ValueError: As `checked`.
    """
    if not isinstance(value, Mapping):
        raise ValueError(report(stack, [_no_mapping(key, value, usual)]))
    try:
        return TypeAdapter[Any](choice).validate_python(value)
    except ValidationError as error:
        found = from_validation(error, choice, cast(Mapping[str, Any], value))
        raise ValueError(report(stack, [replace(each, key=f"{key}.{each.key}") for each in found])) from None


def _no_mapping(key: str, value: object, model: type[BaseModel]) -> Problem:
    return Problem(key, MISSING if value is None else value, f"a mapping with {_keys(model)}")


def _keys(model: type[BaseModel]) -> str:
    return ", ".join(str(field.alias) for field in model.model_fields.values() if field.is_required())


def from_validation(error: ValidationError, model: Any, values: Mapping[str, Any]) -> list[Problem]:
    """The problems that pydantic found in a mapping that was to become the model, or one of a union of them."""
    problems: list[Problem] = []
    details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "too_short" and any(_lies_in(other["loc"], detail["loc"]) for other in details):
            continue  # what is wrong in a list counts as missing from it
        place = place_of(model, [part for part in detail["loc"] if part != "[key]"])
        location, description = place.location, place.description
        value = _value_at(values, location)
        if detail["type"] == BETWEEN_KEYS:
            told = detail.get("ctx", {})
            key = ".".join([*filter(None, [_path(location)]), told["key"]])
            problems.append(Problem(key, told["value"], told["expected"]))
            continue
        if detail["type"] == "missing":
            value, expected = MISSING, description
        elif detail["type"] == "union_tag_invalid":
            location = (*location, "kind")
            value, expected = _value_at(values, location), f"one of {', '.join(place.kinds)}"
        elif detail["type"] == "extra_forbidden":
            expected = _unknown(str(location[-1]), place)
        elif detail["type"] == "model_type" and place.section and location[-1] not in aliases(place.section):
            expected = f"a mapping with at least {_keys(place.section)}"  # one of several, as the description is
        elif detail["type"] == "value_error":
            expected = f"{description} ({detail['msg'].removeprefix('Value error, ')})"
        else:
            expected = description
        if detail["loc"][-1] == "[key]":
            expected = f"another name: {expected}"
        problems.append(Problem(_path(location), value, expected))
    return problems


def _unknown(key: str, place: Place) -> str:
    """What would be right instead of a key that is not known, or only elsewhere."""
    others = [kind for kind, section in place.kinds.items() if kind != place.kind and key in aliases(section)]
    if others:
        return f"to go, or kind: {' or '.join(others)}, as a service of kind {place.kind} has no {key}"
    known = aliases(place.section) if place.section else []
    guess = difflib.get_close_matches(key, known, 1, cutoff=0.7)
    return "to go: no such key" + (f"; did you mean {guess[0]}?" if guess else "")


def _lies_in(location: tuple[int | str, ...], other: tuple[int | str, ...]) -> bool:
    return len(location) > len(other) and location[: len(other)] == other


def _path(location: tuple[int | str, ...]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in location)
    return "".join(parts).removeprefix(".")


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) and value else json.dumps(value, default=str)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _value_at(values: Any, location: tuple[int | str, ...]) -> Any:
    for part in location:
        try:
            values = values[part]
        except (KeyError, IndexError, TypeError):
            break
    return values
