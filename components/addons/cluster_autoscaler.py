"""The controller that adds nodes for pods that no node can take, and removes nodes that are hardly used."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

from pydantic import Field

from components.addons.addon import Addon, Installation
from components.addons.parts import Chart, Metrics, Pods, ServiceAccount
from components.addons.scheduling import CRITICAL, DISRUPTION_BUDGET, resources
from components.base.pods import Requests, demand
from components.base.section import Section, Switch
from components.iam.grants import AnyGrant, Grant
from components.iam.permissions import document

IMAGES = {"1.35": "v1.35.2", "1.36": "v1.36.1"}
"""Image tags by Kubernetes minor: the newest of https://github.com/kubernetes/autoscaler (2026-07-22), which has none
for 1.37 yet."""
_CHART = "cluster-autoscaler"
_REQUESTS = Requests("50m", "256Mi")


class Expander(StrEnum):
    """The rule by which the Cluster Autoscaler chooses among node groups that could grow, in its own spelling."""

    LEAST_WASTE = "least-waste"
    MOST_PODS = "most-pods"
    LEAST_NODES = "least-nodes"
    RANDOM = "random"


class ClusterAutoscalerConfig(Section):
    """Moves the size of the node groups between their `min` and `max`."""

    enabled: Switch = Field(description="true or false")
    expander: Expander = Field(
        default=Expander.LEAST_WASTE, description="least-waste, most-pods, least-nodes or random"
    )
    image_tag: str = Field(
        default="",
        pattern=r"^(v\d+\.\d+\.\d+)?$",
        description="a release of the cluster's Kubernetes minor, such as v1.36.1, or empty for the pinned one",
    )


class ClusterAutoscaler(Addon):
    """The Cluster Autoscaler. Its role may change the node groups of its own cluster only.

    It finds the groups by the tags that EKS puts on them, and simulates the scheduler of the cluster's minor.
    """

    name = "autoscaler"
    # https://github.com/kubernetes/autoscaler, cluster-autoscaler/charts/cluster-autoscaler/Chart.yaml (2026-07-21).
    source = Chart(_CHART, "9.59.0", "https://kubernetes.github.io/autoscaler")
    service_account = ServiceAccount(_CHART)
    # Its default of `--address`; its pods are labelled with the cloud's name before its own.
    metrics = Metrics("aws-cluster-autoscaler", 8085)

    def __init__(self, settings: ClusterAutoscalerConfig) -> None:
        self._settings = settings

    def pods(self) -> Pods:
        return Pods(deployed=[demand(_REQUESTS)])

    def grants(self, installation: Installation) -> Sequence[AnyGrant]:
        return [Grant("scaling", _scaling(installation.cluster_name))]

    def values(self, installation: Installation) -> Mapping[str, Any]:
        return {
            "fullnameOverride": _CHART,
            "cloudProvider": "aws",
            "awsRegion": installation.region,
            "autoDiscovery": {"clusterName": installation.cluster_name},
            "image": {"tag": self._settings.image_tag or IMAGES[installation.kubernetes_version]},
            "rbac": {"serviceAccount": installation.account_values()},
            "extraArgs": {
                "expander": self._settings.expander.value,
                # One group per zone stays as even as one group over all zones.
                "balance-similar-node-groups": True,
                # A node goes even if it has pods of kube-system: those that matter have disruption budgets.
                "skip-nodes-with-system-pods": False,
                # ... or scratch space: what must last is on volumes.
                "skip-nodes-with-local-storage": False,
            },
            # Nothing waits for it: while it is away, the cluster keeps its size.
            "replicaCount": 1,
            "podDisruptionBudget": dict(DISRUPTION_BUDGET),
            "priorityClassName": CRITICAL,
            "resources": resources(_REQUESTS, "600Mi"),
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
        }


def _scaling(cluster_name: str) -> str:
    """Sees all groups of nodes, and changes those that EKS tagged as this cluster's.

    The actions are those of https://github.com/kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/README.md
    (full feature set) at 55c37cd5 (2026-08-22).
    """
    return document(
        {
            "Effect": "Allow",
            "Action": [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": "eks:DescribeNodegroup",
            "Resource": f"arn:aws:eks:*:*:nodegroup/{cluster_name}/*",
        },
        {
            "Effect": "Allow",
            "Action": ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            "Resource": "arn:aws:autoscaling:*:*:autoScalingGroup:*",
            "Condition": {
                "StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster_name}": "owned"},
            },
        },
    )
