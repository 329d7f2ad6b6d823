"""The chart of Prometheus, Alertmanager and Grafana, and the custom resource definitions that it brings."""

from components.addons.parts import Chart

_KINDS = (
    "alertmanagerconfigs", "alertmanagers", "podmonitors", "probes", "prometheusagents", "prometheuses",
    "prometheusrules", "scrapeconfigs", "servicemonitors", "thanosrulers",
)  # fmt: skip

CHART = Chart(
    # Operator v0.93.1: https://github.com/prometheus-community/helm-charts, charts/kube-prometheus-stack/Chart.yaml at
    # cf408a29 (2026-08-22).
    "kube-prometheus-stack",
    "88.5.3",
    "https://prometheus-community.github.io/helm-charts",
    definitions=tuple(f"{kind}.monitoring.coreos.com" for kind in _KINDS),
    values_for_definitions={
        "defaultRules": {"create": False},
        **{part: {"enabled": False} for part in ("grafana", "kubeStateMetrics", "nodeExporter")},
    },
)
