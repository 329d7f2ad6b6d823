"""A worker: a service without a port, which finds its work itself."""

from dataclasses import dataclass

import pulumi

from components.config.services import WorkerConfig
from components.workloads.deployment import DeploymentArgs, deployment
from components.workloads.drain import Drain
from components.workloads.pod import PodArgs
from components.workloads.probes import Probes, worker_probes
from components.workloads.service_context import ServiceContext, service_account

_STEADY_SECONDS = 10
"""Seconds that a new pod runs before an old one goes for it, so that a worker that ends at once replaces none."""


@dataclass(frozen=True)
class WorkerArgs:
    """Inputs of `Worker`."""

    settings: WorkerConfig
    context: ServiceContext


class Worker(pulumi.ComponentResource):
    """Creates a service account, a Deployment, its autoscaler, and a disruption budget.

    When it is to end, it is told so at once: no load balancer goes on sending. Without an image, a placeholder does
    nothing.
    """

    def __init__(self, name: str, args: WorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Worker", name, {}, opts)
        settings, context = args.settings, args.context
        pod = PodArgs(
            service=context.service,
            settings=settings,
            placeholder=["pause"],
            service_account=service_account(name, context, self),
            environment=context.environment,
            init_containers=context.init_containers,
            placement=context.placement,
            volume=settings.volume,
            # The placeholder has neither a heartbeat nor the image's command.
            probes=worker_probes(settings) if settings.image else Probes(),
            drain=Drain(settings.drain_seconds, load_balancer_seconds=0),
        )
        deployment(name, DeploymentArgs(context, settings, pod, _STEADY_SECONDS), self)
        self.register_outputs({})
