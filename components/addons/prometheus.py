"""Metrics of the cluster and the shop, their dashboards, and their alerts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import Field

from components.addons import alertmanager
from components.addons.addon import Addon, Installation
from components.addons.ebs_csi_driver import EbsCsiDriver, volume_claim
from components.addons.parts import Metrics, Pods, ServiceAccount, WatchedService
from components.addons.prometheus_chart import CHART
from components.addons.scheduling import resources
from components.addons.shop_alerts import shop_alerts
from components.addons.shop_dashboard import LABEL, shop_dashboard
from components.base.pods import Requests, demand
from components.base.section import Section, Switch
from components.iam.grants import AnyGrant

if TYPE_CHECKING:
    import pulumi

NAMESPACE = "monitoring"
_API_VERSION = "monitoring.coreos.com/v1"
_PROMETHEUS = Requests("200m", "1Gi")
_OPERATOR = Requests("50m", "128Mi")
_CONFIG_RELOADER = Requests("10m", "50Mi")
_GRAFANA = Requests("50m", "192Mi")
_GRAFANA_SIDECAR = Requests("10m", "96Mi")
_KUBE_STATE_METRICS = Requests("10m", "64Mi")
_NODE_EXPORTER = Requests("10m", "32Mi")
_UNREACHABLE_ON_EKS = ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy")
"""Control plane parts that AWS runs out of reach, and kube-proxy, whose metrics EKS binds to localhost."""
_SELECTORS = ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig")


class PrometheusConfig(Section):
    """Prometheus, Alertmanager and Grafana."""

    enabled: Switch = Field(description="true or false")
    retention_days: int = Field(ge=1, le=365, description="days that metrics are kept, 1 to 365")
    storage_gib: int = Field(ge=10, le=16384, description="GiB of Prometheus' volume, 10 to 16384; it can only grow")


class Prometheus(Addon):
    """The kube-prometheus-stack in its namespace `monitoring`, and what it watches and alerts about.

    Metrics are on volumes, which stay in a protected stack if the release goes. The password of Grafana's administrator
    is generated into Secrets Manager (`<prefix>-grafana`) and read from there. Its role is Alertmanager's.
    """

    name = "prometheus"
    source = CHART
    namespace = NAMESPACE
    service_account = ServiceAccount(alertmanager.ACCOUNT, NAMESPACE)

    def __init__(self, settings: PrometheusConfig, topics: Mapping[str, pulumi.Input[str]]) -> None:
        """
        Args:
            topics: ARNs of the SNS topics that Alertmanager tells: `critical`, `warning` and `watchdog`.
        """
        self._settings = settings
        self._topics = topics
        self._administrator: pulumi.Input[str] = ""

    def pods(self) -> Pods:
        return Pods(
            per_node=[demand(_NODE_EXPORTER)],
            deployed=[
                *(demand(_PROMETHEUS, _CONFIG_RELOADER), demand(alertmanager.REQUESTS, _CONFIG_RELOADER)),
                *(demand(_GRAFANA, _GRAFANA_SIDECAR, _GRAFANA_SIDECAR), demand(_OPERATOR)),
                demand(_KUBE_STATE_METRICS),
            ],
        )

    def grants(self, installation: Installation) -> Sequence[AnyGrant]:
        return [alertmanager.publish(installation, self._topics)]

    def before(self, installation: Installation) -> Sequence[pulumi.Resource]:
        """Creates the namespace, and the Secret of Grafana's administrator."""
        namespace = installation.new_namespace(
            NAMESPACE,
            # Node exporter reads the host's network, processes and file system, which no other level admits.
            {"pod-security.kubernetes.io/enforce": "privileged"},
            # Claims go with the namespace: their driver has to be there until the last one is deleted.
            installation.ready(EbsCsiDriver),
        )
        self._administrator = installation.generated_secret(
            "grafana", "Grafana's administrator", {"admin-user": "admin"}, "admin-password", NAMESPACE, namespace
        )
        return [namespace]

    def values(self, installation: Installation) -> Mapping[str, Any]:
        claims = {"whenDeleted": "Retain" if installation.protected else "Delete", "whenScaled": "Retain"}
        return {
            **{part: {"enabled": False} for part in _UNREACHABLE_ON_EKS},
            "prometheusOperator": {
                "resources": resources(_OPERATOR, "256Mi"),
                "prometheusConfigReloader": {"resources": resources(_CONFIG_RELOADER, "64Mi")},
            },
            "prometheus": {
                "prometheusSpec": {
                    # Monitors and rules of the program are not part of this release.
                    **{f"{kind}SelectorNilUsesHelmValues": False for kind in _SELECTORS},
                    "retention": f"{self._settings.retention_days}d",
                    # The rest is for what is not yet compacted: a full volume stops Prometheus.
                    "retentionSize": f"{self._settings.storage_gib * 85 // 100}GiB",
                    "storageSpec": volume_claim(self._settings.storage_gib),
                    "persistentVolumeClaimRetentionPolicy": claims,
                    "resources": resources(_PROMETHEUS, "2Gi"),
                }
            },
            "alertmanager": alertmanager.values(installation, self._topics, claims),
            "grafana": {
                "admin": {
                    "existingSecret": self._administrator,
                    "userKey": "admin-user",
                    "passwordKey": "admin-password",
                },
                # Dashboards and data sources come from ConfigMaps; a volume would only tie it to a zone.
                "persistence": {"enabled": False},
                "resources": resources(_GRAFANA, "384Mi"),
                # Each of the two that read these ConfigMaps.
                "sidecar": {"resources": resources(_GRAFANA_SIDECAR, "192Mi")},
            },
            "kube-state-metrics": {"resources": resources(_KUBE_STATE_METRICS, "256Mi")},
            "prometheus-node-exporter": {"resources": resources(_NODE_EXPORTER, "64Mi")},
        }

    def after(self, installation: Installation, installed: pulumi.Resource) -> pulumi.Resource:
        """Creates the monitors of the other add-ons, the alerts, and Grafana's dashboard of the shop."""
        import pulumi_kubernetes as kubernetes

        # Not by the charts of the add-ons: these would wait for this release, which waits for one of them.
        for addon in installation.addons:
            if metrics := addon.metrics:
                spec = _monitor(metrics, addon.namespace)
                _custom(installation, installed, f"{metrics.label}-monitor", "PodMonitor", metrics.label, spec)
        alerts = [rule for addon in installation.addons for rule in addon.alerts(installation.shop_namespace)]
        groups = shop_alerts(installation.shop_namespace, alerts)
        _custom(installation, installed, "shop-alerts", "PrometheusRule", "openmarket", {"groups": groups})
        dashboard = shop_dashboard(installation.shop_namespace, installation.region)
        kubernetes.core.v1.ConfigMap(
            f"{installation.name}-dashboard",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name="openmarket-dashboard", namespace=NAMESPACE, labels=LABEL),
            data={"openmarket.json": json.dumps(dashboard)},
            opts=installation.child(installed),
        )
        return installed

    def for_service(self, service: WatchedService, opts: pulumi.ResourceOptions) -> None:
        """Creates the ServiceMonitor of a service with metrics.

        It goes by the Service, so that the metrics have its name in the label `service`.
        """
        import pulumi_kubernetes as kubernetes

        if not service.metrics_path:
            return
        kubernetes.apiextensions.CustomResource(
            f"{service.resource_name}-service-monitor",
            api_version=_API_VERSION,
            kind="ServiceMonitor",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=service.name, namespace=service.namespace, labels=service.labels
            ),
            spec={
                "selector": {"matchLabels": dict(service.labels)},
                "endpoints": [{"port": "http", "path": service.metrics_path}],
            },
            opts=opts,
        )


def _custom(
    installation: Installation, installed: pulumi.Resource, what: str, kind: str, name: str, spec: Mapping[str, Any]
) -> None:
    import pulumi_kubernetes as kubernetes

    kubernetes.apiextensions.CustomResource(
        f"{installation.name}-{what}",
        api_version=_API_VERSION,
        kind=kind,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=name, namespace=NAMESPACE),
        spec=dict(spec),
        opts=installation.child(installed),
    )


def _monitor(metrics: Metrics, namespace: str) -> dict[str, Any]:
    """The spec of a PodMonitor. It goes by port number, as not every chart names its port."""
    labels = {"honorLabels": True} if metrics.own_namespaces else {}
    return {
        "namespaceSelector": {"matchNames": [namespace]},
        "selector": {"matchLabels": {"app.kubernetes.io/name": metrics.label}},
        "podMetricsEndpoints": [{"portNumber": metrics.port, "path": "/metrics", **labels}],
    }
