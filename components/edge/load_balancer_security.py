"""The security group of the load balancer."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.ordering import known_after

_LISTENERS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class LoadBalancerSecurityArgs:
    """Inputs of `LoadBalancerSecurity`."""

    prefix: str
    """The beginning of the group's `Name` tag."""
    vpc_id: pulumi.Input[str]
    pods_security_group_id: pulumi.Input[str]
    ports: Sequence[int]
    """Ports of the pods that the load balancer sends requests to."""


class LoadBalancerSecurity(pulumi.ComponentResource):
    """Creates the load balancer's security group: from the internet to its listeners, and on to the pods' ports only.

    The program owns it, so that the load balancer's controller has no group to leave behind.
    """

    security_group_id: pulumi.Output[str]
    """The group, known once all rules exist: a load balancer with this group reaches the pods, and is reached."""

    def __init__(self, name: str, args: LoadBalancerSecurityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:LoadBalancerSecurity", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=args.vpc_id,
            description="Load balancer of the shop",
            tags={"Name": f"{args.prefix}-alb"},
            opts=child,
        )
        rules: list[pulumi.Resource] = [
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-from-internet-{listener}",
                security_group_id=group.id,
                description=f"{listener.upper()} from the internet",
                cidr_ipv4="0.0.0.0/0",
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=child,
            )
            for listener, port in _LISTENERS.items()
        ]
        for port in sorted(set(args.ports)):
            to_pods = aws.vpc.SecurityGroupEgressRule(
                f"{name}-to-pods-{port}",
                security_group_id=group.id,
                description="Requests and health checks to pods",
                referenced_security_group_id=args.pods_security_group_id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=child,
            )
            from_load_balancer = aws.vpc.SecurityGroupIngressRule(
                f"{name}-pods-from-load-balancer-{port}",
                security_group_id=args.pods_security_group_id,
                description="Requests and health checks from the load balancer",
                referenced_security_group_id=group.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=child,
            )
            rules += [to_pods, from_load_balancer]
        self.security_group_id = known_after(group.id, rules)
        self.register_outputs({"security_group_id": self.security_group_id})
