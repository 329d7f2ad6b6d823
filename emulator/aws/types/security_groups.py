"""Security groups and their rules."""

from typing import Any

from emulator.aws.resource_type import Context, Reference, ResourceType, because, drawn
from emulator.aws.tokens import SECURITY_GROUP, VPC

INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"

_RULE_KEYS = (
    "securityGroupId", "ipProtocol", "fromPort", "toPort", "cidrIpv4", "cidrIpv6", "prefixListId",
    "referencedSecurityGroupId",
)  # fmt: skip
_RULE_IN_PLACE = because("the provider calls ModifySecurityGroupRules", *_RULE_KEYS[1:])
_RULE_REFERENCES = (
    Reference("securityGroupId", SECURITY_GROUP, holds=False),
    Reference("referencedSecurityGroupId", SECURITY_GROUP),
)


def _group(context: Context) -> dict[str, Any]:
    return {"arn": context.arn("ec2", f"security-group/{context.id}"), "ownerId": context.account}


def _default_group(context: Context) -> dict[str, Any]:
    return _group(context) | {"name": "default", "description": "default VPC security group"}


def _default_group_id(context: Context) -> str:
    vpc = context.find(VPC, str(context.inputs.get("vpcId")))
    return str(vpc.get("defaultSecurityGroupId") or f"sg-0{context.hex('id', 16)}")


def _rule(context: Context) -> dict[str, Any]:
    return {"arn": context.arn("ec2", f"security-group-rule/{context.id}"), "securityGroupRuleId": context.id}


TYPES = (
    ResourceType(
        type=SECURITY_GROUP, oracle="AWS::EC2::SecurityGroup", id=drawn("sg"), name_property="name", outputs=_group,
        names={
            "GroupDescription": "description", "GroupName": "name", "SecurityGroupIngress": "",
            "SecurityGroupEgress": "",
        },
        optional={"description": "the provider fills in 'Managed by Pulumi'"}, unique=("vpcId", "name"),
        defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False, "ingress": [], "egress": []},
        references=(Reference("vpcId", VPC),), seconds=(3, 1),
    ),
    ResourceType(
        type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", id=_default_group_id, outputs=_default_group,
        puts=True,
        also_replaces={"vpcId": "every VPC has its own default group, which the provider adopts"},
        references=(Reference("vpcId", VPC, holds=False),), defaults={"ingress": [], "egress": []},
    ),
    ResourceType(
        type=INGRESS_RULE, oracle="AWS::EC2::SecurityGroupIngress", id=drawn("sgr"), outputs=_rule, unique=_RULE_KEYS,
        names={
            "GroupId": "securityGroupId", "GroupName": "", "CidrIp": "cidrIpv4", "CidrIpv6": "cidrIpv6",
            "SourcePrefixListId": "prefixListId", "SourceSecurityGroupId": "referencedSecurityGroupId",
            "SourceSecurityGroupName": "", "SourceSecurityGroupOwnerId": "",
        },
        updates_in_place=_RULE_IN_PLACE, references=_RULE_REFERENCES, seconds=(2, 1),
    ),
    ResourceType(
        type=EGRESS_RULE, oracle="AWS::EC2::SecurityGroupEgress", id=drawn("sgr"), outputs=_rule, unique=_RULE_KEYS,
        names={
            "GroupId": "securityGroupId", "CidrIp": "cidrIpv4", "CidrIpv6": "cidrIpv6",
            "DestinationPrefixListId": "prefixListId", "DestinationSecurityGroupId": "referencedSecurityGroupId",
        },
        updates_in_place=_RULE_IN_PLACE, references=_RULE_REFERENCES, seconds=(2, 1),
    ),
)  # fmt: skip
