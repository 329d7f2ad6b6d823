"""Who may reach the load balancer, and what it may reach."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

_LISTENERS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class LoadBalancerSecurityArgs:
    """Inputs of `LoadBalancerSecurity`."""

    label: str
    vpc_id: pulumi.Input[str]
    pods_security_group_id: pulumi.Input[str]
    ports: Sequence[int]
    """Of the pods that the load balancer sends requests to."""


class LoadBalancerSecurity(pulumi.ComponentResource):
    """Creates the load balancer's security group: the world to its listeners, and from it to the pods' ports only.

    The program owns it, so that the load balancer's controller has no group to leave behind.
    """

    security_group_id: pulumi.Output[str]

    def __init__(self, name: str, args: LoadBalancerSecurityArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:LoadBalancerSecurity", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.ec2.SecurityGroup(
            f"{name}-security-group",
            vpc_id=args.vpc_id,
            description="Load balancer of the shop",
            tags={"Name": f"{args.label}-alb"},
            opts=child,
        )
        for listener, port in _LISTENERS.items():
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
        for port in sorted(set(args.ports)):
            aws.vpc.SecurityGroupEgressRule(
                f"{name}-to-pods-{port}",
                security_group_id=group.id,
                description="Requests and health checks to pods",
                referenced_security_group_id=args.pods_security_group_id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=child,
            )
            aws.vpc.SecurityGroupIngressRule(
                f"{name}-pods-from-load-balancer-{port}",
                security_group_id=args.pods_security_group_id,
                description="Requests and health checks from the load balancer",
                referenced_security_group_id=group.id,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                opts=child,
            )
        self.security_group_id = group.id
        self.register_outputs({"security_group_id": self.security_group_id})
