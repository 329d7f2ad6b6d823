"""Reads the resources of a stack from a file of `pulumi stack export`, or from a preview."""

import json
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from analysis import preview
from analysis.preview import State


class BadState(Exception):
    """A file is not a state; the message says why."""


def from_file(file: Path) -> tuple[State, ...]:
    """Return the resources of an exported state, or those that exist after a preview's changes.

    Raises:
        BadState: The file cannot be read, or is not JSON, or is not a valid state.
        preview.BadPreview: The file is JSON without a deployment, and not a preview either.
    """
    try:
        content = json.loads(file.read_text())
    except OSError as error:
        raise BadState(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise BadState(f"{file} is neither a preview nor a state: it is not JSON ({error})") from None
    if isinstance(content, dict) and "deployment" in content:
        return resources(cast(dict[str, Any], content), str(file))
    return tuple(preview.read(file).after)


def resources(content: dict[str, Any], where: str) -> tuple[State, ...]:
    """Return the resources of an exported state. `where` names the state's origin in error messages.

    Raises:
        BadState: The content is not a valid state.
    """
    try:
        # A resource that is marked for deletion already has its replacement in the state.
        deployment = cast(dict[str, Any], content.get("deployment") or {})
        listed = cast(list[dict[str, Any]], deployment.get("resources") or [])
        return tuple(State.model_validate(each) for each in listed if not each.get("delete"))
    except (AttributeError, TypeError, ValidationError) as error:
        said = str(error).splitlines()
        raise BadState(f"{where} is not what `pulumi stack export` writes: {' '.join(said[:3])}") from None
