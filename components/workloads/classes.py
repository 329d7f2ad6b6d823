"""The classes of the whole cluster that services name: of pods that make room for others, and of volumes."""

from collections.abc import Mapping

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.ebs_csi_driver import EbsCsiDriver, encrypted_storage
from components.config.services import Priority, ServiceConfig, volumes
from components.context import StackContext
from components.platform.addons import Addons

STORAGE_CLASS = "service-volumes"
_LOW = "openmarket-low"
_BELOW_OTHERS = -1
"""Less than the 0 of pods without a class. The Cluster Autoscaler adds nodes for such pods too: it ignores those
below -10 (`expendable-pods-priority-cutoff`)."""


def classes(
    name: str, services: Mapping[str, ServiceConfig], context: StackContext, addons: Addons, parent: pulumi.Resource
) -> list[pulumi.Resource]:
    """Creates the classes that a service has, and answers what pods and claims must find.

    These are the priority class `openmarket-low` and the storage class `service-volumes`. In a protected stack a
    volume outlives its claim: whoever deletes that, the data stays in AWS.
    """
    created: list[pulumi.Resource] = []
    if any(service.priority is Priority.LOW for service in services.values()):
        created.append(
            kubernetes.scheduling.v1.PriorityClass(
                f"{name}-priority-low",
                metadata=kubernetes.meta.v1.ObjectMetaArgs(name=_LOW),
                value=_BELOW_OTHERS,
                description="Pods that end where others find no node.",
                opts=pulumi.ResourceOptions(parent=parent),
            )
        )
    if volumes(services):
        opts = pulumi.ResourceOptions(
            parent=parent,
            # Without the driver nothing would be made of a claim, and nothing deleted after it.
            depends_on=addons.installed[EbsCsiDriver].done,
            # Kubernetes changes no class: with another protection there is another one. Volumes keep what they have.
            replace_on_changes=["reclaimPolicy"],
            delete_before_replace=True,
        )
        reclaim = "Retain" if context.protected else "Delete"
        created.append(encrypted_storage(f"{name}-volumes", STORAGE_CLASS, context.keys["volumes"], reclaim, opts))
    return created


def priority_class_name(service: ServiceConfig) -> str | None:
    """The priority class of the service's pods; None for Kubernetes' own."""
    return _LOW if service.priority is Priority.LOW else None
