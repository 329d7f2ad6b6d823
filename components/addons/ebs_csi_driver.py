"""The driver that turns claims for storage into EBS volumes."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components import permissions
from components.addons.place import AddonPlace
from components.identity import ServiceAccountRole
from components.managed_addon import managed_addon

ADDON = "aws-ebs-csi-driver"
STORAGE_CLASS = "gp3"
_SERVICE_ACCOUNT = "ebs-csi-controller-sa"


@dataclass(frozen=True)
class EbsCsiDriverArgs:
    """Inputs of `EbsCsiDriver`."""

    place: AddonPlace
    key_arn: pulumi.Input[str]
    """Encrypts the volumes."""
    tags: Mapping[str, str]
    """For the volumes, which the provider's default tags do not reach."""


class EbsCsiDriver(pulumi.ComponentResource):
    """Creates the EKS add-on `aws-ebs-csi-driver`, its role, and the default StorageClass `gp3`.

    A volume is made in the zone of the pod that needs it, is encrypted, can grow, and goes with its claim.
    """

    role: ServiceAccountRole
    storage_class: pulumi.Resource
    """What claims need to be served, and again to go: the driver deletes the volume behind them."""

    def __init__(self, name: str, args: EbsCsiDriverArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:addons:EbsCsiDriver", name, {}, opts)
        place = args.place
        self.role = place.role(name, _SERVICE_ACCOUNT, self)
        self.role.allow_managed("own-volumes", permissions.EBS_CSI_DRIVER)
        self.role.allow("encryption", pulumi.Output.from_input(args.key_arn).apply(permissions.encrypted_volumes))
        addon = managed_addon(
            f"{name}-addon",
            place.addon(ADDON),
            {"controller": {"extraVolumeTags": dict(args.tags)}},
            parent=self,
            # The role's ARN does not show what it may do.
            after=[*self.role.grants, *place.ready],
            role_arn=self.role.arn,
        )
        self.storage_class = kubernetes.storage.v1.StorageClass(
            f"{name}-storage-class",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=STORAGE_CLASS, annotations={"storageclass.kubernetes.io/is-default-class": "true"}
            ),
            provisioner="ebs.csi.aws.com",
            parameters={"type": "gp3", "encrypted": "true", "kmsKeyId": args.key_arn},
            # A volume cannot leave its zone: only the scheduler knows which one it has to be.
            volume_binding_mode="WaitForFirstConsumer",
            allow_volume_expansion=True,
            reclaim_policy="Delete",
            # So that who needs the class has the driver too, to the last claim.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[addon]),
        )
        self.register_outputs({"role_arn": self.role.arn})
