"""Which values kube-prometheus-stack has, and the defaults that the stand-in depends on.

Names are those of https://github.com/prometheus-community/helm-charts, charts/kube-prometheus-stack/values.yaml; those
of the charts inside it are in `kube_prometheus_subcharts.py`. What goes into the custom resources is not checked here.
"""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes.charts.chart import keys
from emulator.kubernetes.charts.kube_prometheus_subcharts import GRAFANA, KUBE_STATE_METRICS, NODE_EXPORTER

_MONITOR = keys("enabled", "endpoints", "jobNameOverride", "service", "serviceMonitor")
_TOOL = (
    "annotations", "enabled", "extraSecret", "ingress", "ingressPerReplica", "namespaceOverride", "networkPolicy",
    "podDisruptionBudget", "route", "service", "serviceAccount", "serviceMonitor", "servicePerReplica",
)  # fmt: skip
KEYS = keys(
    "additionalPrometheusRules", "additionalPrometheusRulesMap", "cleanPrometheusOperatorObjectNames", "commonLabels",
    "coreDns", "customRules", "extraManifests", "fullnameOverride", "global", "kubeApiServer",
    "kubeTargetVersionOverride", "kubeVersionOverride", "kubelet", "nameOverride", "namespaceOverride",
    "prometheus-windows-exporter", "thanosRuler", "windowsMonitoring",
    grafana=GRAFANA,
    crds=keys("enabled", "upgradeJob"),
    defaultRules=keys(
        "additionalAggregationLabels", "additionalRuleAnnotations", "additionalRuleGroupAnnotations",
        "additionalRuleGroupLabels", "additionalRuleLabels", "annotations", "appNamespacesOperator",
        "appNamespacesTarget", "create", "disabled", "keepFiringFor", "labels", "node", "rules", "runbookUrl",
    ),
    kubeControllerManager=_MONITOR, kubeDns=_MONITOR, kubeEtcd=_MONITOR, kubeProxy=_MONITOR, kubeScheduler=_MONITOR,
    kubeStateMetrics=keys("enabled"),
    nodeExporter=keys("enabled", "operatingSystems", "forceDeployDashboards"),
    alertmanager=keys(
        *_TOOL, "additionalLabels", "alertmanagerSpec", "apiVersion", "config", "enableFeatures",
        "forceDeployDashboards", "secret", "stringConfig", "templateFiles", "tplConfig",
    ),
    prometheus=keys(
        *_TOOL, "additionalLabels", "additionalPodMonitors", "additionalRulesForClusterRole",
        "additionalServiceMonitors", "agentMode", "prometheusSpec", "thanosIngress", "thanosService",
        "thanosServiceExternal", "thanosServiceMonitor",
    ),
    prometheusOperator=keys(
        "affinity", "alertmanagerConfigNamespaces", "alertmanagerConfigSelector", "alertmanagerInstanceNamespaces",
        "alertmanagerInstanceSelector", "annotations", "automountServiceAccountToken", "clusterDomain",
        "containerSecurityContext", "denyNamespaces", "dnsConfig", "enabled", "env", "extraArgs", "extraVolumeMounts",
        "extraVolumes", "fullnameOverride", "hostNetwork", "image", "kubeletEndpointSliceEnabled",
        "kubeletEndpointsEnabled", "kubeletService", "labels", "livenessProbe", "logFormat", "logLevel", "namespaces",
        "networkPolicy", "nodeSelector", "podAnnotations", "podDisruptionBudget", "podLabels", "priorityClassName",
        "prometheusConfigReloader", "prometheusDefaultBaseImage", "prometheusDefaultBaseImageRegistry",
        "prometheusInstanceNamespaces", "prometheusInstanceSelector", "readinessProbe", "resources",
        "revisionHistoryLimit", "secretFieldSelector", "securityContext", "service", "serviceAccount",
        "serviceMonitor", "strategy", "terminationGracePeriodSeconds", "thanosImage", "thanosRulerInstanceNamespaces",
        "thanosRulerInstanceSelector", "tolerations", "topologySpreadConstraints", "verticalPodAutoscaler",
        "alertmanagerDefaultBaseImage", "alertmanagerDefaultBaseImageRegistry", "lifecycle", "replicas",
        admissionWebhooks=keys(
            "annotations", "caBundle", "certManager", "createSecretJob", "deployment", "enabled", "failurePolicy",
            "mutatingWebhookConfiguration", "namespaceSelector", "objectSelector", "patch", "patchWebhookJob",
            "timeoutSeconds", "validatingWebhookConfiguration", "matchConditions",
        ),
        tls=keys("enabled", "internalPort", "tlsMinVersion"),
    ),
    **{"kube-state-metrics": KUBE_STATE_METRICS, "prometheus-node-exporter": NODE_EXPORTER},
)  # fmt: skip
DEFAULTS: Mapping[str, Any] = {
    "prometheusOperator": {"enabled": True},
    "prometheus": {
        "enabled": True,
        "prometheusSpec": {
            "replicas": 1, "retention": "10d", "ruleSelectorNilUsesHelmValues": True,
            "serviceMonitorSelectorNilUsesHelmValues": True, "podMonitorSelectorNilUsesHelmValues": True,
            "probeSelectorNilUsesHelmValues": True, "scrapeConfigSelectorNilUsesHelmValues": True,
        },
    },
    "alertmanager": {"enabled": True, "alertmanagerSpec": {"replicas": 1}},
    "grafana": {"enabled": True},
    "kubeStateMetrics": {"enabled": True},
    "kube-state-metrics": {},
    "nodeExporter": {"enabled": True},
    "prometheus-node-exporter": {},
}  # fmt: skip
