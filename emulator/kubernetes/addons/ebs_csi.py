"""The add-on aws-ebs-csi-driver; `controllers/volumes.py` provisions the volumes."""

from emulator.kubernetes import manifests
from emulator.kubernetes.addons.addon import NAMESPACE, Addon, Settings, image, labels
from emulator.kubernetes.api import Object

CONTROLLER = "ebs-csi-controller"
DRIVER = "ebs.csi.aws.com"
ROLE_ACTION = "ec2:CreateVolume"

_NODE = "ebs-csi-node"
# Requests and limits of every container of the driver, as its chart sets them.
_REQUESTS, _LIMITS = {"cpu": "10m", "memory": "40Mi"}, {"memory": "256Mi"}
_SIDECARS = ("ebs-plugin", "csi-provisioner", "csi-attacher", "csi-snapshotter", "csi-resizer", "liveness-probe")


def _render(settings: Settings) -> list[Object]:
    restricted = {"securityContext": {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True}}
    controller = [manifests.container(name, image(name), _REQUESTS, _LIMITS, **restricted) for name in _SIDECARS]
    privileged = {"securityContext": {"privileged": True}}
    node = [
        manifests.container(name, image(name), _REQUESTS, _LIMITS, **privileged)
        for name in ("ebs-plugin", "node-driver-registrar", "liveness-probe")
    ]
    account = f"{CONTROLLER}-sa"
    critical = {"serviceAccountName": account, "priorityClassName": "system-cluster-critical"}
    objects = [
        manifests.service_account(account, NAMESPACE, settings.role_arn),
        manifests.service_account(f"{_NODE}-sa", NAMESPACE),
        {
            "apiVersion": "storage.k8s.io/v1",
            "kind": "CSIDriver",
            "metadata": {"name": DRIVER},
            "spec": {"attachRequired": True, "podInfoOnMount": False},
        },
        manifests.deployment(CONTROLLER, NAMESPACE, labels(CONTROLLER), controller, 2, critical),
        manifests.daemon_set(_NODE, NAMESPACE, labels(_NODE), node, {"serviceAccountName": f"{_NODE}-sa"}),
    ]
    if (settings.configuration.get("defaultStorageClass") or {}).get("enabled"):
        objects.append(_default_class())
    return objects


def _default_class() -> Object:
    return {
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": {
            "name": "ebs-csi-default-sc",
            "annotations": {"storageclass.kubernetes.io/is-default-class": "true"},
        },
        "provisioner": DRIVER,
        "volumeBindingMode": "WaitForFirstConsumer",
        "allowVolumeExpansion": True,
    }


ADDON = Addon(
    "aws-ebs-csi-driver",
    frozenset(
        {
            "a1CompatibilityDaemonSet", "additionalDaemonSets", "controller", "defaultStorageClass", "fips", "image",
            "imagePullSecrets", "node", "nodeComponentOnly", "proxy", "sidecars", "storageClasses", "useOldCSIDriver",
            "volumeSnapshotClasses",
        }
    ),
    _render,
)  # fmt: skip
