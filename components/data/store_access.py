"""The network of databases and caches: their subnets, and who may connect."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.ordering import known_after


@dataclass(frozen=True)
class StoreNetwork:
    """The isolated subnets of a store, and its clients."""

    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    clients_security_group_id: pulumi.Input[str]
    """The security group of the cluster's nodes and pods, the only clients that may connect."""


@dataclass(frozen=True)
class StoreAccessArgs:
    """Inputs of `StoreAccess`."""

    label: str
    """The security group's `Name` tag."""
    protocol: str
    """The protocol's name, for people who read the rule."""
    port: int
    network: StoreNetwork


class StoreAccess(pulumi.ComponentResource):
    """Creates a store's security group: one port, from the cluster's nodes and pods, and no way out."""

    security_group_id: pulumi.Output[str]
    """The group itself. The store does not wait for the rule, and so not for the cluster whose group the rule names."""

    def __init__(self, name: str, args: StoreAccessArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:data:StoreAccess", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=args.network.vpc_id,
            description=f"{args.protocol} from nodes and pods of the cluster",
            tags={"Name": args.label},
            opts=child,
        )
        self._rule = aws.vpc.SecurityGroupIngressRule(
            f"{name}-from-pods",
            security_group_id=group.id,
            description=f"{args.protocol} from nodes and pods",
            referenced_security_group_id=args.network.clients_security_group_id,
            ip_protocol="tcp",
            from_port=args.port,
            to_port=args.port,
            opts=child,
        )
        self.security_group_id = group.id
        self.register_outputs({"security_group_id": self.security_group_id})

    def reachable(self, address: pulumi.Output[str]) -> pulumi.Output[str]:
        """The store's address, known once clients may connect to it."""
        return known_after(address, [self._rule])
