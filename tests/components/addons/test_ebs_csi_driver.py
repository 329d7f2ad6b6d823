"""The EBS CSI driver and its StorageClass."""

import json
from typing import Any

from tests.components.program import Deployed, stack_file

ADDON = "eks/addon:Addon"


def settings(deployed: Deployed, name: str) -> dict[str, Any]:
    return json.loads(deployed.one(ADDON, name).inputs["configurationValues"])


def test_ebs_csi_driver(dev: Deployed) -> None:
    addon = dev.one(ADDON, "addons-ebs-csi-addon").inputs
    assert addon["serviceAccountRoleArn"] == dev.outputs["role_arns"]["ebs-csi-driver"]
    tags = stack_file("dev")["aws:defaultTags"]["tags"]
    assert settings(dev, "addons-ebs-csi-addon")["controller"]["extraVolumeTags"] == tags
    assert dev.waits_for("addons-ebs-csi-addon") >= {
        "addons-ebs-csi-identity-own-volumes",
        "addons-ebs-csi-identity-encryption",
        "cluster-coredns",
    }


def test_volumes_are_encrypted_and_made_where_their_pod_is(deployed: Deployed) -> None:
    storage_class = deployed.one("storage.k8s.io/v1:StorageClass").inputs
    assert storage_class["metadata"]["name"] == "gp3"
    assert storage_class["metadata"]["annotations"]["storageclass.kubernetes.io/is-default-class"] == "true"
    parameters = dict(storage_class["parameters"])
    assert parameters.pop("kmsKeyId").startswith("arn:aws:kms:")
    assert parameters == {"type": "gp3", "encrypted": "true"}
    assert storage_class["volumeBindingMode"] == "WaitForFirstConsumer"
    assert storage_class["reclaimPolicy"] == "Delete"
    assert storage_class["allowVolumeExpansion"] is True
    assert deployed.dependencies("addons-ebs-csi-storage-class") == {"addons-ebs-csi-addon"}
