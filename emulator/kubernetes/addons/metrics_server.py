"""The add-on metrics-server: its Deployment and API service; `controllers/metrics.py` serves the API."""

from emulator.kubernetes import manifests
from emulator.kubernetes.addons.addon import NAMESPACE, Addon, Settings, image, labels
from emulator.kubernetes.api import Object

NAME = "metrics-server"
LABELS = f"app.kubernetes.io/name={NAME}"
API_VERSION = "metrics.k8s.io/v1beta1"


def _render(settings: Settings) -> list[Object]:
    container = {
        **manifests.container(NAME, image(NAME), ports=[{"name": "https", "containerPort": 10251}]),
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
        _api_service(),
    ]


def _api_service() -> Object:
    group, _, version = API_VERSION.partition("/")
    return {
        "apiVersion": "apiregistration.k8s.io/v1",
        "kind": "APIService",
        "metadata": manifests.metadata(f"{version}.{group}", "", labels(NAME)),
        "spec": {
            "group": group,
            "version": version,
            "groupPriorityMinimum": 100,
            "versionPriority": 100,
            "insecureSkipTLSVerify": True,
            "service": {"namespace": NAMESPACE, "name": NAME, "port": 443},
        },
    }


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
