"""cluster-autoscaler: its Deployment and what belongs to it. What it does is in `controllers/cluster_autoscaler.py`."""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes import manifests
from emulator.kubernetes.api import Object
from emulator.kubernetes.charts.chart import Chart, Rendering, keys

NAME = "cluster-autoscaler"

_KEYS = keys(
    "additionalLabels", "affinity", "autoscalingGroups", "autoscalingGroupsnamePrefix", "awsAccessKeyID", "awsRegion",
    "awsSecretAccessKey", "cloudConfigPath", "cloudProvider", "containerSecurityContext", "customArgs", "deployment",
    "dnsConfig", "dnsPolicy", "envFromConfigMap", "envFromSecret", "expanderPriorities", "extraArgs", "extraEnv",
    "extraEnvConfigMaps", "extraEnvSecrets", "extraObjects", "extraVolumeMounts", "extraVolumeSecrets", "extraVolumes",
    "fullnameOverride", "hostNetwork", "initContainers", "kubeTargetVersionOverride", "kwokConfigMapName",
    "nameOverride", "nodeSelector", "podAnnotations", "podDisruptionBudget", "podLabels", "priorityClassName",
    "priorityConfigMapAnnotations", "prometheusRule", "replicaCount", "resources", "revisionHistoryLimit",
    "secretKeyRefNameOverride", "securityContext", "service", "serviceMonitor", "tolerations",
    "topologySpreadConstraints", "updateStrategy", "vpa",
    autoDiscovery=keys("clusterName", "labels", "namespace", "roles", "tags"),
    image=keys("pullPolicy", "pullSecrets", "repository", "tag"),
    rbac=keys(
        "additionalRules", "annotations", "clusterScoped", "create", "pspEnabled",
        serviceAccount=keys("annotations", "automountServiceAccountToken", "create", "name"),
    ),
)  # fmt: skip
_DEFAULTS: Mapping[str, Any] = {
    "replicaCount": 1,
    "cloudProvider": "aws",
    "priorityClassName": "system-cluster-critical",
    "image": {"repository": "registry.k8s.io/autoscaling/cluster-autoscaler", "tag": "v1.35.0"},
    "rbac": {"create": True, "serviceAccount": {"create": True, "name": "", "annotations": {}}},
    "podDisruptionBudget": {"maxUnavailable": 1},
    "extraArgs": {"logtostderr": True, "stderrthreshold": "info", "v": 4},
}
_PASSED_ON = ("nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "securityContext")


def _render(rendering: Rendering) -> list[Object]:
    values, namespace = rendering.values, rendering.namespace
    name = str(values.get("fullnameOverride") or f"{rendering.release}-{values['cloudProvider']}-{NAME}")
    labels = {
        "app.kubernetes.io/name": f"{values['cloudProvider']}-{NAME}",
        "app.kubernetes.io/instance": rendering.release,
    }
    account = values["rbac"]["serviceAccount"]
    account_name = account.get("name") or name
    container = {
        "name": f"{values['cloudProvider']}-{NAME}",
        "image": f"{values['image']['repository']}:{values['image']['tag']}",
        "command": ["./cluster-autoscaler", *_arguments(values)],
        "resources": values.get("resources", {}),
        "securityContext": values.get("containerSecurityContext", {}),
    }
    pod = {
        "serviceAccountName": account_name,
        "priorityClassName": values["priorityClassName"],
        **{key: values[key] for key in _PASSED_ON if values.get(key)},
    }
    objects = [
        manifests.disruption_budget(name, namespace, labels, values["podDisruptionBudget"]),
        manifests.deployment(name, namespace, labels, [container], values["replicaCount"], pod),
    ]
    if account["create"]:
        annotations = account.get("annotations") or {}
        objects.insert(0, manifests.service_account(account_name, namespace, annotations=annotations))
    return objects


def _arguments(values: Mapping[str, Any]) -> list[str]:
    cluster = values["autoDiscovery"]["clusterName"]
    tags = values["autoDiscovery"].get("tags") or [
        "k8s.io/cluster-autoscaler/enabled",
        f"k8s.io/cluster-autoscaler/{cluster}",
    ]
    extra = [
        f"--{key}={str(value).lower() if isinstance(value, bool) else value}"
        for key, value in values["extraArgs"].items()
    ]
    discovery = f"--node-group-auto-discovery=asg:tag={','.join(tags)}"
    return [f"--cloud-provider={values['cloudProvider']}", f"--namespace={NAME}", discovery, *extra]


CHART = Chart(
    name=NAME,
    repository="https://kubernetes.github.io/autoscaler",
    versions={"9.59.0": "1.35.0"},
    keys=_KEYS,
    defaults=_DEFAULTS,
    render=_render,
    required=("autoDiscovery.clusterName",),
)
