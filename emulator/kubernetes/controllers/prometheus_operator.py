"""Stands in for the Prometheus operator: creates StatefulSets for its custom resources while the operator runs."""

from typing import Any

from emulator.kubernetes import manifests
from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers.context import Context

API_VERSION = "monitoring.coreos.com/v1"
LABELS = "app.kubernetes.io/name=kube-prometheus-stack-prometheus-operator"
"""Label of the operator's pods, as its chart sets it."""

_MANAGER = "prometheus-operator"
_GENERATION = "emulator.openmarket/generation"
_PORTS = {"Prometheus": 9090, "Alertmanager": 9093}
_PASSED_ON = ("nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName")
_RELOADER = {"requests": {"cpu": "10m", "memory": "50Mi"}, "limits": {"cpu": "10m", "memory": "50Mi"}}


def reconcile(context: Context) -> None:
    """Apply the StatefulSet of every Prometheus and Alertmanager; garbage collection deletes it with its owner."""
    owners = [each for kind in _PORTS for each in context.api.list(API_VERSION, kind)]
    if not owners or context.running(LABELS) is None:
        return
    for owner in owners:
        if not owner["metadata"].get("deletionTimestamp") and _stale(context, owner):
            context.api.apply(stateful_set(owner), _MANAGER, force=True)


def stateful_set(owner: Object) -> Object:
    """Build the StatefulSet of a Prometheus or Alertmanager, with a volume claim per replica if it has storage."""
    kind, spec, metadata = owner["kind"].lower(), owner["spec"], owner["metadata"]
    labels = {"app.kubernetes.io/name": kind, "app.kubernetes.io/instance": metadata["name"]}
    storage = (spec.get("storage") or {}).get("volumeClaimTemplate")
    volume = f"{kind}-{metadata['name']}-db"
    container = {
        "name": kind,
        "image": f"quay.io/prometheus/{kind}",
        "ports": [{"name": "http-web", "containerPort": _PORTS[owner["kind"]]}],
        "resources": spec.get("resources") or {},
        "securityContext": {**manifests.RESTRICTED},
        "volumeMounts": [{"name": volume, "mountPath": f"/{kind}"}],
    }
    reloader = {
        "name": "config-reloader",
        "image": "quay.io/prometheus-operator/prometheus-config-reloader",
        "resources": _RELOADER,
        "securityContext": {**manifests.RESTRICTED},
    }
    pod: dict[str, Any] = {
        "serviceAccountName": spec.get("serviceAccountName", "default"),
        "securityContext": {"runAsUser": 1000, "runAsNonRoot": True, "fsGroup": 2000, **manifests.SECCOMP},
        "containers": [container, reloader],
        **{key: spec[key] for key in _PASSED_ON if spec.get(key)},
        **({} if storage else {"volumes": [{"name": volume, "emptyDir": {}}]}),
    }
    claims = [{"metadata": {"name": volume}, "spec": storage["spec"]}] if storage else []
    reference = {key: metadata[key] for key in ("name", "uid")}
    body: dict[str, Any] = {
        "replicas": spec.get("replicas", 1),
        "serviceName": f"{kind}-operated",
        "podManagementPolicy": "Parallel",
        "selector": {"matchLabels": labels},
        "template": {"metadata": {"labels": labels}, "spec": pod},
        "volumeClaimTemplates": claims,
    }
    if spec.get("persistentVolumeClaimRetentionPolicy"):
        body["persistentVolumeClaimRetentionPolicy"] = spec["persistentVolumeClaimRetentionPolicy"]
    owned_by = {"apiVersion": API_VERSION, "kind": owner["kind"], **reference, "controller": True}
    name, annotations = f"{kind}-{metadata['name']}", {_GENERATION: str(metadata["generation"])}
    return {
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": manifests.metadata(
            name, metadata["namespace"], labels, annotations=annotations, ownerReferences=[owned_by]
        ),
        "spec": body,
    }


def _stale(context: Context, owner: Object) -> bool:
    """Return whether the StatefulSet is missing or belongs to an older version of its owner."""
    metadata = owner["metadata"]
    name = f"{owner['kind'].lower()}-{metadata['name']}"
    live = context.api.get("apps/v1", "StatefulSet", metadata["namespace"], name)
    if live is None:
        return True
    return live["metadata"].get("annotations", {}).get(_GENERATION) != str(metadata["generation"])
