"""The add-ons that are installed exactly when a service needs them."""

from collections.abc import Mapping

from components.addons.addon import Addon
from components.addons.catalogue import AddonsConfig
from components.addons.keda import Keda
from components.config.services import DeployedConfig, ServiceConfig, WebConfig, only


def addons_for(services: Mapping[str, ServiceConfig], settings: AddonsConfig) -> list[Addon]:
    """The add-ons that are there because a service needs them, in the order of the catalogue."""
    scaled = [service for service in only(DeployedConfig, services).values() if service.scaled_by_keda]
    counted = [service for service in only(WebConfig, services).values() if service.request_target]
    queues = {service.queue.arn for service in scaled if service.queue and service.queue.messages_per_pod}
    return [Keda(settings.replicas, metrics=bool(counted), queue_arns=sorted(queues))] if scaled else []
