"""Reads the resources of a stack from what `pulumi stack export` writes, or from a preview."""

import json
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from analysis import preview
from analysis.preview import State


class BadState(Exception):
    """There is no state to read; the message says why."""


def from_file(file: Path) -> tuple[State, ...]:
    """The resources in an exported state, or those that a preview would leave.

    Raises:
        BadState: It is not a state.
        preview.BadPreview: It is not a preview.
    """
    try:
        content = json.loads(file.read_text())
    except OSError as error:
        raise BadState(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise BadState(f"{file} is neither a preview nor a state, but no JSON ({error})") from None
    if isinstance(content, dict) and "deployment" in content:
        return resources(cast(dict[str, Any], content), str(file))
    return tuple(preview.read(file).after)


def resources(content: dict[str, Any], where: str) -> tuple[State, ...]:
    """The resources in an exported state; `where` it comes from stands in the message of an error.

    Raises:
        BadState: It is not a state.
    """
    try:
        # What is marked for deletion has a successor in the state already.
        deployment = cast(dict[str, Any], content.get("deployment") or {})
        listed = cast(list[dict[str, Any]], deployment.get("resources") or [])
        return tuple(State.model_validate(each) for each in listed if not each.get("delete"))
    except (AttributeError, TypeError, ValidationError) as error:
        said = str(error).splitlines()
        raise BadState(f"{where} is not what `pulumi stack export` writes: {' '.join(said[:3])}") from None
