"""What all add-ons need to know of the cluster that they run in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi

from components.addons.helm_addon import Chart
from components.identity import ServiceAccountRole, ServiceAccountRoleArgs
from components.managed_addon import ManagedAddon

SYSTEM_NAMESPACE = "kube-system"


@dataclass(frozen=True)
class AddonPlace:
    """A cluster, and what its operator prefers about all add-ons."""

    cluster_name: str
    region: str
    oidc_provider_arn: pulumi.Input[str]
    oidc_issuer: pulumi.Input[str]
    ready: Sequence[pulumi.Resource]
    """What every add-on's pods need from their first to their last minute: nodes, routes, name resolution."""
    replicas: int
    """Of what stands in the way of requests or of new objects; 2 or more."""
    repositories: Mapping[str, str] = field(default_factory=dict[str, str])
    """By chart, instead of its public one."""
    versions: Mapping[str, str] = field(default_factory=dict[str, str])
    """By EKS add-on, instead of AWS's default."""

    def chart(self, name: str, version: str, repository: str) -> Chart:
        """The chart of this name, from its public repository unless the configuration names another."""
        return Chart(name, version, self.repositories.get(name, repository))

    def addon(self, name: str) -> ManagedAddon:
        """The EKS add-on of this name."""
        return ManagedAddon(name, self.cluster_name, self.versions.get(name))

    def role(
        self, name: str, service_account: str, parent: pulumi.Resource, namespace: str = SYSTEM_NAMESPACE
    ) -> ServiceAccountRole:
        """A role for one of an add-on's service accounts. It may do nothing yet."""
        args = ServiceAccountRoleArgs(self.oidc_provider_arn, self.oidc_issuer, namespace, service_account)
        return ServiceAccountRole(f"{name}-identity", args, pulumi.ResourceOptions(parent=parent))


def account_values(role: ServiceAccountRole) -> dict[str, object]:
    """Chart values for a service account that takes the role."""
    return {
        "create": True,
        "name": role.service_account,
        "annotations": {"eks.amazonaws.com/role-arn": role.arn},
    }
