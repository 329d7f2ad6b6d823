"""Recommendations of what pods should request, by what they use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pydantic import Field

from components.addons.addon import Addon, Installation
from components.addons.parts import Chart, Pods, WatchedService
from components.addons.scheduling import resources
from components.base.pods import Requests, demand
from components.base.section import Section, Switch

if TYPE_CHECKING:
    import pulumi

_REQUESTS = Requests("50m", "256Mi")


class VerticalPodAutoscalerConfig(Section):
    """Recommends what the services' pods should request."""

    enabled: Switch = Field(description="true or false")


class VerticalPodAutoscaler(Addon):
    """The recommender of the Vertical Pod Autoscaler, and nothing that could change a pod.

    The targets of the horizontal autoscaler are percentages of what pods request: changing that would fight it.
    """

    name = "recommender"
    # Recommender 1.7.1: https://github.com/kubernetes/autoscaler, vertical-pod-autoscaler/charts/
    # vertical-pod-autoscaler/Chart.yaml at 55c37cd5 (2026-08-22).
    source = Chart(
        "vertical-pod-autoscaler",
        "0.11.0",
        "https://kubernetes.github.io/autoscaler",
        definitions=(
            "verticalpodautoscalercheckpoints.autoscaling.k8s.io",
            "verticalpodautoscalers.autoscaling.k8s.io",
        ),
    )

    def pods(self) -> Pods:
        return Pods(deployed=[demand(_REQUESTS)])

    def values(self, installation: Installation) -> Mapping[str, Any]:
        return {
            "recommender": {
                # Nobody waits for a recommendation.
                "replicas": 1,
                "podDisruptionBudget": {"enabled": False},
                "resources": resources(_REQUESTS, "512Mi"),
            },
            "updater": {"enabled": False},
            "admissionController": {"enabled": False},
        }

    def for_service(self, service: WatchedService, opts: pulumi.ResourceOptions) -> None:
        """Creates the VerticalPodAutoscaler of the service's Deployment, which recommends and changes no pod."""
        import pulumi_kubernetes as kubernetes

        kubernetes.apiextensions.CustomResource(
            f"{service.resource_name}-recommendation",
            api_version="autoscaling.k8s.io/v1",
            kind="VerticalPodAutoscaler",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=service.name, namespace=service.namespace, labels=service.labels
            ),
            spec={
                "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": service.name},
                "updatePolicy": {"updateMode": "Off"},
            },
            opts=opts,
        )
