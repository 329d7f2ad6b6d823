"""Log groups that the shop's services write into."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.context import StackContext
from components.iam import permissions
from components.iam.grants import Grant


@dataclass(frozen=True)
class LogStoreArgs:
    """Inputs of `LogStore`."""

    context: StackContext
    service: str


class LogStore(pulumi.ComponentResource):
    """Creates the encrypted log group `/openmarket/<stack>/<service>` of a service, with retention."""

    def __init__(self, name: str, args: LogStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:LogStore", name, {}, opts)
        self._name = name
        self._group = aws.cloudwatch.LogGroup(
            f"{name}-group",
            name=f"/openmarket/{args.context.stack}/{args.service}",
            retention_in_days=args.context.log_retention_days,
            kms_key_id=args.context.keys["logs"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"name": self._group.name})

    def write(self) -> Grant:
        """The permission to write into this group, and no other."""
        return Grant(f"{self._name}-write", self._group.arn.apply(permissions.log_write))
