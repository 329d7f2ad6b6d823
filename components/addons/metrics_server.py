"""The metrics that autoscalers of pods decide on, and `kubectl top` shows."""

from dataclasses import dataclass

import pulumi

from components.addons.place import AddonPlace
from components.addons.scheduling import DISRUPTION_BUDGET, chart_labels, spread
from components.managed_addon import managed_addon

ADDON = "metrics-server"


@dataclass(frozen=True)
class MetricsServerArgs:
    """Inputs of `MetricsServer`."""

    place: AddonPlace


class MetricsServer(pulumi.ComponentResource):
    """Creates the EKS add-on `metrics-server`. It needs nothing of AWS, so it has no role."""

    def __init__(self, name: str, args: MetricsServerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:MetricsServer", name, {}, opts)
        managed_addon(
            f"{name}-addon",
            args.place.addon(ADDON),
            {
                "replicas": args.place.replicas,
                "podDisruptionBudget": {"enabled": True, **DISRUPTION_BUDGET},
                "topologySpreadConstraints": spread(chart_labels(ADDON)),
            },
            parent=self,
            after=args.place.ready,
        )
        self.register_outputs({})
