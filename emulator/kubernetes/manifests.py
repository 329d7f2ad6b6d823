"""Short ways to write the objects that add-ons and charts bring."""

from collections.abc import Mapping, Sequence
from typing import Any

from emulator.kubernetes.api import Object

RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
}
"""Container security context that most controllers' charts set."""

SECCOMP = {"seccompProfile": {"type": "RuntimeDefault"}}


def metadata(name: str, namespace: str = "", labels: Mapping[str, str] | None = None, **more: Any) -> Object:
    """Object metadata."""
    scope = {"namespace": namespace} if namespace else {}
    return {"name": name, **scope, "labels": dict(labels or {}), **more}


def container(
    name: str,
    image: str,
    requests: Mapping[str, str] | None = None,
    limits: Mapping[str, str] | None = None,
    **more: Any,
) -> Object:
    """A container; `requests` and `limits` like `{"cpu": "100m", "memory": "70Mi"}`."""
    resources = {key: dict(value) for key, value in (("requests", requests), ("limits", limits)) if value}
    return {"name": name, "image": image, "resources": resources, **more}


def deployment(
    name: str,
    namespace: str,
    labels: Mapping[str, str],
    containers: Sequence[Object],
    replicas: int = 1,
    pod: Mapping[str, Any] | None = None,
) -> Object:
    """A Deployment whose pods carry `labels`; `pod` adds to the pod's spec."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(name, namespace, labels),
        "spec": {"replicas": replicas, **_template(labels, containers, pod)},
    }


def daemon_set(
    name: str,
    namespace: str,
    labels: Mapping[str, str],
    containers: Sequence[Object],
    pod: Mapping[str, Any] | None = None,
) -> Object:
    """A DaemonSet that tolerates every taint, as those of node agents do."""
    everywhere = {"tolerations": [{"operator": "Exists"}], "priorityClassName": "system-node-critical", **(pod or {})}
    return {
        "apiVersion": "apps/v1",
        "kind": "DaemonSet",
        "metadata": metadata(name, namespace, labels),
        "spec": _template(labels, containers, everywhere),
    }


def service_account(
    name: str, namespace: str, role_arn: str = "", annotations: Mapping[str, str] | None = None
) -> Object:
    """A ServiceAccount, with its IAM role if it has one."""
    role = {"eks.amazonaws.com/role-arn": role_arn} if role_arn else {}
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(name, namespace, annotations={**role, **(annotations or {})}),
    }


def service(name: str, namespace: str, labels: Mapping[str, str], ports: Sequence[Object], **spec: Any) -> Object:
    """A Service that selects pods by `labels`."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, namespace, labels),
        "spec": {"selector": dict(labels), "ports": list(ports), **spec},
    }


def disruption_budget(name: str, namespace: str, labels: Mapping[str, str], values: Mapping[str, Any]) -> Object:
    """A PodDisruptionBudget of a chart's `minAvailable` or `maxUnavailable`."""
    budget = {key: values[key] for key in ("minAvailable", "maxUnavailable") if values.get(key) is not None}
    return {
        "apiVersion": "policy/v1",
        "kind": "PodDisruptionBudget",
        "metadata": metadata(name, namespace, labels),
        "spec": {**budget, "selector": {"matchLabels": dict(labels)}},
    }


def custom_resource_definition(
    group: str,
    kind: str,
    versions: Mapping[str, bool],
    namespaced: bool,
    spec: Mapping[str, Any] | None = None,
    columns: Mapping[str, str] | None = None,
    short_names: Sequence[str] = (),
) -> Object:
    """A CRD.

    `versions` tells which are served; the first served one is stored. `spec` is the schema of the object's spec;
    what it does not describe is kept unchecked. `columns` is what `kubectl get` shows: title -> JSON path.
    """
    open_object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    schema = {"type": "object", "properties": {"spec": {**open_object, **(spec or {})}, "status": open_object}}
    plural = _plural(kind)
    stored = next(version for version, served in versions.items() if served)
    names: Object = {"kind": kind, "listKind": f"{kind}List", "plural": plural, "singular": kind.lower()}
    shown = [
        {"name": title, "jsonPath": path, "type": "date" if path.endswith("Timestamp") else "string"}
        for title, path in (columns or {}).items()
    ]
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {**names, **({"shortNames": list(short_names)} if short_names else {})},
            "scope": "Namespaced" if namespaced else "Cluster",
            "versions": [
                {
                    "name": version,
                    "served": served,
                    "storage": version == stored,
                    "schema": {"openAPIV3Schema": {**schema, "x-kubernetes-preserve-unknown-fields": True}},
                    "subresources": {"status": {}},
                    **({"additionalPrinterColumns": shown} if shown else {}),
                }
                for version, served in versions.items()
            ],
        },
    }


def _plural(kind: str) -> str:
    lower = kind.lower()
    if lower.endswith("s"):
        # IngressClassParams is its own plural; Prometheus and the like take an ending.
        return lower if lower.endswith("params") else f"{lower}es"
    return f"{lower[:-1]}ies" if lower.endswith("y") else f"{lower}s"


def _template(labels: Mapping[str, str], containers: Sequence[Object], pod: Mapping[str, Any] | None) -> Object:
    return {
        "selector": {"matchLabels": dict(labels)},
        "template": {"metadata": {"labels": dict(labels)}, "spec": {"containers": list(containers), **(pod or {})}},
    }
