"""A VPC in two zones: public subnets, private ones behind NAT, and data subnets that nothing leaves."""

import pulumi
import pulumi_aws as aws

ZONES = ("a", "c")
ANYWHERE = "0.0.0.0/0"
SUBNETS = {"public": ("10.60.0.0/24", "10.60.1.0/24"), "private": ("10.60.16.0/20", "10.60.32.0/20"),
           "data": ("10.60.2.0/24", "10.60.3.0/24")}  # fmt: skip

region = aws.get_region().region
vpc = aws.ec2.Vpc("shared", cidr_block="10.60.0.0/16", enable_dns_hostnames=True, tags={"Name": "shared"})
subnets = {
    kind: {
        zone: aws.ec2.Subnet(
            f"{kind}-{zone}",
            vpc_id=vpc.id,
            cidr_block=cidr,
            availability_zone=f"{region}{zone}",
            tags={"Name": f"shared-{kind}-{zone}"},
        )
        for zone, cidr in zip(ZONES, cidrs, strict=True)
    }
    for kind, cidrs in SUBNETS.items()
}

internet = aws.ec2.InternetGateway("internet", vpc_id=vpc.id)
address = aws.ec2.Eip("nat", domain="vpc", opts=pulumi.ResourceOptions(depends_on=[internet]))
nat = aws.ec2.NatGateway("nat", subnet_id=subnets["public"]["a"].id, allocation_id=address.id)
ways_out = {
    "public": [aws.ec2.RouteTableRouteArgs(cidr_block=ANYWHERE, gateway_id=internet.id)],
    "private": [aws.ec2.RouteTableRouteArgs(cidr_block=ANYWHERE, nat_gateway_id=nat.id)],
}
for kind, routes in ways_out.items():
    table = aws.ec2.RouteTable(kind, vpc_id=vpc.id, routes=routes)
    for zone, subnet in subnets[kind].items():
        aws.ec2.RouteTableAssociation(f"{kind}-{zone}", subnet_id=subnet.id, route_table_id=table.id)
# The data subnets have the VPC's main route table, which leads nowhere.

# AWS's STS answers inside the VPC, in a block of its own: whoever asks for it by name is led there.
block = aws.ec2.VpcIpv4CidrBlockAssociation("endpoints", vpc_id=vpc.id, cidr_block="100.64.0.0/24")
endpoints = aws.ec2.Subnet(
    "endpoints", vpc_id=vpc.id, cidr_block=block.cidr_block, availability_zone=f"{region}{ZONES[0]}"
)
clients = aws.ec2.SecurityGroup("endpoints", vpc_id=vpc.id, description="HTTPS from the VPC to AWS services")
https = aws.vpc.SecurityGroupIngressRule(
    "endpoints",
    security_group_id=clients.id,
    cidr_ipv4=vpc.cidr_block,
    ip_protocol="tcp",
    from_port=443,
    to_port=443,
)
aws.ec2.VpcEndpoint(
    "sts",
    vpc_id=vpc.id,
    service_name=f"com.amazonaws.{region}.sts",
    vpc_endpoint_type="Interface",
    subnet_ids=[endpoints.id],
    security_group_ids=[clients.id],
    private_dns_enabled=True,
    opts=pulumi.ResourceOptions(depends_on=[https]),
)

pulumi.export(
    "existing",
    {
        "vpcId": vpc.id,
        "subnets": {zone: {kind: subnets[kind][zone].id for kind in SUBNETS} for zone in ZONES},
    },
)
