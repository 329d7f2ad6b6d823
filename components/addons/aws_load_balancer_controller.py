"""The controller that turns Ingresses into Application Load Balancers."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from components.addons.addon import Addon, Installation
from components.addons.parts import Chart, Metrics, Pods, ServiceAccount
from components.addons.scheduling import CRITICAL, DISRUPTION_BUDGET, chart_labels, resources, spread
from components.base.pods import Requests, demand
from components.iam.grants import AnyGrant, LongGrant

_CHART = "aws-load-balancer-controller"
_REQUESTS = Requests("50m", "128Mi")


class AwsLoadBalancerController(Addon):
    """The AWS Load Balancer Controller. An Ingress needs it from its creation until its load balancer is deleted."""

    name = "alb-controller"
    # https://github.com/aws/eks-charts, stable/aws-load-balancer-controller/Chart.yaml at 52396092 (2026-08-03).
    source = Chart(
        _CHART,
        "3.5.0",
        "https://aws.github.io/eks-charts",
        definitions=(
            "albtargetcontrolconfigs.elbv2.k8s.aws",
            "globalaccelerators.aga.k8s.aws",
            "ingressclassparams.elbv2.k8s.aws",
            "listenerruleconfigurations.gateway.k8s.aws",
            "loadbalancerconfigurations.gateway.k8s.aws",
            "targetgroupbindings.elbv2.k8s.aws",
            "targetgroupconfigurations.gateway.k8s.aws",
        ),
        values_for_definitions={"clusterName": "none"},
    )
    service_account = ServiceAccount(_CHART)
    metrics = Metrics(_CHART, 8080)  # the chart's default of `metricsBindAddr`

    def __init__(self, replicas: int) -> None:
        self._replicas = replicas

    def pods(self) -> Pods:
        return Pods(deployed=[demand(_REQUESTS)] * self._replicas)

    def grants(self, installation: Installation) -> Sequence[AnyGrant]:
        return [LongGrant("policy", _policy())]

    def values(self, installation: Installation) -> Mapping[str, Any]:
        return {
            "clusterName": installation.cluster_name,
            # Both given, the controller needs no instance metadata, which pods cannot reach.
            "region": installation.region,
            "vpcId": installation.vpc_id,
            "serviceAccount": installation.account_values(),
            "replicaCount": self._replicas,
            "podDisruptionBudget": dict(DISRUPTION_BUDGET),
            "priorityClassName": CRITICAL,
            "topologySpreadConstraints": spread(chart_labels(_CHART)),
            "resources": resources(_REQUESTS, "256Mi"),
            # It would make the creation of every Service in the cluster wait for this release.
            "enableServiceMutatorWebhook": False,
            # A new certificate at every upgrade would break the webhooks until the pods restart.
            "keepTLSSecret": True,
        }


def _policy() -> str:
    """The controller's permissions, as its project publishes them.

    https://github.com/kubernetes-sigs/aws-load-balancer-controller, docs/install/iam_policy.json at 225f4456
    (2026-08-17; unchanged since 2025-03-27).
    """
    published = json.loads(Path(__file__).with_suffix(".json").read_text())
    # IAM's limit counts characters.
    return json.dumps(published, separators=(",", ":"))
