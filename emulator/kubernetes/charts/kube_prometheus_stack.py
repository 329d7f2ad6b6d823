"""kube-prometheus-stack: the operator and what runs beside Prometheus, Alertmanager and their custom resources.

The StatefulSets follow from the custom resources, see `controllers/prometheus_operator.py`.
"""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes import manifests
from emulator.kubernetes.api import Object
from emulator.kubernetes.charts.chart import Chart, Rendering
from emulator.kubernetes.charts.kube_prometheus_values import DEFAULTS, KEYS
from emulator.kubernetes.charts.prometheus_definitions import API_VERSION, DEFINITIONS

NAME = "kube-prometheus-stack"
OPERATOR = "kube-prometheus-stack-prometheus-operator"

_NIL = "NilUsesHelmValues"
_SECURITY = {**manifests.RESTRICTED, **manifests.SECCOMP, "runAsUser": 65534}
_PASSED_ON = ("nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName")


def _render(rendering: Rendering) -> list[Object]:
    values, name = rendering.values, _fullname(rendering)
    objects: list[Object] = []
    if values["prometheusOperator"]["enabled"]:
        objects += _deployment(rendering, f"{name}-operator", OPERATOR, values["prometheusOperator"])
    if values["prometheus"]["enabled"]:
        objects += _custom(rendering, "Prometheus", f"{name}-prometheus", values["prometheus"]["prometheusSpec"])
    if values["alertmanager"]["enabled"]:
        specification = values["alertmanager"]["alertmanagerSpec"]
        objects += _custom(rendering, "Alertmanager", f"{name}-alertmanager", specification)
    if values["grafana"]["enabled"]:
        objects += _grafana(rendering, f"{rendering.release}-grafana")
    if values["kubeStateMetrics"]["enabled"]:
        own = values["kube-state-metrics"]
        objects += _deployment(rendering, f"{rendering.release}-kube-state-metrics", "kube-state-metrics", own)
    if values["nodeExporter"]["enabled"]:
        objects += _node_exporter(rendering, f"{rendering.release}-prometheus-node-exporter")
    return objects


def _fullname(rendering: Rendering) -> str:
    """The chart cuts it to leave room for what is appended."""
    override, release = rendering.values.get("fullnameOverride"), rendering.release
    name = rendering.values.get("nameOverride") or NAME
    return str(override or (release if name in release else f"{release}-{name}"))[:26].rstrip("-")


def _labels(rendering: Rendering, label: str) -> dict[str, str]:
    return {"app.kubernetes.io/name": label, "app.kubernetes.io/instance": rendering.release}


def _deployment(rendering: Rendering, name: str, label: str, values: Mapping[str, Any]) -> list[Object]:
    container = {
        "name": label,
        "image": f"quay.io/emulated/{label}",
        "resources": values.get("resources") or {},
        "securityContext": values.get("containerSecurityContext") or _SECURITY,
    }
    pod = {"serviceAccountName": name, **{key: values[key] for key in _PASSED_ON if values.get(key)}}
    labels = _labels(rendering, label)
    return [
        manifests.service_account(name, rendering.namespace),
        manifests.deployment(name, rendering.namespace, labels, [container], int(values.get("replicas") or 1), pod),
    ]


def _custom(rendering: Rendering, kind: str, name: str, specification: Mapping[str, Any]) -> list[Object]:
    return [
        manifests.service_account(name, rendering.namespace),
        {
            "apiVersion": API_VERSION,
            "kind": kind,
            "metadata": manifests.metadata(name, rendering.namespace, {"release": rendering.release}),
            "spec": {"serviceAccountName": name, **_specification(specification, rendering.release)},
        },
    ]


def _specification(values: Mapping[str, Any], release: str) -> dict[str, Any]:
    """The custom resource's spec from the chart's values, which differ in the storage and in what is selected.

    Unless `<kind>SelectorNilUsesHelmValues` is false, a selector that is not set takes what the release brings.
    """
    spec = {key: value for key, value in values.items() if not key.endswith(_NIL) and key != "storageSpec"}
    if values.get("storageSpec"):
        spec["storage"] = values["storageSpec"]
    for key in (each for each in values if each.endswith(_NIL)):
        selector = key.removesuffix(_NIL)
        spec[selector] = spec.get(selector) or ({"matchLabels": {"release": release}} if values[key] else {})
    return spec


def _grafana(rendering: Rendering, name: str) -> list[Object]:
    """Grafana reads its password from the Secret that the program names, else from one of its own."""
    values, namespace = rendering.values["grafana"], rendering.namespace
    admin, objects = values.get("admin") or {}, list[Object]()
    secret = admin.get("existingSecret") or name
    if not admin.get("existingSecret"):
        content = {"admin-user": "admin", "admin-password": str(values.get("adminPassword") or "prom-operator")}
        objects.append(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": manifests.metadata(name, namespace, _labels(rendering, "grafana")),
                "stringData": content,
            }
        )
    account, deployment = _deployment(rendering, name, "grafana", values)
    reference = {"secretKeyRef": {"name": secret, "key": admin.get("passwordKey") or "admin-password"}}
    specification = deployment["spec"]["template"]["spec"]
    specification["containers"][0]["env"] = [{"name": "GF_SECURITY_ADMIN_PASSWORD", "valueFrom": reference}]
    persistence = values.get("persistence") or {}
    if persistence.get("enabled"):
        claim = {
            "accessModes": persistence.get("accessModes") or ["ReadWriteOnce"],
            "resources": {"requests": {"storage": persistence.get("size") or "10Gi"}},
            **({"storageClassName": persistence["storageClassName"]} if persistence.get("storageClassName") else {}),
        }
        metadata = manifests.metadata(name, namespace)
        objects.append({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": metadata, "spec": claim})
        specification["volumes"] = [{"name": "storage", "persistentVolumeClaim": {"claimName": name}}]
        deployment["spec"]["strategy"] = values.get("deploymentStrategy") or {"type": "RollingUpdate"}
    return [*objects, account, deployment]


def _node_exporter(rendering: Rendering, name: str) -> list[Object]:
    """It looks at the host: Pod Security must admit host namespaces and paths where it runs."""
    values = rendering.values["prometheus-node-exporter"]
    container = {
        "name": "node-exporter",
        "image": "quay.io/prometheus/node-exporter",
        "ports": [{"name": "http-metrics", "containerPort": 9100, "hostPort": 9100}],
        "resources": values.get("resources") or {},
        "securityContext": {"readOnlyRootFilesystem": True},
        "volumeMounts": [{"name": "root", "mountPath": "/host/root", "readOnly": True}],
    }
    pod = {
        "serviceAccountName": name,
        "hostNetwork": values.get("hostNetwork", True),
        "hostPID": values.get("hostPID", True),
        "securityContext": {"runAsNonRoot": True, "runAsUser": 65534},
        "volumes": [{"name": "root", "hostPath": {"path": "/"}}],
        "tolerations": values.get("tolerations") or [{"effect": "NoSchedule", "operator": "Exists"}],
        "priorityClassName": values.get("priorityClassName") or "",
    }
    labels = _labels(rendering, "prometheus-node-exporter")
    return [
        manifests.service_account(name, rendering.namespace),
        manifests.daemon_set(name, rendering.namespace, labels, [container], pod),
    ]


CHART = Chart(
    name=NAME,
    repository="https://prometheus-community.github.io/helm-charts",
    versions={"88.5.3": "v0.93.1"},
    keys=KEYS,
    defaults=DEFAULTS,
    render=_render,
    crds=DEFINITIONS,
)
