"""The add-on coredns: the cluster's DNS. It needs nodes, and is DEGRADED until there are some."""

from emulator.kubernetes import manifests
from emulator.kubernetes.addons.addon import NAMESPACE, Addon, Settings, image
from emulator.kubernetes.api import Object

NAME = "coredns"

LABELS = {"k8s-app": "kube-dns", "eks.amazonaws.com/component": NAME}
_PASSED_ON = ("nodeSelector", "affinity", "topologySpreadConstraints")
_SECURITY = {
    "allowPrivilegeEscalation": False,
    "readOnlyRootFilesystem": True,
    "capabilities": {"add": ["NET_BIND_SERVICE"], "drop": ["ALL"]},
}


def _render(settings: Settings) -> list[Object]:
    configuration = settings.configuration
    container = {
        **manifests.container(NAME, image(NAME), securityContext=_SECURITY),
        "resources": settings.resources({"cpu": "100m", "memory": "70Mi"}, {"memory": "170Mi"}),
    }
    pod = {
        "serviceAccountName": NAME,
        "priorityClassName": "system-cluster-critical",
        "tolerations": configuration.get("tolerations") or [{"key": "CriticalAddonsOnly", "operator": "Exists"}],
        **{key: configuration[key] for key in _PASSED_ON if key in configuration},
    }
    ports = [
        {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
        {"name": "dns-tcp", "port": 53, "protocol": "TCP", "targetPort": 53},
    ]
    return [
        manifests.service_account(NAME, NAMESPACE),
        manifests.service("kube-dns", NAMESPACE, LABELS, ports),
        manifests.deployment(NAME, NAMESPACE, LABELS, [container], int(configuration.get("replicaCount", 2)), pod),
        {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": manifests.metadata(NAME, NAMESPACE, LABELS),
            "spec": {"maxUnavailable": 1, "selector": {"matchLabels": LABELS}},
        },
    ]


ADDON = Addon(
    NAME,
    frozenset(
        {
            "affinity", "autoScaling", "computeType", "corefile", "nodeSelector", "podAnnotations",
            "podDisruptionBudget", "podLabels", "replicaCount", "resources", "tolerations",
            "topologySpreadConstraints",
        }
    ),
    _render,
)  # fmt: skip
