"""What a service needs to know of the shop around it, and the service account that each service has."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.context import StackContext
from components.workloads.placement import Placement
from components.workloads.pod import Environment, object_metadata


@dataclass(frozen=True)
class KedaContext:
    """What a ScaledObject needs to know of the stack."""

    addon: pulumi.Resource
    """KEDA, which has to be there as long as the ScaledObject is."""
    stack: StackContext
    load_balancer: pulumi.Input[str]
    """The load balancer as CloudWatch knows it."""


@dataclass(frozen=True)
class ServiceContext:
    """What a service of any kind needs to know of the shop around it."""

    service: str
    """The name of its objects."""
    namespace: pulumi.Input[str]
    protected: bool
    """True if Pulumi refuses to delete what holds data."""
    role_arn: pulumi.Input[str]
    """The AWS role of the pods, known once it has its permissions."""
    environment: Environment
    init_containers: Sequence[kubernetes.core.v1.ContainerArgs]
    placement: Placement | None
    """The node group that the pods are bound to, or None."""
    keda: KedaContext | None
    """What scales services that Kubernetes' own autoscaler cannot; None if there are none."""
    depends_on: Sequence[pulumi.Resource]
    """Resources that the first pods must find: the network policies and the quota; the Ingress, without whose target
    groups those of a web service would get no readiness gate; and the database with its users and schema."""


def service_account(name: str, context: ServiceContext, parent: pulumi.Resource) -> pulumi.Output[str]:
    """Creates the service account of the pods, which AWS gives the role, and answers its name."""
    created = kubernetes.core.v1.ServiceAccount(
        f"{name}-service-account",
        metadata=object_metadata(
            context.service, context.service, context.namespace, {"eks.amazonaws.com/role-arn": context.role_arn}
        ),
        # The token for AWS is another one, which EKS mounts for the annotation's sake.
        automount_service_account_token=False,
        opts=pulumi.ResourceOptions(parent=parent),
    )
    return created.metadata.apply(lambda metadata: str(metadata.name))
