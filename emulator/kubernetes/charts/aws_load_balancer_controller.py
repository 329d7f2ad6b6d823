"""aws-load-balancer-controller: its Deployment, CRDs, IngressClass and webhooks.

What it does once it runs is in `controllers/load_balancers.py`.
"""

from collections.abc import Mapping
from typing import Any

from emulator.kubernetes import manifests
from emulator.kubernetes.api import Object
from emulator.kubernetes.charts.chart import Chart, Rendering
from emulator.kubernetes.charts.load_balancer_values import DEFAULTS, KEYS

NAME = "aws-load-balancer-controller"
POD_PATH, SERVICE_PATH, INGRESS_PATH = "/mutate-v1-pod", "/mutate-v1-service", "/validate-networking-v1-ingress"

_CORE = {"apiGroups": [""], "apiVersions": ["v1"]}
_PASSED_ON = ("nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "hostNetwork", "dnsPolicy")

_BINDING_COLUMNS = {
    "SERVICE-NAME": ".spec.serviceRef.name",
    "SERVICE-PORT": ".spec.serviceRef.port",
    "TARGET-TYPE": ".spec.targetType",
    "AGE": ".metadata.creationTimestamp",
}


def _render(rendering: Rendering) -> list[Object]:
    values, namespace = rendering.values, rendering.namespace
    name = fullname(rendering, NAME)
    labels = {"app.kubernetes.io/name": NAME, "app.kubernetes.io/instance": rendering.release}
    account = values["serviceAccount"].get("name") or name
    pod = _pod(values, account)
    objects = [
        manifests.service("aws-load-balancer-webhook-service", namespace, labels, [{"port": 443, "targetPort": 9443}]),
        manifests.deployment(name, namespace, labels, [_container(rendering)], values["replicaCount"], pod),
    ]
    if values["serviceAccount"]["create"]:
        annotations = values["serviceAccount"]["annotations"]
        objects.insert(0, manifests.service_account(account, namespace, annotations=annotations))
    if values.get("podDisruptionBudget") and values["replicaCount"] > 1:
        objects.append(manifests.disruption_budget(name, namespace, labels, values["podDisruptionBudget"]))
    if values["createIngressClassResource"]:
        objects += _ingress_class(values)
    return [*objects, *_webhooks(rendering, labels)]


def fullname(rendering: Rendering, chart: str) -> str:
    """The name that charts give to what they install: the release's, with the chart's unless it is in there."""
    override = rendering.values.get("fullnameOverride")
    name = rendering.values.get("nameOverride") or chart
    return str(override or (rendering.release if name in rendering.release else f"{rendering.release}-{name}"))


def _container(rendering: Rendering) -> Object:
    values = rendering.values
    arguments = {"cluster-name": values["clusterName"], "ingress-class": values["ingressClass"]}
    arguments |= {
        flag: values[key] for flag, key in (("aws-region", "region"), ("aws-vpc-id", "vpcId")) if values.get(key)
    }
    image = values["image"]
    return {
        "name": NAME,
        "image": f"{image['repository']}:{image.get('tag') or rendering.version}",
        "args": [f"--{flag}={value}" for flag, value in arguments.items()],
        "ports": [
            {"name": "webhook-server", "containerPort": 9443},
            {"name": "metrics-server", "containerPort": 8080},
        ],
        "resources": values.get("resources", {}),
        "securityContext": values["securityContext"],
    }


def _pod(values: Mapping[str, Any], account: str) -> Object:
    return {
        "serviceAccountName": account,
        "priorityClassName": values["priorityClassName"],
        "securityContext": values["podSecurityContext"],
        "terminationGracePeriodSeconds": values.get("terminationGracePeriodSeconds", 10),
        **{key: values[key] for key in _PASSED_ON if values.get(key)},
    }


def _ingress_class(values: Mapping[str, Any]) -> list[Object]:
    name, parameters = values["ingressClass"], values["ingressClassParams"]
    default = str(values["ingressClassConfig"]["default"]).lower()
    group, kind = "elbv2.k8s.aws", "IngressClassParams"
    reference = {"apiGroup": group, "kind": kind, "name": parameters["name"] or name}
    found: list[Object] = [
        {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "IngressClass",
            "metadata": {"name": name, "annotations": {"ingressclass.kubernetes.io/is-default-class": default}},
            "spec": {"controller": "ingress.k8s.aws/alb", "parameters": reference},
        }
    ]
    if parameters["create"]:
        metadata = {"name": parameters["name"] or name}
        found.append({"apiVersion": f"{group}/v1beta1", "kind": kind, "metadata": metadata, "spec": parameters["spec"]})
    return found


def _webhooks(rendering: Rendering, labels: Mapping[str, str]) -> list[Object]:
    values = rendering.values
    itself = {"key": "app.kubernetes.io/name", "operator": "NotIn", "values": [NAME]}
    gated = {"key": "elbv2.k8s.aws/pod-readiness-gate-inject", "operator": "In", "values": ["enabled"]}
    mutating = [
        {
            **_webhook(rendering, "mpod", POD_PATH, values["podMutatorWebhookConfig"]["failurePolicy"]),
            "namespaceSelector": {"matchExpressions": [gated]},
            "objectSelector": {"matchExpressions": [itself]},
            "rules": [{**_CORE, "operations": ["CREATE"], "resources": ["pods"]}],
        }
    ]
    if values["enableServiceMutatorWebhook"]:
        policy = values["serviceMutatorWebhookConfig"]["failurePolicy"]
        mutating.append(
            {
                **_webhook(rendering, "mservice", SERVICE_PATH, policy),
                "objectSelector": {"matchExpressions": [itself]},
                "rules": [{**_CORE, "operations": ["CREATE"], "resources": ["services"]}],
            }
        )
    groups, operations = ["networking.k8s.io"], ["CREATE", "UPDATE"]
    validating = {
        **_webhook(rendering, "vingress", INGRESS_PATH, values["webhookConfig"]["ingressValdationFailurePolicy"]),
        "rules": [{"apiGroups": groups, "apiVersions": ["v1"], "operations": operations, "resources": ["ingresses"]}],
    }
    name = "aws-load-balancer-webhook"
    return [
        {
            "apiVersion": "admissionregistration.k8s.io/v1",
            "kind": f"{kind}WebhookConfiguration",
            "metadata": {"name": name, "labels": dict(labels)},
            "webhooks": webhooks,
        }
        for kind, webhooks in (("Mutating", mutating), ("Validating", [validating]))
    ]


def _webhook(rendering: Rendering, name: str, path: str, policy: str) -> Object:
    """By URL instead of by Service: nothing here routes to a pod's address."""
    return {
        "name": f"{name}.elbv2.k8s.aws",
        "clientConfig": {"url": f"{rendering.webhook_url}{path}", "caBundle": rendering.webhook_authority},
        "failurePolicy": policy,
        "sideEffects": "None",
        "admissionReviewVersions": ["v1beta1", "v1"] if name == "mservice" else ["v1"],
        "timeoutSeconds": 10,
    }


def _definitions() -> tuple[Object, ...]:
    binding = {
        "required": ["targetGroupARN", "serviceRef"],
        "properties": {
            "targetGroupARN": {"type": "string"},
            "targetType": {"type": "string", "enum": ["instance", "ip", "alb"]},
            "serviceRef": {
                "type": "object",
                "required": ["name", "port"],
                "properties": {
                    "name": {"type": "string"},
                    "port": {"x-kubernetes-int-or-string": True},
                },
            },
        },
    }
    elb, gateway = "elbv2.k8s.aws", "gateway.k8s.aws"
    both = {"v1": True, "v1beta1": True}
    make = manifests.custom_resource_definition
    return (
        make(elb, "TargetGroupBinding", {"v1beta1": True, "v1alpha1": True}, True, binding, _BINDING_COLUMNS),
        make(elb, "IngressClassParams", {"v1beta1": True}, False),
        make(elb, "ALBTargetControlConfig", {"v1beta1": True}, True),
        *(
            make(gateway, f"{kind}Configuration", both, True)
            for kind in ("ListenerRule", "LoadBalancer", "TargetGroup")
        ),
        make("aga.k8s.aws", "GlobalAccelerator", {"v1beta1": True}, True),
    )


CHART = Chart(
    name=NAME,
    repository="https://aws.github.io/eks-charts",
    versions={"3.5.0": "v3.5.0"},
    keys=KEYS,
    defaults=DEFAULTS,
    render=_render,
    crds=_definitions(),
    required=("clusterName",),
)
