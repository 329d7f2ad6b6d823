"""The priority class of services whose pods make room for others."""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.services import Priority, ServiceConfig

_LOW = "openmarket-low"
_BELOW_OTHERS = -1
"""Less than the 0 of pods without a class. The Cluster Autoscaler adds nodes for such pods too: it ignores those
below -10 (`expendable-pods-priority-cutoff`)."""


def priority_classes(
    name: str, services: Mapping[str, ServiceConfig], opts: pulumi.ResourceOptions
) -> list[pulumi.Resource]:
    """Creates the class `openmarket-low` if a service has it, and answers what pods must find."""
    if all(service.priority is Priority.NORMAL for service in services.values()):
        return []
    return [
        kubernetes.scheduling.v1.PriorityClass(
            f"{name}-low",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=_LOW),
            value=_BELOW_OTHERS,
            description="Pods that end where others find no node.",
            opts=opts,
        )
    ]


def class_name(service: ServiceConfig) -> str | None:
    """The class of the service's pods; None for Kubernetes' own."""
    return _LOW if service.priority is Priority.LOW else None
