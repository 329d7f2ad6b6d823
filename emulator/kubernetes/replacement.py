"""Which changes replace an object instead of updating it: the table of the pulumi-kubernetes provider."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from emulator.kubernetes.api import Object
from emulator.kubernetes.awaiting import readiness
from emulator.kubernetes.settings import Settings

_SELECTOR = ("spec.selector",)
_JOB = ("spec.completions", "spec.parallelism", "spec.selector", "spec.template")
_STATEFUL_SET = (
    "spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName",
    "spec.volumeClaimTemplates",
)  # fmt: skip
_ALWAYS = ("metadata.name", "metadata.namespace")
# A pod is nearly immutable; what is not listed here (metadata, tolerations, ...) is updated.
_POD = tuple(
    f"spec.{field}"
    for field in (
        "affinity", "automountServiceAccountToken", "containers", "dnsConfig", "dnsPolicy", "enableServiceLinks",
        "hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostname", "imagePullSecrets", "initContainers",
        "nodeName", "nodeSelector", "overhead", "preemptionPolicy", "priority", "priorityClassName",
        "readinessGates", "restartPolicy", "runtimeClassName", "schedulerName", "securityContext", "serviceAccount",
        "serviceAccountName", "shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds", "volumes",
    )
)  # fmt: skip

_TABLE: dict[tuple[str, str], tuple[str, ...]] = {
    ("apps", "Deployment"): _SELECTOR,
    ("apps", "DaemonSet"): _SELECTOR,
    ("apps", "StatefulSet"): _STATEFUL_SET,
    ("batch", "Job"): _JOB,
    ("rbac.authorization.k8s.io", "RoleBinding"): ("roleRef",),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): ("roleRef",),
    ("storage.k8s.io", "StorageClass"): ("parameters", "provisioner"),
    ("", "ConfigMap"): ("binaryData", "data"),
    ("", "PersistentVolumeClaim"): ("spec",),
    ("", "PersistentVolume"): ("spec.csi", "spec.hostPath", "spec.local", "spec.nfs"),
    ("", "Pod"): _POD,
    ("", "ResourceQuota"): ("spec.scopes",),
    ("", "Secret"): ("type", "stringData", "data"),
    ("", "Service"): ("spec.clusterIP",),
}


def replaced(paths: Iterable[str], group: str, kind: str, settings: Settings) -> frozenset[str]:
    """Those of the changed property paths that replace an object of this kind."""
    fields = _TABLE.get((group, kind), ())
    if kind == "ConfigMap" and settings.config_map_mutable:
        fields = ()
    if kind == "Secret" and settings.secret_mutable:
        fields = ("type",)
    return frozenset(path for path in paths if any(_at_or_below(path, field) for field in (*_ALWAYS, *fields)))


UNREADY = 'metadata.annotations["pulumi.com/replaceUnready"]'
"""The path that replaces a Job which is not done."""


def asks_for_done(inputs: Mapping[str, Any]) -> bool:
    """Whether the object is a Job that is to be replaced unless it is done."""
    if inputs.get("kind") != "Job":
        return False
    value: Any = inputs.get("metadata")
    for key in ("annotations", "pulumi.com/replaceUnready"):
        # What is not known yet asks for nothing.
        value = cast(Mapping[str, Any], value).get(key) if isinstance(value, Mapping) else None
    return value == "true"


def undone(live: Object | None) -> bool:
    """Whether the Job is there and not done."""
    return live is not None and not readiness.of(live).ready


def _at_or_below(path: str, field: str) -> bool:
    return path == field or path.startswith((f"{field}.", f"{field}["))
