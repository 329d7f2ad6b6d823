"""What a stack's services come to together."""

from collections.abc import Mapping
from typing import TypeVar

from components.config.services.base import ServiceConfig
from components.config.services.deployed import DeployedConfig
from components.config.services.volume import VolumeConfig
from components.config.uses import Use

Kind = TypeVar("Kind", bound=ServiceConfig)


def only(kind: type[Kind], services: Mapping[str, ServiceConfig]) -> dict[str, Kind]:
    """Those of the services that are of the kind, by name."""
    return {name: service for name, service in services.items() if isinstance(service, kind)}


def built(services: Mapping[str, ServiceConfig]) -> list[str]:
    """The names of the services that have images of their own."""
    return [name for name, service in services.items() if not service.image_of]


def use(what: Use, services: Mapping[str, ServiceConfig]) -> bool:
    """True if any of the services uses it."""
    return any(what in service.uses for service in services.values())


def volumes(services: Mapping[str, ServiceConfig]) -> dict[str, VolumeConfig]:
    """The volumes of the services that have one, by service."""
    return {name: service.volume for name, service in only(DeployedConfig, services).items() if service.volume}


def schemas(services: Mapping[str, ServiceConfig]) -> dict[str, bool]:
    """The schemas of the database that services use, by name: true if one of the services migrates it."""
    found: dict[str, bool] = {}
    for service in services.values():
        if service.used_schema:
            found[service.used_schema] = found.get(service.used_schema, False) or service.migrates
    return found
