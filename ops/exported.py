"""Reads the resources of a deployed stack."""

import json
import subprocess

from analysis.preview import State
from analysis.state import BadState, resources
from ops import deployed
from ops.errors import NO_PULUMI
from ops.progress import asking

_EXPORT = ("pulumi", "stack", "export", "--stack")


def from_stack(stack: str) -> tuple[State, ...]:
    """Return the resources of a deployed stack, from `pulumi stack export`.

    Raises:
        NotDeployed: The stack is not deployed.
        BadState: There is no `pulumi` command, or it failed, or printed something other than a state.
    """
    command = " ".join([*_EXPORT, stack])
    try:
        with asking("Pulumi"):
            result = subprocess.run([*_EXPORT, stack], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BadState(f"{NO_PULUMI}, or give --state or --preview") from None
    deployed.check_known(stack, result)
    if result.returncode:
        lines = result.stderr.strip().splitlines()
        raise BadState(f"`{command}` failed: {lines[-1] if lines else f'exit code {result.returncode}'}")
    try:
        found = resources(json.loads(result.stdout), f"`{command}`")
    except ValueError:
        raise BadState(f"`{command}` did not print a state") from None
    if not found:
        raise deployed.not_deployed(stack)
    return found
