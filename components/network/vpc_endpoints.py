"""VPC endpoints, by which private subnets reach AWS services without the NAT gateway."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

import pulumi
import pulumi_aws as aws

from components.context import StackContext


@dataclass(frozen=True)
class VpcEndpointsArgs:
    """Inputs of `VpcEndpoints`."""

    context: StackContext
    vpc_id: pulumi.Input[str]
    vpc_cidr: IPv4Network
    route_table_ids: Sequence[pulumi.Input[str]]
    """The route tables of the private subnets, for the gateway endpoint."""
    subnet_ids: Sequence[pulumi.Input[str]]
    """The private subnets, one per zone, for interface endpoints."""
    interfaces: Sequence[str]
    """AWS services such as `ecr.api`; each is billed per zone and hour."""


class VpcEndpoints(pulumi.ComponentResource):
    """Creates the S3 gateway endpoint, which is free, and an interface endpoint per service asked for.

    Interface endpoints share one security group that admits HTTPS from the VPC.
    """

    def __init__(self, name: str, args: VpcEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:network:VpcEndpoints", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        aws.ec2.VpcEndpoint(
            f"{name}-s3",
            vpc_id=args.vpc_id,
            service_name=f"com.amazonaws.{args.context.region}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=list(args.route_table_ids),
            tags={"Name": f"{args.context.prefix}-s3"},
            opts=child,
        )
        if args.interfaces:
            group = aws.ec2.SecurityGroup(
                f"{name}-security-group",
                vpc_id=args.vpc_id,
                description="HTTPS from the VPC to AWS services",
                tags={"Name": f"{args.context.prefix}-endpoints"},
                opts=child,
            )
            rule = aws.vpc.SecurityGroupIngressRule(
                f"{name}-https",
                security_group_id=group.id,
                description="HTTPS from the VPC",
                cidr_ipv4=str(args.vpc_cidr),
                ip_protocol="tcp",
                from_port=443,
                to_port=443,
                opts=child,
            )
            for service in args.interfaces:
                aws.ec2.VpcEndpoint(
                    f"{name}-{service.replace('.', '-')}",
                    vpc_id=args.vpc_id,
                    service_name=f"com.amazonaws.{args.context.region}.{service}",
                    vpc_endpoint_type="Interface",
                    subnet_ids=list(args.subnet_ids),
                    security_group_ids=[group.id],
                    private_dns_enabled=True,
                    tags={"Name": f"{args.context.prefix}-{service}"},
                    # Private DNS sends all traffic to the endpoint at once: it has to be let in by then.
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[rule]),
                )
        self.register_outputs({})
