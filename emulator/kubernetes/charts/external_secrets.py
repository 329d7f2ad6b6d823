"""external-secrets: operator, webhook and certificate controller, with CRDs.

What it does once it runs is in `controllers/external_secrets.py`.
"""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes import manifests
from emulator.kubernetes.api import Object
from emulator.kubernetes.charts.aws_load_balancer_controller import fullname
from emulator.kubernetes.charts.chart import Chart, Rendering, keys

NAME = "external-secrets"

_POD_KEYS = (
    "affinity", "deploymentAnnotations", "extraArgs", "extraEnv", "extraVolumeMounts", "extraVolumes", "hostNetwork",
    "hostUsers", "image", "imagePullSecrets", "log", "nodeSelector", "podAnnotations", "podDisruptionBudget",
    "podLabels", "podSecurityContext", "priorityClassName", "rbac", "replicaCount", "resources",
    "revisionHistoryLimit", "securityContext", "service", "strategy", "tolerations", "topologySpreadConstraints",
)  # fmt: skip
_ACCOUNT = keys("create", "automount", "annotations", "extraLabels", "name")
_KEYS = keys(
    *_POD_KEYS, "bitwarden-sdk-server", "commonLabels", "concurrent", "controllerClass", "createOperator", "dnsConfig",
    "dnsPolicy", "enableHTTP2", "extendedMetricLabels", "extraContainers", "extraInitContainers", "extraObjects",
    "fullnameOverride", "genericTargets", "global", "grafanaDashboard", "installCRDs", "leaderElect", "livenessProbe",
    "metrics", "nameOverride", "namespaceOverride", "openshiftFinalizers", "processClusterExternalSecret",
    "processClusterGenerator", "processClusterPushSecret", "processClusterStore", "processPushSecret",
    "processSecretStore", "readinessProbe", "scopedNamespace", "scopedRBAC", "systemAuthDelegator",
    crds=keys(
        "annotations", "conversion", "createClusterExternalSecret", "createClusterGenerator",
        "createClusterPushSecret", "createClusterSecretStore", "createPushSecret", "createSecretStore",
        "unsafeServeV1Beta1",
    ),
    serviceAccount=_ACCOUNT,
    serviceMonitor=keys(
        "additionalLabels", "enabled", "honorLabels", "interval", "metricRelabelings", "namespace", "relabelings",
        "renderMode", "scrapeTimeout",
    ),
    webhook=keys(
        *_POD_KEYS, "annotations", "certCheckInterval", "certDir", "certManager", "create", "failurePolicy",
        "lookaheadInterval", "metrics", "port", "readinessProbe", "secretAnnotations", serviceAccount=_ACCOUNT,
    ),
    certController=keys(
        *_POD_KEYS, "create", "metrics", "readinessProbe", "requeueInterval", "startupProbe", serviceAccount=_ACCOUNT
    ),
)  # fmt: skip
_DEFAULTS: Mapping[str, Any] = {
    "replicaCount": 1,
    "installCRDs": True,
    "image": {"repository": "ghcr.io/external-secrets/external-secrets"},
    "serviceAccount": {"create": True, "name": "", "annotations": {}},
    "webhook": {"create": True, "replicaCount": 1, "port": 10250},
    "certController": {"create": True, "replicaCount": 1},
    "crds": {"unsafeServeV1Beta1": False},
}
_SECURITY = {**manifests.RESTRICTED, **manifests.SECCOMP, "runAsUser": 1000}
_PASSED_ON = ("nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName")
_READY = '.status.conditions[?(@.type=="Ready")]'
_STORE_COLUMNS = {
    "AGE": ".metadata.creationTimestamp",
    "Status": f"{_READY}.reason",
    "Capabilities": ".status.capabilities",
    "Ready": f"{_READY}.status",
}
_SECRET_COLUMNS = {
    "StoreType": ".spec.secretStoreRef.kind",
    "Store": ".spec.secretStoreRef.name",
    "Refresh Interval": ".spec.refreshInterval",
    "Status": f"{_READY}.reason",
    "Ready": f"{_READY}.status",
}
"""What the CRDs of v2.9.0 show."""
_GENERATORS = (
    "ACRAccessToken", "CloudsmithAccessToken", "ECRAuthorizationToken", "Fake", "GCRAccessToken", "GeneratorState",
    "GithubAccessToken", "GitlabDeployToken", "Grafana", "MFA", "Password", "QuayAccessToken", "SSHKey",
    "STSSessionToken", "UUID", "VaultDynamicSecret", "Webhook",
)  # fmt: skip


def _render(rendering: Rendering) -> list[Object]:
    values, name = rendering.values, fullname(rendering, NAME)
    objects = list(_definitions(values)) if values["installCRDs"] else []
    objects += _workload(rendering, name, NAME, values, [])
    if values["webhook"]["create"]:
        objects += _workload(rendering, f"{name}-webhook", f"{NAME}-webhook", values["webhook"], ["webhook"])
    if values["certController"]["create"]:
        certificates = values["certController"]
        objects += _workload(
            rendering, f"{name}-cert-controller", f"{NAME}-cert-controller", certificates, ["certcontroller"]
        )
    return objects


def _workload(
    rendering: Rendering, name: str, label: str, values: Mapping[str, Any], arguments: list[str]
) -> list[Object]:
    labels = {"app.kubernetes.io/name": label, "app.kubernetes.io/instance": rendering.release}
    account = values.get("serviceAccount") or {}
    account_name = account.get("name") or name
    image = rendering.values["image"]
    container = {
        "name": label.removeprefix(f"{NAME}-"),
        "image": f"{image['repository']}:{image.get('tag') or rendering.version}",
        "args": arguments,
        "resources": values.get("resources", {}),
        "securityContext": values.get("securityContext") or _SECURITY,
    }
    pod = {"serviceAccountName": account_name, **{key: values[key] for key in _PASSED_ON if values.get(key)}}
    deployment = manifests.deployment(name, rendering.namespace, labels, [container], values["replicaCount"], pod)
    objects = [deployment]
    if account.get("create", True):
        annotations = account.get("annotations") or {}
        objects.insert(0, manifests.service_account(account_name, rendering.namespace, annotations=annotations))
    budget = values.get("podDisruptionBudget") or {}
    if budget.get("enabled"):
        budget = {"minAvailable": 1, **budget}
        objects.append(manifests.disruption_budget(f"{name}-pdb", rendering.namespace, labels, budget))
    return objects


def _definitions(values: Mapping[str, Any]) -> tuple[Object, ...]:
    old = {"v1": True, "v1beta1": bool(values["crds"]["unsafeServeV1Beta1"])}
    alpha = {"v1alpha1": True}
    group, generators = "external-secrets.io", "generators.external-secrets.io"
    make = manifests.custom_resource_definition
    namespaces = {"type": "array", "items": {"type": "string"}}
    store_condition = {
        "type": "object",
        "properties": {
            "namespaces": namespaces,
            "namespaceRegexes": namespaces,
            "namespaceSelector": _open("object"),
        },
    }
    store = {
        "required": ["provider"],
        "properties": {
            "provider": _open("object"),
            "retrySettings": _open("object"),
            "conditions": {"type": "array", "items": store_condition},
        },
    }
    remote = {
        "type": "object",
        "required": ["key"],
        "properties": {name: {"type": "string"} for name in ("key", "property", "version", "decodingStrategy")},
        "x-kubernetes-preserve-unknown-fields": True,
    }
    data = {
        "type": "object",
        "required": ["secretKey", "remoteRef"],
        "properties": {"secretKey": {"type": "string"}, "remoteRef": remote},
        "x-kubernetes-preserve-unknown-fields": True,
    }
    reference = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "kind": {"type": "string", "enum": ["SecretStore", "ClusterSecretStore"]},
        },
    }
    secret = {
        "properties": {
            "refreshInterval": {"type": "string"},
            "secretStoreRef": reference,
            "target": _open("object"),
            "data": {"type": "array", "items": data},
            "dataFrom": {"type": "array", "items": _open("object")},
        }
    }
    return (
        make(group, "SecretStore", old, True, store, _STORE_COLUMNS, ["ss"]),
        make(group, "ClusterSecretStore", old, False, store, _STORE_COLUMNS, ["css"]),
        make(group, "ExternalSecret", old, True, secret, _SECRET_COLUMNS, ["es"]),
        make(group, "ClusterExternalSecret", old, False),
        make(group, "PushSecret", alpha, True),
        make(group, "ClusterPushSecret", alpha, False),
        make(generators, "ClusterGenerator", alpha, False),
        *(make(generators, kind, alpha, True) for kind in _GENERATORS),
    )


def _open(type_: str) -> Object:
    return {"type": type_, "x-kubernetes-preserve-unknown-fields": True}


CHART = Chart(
    name=NAME,
    repository="https://charts.external-secrets.io",
    versions={"2.9.0": "v2.9.0"},
    keys=_KEYS,
    defaults=_DEFAULTS,
    render=_render,
)
