"""Stands in for KEDA: makes a HorizontalPodAutoscaler of every ScaledObject while its operator runs.

`external_metrics` serves the metrics that it asks for.
"""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import certificates, external_metrics, finalizers, keda_aws
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.readiness import condition

LABELS = keda_aws.LABELS
API_VERSION = external_metrics.SCALED_OBJECT
FINALIZER = "finalizer.keda.sh"
_MANAGER = "keda"
_HPA = ("autoscaling/v2", "HorizontalPodAutoscaler")
Ready = tuple[str, str, str]
"""Status, reason and message of the condition `Ready`."""
READY: Ready = ("True", "ScaledObjectReady", "ScaledObject is defined correctly and is ready for scaling")
FAILED: Ready = ("False", "TriggerError", "Triggers defined in ScaledObject are not working correctly")
PARTLY_FAILED: Ready = (
    "Unknown", "PartialTriggerError", "Some triggers defined in ScaledObject are not working correctly",
)  # fmt: skip
API_SERVICE = "v1beta1.external.metrics.k8s.io"


def reconcile(context: Context) -> None:
    """Generate the certificate of the metrics server, and apply the autoscaler of every ScaledObject."""
    operator = context.running(LABELS)
    scaled, identities = (context.api.list(API_VERSION, kind) for kind in ("ScaledObject", keda_aws.AUTHENTICATION[1]))
    if operator is None:
        finalizers.report_orphans(context, [*scaled, *identities], FINALIZER, "KEDA")
        return
    for pod in context.api.list("v1", "Pod", operator.namespace, labelSelector=LABELS):
        _serve_certificate(context, certificates.options(pod["spec"]["containers"][0]), operator.namespace)
    for each in (*scaled, *identities):
        if not each["metadata"].get("deletionTimestamp"):
            finalizers.add(context, each, FINALIZER)
        elif finalizers.has(each, FINALIZER):
            # The garbage collector deletes the autoscaler, which the ScaledObject owns.
            finalizers.remove(context, each, FINALIZER)
    for each in scaled:
        if not each["metadata"].get("deletionTimestamp"):
            _scale(context, each)


def _serve_certificate(context: Context, options: Mapping[str, str], namespace: str) -> None:
    """Generate the Secret that the metrics server mounts, and let the API server trust it."""
    name, host = options["cert-secret-name"], f"{options['metrics-server-service-name']}.{namespace}.svc"
    secret = context.api.get("v1", "Secret", namespace, name)
    if secret is None:
        made = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name, "namespace": namespace}, "data": {}}
        secret = context.api.request("POST", context.api.path("v1", "Secret", namespace), made)
    authority = certificates.completed(context.api, secret, host)["ca.crt"]
    service = context.api.get("apiregistration.k8s.io/v1", "APIService", "", API_SERVICE)
    if service and service["spec"].get("caBundle") != authority:
        context.api.patch(service, {"spec": {"caBundle": authority}})


def _scale(context: Context, scaled: Object) -> None:
    metadata, spec = scaled["metadata"], scaled["spec"]
    target = spec["scaleTargetRef"]["name"]
    try:
        if context.api.get("apps/v1", "Deployment", metadata["namespace"], target, certain=True) is None:
            raise ValueError(f'deployments.apps "{target}" not found')
        metrics = [
            external_metrics.metric(context, index, trigger, metadata["name"])
            for index, trigger in enumerate(spec["triggers"])
        ]
    except ValueError as error:
        _set_ready(context, scaled, ("False", "ScaledObjectCheckFailed", str(error)), {})
        return
    wanted = autoscaler(scaled, metrics)
    if not _up_to_date(context, wanted):
        context.api.apply(wanted, _MANAGER, force=True)
    # It is ready before its triggers are first asked.
    ready = asked(context, scaled) if condition(scaled, "Ready") else READY
    _set_ready(context, scaled, ready, status(wanted, spec["triggers"]))


def asked(context: Context, scaled: Object) -> Ready:
    """Ask the triggers for their values, tell of those without, and return what the ScaledObject is after that."""
    active = failed = False
    for trigger in scaled["spec"]["triggers"]:
        if trigger["type"] in external_metrics.RESOURCES:
            continue
        try:
            active |= float(external_metrics.value(context, trigger)) > 0
        except external_metrics.Unavailable as error:
            failed = True
            context.event(scaled, "Warning", "KEDAScalerFailed", str(error), controller=LABELS, component="keda")
    if not failed:
        return READY
    return PARTLY_FAILED if active else FAILED


def autoscaler(scaled: Object, metrics: list[Object]) -> Object:
    """Build the autoscaler of a ScaledObject, with the metrics of its triggers."""
    metadata, spec = scaled["metadata"], scaled["spec"]
    configured: Mapping[str, Any] = (spec.get("advanced") or {}).get("horizontalPodAutoscalerConfig") or {}
    owner = {key: scaled[key] for key in ("apiVersion", "kind")} | {key: metadata[key] for key in ("name", "uid")}
    name = configured.get("name") or f"keda-hpa-{metadata['name']}"
    labels = {
        "app.kubernetes.io/name": name,
        "app.kubernetes.io/part-of": metadata["name"],
        "app.kubernetes.io/managed-by": "keda-operator",
        "scaledobject.keda.sh/name": metadata["name"],
    }
    return {
        "apiVersion": _HPA[0],
        "kind": _HPA[1],
        "metadata": {
            "name": name,
            "namespace": metadata["namespace"],
            "labels": {**labels, **metadata.get("labels", {})},
            "annotations": metadata.get("annotations", {}),
            "ownerReferences": [{**owner, "controller": True, "blockOwnerDeletion": True}],
        },
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": spec["scaleTargetRef"]["name"]},
            "minReplicas": spec.get("minReplicaCount") or 1,
            "maxReplicas": spec.get("maxReplicaCount", 100),
            # The API server lists resources' metrics after those of other kinds, as KEDA sorts them.
            "metrics": sorted(metrics, key=lambda each: each["type"]),
            **({"behavior": configured["behavior"]} if configured.get("behavior") else {}),
        },
    }


def status(hpa: Object, triggers: list[Object]) -> Object:
    """Return what the status of a ScaledObject says about its autoscaler and its triggers."""
    metrics = [each["external"]["metric"]["name"] for each in hpa["spec"]["metrics"] if each["type"] == "External"]
    return {
        "hpaName": hpa["metadata"]["name"],
        "externalMetricNames": metrics,
        "triggersTypes": ",".join(dict.fromkeys(trigger["type"] for trigger in triggers)),
        "scaleTargetKind": "apps/v1.Deployment",
    }


def _up_to_date(context: Context, wanted: Object) -> bool:
    metadata = wanted["metadata"]
    live = context.api.get(*_HPA, metadata["namespace"], metadata["name"])
    return bool(live) and _contains(live, {key: wanted[key] for key in ("metadata", "spec")})


def _contains(live: Any, wanted: Any) -> bool:
    """Return whether a value has all that is wanted; the API server adds defaults."""
    if isinstance(wanted, dict):
        return isinstance(live, dict) and all(_contains(live.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        return isinstance(live, list) and len(live) == len(wanted) and all(map(_contains, live, wanted))
    return live == wanted


def _set_ready(context: Context, scaled: Object, ready: Ready, shown: Mapping[str, Any]) -> None:
    status, reason, message = ready
    entry = {"type": "Ready", "status": status, "reason": reason, "message": message}
    known = condition(scaled, "Ready")
    if {key: known.get(key) for key in entry} == entry and shown.items() <= scaled["status"].items():
        return
    type_ = "Normal" if ready == READY else "Warning"
    context.event(scaled, type_, reason, message, controller=LABELS, component="keda")
    context.api.patch(scaled, {"status": {**shown, "conditions": [entry]}}, "status")
