"""Configuration of what runs in the cluster so that workloads can."""

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from components.config.section import Section, Switch

CHARTS = (
    "aws-load-balancer-controller",
    "external-secrets",
    "cluster-autoscaler",
    "kube-prometheus-stack",
    "vertical-pod-autoscaler",
)
"""Helm charts of this program."""


def _known_chart(name: str) -> str:
    if name not in CHARTS:
        raise ValueError(f"{name} is not a chart of this program")
    return name


_Repository = Annotated[str, Field(pattern=r"^(https://\S+|oci://[A-Za-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)*/?)$")]
"""In a registry, the folder of the chart: without its name, tag or digest."""

ChartRepositories = dict[Annotated[str, AfterValidator(_known_chart)], _Repository]


class Expander(StrEnum):
    """Which node group grows if several could, as the Cluster Autoscaler spells it."""

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


class ContainerInsightsConfig(Section):
    """CloudWatch's view of nodes, pods and their logs."""

    enabled: Switch = Field(description="true or false")
    application_signals: Switch = Field(description="true or false: traces and latencies, billed by the request")


class PrometheusConfig(Section):
    """Prometheus, Alertmanager and Grafana."""

    enabled: Switch = Field(description="true or false")
    retention_days: int = Field(ge=1, le=365, description="days that metrics are kept, 1 to 365")
    storage_gib: int = Field(ge=10, le=16384, description="GiB of Prometheus' volume, 10 to 16384; it can only grow")


class VerticalPodAutoscalerConfig(Section):
    """What the services' pods should ask for, as a recommendation."""

    enabled: Switch = Field(description="true or false")


class AddonsConfig(Section):
    """Add-ons that a stack may do without, and how many pods the indispensable ones have."""

    replicas: int = Field(
        default=2, ge=2, le=5, description="2 to 5 pods of each add-on that requests or new objects wait for"
    )
    cluster_autoscaler: ClusterAutoscalerConfig = Field(description="a mapping with enabled, expander and imageTag")
    container_insights: ContainerInsightsConfig = Field(description="a mapping with enabled and applicationSignals")
    prometheus: PrometheusConfig = Field(description="a mapping with enabled, retentionDays and storageGib")
    vertical_pod_autoscaler: VerticalPodAutoscalerConfig = Field(description="a mapping with enabled")
