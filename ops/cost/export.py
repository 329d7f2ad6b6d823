"""Asks Pulumi for the resources of a stack."""

import json
import subprocess

from analysis.preview import State
from analysis.state import BadState, resources

EXPORT = ("pulumi", "stack", "export", "--stack")


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
        return resources(json.loads(result.stdout), f"`{command}`")
    except ValueError:
        raise BadState(f"`{command}` printed something else than a state") from None
