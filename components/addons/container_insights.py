"""Metrics and logs of nodes and pods in CloudWatch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.addons.place import AddonPlace
from components.config import ContainerInsightsConfig
from components.identity import ServiceAccountRole
from components.managed_addon import managed_addon

ADDON = "amazon-cloudwatch-observability"
_NAMESPACE = "amazon-cloudwatch"
_SERVICE_ACCOUNT = "cloudwatch-agent"
_LOGS = ("application", "dataplane", "host", "performance")
_AGENT_POLICY = "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy"
_TRACES_POLICY = "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess"


@dataclass(frozen=True)
class ContainerInsightsArgs:
    """Inputs of `ContainerInsights`."""

    place: AddonPlace
    settings: ContainerInsightsConfig
    log_retention_days: int
    logs_key_arn: pulumi.Input[str]


class ContainerInsights(pulumi.ComponentResource):
    """Creates the EKS add-on `amazon-cloudwatch-observability`, its role, and the log groups that it writes into.

    Enhanced metrics by the CloudWatch agent, container logs by Fluent Bit; Application Signals as configured.
    """

    role: ServiceAccountRole

    def __init__(self, name: str, args: ContainerInsightsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:ContainerInsights", name, {}, opts)
        place, signals = args.place, args.settings.application_signals
        self.role = place.role(name, _SERVICE_ACCOUNT, self, _NAMESPACE)
        self.role.allow_managed("agent", _AGENT_POLICY)
        if signals:
            self.role.allow_managed("traces", _TRACES_POLICY)
        groups = [
            aws.cloudwatch.LogGroup(
                f"{name}-{kind}-logs",
                name=f"/aws/containerinsights/{place.cluster_name}/{kind}",
                retention_in_days=args.log_retention_days,
                kms_key_id=args.logs_key_arn,
                opts=pulumi.ResourceOptions(parent=self),
            )
            for kind in _LOGS
        ]
        managed_addon(
            f"{name}-addon",
            place.addon(ADDON),
            _settings(signals),
            parent=self,
            # The agents would make the groups themselves, without retention, and bring deleted ones back. Without the
            # grants the add-on is active too, and its agents log nothing but errors, at the beginning and the end.
            after=[*groups, *self.role.grants, *place.ready],
            role_arn=self.role.arn,
        )
        self.register_outputs({"role_arn": self.role.arn})


def _settings(signals: bool) -> Mapping[str, Any]:
    """The add-on's configuration. Left alone, it has Application Signals on, which are billed by the request.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
    """
    collected: dict[str, Any] = {"kubernetes": {"enhanced_container_insights": True}}
    config: dict[str, Any] = {"logs": {"metrics_collected": collected}}
    if signals:
        collected["application_signals"] = {}
        config["traces"] = {"traces_collected": {"application_signals": {}}}
    return {
        "agent": {"config": config},
        "containerLogs": {"enabled": True},
        # Whether workloads are instrumented without being asked.
        "manager": {"applicationSignals": {"autoMonitor": {"monitorAllServices": signals}}},
    }
