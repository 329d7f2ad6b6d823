"""Waits until a Deployment's rollout is complete, and says what holds it up."""

import time
from collections.abc import Sequence

from analysis import stack_file
from ops.cluster import Cluster
from ops.objects import Object, container_statuses, count, name_of, part, parts
from ops.operate import shop
from ops.operate.acting import NotDone
from ops.operate.status import rollout_of

_PAUSE = 1.0
"""Seconds between two looks at the cluster."""
_LINE = 5.0
"""Seconds between two lines that say the same."""


def deployment_of(cluster: Cluster, stack: str, service: str) -> Object | None:
    """Return the service's Deployment; None if there is none.

    Raises:
        ClusterError: The cluster does not answer.
    """
    found = cluster.objects(["deployments.apps"], stack_file.prefix(stack), shop.selector_of(service))
    return next((each for each in found if name_of(each) == service), None)


def wait(cluster: Cluster, stack: str, service: str, seconds: float, least: int = 0) -> str:
    """Wait for the rollout, and for at least that many ready pods, and return how many run, after how many seconds.

    A line says every few seconds how far it is.

    Raises:
        NotDone: Kubernetes gave it up, or it took longer than these seconds; the message has the pods' reasons.
        ClusterError: The cluster does not answer.
    """
    started, told, last = time.monotonic(), float("-inf"), ""
    while True:
        found = deployment_of(cluster, stack, service)
        if found is None:
            raise NotDone(f"{service} has no Deployment any more: `make repair STACK={stack}` brings it back")
        says, waited = _waits_for(found, least), time.monotonic() - started
        ready = f"{count(found, 'status', 'readyReplicas')} of {count(found, 'spec', 'replicas')} pods are ready"
        if not says:
            return f"{ready}, after {waited:.0f} s"
        if says.startswith("stuck") or waited > seconds:
            reasons = "; ".join(not_ready(_pods(cluster, stack, service))) or "no pod says why"
            raise NotDone(f"{service} is not ready after {waited:.0f} s ({says}; {ready}): {reasons}")
        if says != last or waited - told >= _LINE:
            print(f"{waited:4.0f} s  {says}, {ready}", flush=True)
            told, last = waited, says
        time.sleep(_PAUSE)


def not_ready(pods: Sequence[Object]) -> list[str]:
    """Return why pods are not ready, each reason once with the name of a pod that has it."""
    found: dict[str, str] = {}
    for pod in pods:
        for each in container_statuses(pod):
            if waiting := part(each, "state", "waiting"):
                reason = f"{waiting.get('reason', '')} {waiting.get('message', '')}".strip()
                found.setdefault(reason, name_of(pod))
        for condition in parts(pod, "status", "conditions"):
            if condition["type"] == "PodScheduled" and condition["status"] == "False":
                found.setdefault(str(condition.get("message", "not scheduled")), name_of(pod))
    return [f"{pod}: {reason}" for reason, pod in found.items()]


def _waits_for(deployment: Object, least: int) -> str:
    """Return what the rollout waits for; empty if it is complete, all its pods are ready and no old one is left."""
    if says := rollout_of(deployment):
        return says
    wanted, ready = count(deployment, "spec", "replicas"), count(deployment, "status", "readyReplicas")
    new, every = count(deployment, "status", "updatedReplicas"), count(deployment, "status", "replicas")
    if wanted < least:
        return f"waiting for the autoscaler to ask for {least} pods"
    if ready < wanted or new < wanted or every > wanted:
        return "waiting for pods"
    return ""


def _pods(cluster: Cluster, stack: str, service: str) -> Sequence[Object]:
    return cluster.objects(["pods"], stack_file.prefix(stack), shop.selector_of(service))
