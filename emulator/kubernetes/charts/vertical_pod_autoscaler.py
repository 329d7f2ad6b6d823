"""vertical-pod-autoscaler: recommender, updater and admission controller, with CRDs. No recommendation is computed.

The values are those of https://github.com/kubernetes/autoscaler, vertical-pod-autoscaler/charts/.
"""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes import manifests
from emulator.kubernetes.api import Object
from emulator.kubernetes.charts.aws_load_balancer_controller import fullname
from emulator.kubernetes.charts.chart import Chart, Rendering, keys

NAME = "vertical-pod-autoscaler"

_COMPONENTS = {
    "admissionController": "admission-controller",
    "recommender": "recommender",
    "updater": "updater",
}
_POD_KEYS = (
    "affinity", "annotations", "enabled", "extraArgs", "extraEnv", "image", "logLevel", "nodeSelector",
    "podAnnotations", "podDisruptionBudget", "podLabels", "priorityClassName", "replicas", "resources",
    "revisionHistoryLimit", "serviceAccount", "tolerations", "topologySpreadConstraints",
)  # fmt: skip
_KEYS = keys(
    "commonLabels", "containerSecurityContext", "fullnameOverride", "imagePullSecrets", "nameOverride",
    "podSecurityContext", "rbac",
    admissionController=keys(
        *_POD_KEYS, "certManager", "hostNetwork", "registerWebhook", "service", "tls", "volumeMounts", "volumes",
        certGen=keys(
            "affinity", "enabled", "env", "image", "nodeSelector", "podSecurityContext", "priorityClassName",
            "resources", "securityContext", "tolerations",
        ),
        mutatingWebhookConfiguration=keys(
            "annotations", "failurePolicy", "namespaceSelector", "objectSelector", "timeoutSeconds"
        ),
    ),
    recommender=keys(*_POD_KEYS, "leaderElection"),
    updater=keys(*_POD_KEYS, "leaderElection"),
)  # fmt: skip
_COMPONENT: Mapping[str, Any] = {"enabled": True, "replicas": 2, "serviceAccount": {"create": True}}
_DEFAULTS: Mapping[str, Any] = {
    "podSecurityContext": {"runAsNonRoot": True, "runAsUser": 65534},
    **dict.fromkeys(_COMPONENTS, _COMPONENT),
}
_PASSED_ON = ("nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName")


def _render(rendering: Rendering) -> list[Object]:
    objects: list[Object] = []
    for key, component in _COMPONENTS.items():
        if rendering.values[key]["enabled"]:
            objects += _component(rendering, component, rendering.values[key])
    return objects


def _component(rendering: Rendering, component: str, values: Mapping[str, Any]) -> list[Object]:
    name = f"{fullname(rendering, NAME)}-{component}"
    labels = {
        "app.kubernetes.io/name": NAME,
        "app.kubernetes.io/instance": rendering.release,
        "app.kubernetes.io/component": component,
    }
    container = {
        "name": component,
        "image": f"registry.k8s.io/autoscaling/vpa-{component}:{rendering.version}",
        "args": values.get("extraArgs", []),
        "resources": values.get("resources", {}),
        "securityContext": rendering.values.get("containerSecurityContext") or {},
    }
    pod = {
        "serviceAccountName": name,
        "securityContext": rendering.values["podSecurityContext"],
        **{key: values[key] for key in _PASSED_ON if values.get(key)},
    }
    return [
        manifests.service_account(name, rendering.namespace),
        manifests.deployment(name, rendering.namespace, labels, [container], values["replicas"], pod),
    ]


def _definitions() -> tuple[Object, ...]:
    policy = {
        "type": "object",
        "properties": {
            "updateMode": {
                "type": "string",
                "enum": ["Off", "Initial", "Recreate", "InPlaceOrRecreate", "InPlace", "Auto"],
            },
            "minReplicas": {"type": "integer"},
        },
        "x-kubernetes-preserve-unknown-fields": True,
    }
    target = {
        "type": "object",
        "required": ["kind", "name"],
        "properties": {name: {"type": "string"} for name in ("apiVersion", "kind", "name")},
    }
    resources = {
        "type": "object",
        "properties": {
            "containerPolicies": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "containerName": {"type": "string"},
                        "mode": {"type": "string", "enum": ["Auto", "Off"]},
                        "controlledValues": {"type": "string", "enum": ["RequestsAndLimits", "RequestsOnly"]},
                    },
                    "x-kubernetes-preserve-unknown-fields": True,
                },
            }
        },
    }
    spec = {
        "required": ["targetRef"],
        "properties": {"targetRef": target, "updatePolicy": policy, "resourcePolicy": resources},
    }
    make = manifests.custom_resource_definition
    definitions = [
        make("autoscaling.k8s.io", "VerticalPodAutoscaler", {"v1": True}, True, spec),
        make("autoscaling.k8s.io", "VerticalPodAutoscalerCheckpoint", {"v1": True}, True),
    ]
    # The API server admits groups of its own domain only with the review that approved them.
    approved = {"api-approved.kubernetes.io": "https://github.com/kubernetes/kubernetes/pull/63797"}
    return tuple({**each, "metadata": {**each["metadata"], "annotations": approved}} for each in definitions)


CHART = Chart(
    name=NAME,
    repository="https://kubernetes.github.io/autoscaler",
    versions={"0.11.0": "1.7.1"},
    keys=_KEYS,
    defaults=_DEFAULTS,
    render=_render,
    crds=_definitions(),
)
