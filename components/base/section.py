"""The base of all sections of the configuration, and types that several of them use."""

from collections.abc import Hashable, Sequence
from ipaddress import IPv4Network
from typing import Annotated, TypeVar, cast, get_args

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
    ValidationInfo,
    field_validator,
)
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError


def _of_numbers(annotation: object) -> bool:
    return annotation is int or annotation is float or any(map(_of_numbers, get_args(annotation)))


def _has_switch(value: object) -> bool:
    return isinstance(value, bool) or (isinstance(value, list) and any(map(_has_switch, cast(list[object], value))))


class Section(BaseModel):
    """A mapping in the stack file: camelCase keys, none unknown, immutable.

    A field's description says what its value must be; it ends up in the error message.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel)

    @field_validator("*", mode="before")
    @classmethod
    def _no_switch_for_a_number(cls, value: object, info: ValidationInfo) -> object:
        """Python takes true for 1."""
        if _of_numbers(cls.model_fields[str(info.field_name)].annotation) and _has_switch(value):
            raise ValueError("not a number")
        return value


def keys_of(section: type[BaseModel]) -> str:
    """The description of a field that holds the section: its keys, as the stack file spells them."""
    *others, last = [str(field.alias) for field in section.model_fields.values()]
    return f"a mapping with {', '.join(others)} and {last}" if others else f"a mapping with {last}"


BETWEEN_KEYS = "between_keys"
"""The type of an error of `mismatch`."""


def mismatch(key: str, value: object, expected: str) -> PydanticCustomError:
    """An error of a rule between keys of a section, told of the one key that is most likely to change.

    Args:
        key: As the stack file spells it below the section, with dots between levels.
        value: What it is, given or by default.
        expected: What would be right, and which other key says so.
    """
    return PydanticCustomError(BETWEEN_KEYS, "{expected}", {"key": key, "value": value, "expected": expected})


def _not_a_number(value: object) -> object:
    if isinstance(value, bool | int | float):
        raise ValueError(f"put it in quotes: YAML reads {value} as a number")
    return value


Item = TypeVar("Item", bound=Hashable)


def _without_duplicates(items: Sequence[Item]) -> Sequence[Item]:
    duplicates = sorted({str(item) for item in items if items.count(item) > 1})
    if duplicates:
        raise ValueError(f"listed twice: {', '.join(duplicates)}")
    return items


Unique = AfterValidator(_without_duplicates)
"""A list whose items differ."""


def _written_out(value: object) -> object:
    if not isinstance(value, bool) and value not in ("true", "false"):
        raise ValueError("write it out")
    return value


Switch = Annotated[bool, BeforeValidator(_written_out)]
"""true or false: what YAML or a reader might take for either, such as "yes" and 1, is neither."""


def _a_text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("not a number: Python would take it for an address")
    return value


Network = Annotated[IPv4Network, BeforeValidator(_a_text)]

ImageName = Annotated[
    str,
    StringConstraints(
        pattern=r"^(([A-Za-z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*"
        r"(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64}))?$"
    ),
]
"""An image with a tag or digest, as the OCI distribution specification has them; or empty."""

Quoted = BeforeValidator(_not_a_number)
"""A text that YAML takes for a number unless it is quoted."""

_NAME = r"[a-z]([a-z0-9-]{0,40}[a-z0-9])?"
Name = Annotated[str, StringConstraints(pattern=rf"^{_NAME}$")]
"""Part of resource names: lower-case letters, digits and hyphens."""
NameOrNone = Annotated[str, StringConstraints(pattern=rf"^({_NAME})?$")]
