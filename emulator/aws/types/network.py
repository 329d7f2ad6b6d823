"""VPCs and what routes their traffic."""

import ipaddress
import zlib
from typing import Any

from emulator.aws.network_interfaces import interface
from emulator.aws.ownership import owner_key
from emulator.aws.resource_type import Context, Reference, ResourceType, drawn
from emulator.aws.tokens import (
    EIP,
    INTERNET_GATEWAY,
    LOAD_BALANCER,
    NAT_GATEWAY,
    NETWORK_INTERFACE,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SECURITY_GROUP,
    SUBNET,
    VPC,
    VPC_CIDR,
)  # fmt: skip
from emulator.plugins.provider import Call, ProviderError
from emulator.store import Store, StoredObject, Transaction


def _vpc(context: Context) -> dict[str, Any]:
    return {
        "arn": context.arn("ec2", f"vpc/{context.id}"),
        "ownerId": context.account,
        "defaultSecurityGroupId": f"sg-0{context.hex('security group', 16)}",
        "defaultRouteTableId": f"rtb-0{context.hex('route table', 16)}",
        "mainRouteTableId": f"rtb-0{context.hex('route table', 16)}",
        "defaultNetworkAclId": f"acl-0{context.hex('network acl', 16)}",
        "dhcpOptionsId": "dopt-0a1b2c3d4e5f60718",
    }


def _vpc_requires(_transaction: Transaction, stored: StoredObject) -> None:
    network = ipaddress.IPv4Network(stored.inputs["cidrBlock"])
    if not 16 <= network.prefixlen <= 28:
        raise ProviderError(f"InvalidVpc.Range: the CIDR '{network}' is invalid, its size must be /16 to /28")


def _vpc_created(store: Store, stored: StoredObject, _call: Call) -> None:
    """AWS gives every VPC a security group that admits itself, and a route table."""
    common: dict[str, Any] = {"vpcId": stored.id, "ownedBy": owner_key(stored)}
    group = common | {"name": "default", "description": "default VPC security group"}
    with store.transaction() as transaction:
        transaction.put(
            StoredObject(SECURITY_GROUP, stored.outputs["defaultSecurityGroupId"], inputs=group, outputs=group)
        )
        transaction.put(StoredObject(ROUTE_TABLE, stored.outputs["mainRouteTableId"], inputs=common, outputs=common))


def _subnet_requires(transaction: Transaction, stored: StoredObject) -> None:
    vpc = transaction.get(VPC, stored.inputs["vpcId"])
    cidr = ipaddress.IPv4Network(stored.inputs["cidrBlock"])
    blocks = [vpc, *transaction.find(VPC_CIDR, vpcId=vpc.id)] if vpc else []
    if vpc and not any(cidr.subnet_of(ipaddress.IPv4Network(each.outputs["cidrBlock"])) for each in blocks):
        raise ProviderError(
            f"InvalidSubnet.Range: the CIDR '{cidr}' is not inside VPC {vpc.id} "
            + ", ".join(str(each.outputs["cidrBlock"]) for each in blocks)
        )
    for other in transaction.find(SUBNET, vpcId=stored.inputs["vpcId"]):
        if other.id != stored.id and cidr.overlaps(ipaddress.IPv4Network(other.outputs["cidrBlock"])):
            raise ProviderError(
                f"InvalidSubnet.Conflict: the CIDR '{cidr}' conflicts with {other.outputs['cidrBlock']} of {other.id}"
            )
    zone = stored.inputs.get("availabilityZone", "")
    if zone and not zone.startswith(stored.outputs["region"]):
        raise ProviderError(f"InvalidParameterValue: zone {zone} is not in region {stored.outputs['region']}")


def _block_requires(transaction: Transaction, stored: StoredObject) -> None:
    vpc = transaction.get(VPC, stored.inputs["vpcId"])
    cidr = ipaddress.IPv4Network(stored.inputs["cidrBlock"])
    for other in [vpc, *transaction.find(VPC_CIDR, vpcId=stored.inputs["vpcId"])] if vpc else []:
        if other.id != stored.id and cidr.overlaps(ipaddress.IPv4Network(other.outputs["cidrBlock"])):
            raise ProviderError(
                f"InvalidVpc.Range: The CIDR '{cidr}' conflicts with another CIDR block of {stored.inputs['vpcId']}"
            )


def _gateway_requires(transaction: Transaction, stored: StoredObject) -> None:
    for other in transaction.find(INTERNET_GATEWAY, vpcId=stored.inputs.get("vpcId")):
        if stored.inputs.get("vpcId") and other.id != stored.id:
            raise ProviderError(
                f"Resource.AlreadyAssociated: VPC {other.outputs['vpcId']} has the gateway {other.id} attached"
            )


def _gateway_refuses_delete(transaction: Transaction, stored: StoredObject) -> None:
    vpc = stored.outputs.get("vpcId")
    subnets = {subnet.id for subnet in transaction.find(SUBNET, vpcId=vpc)}
    for public in [*transaction.find(NAT_GATEWAY), *transaction.find(LOAD_BALANCER)]:
        used = {public.outputs.get("subnetId"), *public.outputs.get("subnets", [])}
        if subnets & used and public.outputs.get("internal") is not True:
            raise ProviderError(
                f"DependencyViolation: Network {vpc} has some mapped public address(es), of {public.id}. "
                f"Please unmap those public address(es) before detaching the gateway {stored.id}."
            )


def _nat(context: Context) -> dict[str, Any]:
    address = context.find(EIP, str(context.inputs.get("allocationId")))
    return {
        "publicIp": address.get("publicIp", ""),
        "privateIp": context.private_ip(str(context.inputs.get("subnetId"))),
        "associationId": f"eipassoc-0{context.hex('association', 16)}",
        "networkInterfaceId": f"eni-0{context.hex('interface', 16)}",
    }


def _nat_created(store: Store, stored: StoredObject, _call: Call) -> None:
    with store.transaction() as transaction:
        made = interface(stored, stored.outputs["subnetId"], [], f"Interface for NAT Gateway {stored.id}")
        transaction.put(
            StoredObject(made.type, stored.outputs["networkInterfaceId"], inputs=made.inputs, outputs=made.outputs)
        )


def _nat_requires(transaction: Transaction, stored: StoredObject) -> None:
    for other in transaction.find(NAT_GATEWAY, allocationId=stored.inputs.get("allocationId")):
        if stored.inputs.get("allocationId") and other.id != stored.id:
            raise ProviderError(f"Resource.AlreadyAssociated: {stored.inputs['allocationId']} belongs to {other.id}")


def _eip(context: Context) -> dict[str, Any]:
    # 198.51.100.0/24 is set aside for documentation (RFC 5737), so this address is nobody's.
    public_ip = f"198.51.100.{1 + int(context.hex('address', 4), 16) % 254}"
    return {
        "allocationId": context.id,
        "arn": context.arn("ec2", f"elastic-ip/{context.id}"),
        "publicIp": public_ip,
        "publicDns": context.host(f"ec2-{public_ip.replace('.', '-')}", context.region, "compute"),
    }


def _route_id(context: Context) -> str:
    destination = context.inputs.get("destinationCidrBlock") or context.inputs.get("destinationPrefixListId") or "ipv6"
    return f"r-{context.inputs['routeTableId']}{zlib.crc32(str(destination).encode())}"


def _route_import(stored: StoredObject) -> str:
    names = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
    destination = next((stored.outputs[name] for name in names if stored.outputs.get(name)), "")
    return f"{stored.outputs['routeTableId']}_{destination}"


def _owned(kind: str) -> Any:
    return lambda context: {"arn": context.arn("ec2", f"{kind}/{context.id}"), "ownerId": context.account}


TYPES = (
    ResourceType(
        type=VPC, oracle="AWS::EC2::VPC", id=drawn("vpc"),
        names={"VpcEncryptionControl": ""},
        defaults={
            "enableDnsSupport": True, "enableDnsHostnames": False, "instanceTenancy": "default",
            "enableNetworkAddressUsageMetrics": False,
        },
        outputs=_vpc, requires=_vpc_requires, created=_vpc_created, seconds=(8, 1),
    ),
    ResourceType(
        type=VPC_CIDR, oracle="AWS::EC2::VPCCidrBlock", id=drawn("vpc-cidr-assoc"), taggable=False,
        names={
            "AmazonProvidedIpv6CidrBlock": "", "Ipv6CidrBlock": "", "Ipv6IpamPoolId": "", "Ipv6NetmaskLength": "",
            "Ipv6Pool": "", "Ipv6CidrBlockNetworkBorderGroup": "",
        },
        references=(Reference("vpcId", VPC),), requires=_block_requires,
    ),
    ResourceType(
        type=SUBNET, oracle="AWS::EC2::Subnet", id=drawn("subnet"),
        names={"Ipv4IpamPoolId": "ipv4IpamPoolId", "Ipv6IpamPoolId": "ipv6IpamPoolId", "Ipv6NetmaskLength": ""},
        defaults={
            "mapPublicIpOnLaunch": False, "assignIpv6AddressOnCreation": False, "enableDns64": False,
            "enableResourceNameDnsARecordOnLaunch": False, "ipv6Native": False,
            "privateDnsHostnameTypeOnLaunch": "ip-name",
        },
        outputs=_owned("subnet"), references=(Reference("vpcId", VPC),), requires=_subnet_requires, seconds=(5, 1),
    ),
    ResourceType(
        type=INTERNET_GATEWAY, oracle="AWS::EC2::InternetGateway", id=drawn("igw"), outputs=_owned("internet-gateway"),
        references=(Reference("vpcId", VPC),), requires=_gateway_requires, refuses_delete=_gateway_refuses_delete,
    ),
    ResourceType(
        type=EIP, oracle="AWS::EC2::EIP", id=drawn("eipalloc"), outputs=_eip, seconds=(6, 5),
        also_replaces={"domain": "the only other domain was EC2-Classic, gone since 2022"},
        names={"TransferAddress": ""}, defaults={"domain": "vpc", "publicIpv4Pool": "amazon"},
    ),
    ResourceType(
        type=NAT_GATEWAY, oracle="AWS::EC2::NatGateway", id=drawn("nat"), outputs=_nat, created=_nat_created,
        names={"PrivateIpAddress": "privateIp"}, defaults={"connectivityType": "public"}, requires=_nat_requires,
        references=(Reference("subnetId", SUBNET), Reference("allocationId", EIP)), seconds=(106, 52),
    ),
    ResourceType(
        type=ROUTE_TABLE, oracle="AWS::EC2::RouteTable", id=drawn("rtb"), outputs=_owned("route-table"),
        references=(Reference("vpcId", VPC),), seconds=(2, 1),
    ),
    ResourceType(
        type=ROUTE, oracle="AWS::EC2::Route", id=_route_id, taggable=False, imported_by=_route_import,
        outputs=lambda _: {"origin": "CreateRoute", "state": "active"},
        names={"DestinationIpv6CidrBlock": "destinationIpv6CidrBlock"},
        references=(
            Reference("routeTableId", ROUTE_TABLE, holds=False), Reference("natGatewayId", NAT_GATEWAY, holds=False),
            Reference("gatewayId", INTERNET_GATEWAY, holds=False),
        ),
    ),
    ResourceType(
        type=ROUTE_TABLE_ASSOCIATION, oracle="AWS::EC2::SubnetRouteTableAssociation", id=drawn("rtbassoc"),
        taggable=False, imported_by=lambda stored: f"{stored.outputs.get('subnetId')}/{stored.outputs['routeTableId']}",
        optional={"subnetId": "the provider's type associates gateways, too"}, unique=("subnetId",),
        updates_in_place={"routeTableId": "the provider calls ReplaceRouteTableAssociation"},
        references=(Reference("routeTableId", ROUTE_TABLE), Reference("subnetId", SUBNET, holds=False)),
    ),
    ResourceType(
        type=NETWORK_INTERFACE, oracle="AWS::EC2::NetworkInterface", id=drawn("eni"), owned_by_aws=True,
        references=(Reference("subnetId", SUBNET), Reference("securityGroups", SECURITY_GROUP)),
    ),
)  # fmt: skip
