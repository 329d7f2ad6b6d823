"""The controller that adds nodes for pods without a place, and takes away those that are hardly used."""

from dataclasses import dataclass

import pulumi

from components import permissions
from components.addons.helm_addon import helm_release
from components.addons.place import SYSTEM_NAMESPACE, AddonPlace, account_values
from components.addons.scheduling import CRITICAL, DISRUPTION_BUDGET, resources
from components.config import ClusterAutoscalerConfig
from components.identity import ServiceAccountRole
from components.requests import CLUSTER_AUTOSCALER
from components.versions import CLUSTER_AUTOSCALER_CHART, CLUSTER_AUTOSCALER_IMAGES

CHART = "cluster-autoscaler"
REPOSITORY = "https://kubernetes.github.io/autoscaler"


@dataclass(frozen=True)
class ClusterAutoscalerArgs:
    """Inputs of `ClusterAutoscaler`."""

    place: AddonPlace
    settings: ClusterAutoscalerConfig
    kubernetes_version: str
    """The cluster's minor. The autoscaler simulates that minor's scheduler."""


class ClusterAutoscaler(pulumi.ComponentResource):
    """Creates the Cluster Autoscaler and its role, which may change this cluster's node groups only.

    It finds the groups by the tags that EKS puts on them, and keeps within their `min` and `max`.
    """

    role: ServiceAccountRole

    def __init__(self, name: str, args: ClusterAutoscalerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:ClusterAutoscaler", name, {}, opts)
        place, settings = args.place, args.settings
        self.role = place.role(name, CHART, self)
        self.role.allow("scaling", permissions.cluster_autoscaler(place.cluster_name))
        helm_release(
            name,
            place.chart(CHART, CLUSTER_AUTOSCALER_CHART, REPOSITORY),
            SYSTEM_NAMESPACE,
            {
                "fullnameOverride": CHART,
                "cloudProvider": "aws",
                "awsRegion": place.region,
                "autoDiscovery": {"clusterName": place.cluster_name},
                "image": {"tag": settings.image_tag or CLUSTER_AUTOSCALER_IMAGES[args.kubernetes_version]},
                "rbac": {"serviceAccount": account_values(self.role)},
                "extraArgs": {
                    "expander": settings.expander.value,
                    # One group per zone stays as even as one group over all zones.
                    "balance-similar-node-groups": True,
                    # A node goes even if it has pods of kube-system: those that matter have disruption budgets.
                    "skip-nodes-with-system-pods": False,
                    # ... or scratch space: what must last is on volumes.
                    "skip-nodes-with-local-storage": False,
                },
                # Not in the way of anything: while it is away, the cluster keeps its size.
                "replicaCount": 1,
                "podDisruptionBudget": dict(DISRUPTION_BUDGET),
                "priorityClassName": CRITICAL,
                "resources": resources(*CLUSTER_AUTOSCALER, "600Mi"),
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 65534,
                    "runAsGroup": 65534,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containerSecurityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
            },
            parent=self,
            # The role's ARN does not show what it may do, and without that the pods crash.
            after=[*self.role.grants, *place.ready],
        )
        self.register_outputs({"role_arn": self.role.arn})
