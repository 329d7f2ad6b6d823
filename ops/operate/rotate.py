"""Gives a generated credential another value, in a deployment, and makes sure that no pod is left with the old one."""

import time
from collections.abc import Iterator

from analysis.preview import State
from ops.caller import Caller
from ops.cluster import Cluster, connected
from ops.exported import from_stack
from ops.objects import Object, name_of, part, parts, value
from ops.operate import credentials, redeploying, shop
from ops.operate.acting import Act, Consent, NotDone

_ENDED = {"Succeeded", "Failed"}
"""Phases of pods that have ended: those of Jobs stay for their logs."""
_PAUSE = 1.0
"""Seconds between two looks at the cluster."""


def rotate(stack: str, name: str, seconds: float, consent: Consent) -> None:
    """Give the credential a new value, deploy it with everything that holds it, and wait for the pods.

    Raises:
        typer.Exit: It was declined or failed, and the reason has been printed.
        BadArgument: There is no such credential.
        BadState, BadStack, AwsError, ClusterError: As `shop.reporting_errors` reports them.
    """
    shop.stanzas(stack)
    states = from_stack(stack)
    urns = credentials.resources(states, name)
    credential = credentials.CREDENTIALS[name]
    further = [word for urn in urns for word in ("--replace", urn)]
    lines = [
        f"gives {credential.what} a new value",
        *credential.effect,
        "changes its store, its secret and every Secret with it in one deployment, which replaces the pods that have "
        "it; whatever else waits in the stack file is deployed with it",
        "a pod that has to restart before its turn waits for its replacement: not together with a new image",
    ]
    if not consent.yes:
        lines += ["changes with it:", *redeploying.previewed(stack, further)]

    def do(who: Caller) -> str:
        redeploying.deployed(stack, "the value may be new already, and is not changed again", command, who, further)
        with connected(stack) as cluster:
            return f"{credential.what} has a new value: {_wait(cluster, states, seconds)}."

    command = f"rotate {name}"
    Act(stack, command, lines).perform(consent, do)


def left_behind(pods: list[Object], secrets: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the pods that run with a Secret that is not there any more, `secrets` being those that are.

    The name of a Secret carries the version of its values, and the one before is deleted when the new one exists.
    """
    for pod in pods:
        namespace = str(value(pod, "metadata", "namespace"))
        ended = value(pod, "status", "phase") in _ENDED or "deletionTimestamp" in pod["metadata"]
        if not ended and any((namespace, name) not in secrets for name in _secrets_of(pod)):
            yield name_of(pod)


def _wait(cluster: Cluster, states: tuple[State, ...], seconds: float) -> str:
    """Wait until no pod has an old value, and return that in words.

    Raises:
        NotDone: Some have after these seconds.
    """
    namespaces = sorted({str(part(dict(each.inputs), "metadata").get("namespace")) for each in states if _read(each)})
    give_up = time.monotonic() + seconds
    while True:
        columns = "custom-columns=:.metadata.namespace,:.metadata.name"
        listed = cluster.run("get", "secrets", "--all-namespaces", "--no-headers", "--output", columns)
        secrets = {(line.split()[0], line.split()[1]) for line in listed.splitlines()}
        pods = [pod for namespace in namespaces for pod in cluster.objects(["pods"], namespace)]
        old = list(left_behind(pods, secrets))
        if not old:
            return f"none of {len(pods)} pods runs with the old one"
        if time.monotonic() > give_up:
            raise NotDone(f"pods still run with the old value after {seconds:.0f} s: {', '.join(old)}")
        time.sleep(_PAUSE)


def _read(state: State) -> bool:
    """Return whether the resource is an ExternalSecret."""
    return state.type.startswith("kubernetes:external-secrets.io/") and state.type.endswith(":ExternalSecret")


def _secrets_of(pod: Object) -> Iterator[str]:
    """Yield the names of the Secrets that a pod needs."""
    for container in [*parts(pod, "spec", "initContainers"), *parts(pod, "spec", "containers")]:
        needed = [value(each, "valueFrom", "secretKeyRef") for each in parts(container, "env")]
        needed += [each.get("secretRef") for each in parts(container, "envFrom")]
        yield from (str(each["name"]) for each in needed if each and not each.get("optional"))
    for volume in parts(pod, "spec", "volumes"):
        if (secret := part(volume, "secret")) and not secret.get("optional"):
            yield str(secret["secretName"])
