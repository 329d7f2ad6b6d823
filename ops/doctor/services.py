"""How many pods of each service are ready, and what a trouble of some pods does to the shop."""

from collections.abc import Iterator
from dataclasses import dataclass

from ops.doctor.finding import Harm, Ref
from ops.doctor.snapshot import Snapshot
from ops.objects import is_true, part

DEPLOYMENT = "kubernetes:apps/v1:Deployment"
_ESSENTIAL = {"coredns", "kube-proxy", "aws-node"}
"""Workloads of the cluster without which no pod reaches another."""


@dataclass(frozen=True)
class Service:
    """A service of the shop.

    Attributes:
        name: Its name, which its Deployment has too.
        ready: Pods that are ready.
        wanted: Pods that its Deployment is to have; 0 if the Deployment is gone.
    """

    name: str
    ready: int
    wanted: int

    @property
    def harm(self) -> Harm:
        """What it does to the shop that some of its pods do not become ready."""
        if not self.ready:
            return Harm.DOWN
        return Harm.DEGRADED if self.ready < self.wanted else Harm.BLOCKED


def services(snapshot: Snapshot) -> Iterator[Service]:
    """Yield the shop's services: those that Pulumi's state has, whether their Deployments exist or not."""
    for each in snapshot.of_type(DEPLOYMENT):
        metadata = part(each.outputs, "metadata")
        if metadata.get("namespace") == snapshot.namespace:
            yield _service(snapshot, str(metadata["name"]))


def _service(snapshot: Snapshot, name: str) -> Service:
    ref = Ref("Deployment", snapshot.namespace, name)
    deployment = snapshot.get(ref)
    ready = sum(is_true(pod, "Ready") for pod in snapshot.pods_of(ref))
    return Service(name, ready, int(deployment["spec"].get("replicas", 1)) if deployment else 0)


def harm_of(snapshot: Snapshot, workload: Ref) -> Harm:
    """Return what it does to the shop that pods of a workload do not become ready."""
    ready = sum(is_true(pod, "Ready") for pod in snapshot.pods_of(workload))
    if workload.namespace == snapshot.namespace:
        found = [each for each in services(snapshot) if each.name == workload.name]
        return found[0].harm if found and workload.kind == "Deployment" else Harm.BLOCKED
    if workload.name in _ESSENTIAL:
        return Harm.DEGRADED if ready else Harm.DOWN
    return Harm.LATER if ready else Harm.DEGRADED
