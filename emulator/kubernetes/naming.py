"""Names and namespaces that the program leaves out."""

import hashlib
from collections.abc import Mapping
from typing import Any

from emulator.kubernetes.api import Api, NoSuchKind, Object, Unreachable

AUTONAMED = "pulumi.com/autonamed"

_CLUSTER_SCOPED = {
    "APIService", "CSIDriver", "ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition", "IngressClass",
    "MutatingWebhookConfiguration", "Namespace", "Node", "PersistentVolume", "PriorityClass", "RuntimeClass",
    "StorageClass", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration", "VolumeAttachment",
}  # fmt: skip
_BUILT_IN_SUFFIX = ".k8s.io"


def generated(name: str, seed: bytes, digits: int = 8) -> str:
    """`<name>-<hex>`; the same seed gives the same name."""
    return f"{name}-{hashlib.sha256(seed + name.encode()).hexdigest()[:digits]}"


def named(inputs: Mapping[str, Any], old: Mapping[str, Any], resource_name: str, seed: bytes) -> Object:
    """The inputs with a name: the one given, the one generated before, or a new one."""
    metadata: dict[str, Any] = dict(inputs.get("metadata") or {})
    if metadata.get("name") or metadata.get("generateName"):
        return {**inputs, "metadata": metadata}
    previous = old.get("metadata") or {}
    adopted = previous.get("name") if (previous.get("annotations") or {}).get(AUTONAMED) == "true" else None
    metadata["name"] = adopted or generated(resource_name, seed)
    metadata["annotations"] = {**(metadata.get("annotations") or {}), AUTONAMED: "true"}
    return {**inputs, "metadata": metadata}


def is_autonamed(inputs: Mapping[str, Any]) -> bool:
    """Whether the name was generated."""
    return ((inputs.get("metadata") or {}).get("annotations") or {}).get(AUTONAMED) == "true"


def placed(inputs: Mapping[str, Any], namespace: str, api: Api | None) -> Object:
    """The inputs with a namespace if their kind has one and they name none."""
    metadata = inputs["metadata"]
    if metadata.get("namespace") or not is_namespaced(inputs["apiVersion"], inputs["kind"], api):
        return dict(inputs)
    return {**inputs, "metadata": {**metadata, "namespace": namespace}}


def is_namespaced(api_version: str, kind: str, api: Api | None) -> bool:
    """Whether objects of the kind live in namespaces. A custom kind that cannot be asked about is taken not to."""
    group = api_version.rpartition("/")[0]
    if "." not in group or group.endswith(_BUILT_IN_SUFFIX):
        return kind not in _CLUSTER_SCOPED
    try:
        return api is not None and api.kind(api_version, kind).namespaced
    except (NoSuchKind, Unreachable):
        return False
