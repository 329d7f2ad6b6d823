"""Shows the outputs of a stack without anything secret."""

import json
from typing import Any, cast

from analysis.redaction import redacted
from ops import deployed
from ops.deploy.summary import KUBECONFIG, Target
from ops.operate.deployments import BadHistory


def outputs(stack: str) -> dict[str, Any]:
    """Return the stack's outputs; what is secret or looks like it is redacted, and the kubeconfig is left out.

    Raises:
        NotDeployed: The stack is not deployed.
        BadHistory: The outputs cannot be read, or its first deployment did not come to its end.
    """
    # Without `--show-secrets` the engine writes `[secret]` for what the program marks as secret.
    done = deployed.ask(stack, "stack", "output", "--json")
    if done.returncode:
        said = done.stderr.strip().removeprefix("error: ")
        raise BadHistory(f"the outputs of stack {stack!r} cannot be read: {said or 'pulumi gave no reason'}")
    found = cast(dict[str, Any], json.loads(done.stdout or "{}"))
    if not found:
        deployed.check_resources(stack)
        raise BadHistory(
            f"stack {stack!r} has no outputs yet, as no deployment has come to its end: "
            f"`{Target(stack).make('up')}` goes on from there"
        )
    return {name: redacted(value, name) for name, value in found.items() if name != KUBECONFIG}
