"""What pods should ask for, by what they use."""

from dataclasses import dataclass

import pulumi

from components.addons.helm_addon import helm_release
from components.addons.place import SYSTEM_NAMESPACE, AddonPlace
from components.addons.scheduling import resources
from components.requests import VPA_RECOMMENDER
from components.versions import VERTICAL_POD_AUTOSCALER_CHART

CHART = "vertical-pod-autoscaler"
REPOSITORY = "https://kubernetes.github.io/autoscaler"


@dataclass(frozen=True)
class VerticalPodAutoscalerArgs:
    """Inputs of `VerticalPodAutoscaler`."""

    place: AddonPlace


class VerticalPodAutoscaler(pulumi.ComponentResource):
    """Creates the recommender of the Vertical Pod Autoscaler, and nothing that could change a pod.

    The horizontal autoscaler's targets are percentages of what pods ask for: changing that would fight it.
    """

    release: pulumi.Resource
    """Brings the kind VerticalPodAutoscaler."""

    def __init__(self, name: str, args: VerticalPodAutoscalerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:VerticalPodAutoscaler", name, {}, opts)
        self.release = helm_release(
            name,
            args.place.chart(CHART, VERTICAL_POD_AUTOSCALER_CHART, REPOSITORY),
            SYSTEM_NAMESPACE,
            {
                "recommender": {
                    # Nobody waits for a recommendation.
                    "replicas": 1,
                    "podDisruptionBudget": {"enabled": False},
                    "resources": resources(*VPA_RECOMMENDER, "512Mi"),
                },
                "updater": {"enabled": False},
                "admissionController": {"enabled": False},
            },
            parent=self,
            after=args.place.ready,
        )
        self.register_outputs({})
