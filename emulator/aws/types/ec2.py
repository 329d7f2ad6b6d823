"""EC2 beside the network itself: endpoints, flow logs and launch templates."""

from typing import Any

from emulator.aws.network_interfaces import interface
from emulator.aws.ownership import owner_key
from emulator.aws.resource_type import Context, Reference, ResourceType, because, drawn
from emulator.aws.tokens import (
    ENDPOINT,
    LAUNCH_TEMPLATE,
    LOG_GROUP,
    NETWORK_INTERFACE,
    ROLE,
    ROUTE_TABLE,
    SECURITY_GROUP,
    SUBNET,
    VPC,
)  # fmt: skip
from emulator.plugins.provider import Call, ProviderError
from emulator.store import Store, StoredObject, Transaction


def _endpoint(context: Context) -> dict[str, Any]:
    kind = context.inputs.get("vpcEndpointType", "Gateway")
    service = str(context.inputs.get("serviceName", "")).rpartition(".")[2]
    outputs: dict[str, Any] = {
        "arn": context.arn("ec2", f"vpc-endpoint/{context.id}"),
        "ownerId": context.account,
        "state": "available",
        "requesterManaged": False,
        "privateDnsEnabled": bool(context.inputs.get("privateDnsEnabled", False)),
    }
    if kind == "Gateway":
        return outputs | {"prefixListId": f"pl-{context.hex('prefix list', 8)}", "networkInterfaceIds": []}
    dns_name = context.host(f"{context.id}-{context.hex('dns', 8)}", service, context.region, "vpce")
    return outputs | {"dnsEntries": [{"dnsName": dns_name, "hostedZoneId": "Z27UANNT0PRK1T"}]}


def _endpoint_requires(transaction: Transaction, stored: StoredObject) -> None:
    if stored.outputs["vpcEndpointType"] != "Interface":
        return
    vpc = transaction.get(VPC, stored.inputs["vpcId"])
    if stored.inputs.get("privateDnsEnabled") and vpc and not vpc.outputs.get("enableDnsHostnames"):
        raise ProviderError(
            f"InvalidParameter: private DNS for {stored.inputs['serviceName']} needs enableDnsHostnames on {vpc.id}"
        )
    zones = [subnet.outputs.get("availabilityZone") for id_ in stored.inputs.get("subnetIds", [])
             if (subnet := transaction.get(SUBNET, id_))]  # fmt: skip
    if len(zones) != len(set(zones)):
        raise ProviderError(f"DuplicateSubnetsInSameZone: the subnets of an endpoint are in the zones {zones}")


def _endpoint_interfaces(store: Store, stored: StoredObject, _call: Call) -> dict[str, Any]:
    groups = list(stored.outputs.get("securityGroupIds", []))
    made = [
        interface(stored, subnet, groups, f"VPC Endpoint Interface {stored.id}")
        for subnet in stored.outputs.get("subnetIds", [])
    ]
    with store.transaction() as transaction:
        for old in transaction.find(NETWORK_INTERFACE, ownedBy=owner_key(stored)):
            transaction.remove(old.type, old.id)
        for each in made:
            transaction.put(each)
    return {"networkInterfaceIds": [each.id for each in made]}


def _launch_template(context: Context) -> dict[str, Any]:
    latest = int(context.previous.get("latestVersion", 0)) + 1
    follows = bool(context.inputs.get("updateDefaultVersion"))
    return {
        "arn": context.arn("ec2", f"launch-template/{context.id}"),
        "latestVersion": latest,
        "defaultVersion": latest if follows else context.inputs.get("defaultVersion", 1),
    }


TYPES = (
    ResourceType(
        type=ENDPOINT, oracle="AWS::EC2::VPCEndpoint", id=drawn("vpce"), outputs=_endpoint,
        names={
            "PolicyDocument": "policy", "DnsOptions/PrivateDnsSpecifiedDomains": "",
            "DnsOptions/PrivateDnsPreference": "",
        },
        defaults={"vpcEndpointType": "Gateway"}, requires=_endpoint_requires,
        references=(
            Reference("vpcId", VPC), Reference("subnetIds", SUBNET), Reference("securityGroupIds", SECURITY_GROUP),
            Reference("routeTableIds", ROUTE_TABLE, holds=False),
        ),
        created=_endpoint_interfaces, updated=lambda store, _old, new, call: _endpoint_interfaces(store, new, call),
        seconds=(60, 60),
    ),
    ResourceType(
        type="aws:ec2/flowLog:FlowLog", oracle="AWS::EC2::FlowLog", id=drawn("fl"),
        names={
            "ResourceType": "", "ResourceId": "vpcId", "LogGroupName": "", "DeliverLogsPermissionArn": "iamRoleArn",
        },
        also_replaces=because(
            "the provider has one property per kind of resource where CloudFormation has ResourceId",
            "subnetId", "eniId", "transitGatewayId", "transitGatewayAttachmentId", "regionalNatGatewayId",
        ),
        optional={"vpcId": "a flow log may watch a subnet or an interface instead"},
        defaults={"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600},
        outputs=lambda context: {"arn": context.arn("ec2", f"vpc-flow-log/{context.id}")},
        references=(
            Reference("vpcId", VPC, holds=False), Reference("iamRoleArn", ROLE, "arn", holds=False),
            Reference("logDestination", LOG_GROUP, "arn", holds=False, external=("arn:aws:s3:::",)),
        ),
    ),
    ResourceType(
        type=LAUNCH_TEMPLATE, oracle="AWS::EC2::LaunchTemplate", id=drawn("lt"), name_property="name",
        names={
            "LaunchTemplateName": "name", "LaunchTemplateData": "", "TagSpecifications": "", "VersionDescription": "",
        },
        outputs=_launch_template, volatile=("latestVersion", "defaultVersion"), unique=("name",),
        references=(Reference("vpcSecurityGroupIds", SECURITY_GROUP, holds=False),),
    ),
)  # fmt: skip
