"""The Prometheus operator's CRDs, with schemas of the fields that programs usually set; others pass unchecked."""

from typing import Any

from emulator.kubernetes import manifests
from emulator.kubernetes.api import Object

GROUP = "monitoring.coreos.com"
API_VERSION = f"{GROUP}/v1"

_OPEN: Object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_STRING: Object = {"type": "string"}
_UNITS = "".join(f"(([0-9]+){unit})?" for unit in ("y", "w", "d", "h", "m", "s", "ms"))
_DURATION: Object = {"type": "string", "pattern": f"^(0|{_UNITS})$"}


def _object(required: tuple[str, ...] = (), /, **properties: Any) -> Object:
    return {**_OPEN, "properties": properties, **({"required": list(required)} if required else {})}


def _list(items: Object) -> Object:
    return {"type": "array", "items": items}


_PORT: Object = {"anyOf": [{"type": "integer"}, {"type": "string"}], "x-kubernetes-int-or-string": True}
_SCHEME: Object = {"type": "string", "enum": ["http", "https", "HTTP", "HTTPS"]}
_ENDPOINT = _object(
    port=_STRING, path=_STRING, interval=_DURATION, scrapeTimeout=_DURATION, scheme=_SCHEME, targetPort=_PORT
)
_SELECTOR = _object(matchLabels={"type": "object", "additionalProperties": _STRING}, matchExpressions=_list(_OPEN))
_NAMESPACES = _object(any={"type": "boolean"}, matchNames=_list(_STRING))
_RULE = _object(("expr",), alert=_STRING, record=_STRING, expr=_PORT, labels=_OPEN, annotations=_OPEN)
_RULE["properties"]["for"] = _DURATION
_GROUP = _object(("name",), name={"type": "string", "minLength": 1}, interval=_DURATION, rules=_list(_RULE))
_RETENTION: Object = {"type": "string", "enum": ["Retain", "Delete"]}
_REPLICATED: dict[str, Any] = {
    "replicas": {"type": "integer"},
    "resources": _OPEN,
    "storage": _object(volumeClaimTemplate=_OPEN, emptyDir=_OPEN),
    "persistentVolumeClaimRetentionPolicy": _object(whenDeleted=_RETENTION, whenScaled=_RETENTION),
    "serviceAccountName": _STRING,
    "priorityClassName": _STRING,
    "tolerations": _list(_OPEN),
    "nodeSelector": {"type": "object", "additionalProperties": _STRING},
    "topologySpreadConstraints": _list(_OPEN),
}
_MONITOR = ("selector",)
_SPECS: dict[str, Object] = {
    "Prometheus": _object(
        **_REPLICATED, retention=_DURATION, retentionSize=_STRING, serviceMonitorSelector=_SELECTOR,
        serviceMonitorNamespaceSelector=_SELECTOR, ruleSelector=_SELECTOR, podMonitorSelector=_SELECTOR,
    ),
    "Alertmanager": _object(**_REPLICATED, retention=_DURATION, alertmanagerConfigSelector=_SELECTOR),
    "ThanosRuler": _object(**_REPLICATED),
    "ServiceMonitor": _object(
        ("endpoints", "selector"), endpoints=_list(_ENDPOINT), selector=_SELECTOR, namespaceSelector=_NAMESPACES,
        jobLabel=_STRING,
    ),
    "PodMonitor": _object(
        _MONITOR, podMetricsEndpoints=_list(_ENDPOINT), selector=_SELECTOR, namespaceSelector=_NAMESPACES
    ),
    "Probe": _object(interval=_DURATION, module=_STRING),
    "PrometheusRule": _object(groups=_list(_GROUP)),
}  # fmt: skip

DEFINITIONS: tuple[Object, ...] = (
    *(manifests.custom_resource_definition(GROUP, kind, {"v1": True}, True, spec) for kind, spec in _SPECS.items()),
    *(
        manifests.custom_resource_definition(GROUP, kind, {"v1alpha1": True}, True)
        for kind in ("AlertmanagerConfig", "PrometheusAgent", "ScrapeConfig")
    ),
)
