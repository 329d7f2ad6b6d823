"""Where the resources to estimate come from: a preview, an exported state, or the stack itself."""

import json
import subprocess
from pathlib import Path
from typing import Any, cast

from pydantic import ValidationError

from ops import preview
from ops.preview import State

EXPORT = ("pulumi", "stack", "export", "--stack")


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
        return _resources(cast(dict[str, Any], content), str(file))
    return tuple(preview.read(file).after)


def from_stack(stack: str) -> tuple[State, ...]:
    """The resources of the stack as Pulumi knows it.

    Raises:
        BadState: Pulumi does not know it, or is not there.
    """
    command = " ".join([*EXPORT, stack])
    try:
        result = subprocess.run([*EXPORT, stack], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BadState("pulumi is not on the PATH; or give --state or --preview") from None
    if result.returncode:
        said = result.stderr.strip().splitlines()
        raise BadState(f"`{command}` failed: {said[-1] if said else f'exit code {result.returncode}'}")
    try:
        return _resources(json.loads(result.stdout), f"`{command}`")
    except ValueError:
        raise BadState(f"`{command}` printed something else than a state") from None


def _resources(content: dict[str, Any], where: str) -> tuple[State, ...]:
    try:
        # What is marked for deletion has a successor in the state already.
        deployment = cast(dict[str, Any], content.get("deployment") or {})
        listed = cast(list[dict[str, Any]], deployment.get("resources") or [])
        return tuple(State.model_validate(each) for each in listed if not each.get("delete"))
    except (AttributeError, TypeError, ValidationError) as error:
        said = str(error).splitlines()
        raise BadState(f"{where} is not what `pulumi stack export` writes: {' '.join(said[:3])}") from None
