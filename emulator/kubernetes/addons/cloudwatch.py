"""The add-on amazon-cloudwatch-observability: DaemonSets of the agents and their operator, in an own namespace."""

from emulator.kubernetes import manifests
from emulator.kubernetes.addons.addon import Addon, Settings, image, labels
from emulator.kubernetes.api import Object

NAMESPACE = "amazon-cloudwatch"
AGENT = "cloudwatch-agent"

_OPERATOR = "amazon-cloudwatch-observability-controller-manager"


def _render(settings: Settings) -> list[Object]:
    agent = manifests.container(
        AGENT,
        image(AGENT),
        {"cpu": "250m", "memory": "128Mi"},
        {"cpu": "500m", "memory": "512Mi"},
    )
    fluent_bit = manifests.container(
        "fluent-bit", image("fluent-bit"), {"cpu": "50m", "memory": "25Mi"}, {"cpu": "500m", "memory": "250Mi"}
    )
    manager = manifests.container(
        "manager", image("cloudwatch-agent-operator"), {"cpu": "100m", "memory": "64Mi"}, {"memory": "256Mi"}
    )
    pod = {"serviceAccountName": AGENT}
    objects = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        manifests.service_account(AGENT, NAMESPACE, settings.role_arn),
        manifests.deployment(_OPERATOR, NAMESPACE, labels(_OPERATOR), [manager]),
        manifests.daemon_set(AGENT, NAMESPACE, labels(AGENT), [agent], pod),
    ]
    if (settings.configuration.get("containerLogs") or {}).get("enabled", True):
        objects.append(manifests.daemon_set("fluent-bit", NAMESPACE, labels("fluent-bit"), [fluent_bit], pod))
    return objects


ADDON = Addon(
    "amazon-cloudwatch-observability",
    frozenset(
        {
            "admissionWebhooks", "agent", "agents", "clusterName", "containerLogs", "dcgmExporter", "k8sMode",
            "kubeStateMetrics", "manager", "neuronMonitor", "nodeExporter", "region", "tolerations",
        }
    ),
    _render,
)  # fmt: skip
