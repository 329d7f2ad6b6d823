"""Log groups that the shop's services write into."""

from dataclasses import dataclass

import pulumi

from components.context import StackContext
from components.iam import permissions
from components.iam.grants import Grant
from components.log_group import log_group


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
        self._group = log_group(
            f"{name}-group",
            f"/openmarket/{args.context.stack}/{args.service}",
            args.context,
            pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({"name": self._group.name})

    def write(self) -> Grant:
        """The permission to write into this group, and no other."""
        return Grant(f"{self._name}-write", self._group.arn.apply(permissions.log_write))
