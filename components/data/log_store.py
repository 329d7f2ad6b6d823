"""Log groups that the shop's services write into."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import permissions
from components.identity import ServiceAccountRole


@dataclass(frozen=True)
class LogStoreArgs:
    """Inputs of `LogStore`."""

    log_group_name: str
    retention_days: int
    key_arn: pulumi.Input[str]


class LogStore(pulumi.ComponentResource):
    """Creates an encrypted log group with retention."""

    def __init__(self, name: str, args: LogStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:LogStore", name, {}, opts)
        self._name = name
        self._group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            name=args.log_group_name,
            retention_in_days=args.retention_days,
            kms_key_id=args.key_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"name": self._group.name})

    def allow_write(self, role: ServiceAccountRole) -> None:
        """Lets the role write into this group, and no other."""
        role.allow(f"{self._name}-write", self._group.arn.apply(permissions.log_write))
