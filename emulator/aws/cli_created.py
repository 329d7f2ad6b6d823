"""Implements what `aws` reads to find objects by their tags or by their own values, in the shapes of AWS's answers."""

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator.aws.account import AwsAccount
from emulator.aws.catalogue import TYPES
from emulator.aws.identity import PARTITION
from emulator.aws.tokens import (
    ACCESS_ENTRY,
    KEY,
    LAUNCH_TEMPLATE,
    NAT_GATEWAY,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    ROUTE,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SECURITY_GROUP,
    SUBNET,
)  # fmt: skip
from emulator.aws.types.alarms import METRIC_FILTER
from emulator.aws.types.cloudfront import ACCESS_CONTROL, CACHE_POLICY, HEADERS_POLICY
from emulator.aws.types.cloudwatch import DELIVERY, DESTINATION, SOURCE
from emulator.aws.types.elasticache import REPLICATION_GROUP
from emulator.aws.types.kms import ALIAS
from emulator.aws.types.money import BUDGET, MONITOR, SUBSCRIPTION
from emulator.aws.types.secretsmanager import VERSION
from emulator.aws.types.security_groups import EGRESS_RULE, INGRESS_RULE
from emulator.plugins.provider import ProviderError
from emulator.store import ACTIVE, Store, StoredObject

Command = Callable[[AwsAccount, argparse.Namespace], str]

OPTIONS = (
    "--account-id", "--budget-name", "--key-id", "--open-id-connect-provider-arn", "--policy-arn", "--principal-arn",
    "--replication-group-id", "--type",
)  # fmt: skip
"""Options of these commands, beside those of others."""

_UNTAGGED = (ROLE, ACCESS_ENTRY)
"""Types with tags that the Resource Groups Tagging API does not list."""
_GLOBAL = "us-east-1"
_DESTINATIONS = {
    "DestinationCidrBlock": "destinationCidrBlock", "DestinationPrefixListId": "destinationPrefixListId",
    "DestinationIpv6CidrBlock": "destinationIpv6CidrBlock", "GatewayId": "gatewayId", "NatGatewayId": "natGatewayId",
}  # fmt: skip
_RULE = {
    "GroupId": "securityGroupId", "IpProtocol": "ipProtocol", "CidrIpv4": "cidrIpv4", "CidrIpv6": "cidrIpv6",
    "PrefixListId": "prefixListId", "Description": "description",
}  # fmt: skip


def get_resources(store: Store, arguments: argparse.Namespace) -> str:
    """What has all tags of `--tag-filters Key=NAME,Values=VALUE` in the region, or of these only S3's buckets."""
    wanted = dict(_filter(each, "Key=") for each in arguments.tag_filters)
    types = arguments.resource_type_filters
    if not wanted or types not in ([], ["s3"]):
        raise ProviderError("get-resources (emulator): it filters by Key=NAME,Values=VALUE, and by the type s3 alone")
    found = [
        {"ResourceARN": _arn(store, each), "Tags": _tags(each)}
        for each in store.find()
        if each.status == ACTIVE
        and each.type not in _UNTAGGED
        and (not types or each.type.startswith("aws:s3/"))
        and wanted.items() <= (each.outputs.get("tagsAll") or {}).items()
        and _region(each, arguments.region) == arguments.region
    ]
    return json.dumps({"ResourceTagMappingList": found})


def _region(stored: StoredObject, here: str) -> str:
    return stored.outputs.get("region") or (here if TYPES[stored.type].regional else _GLOBAL)


def _arn(store: Store, stored: StoredObject) -> str:
    if stored.type != NAT_GATEWAY:
        return stored.outputs["arn"]
    # The provider has no such output.
    subnet = store.get(SUBNET, stored.outputs["subnetId"])
    owner = subnet.outputs["ownerId"] if subnet else ""
    return f"arn:{PARTITION}:ec2:{stored.outputs['region']}:{owner}:natgateway/{stored.id}"


def _describe_security_groups(store: Store, arguments: argparse.Namespace) -> str:
    found = _filtered(store, SECURITY_GROUP, arguments, {"vpc-id": "vpcId", "group-name": "name"})
    listed = [{"GroupId": each.id, "GroupName": each.outputs["name"], "VpcId": each.outputs["vpcId"]} for each in found]
    return json.dumps({"SecurityGroups": listed})


def _describe_launch_templates(store: Store, arguments: argparse.Namespace) -> str:
    found = _filtered(store, LAUNCH_TEMPLATE, arguments, {"launch-template-name": "name"})
    listed = [{"LaunchTemplateId": each.id, "LaunchTemplateName": each.outputs["name"]} for each in found]
    return json.dumps({"LaunchTemplates": listed})


def _describe_security_group_rules(store: Store, arguments: argparse.Namespace) -> str:
    rules = [
        {
            "SecurityGroupRuleId": each.id, "IsEgress": type_ == EGRESS_RULE,
            "FromPort": each.outputs.get("fromPort", -1), "ToPort": each.outputs.get("toPort", -1),
            **_members(each, _RULE), **_referenced(each),
        }
        for type_ in (INGRESS_RULE, EGRESS_RULE)
        for each in _filtered(store, type_, arguments, {"group-id": "securityGroupId"})
    ]  # fmt: skip
    return json.dumps({"SecurityGroupRules": rules})


def _referenced(rule: StoredObject) -> dict[str, Any]:
    group = rule.outputs.get("referencedSecurityGroupId")
    return {"ReferencedGroupInfo": {"GroupId": group}} if group else {}


def _describe_route_tables(store: Store, arguments: argparse.Namespace) -> str:
    tables = [
        {
            "RouteTableId": each.id, "VpcId": each.outputs["vpcId"],
            "Routes": [_members(route, _DESTINATIONS) for route in store.find(ROUTE, routeTableId=each.id)],
            "Associations": [
                _members(made, {"RouteTableAssociationId": "", "RouteTableId": "routeTableId", "SubnetId": "subnetId"})
                for made in store.find(ROUTE_TABLE_ASSOCIATION, routeTableId=each.id)
            ],
        }
        for each in _filtered(store, ROUTE_TABLE, arguments, {"route-table-id": ""})
    ]  # fmt: skip
    return json.dumps({"RouteTables": tables})


def _list_aliases(store: Store, arguments: argparse.Namespace) -> str:
    found = [each for each in store.find(ALIAS) if arguments.key_id in ("", each.outputs["targetKeyId"])]
    aliases = [{"AliasName": each.id, "TargetKeyId": each.outputs["targetKeyId"]} for each in found]
    return json.dumps({"Aliases": aliases})


def _describe_key(store: Store, arguments: argparse.Namespace) -> str:
    stored = _one(store, KEY, arguments.key_id, "NotFoundException")
    key = {"KeyId": stored.id, "Arn": stored.outputs["arn"], **_members(stored, {"Description": "description"})}
    return json.dumps({"KeyMetadata": key})


def _cloudfront(type_: str, listed: str, member: str) -> Command:
    def command(store: Store, arguments: argparse.Namespace) -> str:
        items = [
            {"Type": "custom", member: {"Id": each.id, f"{member}Config": {"Name": each.outputs["name"]}}}
            for each in store.find(type_)
        ]
        return json.dumps({listed: {"Quantity": len(items), "Items": items}})

    return command


def _list_origin_access_controls(store: Store, _arguments: argparse.Namespace) -> str:
    items = [{"Id": each.id, "Name": each.outputs["name"]} for each in store.find(ACCESS_CONTROL)]
    return json.dumps({"OriginAccessControlList": {"Quantity": len(items), "Items": items}})


def _list_secret_version_ids(store: Store, arguments: argparse.Namespace) -> str:
    versions = [
        {"VersionId": each.outputs["versionId"], "VersionStages": each.outputs["versionStages"]}
        for each in store.find(VERSION, secretId=arguments.secret_id)
    ]
    return json.dumps({"ARN": arguments.secret_id, "Versions": versions})


def _listed(type_: str, list_: str, members: Mapping[str, str]) -> Command:
    """A command that lists all objects of a type in the region, or of a service without one."""

    def command(store: Store, arguments: argparse.Namespace) -> str:
        found = [each for each in store.find(type_) if each.outputs.get("region", _GLOBAL) == arguments.region]
        return json.dumps({list_: [_members(each, members) for each in found]})

    return command


def _describe_metric_filters(store: Store, arguments: argparse.Namespace) -> str:
    found = store.find(METRIC_FILTER, logGroupName=arguments.log_group)
    filters = [_members(each, {"filterName": "name", "filterPattern": "pattern"}) for each in found]
    return json.dumps({"metricFilters": filters})


def _describe_budget(store: Store, arguments: argparse.Namespace) -> str:
    stored = _one(store, BUDGET, f"{arguments.account_id}:{arguments.budget_name}", "NotFoundException")
    return json.dumps({"Budget": {"BudgetName": stored.outputs["name"]}})


def _get_role(store: Store, arguments: argparse.Namespace) -> str:
    stored = _one(store, ROLE, arguments.role, "NoSuchEntity")
    role = {"RoleName": stored.id, "Arn": stored.outputs["arn"], "Path": stored.outputs["path"], "Tags": _tags(stored)}
    return json.dumps({"Role": role})


def _get_policy(store: Store, arguments: argparse.Namespace) -> str:
    stored = _one(store, POLICY, arguments.policy_arn, "NoSuchEntity")
    policy = {"PolicyName": stored.outputs["name"], "Arn": stored.id, "Tags": _tags(stored)}
    return json.dumps({"Policy": policy})


def _get_open_id_connect_provider(store: Store, arguments: argparse.Namespace) -> str:
    stored = _one(store, OIDC_PROVIDER, arguments.open_id_connect_provider_arn, "NoSuchEntity")
    return json.dumps({"Url": stored.outputs["url"], "Tags": _tags(stored)})


def _describe_access_entry(store: Store, arguments: argparse.Namespace) -> str:
    id_ = f"{arguments.cluster}:{arguments.principal_arn}"
    stored = _one(store, ACCESS_ENTRY, id_, "ResourceNotFoundException")
    members = {"clusterName": "clusterName", "principalArn": "principalArn", "username": "userName", "type": "type"}
    return json.dumps({"accessEntry": {**_members(stored, members), "tags": stored.outputs.get("tagsAll", {})}})


def _describe_replication_groups(store: Store, arguments: argparse.Namespace) -> str:
    stored = _one(store, REPLICATION_GROUP, arguments.replication_group_id, "ReplicationGroupNotFoundFault")
    group = {"ReplicationGroupId": stored.id, "ARN": stored.outputs["arn"], "Status": "available"}
    return json.dumps({"ReplicationGroups": [group]})


def _one(store: Store, type_: str, id_: str, error: str) -> StoredObject:
    stored = store.get(type_, id_)
    if stored is None or stored.status != ACTIVE:
        raise ProviderError(f"{error}: there is no {id_}.")
    return stored


def _filtered(
    store: Store, type_: str, arguments: argparse.Namespace, outputs: Mapping[str, str]
) -> Sequence[StoredObject]:
    """The objects that `--filters Name=NAME,Values=VALUE` leave; an output that is "" stands for the id."""
    found: Sequence[StoredObject] = store.find(type_)
    for name, wanted in (_filter(each, "Name=") for each in arguments.filters):
        if name not in outputs:
            raise ProviderError(f"InvalidParameterValue: the emulator filters by {', '.join(outputs)}, not by {name}")
        found = [
            each
            for each in found
            if str(each.outputs.get(outputs[name]) if outputs[name] else each.id) in wanted.split(",")
        ]
    return found


def _filter(text: str, prefix: str) -> tuple[str, str]:
    name, separator, wanted = text.removeprefix(prefix).partition(",Values=")
    if not separator or not text.startswith(prefix):
        raise ProviderError(f"ValidationException: {text!r} must be {prefix}NAME,Values=VALUE")
    return name, wanted


def _members(stored: StoredObject, names: Mapping[str, str]) -> dict[str, Any]:
    values = {member: stored.outputs.get(name) if name else stored.id for member, name in names.items()}
    return {member: value for member, value in values.items() if value not in (None, "")}


def _tags(stored: StoredObject) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in (stored.outputs.get("tagsAll") or {}).items()]


COMMANDS: Mapping[tuple[str, str], tuple[str, Command]] = {
    ("budgets", "describe-budget"): ("budgets:ViewBudget", _describe_budget),
    ("ce", "get-anomaly-monitors"): (
        "ce:GetAnomalyMonitors", _listed(MONITOR, "AnomalyMonitors", {"MonitorArn": "", "MonitorName": "name"}),
    ),
    ("ce", "get-anomaly-subscriptions"): (
        "ce:GetAnomalySubscriptions",
        _listed(SUBSCRIPTION, "AnomalySubscriptions", {"SubscriptionArn": "", "SubscriptionName": "name"}),
    ),
    ("cloudfront", "list-cache-policies"): (
        "cloudfront:ListCachePolicies", _cloudfront(CACHE_POLICY, "CachePolicyList", "CachePolicy"),
    ),
    ("cloudfront", "list-origin-access-controls"): (
        "cloudfront:ListOriginAccessControls", _list_origin_access_controls,
    ),
    ("cloudfront", "list-response-headers-policies"): (
        "cloudfront:ListResponseHeadersPolicies",
        _cloudfront(HEADERS_POLICY, "ResponseHeadersPolicyList", "ResponseHeadersPolicy"),
    ),
    ("ec2", "describe-launch-templates"): ("ec2:DescribeLaunchTemplates", _describe_launch_templates),
    ("ec2", "describe-route-tables"): ("ec2:DescribeRouteTables", _describe_route_tables),
    ("ec2", "describe-security-group-rules"): ("ec2:DescribeSecurityGroupRules", _describe_security_group_rules),
    ("ec2", "describe-security-groups"): ("ec2:DescribeSecurityGroups", _describe_security_groups),
    ("eks", "describe-access-entry"): ("eks:DescribeAccessEntry", _describe_access_entry),
    ("elasticache", "describe-replication-groups"): (
        "elasticache:DescribeReplicationGroups", _describe_replication_groups,
    ),
    ("iam", "get-open-id-connect-provider"): ("iam:GetOpenIDConnectProvider", _get_open_id_connect_provider),
    ("iam", "get-policy"): ("iam:GetPolicy", _get_policy),
    ("iam", "get-role"): ("iam:GetRole", _get_role),
    ("kms", "describe-key"): ("kms:DescribeKey", _describe_key),
    ("kms", "list-aliases"): ("kms:ListAliases", _list_aliases),
    ("logs", "describe-deliveries"): (
        "logs:DescribeDeliveries",
        _listed(DELIVERY, "deliveries", {
            "id": "", "arn": "arn", "deliverySourceName": "deliverySourceName",
            "deliveryDestinationArn": "deliveryDestinationArn",
        }),
    ),
    ("logs", "describe-delivery-destinations"): (
        "logs:DescribeDeliveryDestinations",
        _listed(DESTINATION, "deliveryDestinations", {"name": "", "arn": "arn"}),
    ),
    ("logs", "describe-delivery-sources"): (
        "logs:DescribeDeliverySources",
        _listed(SOURCE, "deliverySources", {"name": "", "arn": "arn", "logType": "logType"}),
    ),
    ("logs", "describe-metric-filters"): ("logs:DescribeMetricFilters", _describe_metric_filters),
    ("resourcegroupstaggingapi", "get-resources"): ("tag:GetResources", get_resources),
    ("secretsmanager", "list-secret-version-ids"): (
        "secretsmanager:ListSecretVersionIds", _list_secret_version_ids,
    ),
}  # fmt: skip
"""By command, the IAM action that it needs, and what does it."""
