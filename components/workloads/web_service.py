"""A web service: its Deployment, autoscaler, service account and disruption budget."""

import pulumi

from components.config.services import WebConfig
from components.workloads.deployment import DeploymentArgs, deployment
from components.workloads.drain import Drain
from components.workloads.pod import PodArgs
from components.workloads.probes import web_probes
from components.workloads.surroundings import Surroundings, service_account


class WebService(pulumi.ComponentResource):
    """Creates a service account, a Deployment, its autoscaler `<service>-hpa`, and a disruption budget.

    Without an image, a placeholder answers on the same port.
    """

    def __init__(
        self, name: str, settings: WebConfig, given: Surroundings, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("openmarket:workloads:WebService", name, {}, opts)
        pod = PodArgs(
            service=given.service,
            settings=settings,
            placeholder=["serve-hostname", f"--port={settings.port}"],
            service_account=service_account(name, given, self),
            environment=given.environment,
            init_containers=given.init_containers,
            port=settings.port,
            probes=web_probes(settings),
            drain=Drain(settings.drain_seconds),
        )
        deployment(name, DeploymentArgs(given.namespace, settings, pod, given.depends_on), self)
        self.register_outputs({})
