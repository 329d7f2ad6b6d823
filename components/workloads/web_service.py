"""A web service: its Deployment, autoscaler, service account and disruption budget."""

from dataclasses import dataclass

import pulumi

from components.config.services import WebConfig
from components.workloads.deployment import DeploymentArgs, deployment
from components.workloads.drain import Drain
from components.workloads.pod import PodArgs
from components.workloads.probes import web_probes
from components.workloads.service_context import ServiceContext, service_account


@dataclass(frozen=True)
class WebServiceArgs:
    """Inputs of `WebService`."""

    settings: WebConfig
    context: ServiceContext


class WebService(pulumi.ComponentResource):
    """Creates a service account, a Deployment, its autoscaler, and a disruption budget.

    Without an image, a placeholder answers on the same port.
    """

    def __init__(self, name: str, args: WebServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:WebService", name, {}, opts)
        settings, context = args.settings, args.context
        pod = PodArgs(
            service=context.service,
            settings=settings,
            placeholder=["serve-hostname", f"--port={settings.port}"],
            service_account=service_account(name, context, self),
            environment=context.environment.with_variables({"PORT": str(settings.port)}),
            init_containers=context.init_containers,
            placement=context.placement,
            volume=settings.volume,
            ports=settings.all_ports,
            probes=web_probes(settings),
            drain=Drain(settings.drain_seconds),
        )
        deployment(name, DeploymentArgs(context, settings, pod), self)
        self.register_outputs({})
