"""Builds the Kubernetes objects of add-ons."""

from collections.abc import Mapping, Sequence
from typing import Any

from emulator.kubernetes.api import Object

RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "runAsNonRoot": True,
    "capabilities": {"drop": ["ALL"]},
}
"""Container security context of most controllers."""

SECCOMP = {"seccompProfile": {"type": "RuntimeDefault"}}


def metadata(name: str, namespace: str = "", labels: Mapping[str, str] | None = None, **more: Any) -> Object:
    """Build object metadata."""
    scope = {"namespace": namespace} if namespace else {}
    return {"name": name, **scope, "labels": dict(labels or {}), **more}


def container(
    name: str,
    image: str,
    requests: Mapping[str, str] | None = None,
    limits: Mapping[str, str] | None = None,
    **more: Any,
) -> Object:
    """Build a container, with `requests` and `limits` such as `{"cpu": "100m", "memory": "70Mi"}`."""
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
    """Build a Deployment whose pods have the labels; `pod` adds fields to the pod's spec."""
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
    """Build a DaemonSet that tolerates every taint, as those of node agents do."""
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
    """Build a ServiceAccount; an empty `role_arn` means that it has no IAM role."""
    role = {"eks.amazonaws.com/role-arn": role_arn} if role_arn else {}
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata(name, namespace, annotations={**role, **(annotations or {})}),
    }


def service(name: str, namespace: str, labels: Mapping[str, str], ports: Sequence[Object], **spec: Any) -> Object:
    """Build a Service that selects pods by the labels."""
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(name, namespace, labels),
        "spec": {"selector": dict(labels), "ports": list(ports), **spec},
    }


def _template(labels: Mapping[str, str], containers: Sequence[Object], pod: Mapping[str, Any] | None) -> Object:
    return {
        "selector": {"matchLabels": dict(labels)},
        "template": {"metadata": {"labels": dict(labels)}, "spec": {"containers": list(containers), **(pod or {})}},
    }
