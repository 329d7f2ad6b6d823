"""The add-on vpc-cni: sets up the network of nodes. Without its DaemonSet no node becomes Ready."""

from typing import Any

from emulator.kubernetes import manifests
from emulator.kubernetes.addons.addon import NAMESPACE, Addon, Settings, image
from emulator.kubernetes.api import Object

NAME = "aws-node"

# Requests of the add-on's containers, as its manifest sets them.
_REQUESTS = {"cpu": "25m"}


def _render(settings: Settings) -> list[Object]:
    labels = {"k8s-app": NAME, "app.kubernetes.io/name": NAME}
    environment = {"ENABLE_PREFIX_DELEGATION": "false", **_environment(settings.configuration.get("env"))}
    policies = str(settings.configuration.get("enableNetworkPolicy", "false")).lower()
    agent = settings.configuration.get("nodeAgent") or {}
    privileged = {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}}
    containers = [
        {
            **manifests.container(NAME, image("amazon-k8s-cni"), securityContext=privileged),
            "env": [{"name": name, "value": value} for name, value in sorted(environment.items())],
            "resources": settings.resources(_REQUESTS),
        },
        {
            **manifests.container("aws-eks-nodeagent", image("aws-network-policy-agent")),
            "args": [f"--enable-network-policy={policies}"],
            "securityContext": {"privileged": True},
            "resources": agent.get("resources") or {"requests": _REQUESTS},
        },
    ]
    pod = {"serviceAccountName": NAME, "hostNetwork": True}
    return [
        manifests.service_account(NAME, NAMESPACE, settings.role_arn),
        manifests.daemon_set(NAME, NAMESPACE, labels, containers, pod),
    ]


def _environment(values: Any) -> dict[str, str]:
    return {str(name): str(value) for name, value in (values or {}).items()}


ADDON = Addon(
    "vpc-cni",
    frozenset(
        {
            "affinity", "branchENICooldown", "cri", "enableNetworkPolicy", "enableWindowsIpam",
            "enableWindowsPrefixDelegation", "eniConfig", "env", "init", "livenessProbeTimeoutSeconds",
            "minimumWindowsIPTarget", "nodeAgent", "originalMatchLabels", "podAnnotations", "podLabels",
            "readinessProbeTimeoutSeconds", "resources", "tolerations", "warmWindowsIPTarget",
            "warmWindowsPrefixTarget",
        }
    ),
    _render,
)  # fmt: skip
