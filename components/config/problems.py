"""Problems of a configuration, in the words of the stack file."""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast, get_args

from pydantic import BaseModel, ValidationError

from components.base.section import BETWEEN_KEYS

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
    if not isinstance(value, Mapping):
        missing = Problem(key, MISSING if value is None else value, f"a mapping with {_keys(model)}")
        raise ValueError(report(stack, [missing]))
    try:
        return model.model_validate(value)
    except ValidationError as error:
        found = from_validation(error, model, cast(Mapping[str, Any], value))
        raise ValueError(report(stack, [replace(each, key=f"{key}.{each.key}") for each in found])) from None


def _aliases(model: type[BaseModel]) -> list[str]:
    return [str(field.alias) for field in model.model_fields.values()]


def _keys(model: type[BaseModel]) -> str:
    return ", ".join(str(field.alias) for field in model.model_fields.values() if field.is_required())


def from_validation(error: ValidationError, model: type[BaseModel], values: Mapping[str, Any]) -> list[Problem]:
    """The problems that pydantic found in a mapping that was to become the model."""
    problems: list[Problem] = []
    details = error.errors(include_url=False)
    for detail in details:
        if detail["type"] == "too_short" and any(_lies_in(other["loc"], detail["loc"]) for other in details):
            continue  # what is wrong in a list counts as missing from it
        location = tuple(part for part in detail["loc"] if part != "[key]")
        owner, description = _described(model, location)
        value = _value_at(values, location)
        if detail["type"] == BETWEEN_KEYS:
            told = detail.get("ctx", {})
            key = ".".join([*filter(None, [_path(location)]), told["key"]])
            problems.append(Problem(key, told["value"], told["expected"]))
            continue
        if detail["type"] == "missing":
            value, expected = MISSING, description
        elif detail["type"] == "extra_forbidden":
            known = _aliases(owner) if owner else []
            guess = difflib.get_close_matches(str(location[-1]), known, 1, cutoff=0.7)
            expected = "to go: no such key" + (f"; did you mean {guess[0]}?" if guess else "")
        elif detail["type"] == "model_type" and owner and location[-1] not in _aliases(owner):
            expected = f"a mapping with at least {_keys(owner)}"  # one of several, which the description is about
        elif detail["type"] == "value_error":
            expected = f"{description} ({detail['msg'].removeprefix('Value error, ')})"
        else:
            expected = description
        if detail["loc"][-1] == "[key]":
            expected = f"another name: {expected}"
        problems.append(Problem(_path(location), value, expected))
    return problems


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


def _described(model: type[BaseModel], location: tuple[int | str, ...]) -> tuple[type[BaseModel] | None, str]:
    """The section that holds the location, and the description of the nearest field on the way to it."""
    section: type[BaseModel] | None = model
    owner: type[BaseModel] | None = model
    description = ""
    for part in location:
        owner = section
        fields = {field.alias: field for field in section.model_fields.values()} if section else {}
        if isinstance(part, str) and (field := fields.get(part)):
            description = field.description or description
            section = _section_in(field.annotation)
    return owner, description


def _section_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = (_section_in(argument) for argument in get_args(annotation))
    return next((section for section in found if section), None)
