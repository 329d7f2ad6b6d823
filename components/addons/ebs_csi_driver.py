"""The driver that turns claims for storage into EBS volumes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from components.addons.addon import Addon, Installation
from components.addons.parts import EksAddon, Pods, ServiceAccount
from components.base.pods import Requests, demand
from components.iam.grants import AnyGrant, Grant, ManagedGrant
from components.iam.permissions import document

if TYPE_CHECKING:
    import pulumi

STORAGE_CLASS = "gp3"
_OWN_VOLUMES = ManagedGrant("own-volumes", "arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2")
"""https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverPolicyV2.html"""
# kubernetes-sigs/aws-ebs-csi-driver, charts/aws-ebs-csi-driver, from which AWS makes the add-on: EKS runs two
# controllers of six containers, and a driver with two companions on every node.
_CONTAINER = Requests("10m", "40Mi")


class EbsCsiDriver(Addon):
    """The EKS add-on `aws-ebs-csi-driver` and the default StorageClass `gp3`.

    A volume is created in the zone of the pod that needs it, is encrypted, can grow, and is deleted with its claim.
    """

    name = "ebs-csi"
    source = EksAddon("aws-ebs-csi-driver")
    service_account = ServiceAccount("ebs-csi-controller-sa")
    role_name = "ebs-csi-driver"

    def pods(self) -> Pods:
        return Pods(per_node=[demand(*[_CONTAINER] * 3)], deployed=[demand(*[_CONTAINER] * 6)] * 2)

    def grants(self, installation: Installation) -> Sequence[AnyGrant]:
        return [
            _OWN_VOLUMES,
            Grant("encryption", installation.key_arn("volumes").apply(_encrypted_volumes)),
        ]

    def values(self, installation: Installation) -> Mapping[str, Any]:
        return {"controller": {"extraVolumeTags": dict(installation.tags)}}

    def after(self, installation: Installation, installed: pulumi.Resource) -> pulumi.Resource:
        """Creates the StorageClass. Whoever needs it has the driver too, until the last volume is deleted."""
        name, opts = f"{installation.name}-storage-class", installation.child(installed)
        return encrypted_storage(name, STORAGE_CLASS, installation.key_arn("volumes"), "Delete", opts, default=True)


def encrypted_storage(
    name: str,
    storage_class: str,
    key_arn: pulumi.Input[str],
    reclaim_policy: str,
    opts: pulumi.ResourceOptions,
    *,
    default: bool = False,
) -> pulumi.Resource:
    """Creates a StorageClass of gp3 volumes that the key encrypts and that can grow.

    Args:
        reclaim_policy: Delete or Retain: what becomes of a volume whose claim is deleted.
        default: True if claims that name no class are of this one.
    """
    import pulumi_kubernetes as kubernetes

    annotations = {"storageclass.kubernetes.io/is-default-class": "true"} if default else None
    return kubernetes.storage.v1.StorageClass(
        name,
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=storage_class, annotations=annotations),
        provisioner="ebs.csi.aws.com",
        parameters={"type": "gp3", "encrypted": "true", "kmsKeyId": key_arn},
        # A volume cannot leave its zone: only the scheduler knows which one it has to be.
        volume_binding_mode="WaitForFirstConsumer",
        allow_volume_expansion=True,
        reclaim_policy=reclaim_policy,
        opts=opts,
    )


def _encrypted_volumes(key_arn: str) -> str:
    """Creates and attaches EBS volumes that a key encrypts, as the EBS CSI driver does.

    https://docs.aws.amazon.com/eks/latest/userguide/csi-iam-role.html, on custom keys.
    """
    return document(
        {
            "Effect": "Allow",
            "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            "Resource": key_arn,
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
        {
            "Effect": "Allow",
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": key_arn,
        },
    )


def volume_claim(gib: int) -> dict[str, Any]:
    """The template of a volume of this size, as the Prometheus operator takes it."""
    return {
        "volumeClaimTemplate": {
            "spec": {
                "storageClassName": STORAGE_CLASS,
                "accessModes": ["ReadWriteOnce"],
                "resources": {"requests": {"storage": f"{gib}Gi"}},
            }
        }
    }
