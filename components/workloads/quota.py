"""The quota of the shop's namespace: enough for all that it runs, and a limit to mistakes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import pulumi
import pulumi_kubernetes as kubernetes

from components.base.pods import Demand, Requests, in_turn
from components.config import ServiceConfig
from components.config.capacity import service_pod
from components.config.services import DATABASE_USERS, WAIT_FOR_DATABASE, schemas, volumes

NAME = "openmarket"
_OTHERS = Requests("100m", "128Mi")
"""Requests and limits of a container that has none of its own. All of the shop's have."""
_PODS_PER_JOB = 2
"""One that runs, and one that leaves or is of the revision before."""


class Total(NamedTuple):
    """Pods, millicores and MiB."""

    pods: int
    cpu: int
    memory: int


@dataclass(frozen=True)
class QuotaArgs:
    """Inputs of `Quota`."""

    namespace: pulumi.Input[str]
    services: Mapping[str, ServiceConfig]


class Quota(pulumi.ComponentResource):
    """Creates the namespace's ResourceQuota and LimitRange `openmarket`.

    Load balancers and node ports are none of the shop's: the Ingress makes the one load balancer. Without a stanza that
    has a volume there is none. A change that more than halves the resources or the maximum of a service at its maximum
    has to wait until fewer pods run: those before the change count in full.
    """

    resources: Sequence[pulumi.Resource]
    """Quota and limits, on which pods depend."""

    def __init__(self, name: str, args: QuotaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Quota", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        metadata = kubernetes.meta.v1.ObjectMetaArgs(name=NAME, namespace=args.namespace)
        total = peak(args.services)
        cpu, memory = _cpu(total.cpu), _memory(total.memory)
        largest = largest_container(args.services)
        quota = kubernetes.core.v1.ResourceQuota(
            f"{name}-resources",
            metadata=metadata,
            spec=kubernetes.core.v1.ResourceQuotaSpecArgs(
                hard={
                    "pods": str(total.pods),
                    "requests.cpu": cpu,
                    "requests.memory": memory,
                    "limits.cpu": cpu,
                    "limits.memory": memory,
                    "services.loadbalancers": "0",
                    "services.nodeports": "0",
                    # No number fits volumes that take turns: the claims of the stanzas before are deleted last.
                    **({} if volumes(args.services) else {"persistentvolumeclaims": "0"}),
                }
            ),
            opts=child,
        )
        others = {"cpu": _OTHERS.cpu, "memory": _OTHERS.memory}
        limits = kubernetes.core.v1.LimitRange(
            f"{name}-containers",
            metadata=metadata,
            spec=kubernetes.core.v1.LimitRangeSpecArgs(
                limits=[
                    kubernetes.core.v1.LimitRangeItemArgs(
                        type="Container",
                        default=others,
                        default_request=others,
                        # Twice, so that after a rollout to smaller pods failed, those before it can still come back.
                        max={"cpu": _cpu(2 * largest.cpu), "memory": _memory(2 * largest.memory)},
                    )
                ]
            ),
            opts=child,
        )
        self.resources = [quota, limits]
        self.register_outputs({})


def peak(services: Mapping[str, ServiceConfig]) -> Total:
    """The largest total of the shop: each service at its maximum in the midst of a rollout, and every Job.

    A pod that leaves counts until its grace period is over (QuotaV1Pod in pkg/quota/v1/evaluator/core/pods.go of
    Kubernetes). So a rollout takes, besides the pods that may run at once, as many as it replaces. It would go on
    without this allowance too, but only as fast as pods leave. Pods that are done, as those of Jobs, count for nothing.
    """
    pods = [(service_pod(service), service.pods_at_most + service.pods_leaving) for service in services.values()] + [
        (job, _PODS_PER_JOB) for job in _jobs(services)
    ]
    return Total(
        pods=sum(count for _, count in pods),
        cpu=sum(pod.cpu * count for pod, count in pods),
        memory=sum(pod.memory * count for pod, count in pods),
    )


def largest_container(services: Mapping[str, ServiceConfig]) -> Demand:
    """The largest request of one container, for each resource."""
    own = [each for service in services.values() for each in service.containers]
    return in_turn(_OTHERS, WAIT_FOR_DATABASE, DATABASE_USERS, *own)


def _jobs(services: Mapping[str, ServiceConfig]) -> list[Demand]:
    """The pods of the database's users and of the migrations. Both wait for the database."""
    tasks = [DATABASE_USERS for _ in schemas(services)]
    tasks += [service.requests for service in services.values() if service.migrates_by_job]
    return [in_turn(WAIT_FOR_DATABASE, task) for task in tasks]


def _cpu(millicores: int) -> str:
    """The quantity as Kubernetes writes it, or every refresh would find a difference."""
    return f"{millicores}m" if millicores % 1000 else str(millicores // 1000)


def _memory(mebibytes: int) -> str:
    """The quantity as Kubernetes writes it."""
    return f"{mebibytes}Mi" if mebibytes % 1024 else f"{mebibytes // 1024}Gi"
