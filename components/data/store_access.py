"""Where stores with a network address live, and who reaches them there."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class StorePlace:
    """The isolated subnets of a store, and its clients."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    clients_security_group_id: pulumi.Input[str]
    """Of the cluster's nodes and pods, the only ones that may connect."""


@dataclass(frozen=True)
class StoreAccessArgs:
    """Inputs of `StoreAccess`."""

    label: str
    protocol: str
    """For people who read the rule."""
    port: int
    place: StorePlace


class StoreAccess(pulumi.ComponentResource):
    """Creates a store's security group: one port, from the cluster's nodes and pods, and no way out."""

    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: StoreAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:StoreAccess", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=args.place.vpc_id,
            description=f"{args.protocol} from nodes and pods of the cluster",
            tags={"Name": args.label},
            opts=child,
        )
        rule = aws.vpc.SecurityGroupIngressRule(
            f"{name}-from-pods",
            security_group_id=group.id,
            description=f"{args.protocol} from nodes and pods",
            referenced_security_group_id=args.place.clients_security_group_id,
            ip_protocol="tcp",
            from_port=args.port,
            to_port=args.port,
            opts=child,
        )
        # Known once the rule stands: a store that is there can be reached.
        self.security_group_id = rule.security_group_id
        self.register_outputs({"security_group_id": self.security_group_id})
