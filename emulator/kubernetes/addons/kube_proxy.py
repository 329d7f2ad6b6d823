"""The add-on kube-proxy: one pod per node."""

from emulator.kubernetes import manifests
from emulator.kubernetes.addons.addon import NAMESPACE, Addon, Settings, image
from emulator.kubernetes.api import Object

NAME = "kube-proxy"


def _render(settings: Settings) -> list[Object]:
    container = {
        **manifests.container(NAME, image(NAME), securityContext={"privileged": True}),
        "resources": settings.resources({"cpu": "100m"}),
    }
    pod = {"serviceAccountName": NAME, "hostNetwork": True}
    return [
        manifests.service_account(NAME, NAMESPACE),
        manifests.daemon_set(NAME, NAMESPACE, {"k8s-app": NAME}, [container], pod),
    ]


ADDON = Addon(NAME, frozenset({"ipvs", "mode", "podAnnotations", "podLabels", "resources"}), _render)
