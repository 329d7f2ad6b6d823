"""metrics-server: its Deployment. No metrics are served, so HorizontalPodAutoscalers keep what they have."""

from emulator.kubernetes import manifests
from emulator.kubernetes.addons.addon import NAMESPACE, Addon, Settings, image, labels
from emulator.kubernetes.api import Object

NAME = "metrics-server"


def _render(settings: Settings) -> list[Object]:
    container = {
        **manifests.container(NAME, image(NAME)),
        "resources": settings.resources({"cpu": "100m", "memory": "200Mi"}, {"memory": "400Mi"}),
        "securityContext": {**manifests.RESTRICTED, **manifests.SECCOMP, "runAsUser": 1000},
    }
    pod = {"serviceAccountName": NAME, "priorityClassName": "system-cluster-critical"}
    replicas = int(settings.configuration.get("replicas", 2))
    ports = [{"name": "https", "port": 443, "targetPort": 10251}]
    return [
        manifests.service_account(NAME, NAMESPACE),
        manifests.service(NAME, NAMESPACE, labels(NAME), ports),
        manifests.deployment(NAME, NAMESPACE, labels(NAME), [container], replicas, pod),
    ]


ADDON = Addon(
    NAME,
    frozenset(
        {
            "addonResizer", "affinity", "args", "containerPort", "defaultArgs", "nodeSelector", "podAnnotations",
            "podDisruptionBudget", "podLabels", "priorityClassName", "replicas", "resources", "tolerations",
            "topologySpreadConstraints", "updateStrategy",
        }
    ),
    _render,
)  # fmt: skip
