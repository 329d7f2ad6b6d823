"""A section as far as it is right, so that one mistake does not hide another."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

Model = TypeVar("Model", bound=BaseModel)


def partly_right(model: type[Model], value: Any) -> Model:
    """The section with those fields that are right; reading another one raises `AttributeError`."""
    given: Mapping[str, Any] = cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}
    right: dict[str, Any] = {}
    wrong: list[str] = []
    for name, field in model.model_fields.items():
        key = field.alias or name
        if key not in given:
            if field.is_required():
                wrong.append(name)
            continue
        try:
            right[name] = _field(field, given[key])
        except ValidationError:
            wrong.append(name)
    section = model.model_construct(**right)
    for name in wrong:
        vars(section).pop(name, None)
    return section


def _field(field: FieldInfo, value: Any) -> Any:
    if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
        return partly_right(field.annotation, value)
    return TypeAdapter[Any](field.rebuild_annotation()).validate_python(value)
