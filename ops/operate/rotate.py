"""Gives a generated credential another value, in a deployment, and makes sure that no pod is left with the old one."""

from ops.caller import Caller
from ops.cluster import connected
from ops.exported import from_stack
from ops.operate import credentials, redeploying, shop, values_in_pods
from ops.operate.acting import Act, Consent


def rotate(stack: str, name: str, seconds: float, consent: Consent) -> None:
    """Give the credential a new value, deploy it with everything that holds it, and wait for the pods.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
        BadArgument: There is no such credential.
        BadState, BadStack, AwsError, ClusterError: As `shop.reporting_errors` reports them.
    """
    shop.stanzas(stack)
    states = from_stack(stack)
    credential, urns = credentials.find(states, name)
    further = [word for urn in urns for word in ("--replace", urn)]
    lines = [
        f"gives {credential.what} a new value",
        *credential.effect,
        "changes its store, its secret and every Secret with it in one deployment, which replaces the pods that have "
        "it; whatever else waits in the stack file is deployed with it",
        "a pod that has to restart before its turn waits for its replacement: not together with a new image",
    ]
    if not consent.yes:
        lines += redeploying.with_it(stack, further)

    def do(who: Caller) -> str:
        redeploying.deployed(stack, "the value may be new already, and is not changed again", command, who, further)
        with connected(stack) as cluster:
            return f"{credential.what} has a new value: {values_in_pods.wait(cluster, states, seconds)}."

    command = f"rotate {name}"
    Act(stack, command, lines).perform(consent, do)
