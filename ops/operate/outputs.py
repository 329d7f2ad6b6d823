"""Shows the outputs of a stack without anything secret."""

import json
from typing import Any, cast

from analysis.redaction import redacted
from ops.deploy import engine
from ops.deploy.summary import KUBECONFIG
from ops.operate.deployments import BadHistory


def outputs(stack: str) -> dict[str, Any]:
    """Return the stack's outputs; what is secret or looks like it is redacted, and the kubeconfig is left out.

    Raises:
        BadHistory: The engine does not know the stack, or it was never deployed.
    """
    # Without `--show-secrets` the engine writes `[secret]` for what the program marks as secret.
    done = engine.quiet("stack", "output", "--json", "--stack", stack, "--non-interactive")
    if done.returncode:
        said = done.stderr.strip().removeprefix("error: ")
        raise BadHistory(f"the outputs of stack {stack!r} cannot be read: {said or 'pulumi gave no reason'}")
    found = cast(dict[str, Any], json.loads(done.stdout or "{}"))
    if not found:
        raise BadHistory(f"stack {stack!r} has no outputs: it is not deployed")
    return {name: redacted(value, name) for name, value in found.items() if name != KUBECONFIG}
