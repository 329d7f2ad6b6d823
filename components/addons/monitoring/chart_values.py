"""What the chart kube-prometheus-stack is told."""

from typing import Any

import pulumi

from components.addons.ebs_csi_driver import STORAGE_CLASS
from components.addons.scheduling import resources
from components.config import PrometheusConfig
from components.requests import (
    ALERTMANAGER,
    CONFIG_RELOADER,
    GRAFANA,
    GRAFANA_SIDECAR,
    KUBE_STATE_METRICS,
    NODE_EXPORTER,
    PROMETHEUS,
    PROMETHEUS_OPERATOR,
)

_UNREACHABLE_ON_EKS = ("kubeControllerManager", "kubeScheduler", "kubeEtcd", "kubeProxy")
"""Control plane parts that AWS runs out of reach, and kube-proxy, whose metrics EKS binds to localhost."""
_SELECTORS = ("serviceMonitor", "podMonitor", "rule", "probe", "scrapeConfig")
_ALERTMANAGER_GIB = 2
"""For silences and the log of notifications."""


def chart_values(settings: PrometheusConfig, secret_name: pulumi.Input[str], keep_volumes: bool) -> dict[str, Any]:
    """Values of a stack that keeps its metrics on volumes, and Grafana's administrator in a Secret of this name."""
    claims = {"whenDeleted": "Retain" if keep_volumes else "Delete", "whenScaled": "Retain"}
    everything = {f"{kind}SelectorNilUsesHelmValues": False for kind in _SELECTORS}
    return {
        **{part: {"enabled": False} for part in _UNREACHABLE_ON_EKS},
        "prometheusOperator": {
            "resources": resources(*PROMETHEUS_OPERATOR, "256Mi"),
            "prometheusConfigReloader": {"resources": resources(*CONFIG_RELOADER, "64Mi")},
        },
        "prometheus": {
            "prometheusSpec": {
                # Monitors and rules of the program are not part of this release.
                **everything,
                "retention": f"{settings.retention_days}d",
                # Room for what is not yet compacted: a full volume stops Prometheus.
                "retentionSize": f"{settings.storage_gib * 85 // 100}GiB",
                "storageSpec": _claim(settings.storage_gib),
                "persistentVolumeClaimRetentionPolicy": claims,
                "resources": resources(*PROMETHEUS, "2Gi"),
            }
        },
        "alertmanager": {
            "alertmanagerSpec": {
                "storage": _claim(_ALERTMANAGER_GIB),
                "persistentVolumeClaimRetentionPolicy": claims,
                "resources": resources(*ALERTMANAGER, "128Mi"),
            }
        },
        "grafana": {
            "admin": {"existingSecret": secret_name, "userKey": "admin-user", "passwordKey": "admin-password"},
            # Dashboards and data sources come from ConfigMaps; a volume would only tie it to a zone.
            "persistence": {"enabled": False},
            "resources": resources(*GRAFANA, "384Mi"),
            # Each of the two that read these ConfigMaps.
            "sidecar": {"resources": resources(*GRAFANA_SIDECAR, "192Mi")},
        },
        "kube-state-metrics": {"resources": resources(*KUBE_STATE_METRICS, "256Mi")},
        "prometheus-node-exporter": {"resources": resources(*NODE_EXPORTER, "64Mi")},
    }


def _claim(gib: int) -> dict[str, Any]:
    return {
        "volumeClaimTemplate": {
            "spec": {
                "storageClassName": STORAGE_CLASS,
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": f"{gib}Gi"}},
            }
        }
    }
