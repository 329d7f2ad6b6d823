"""Metrics and logs of nodes and pods in CloudWatch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from components.addons.addon import Addon, Installation
from components.addons.parts import EksAddon, Pods, ServiceAccount
from components.base.pods import Requests, demand
from components.base.section import Section, Switch
from components.iam.grants import AnyGrant, ManagedGrant

if TYPE_CHECKING:
    import pulumi

_LOGS = ("application", "dataplane", "host", "performance")
# aws-observability/helm-charts, charts/amazon-cloudwatch-observability, from which AWS makes the add-on.
_AGENT = Requests("250m", "128Mi")
_FLUENT_BIT = Requests("50m", "25Mi")
_MANAGER = Requests("100m", "64Mi")


class ContainerInsightsConfig(Section):
    """CloudWatch's view of nodes, pods and their logs."""

    enabled: Switch = Field(description="true or false")
    application_signals: Switch = Field(description="true or false: traces and latencies, billed by the request")


class ContainerInsights(Addon):
    """The EKS add-on `amazon-cloudwatch-observability`, and the log groups that it writes into.

    It brings enhanced metrics by the CloudWatch agent, container logs by Fluent Bit, and Application Signals if the
    settings say so.
    """

    name = "insights"
    source = EksAddon("amazon-cloudwatch-observability")
    service_account = ServiceAccount("cloudwatch-agent", "amazon-cloudwatch")

    def __init__(self, settings: ContainerInsightsConfig) -> None:
        self._signals = settings.application_signals

    def pods(self) -> Pods:
        return Pods(per_node=[demand(_AGENT), demand(_FLUENT_BIT)], deployed=[demand(_MANAGER)])

    def grants(self, installation: Installation) -> Sequence[AnyGrant]:
        agent = ManagedGrant("agent", "arn:aws:iam::aws:policy/CloudWatchAgentServerPolicy")
        traces = ManagedGrant("traces", "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess")
        return [agent, traces] if self._signals else [agent]

    def before(self, installation: Installation) -> Sequence[pulumi.Resource]:
        # The agents would create the groups themselves, without retention, and bring deleted ones back.
        return [
            installation.log_group(f"{kind}-logs", f"/aws/containerinsights/{installation.cluster_name}/{kind}")
            for kind in _LOGS
        ]

    def values(self, installation: Installation) -> Mapping[str, Any]:
        """The configuration. Left alone, the add-on has Application Signals on, which are billed by the request.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/install-CloudWatch-Observability-EKS-addon.html
        """
        collected: dict[str, Any] = {"kubernetes": {"enhanced_container_insights": True}}
        config: dict[str, Any] = {"logs": {"metrics_collected": collected}}
        if self._signals:
            collected["application_signals"] = {}
            config["traces"] = {"traces_collected": {"application_signals": {}}}
        return {
            "agent": {"config": config},
            "containerLogs": {"enabled": True},
            # Otherwise workloads are instrumented without being asked.
            "manager": {"applicationSignals": {"autoMonitor": {"monitorAllServices": self._signals}}},
        }
