"""Restarts the pods of a service, one after the other."""

from analysis import stack_file
from ops.caller import Caller
from ops.cluster import connected
from ops.errors import fail
from ops.objects import value
from ops.operate import shop
from ops.operate.acting import Act, Consent
from ops.operate.rollouts import deployment_of, wait
from ops.operate.status import rollout_of

_UP = "starts new pods before it ends old ones, so the shop stays up; sessions kept in a pod's memory are lost"
_DOWN = "ends its pod before it starts the next one, as only one can have its volume: it is away until that is ready"


def restart(stack: str, service: str, seconds: float, consent: Consent) -> None:
    """Replace all pods of the service by new ones of the same release, and wait for them.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
        ClusterError, BadStack, BadArgument, AwsError: As `shop.reporting_errors` reports them.
    """
    name, namespace = shop.service_of(stack, service, shop.RUNNING), stack_file.prefix(stack)
    with connected(stack) as cluster:
        found = deployment_of(cluster, stack, name)
        if found is None:
            fail(f"{name} has no Deployment: `make repair STACK={stack}` brings it back")
        lines = [
            f"replaces the {found['spec']['replicas']} pods of {name} by new ones of the same release, with the "
            "current values of its Secrets and ConfigMaps",
            _DOWN if value(found, "spec", "strategy", "rollingUpdate", "maxSurge") == 0 else _UP,
        ]
        if unfinished := rollout_of(found):
            lines.append(f"begins although a rollout has not ended yet ({unfinished})")

        def do(_: Caller) -> str:
            cluster.run("rollout", "restart", f"deployment/{name}", "--namespace", namespace)
            return f"{name} was restarted: {wait(cluster, stack, name, seconds)}."

        Act(stack, f"restart {name}", lines).perform(consent, do)
