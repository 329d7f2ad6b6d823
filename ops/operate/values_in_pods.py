"""Finds pods that run with a value of before, and waits until there are none."""

import time
from collections.abc import Iterator, Sequence

from analysis.preview import State
from ops.cluster import Cluster
from ops.objects import Object, name_of, part, parts, value
from ops.operate.acting import NotDone

_ENDED = {"Succeeded", "Failed"}
"""Phases of pods that have ended: those of Jobs stay for their logs."""
_PAUSE = 1.0
"""Seconds between two looks at the cluster."""


def left_behind(pods: list[Object], secrets: set[tuple[str, str]]) -> Iterator[str]:
    """Yield the pods that run with a Secret that is not there any more, `secrets` being those that are.

    The name of a Secret carries the version of its values, and the one before is deleted when the new one exists.
    """
    for pod in pods:
        namespace = str(value(pod, "metadata", "namespace"))
        ended = value(pod, "status", "phase") in _ENDED or "deletionTimestamp" in pod["metadata"]
        if not ended and any((namespace, name) not in secrets for name in _secrets_of(pod)):
            yield name_of(pod)


def wait(cluster: Cluster, states: Sequence[State], seconds: float) -> str:
    """Wait until no pod has an old value, in any namespace with ExternalSecrets, and return that in words.

    Raises:
        NotDone: Some have after these seconds.
        ClusterError: The cluster does not answer.
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
