"""Implements what `aws` reads to find objects by their tags or by their own values, in the shapes of AWS's answers."""

import argparse
import json
from collections.abc import Mapping

from emulator.aws import cli_networks, cli_records
from emulator.aws.catalogue import TYPES
from emulator.aws.cli_answers import Command, members, one, pair, tags
from emulator.aws.identity import PARTITION
from emulator.aws.tokens import (
    ACCESS_ENTRY,
    KEY,
    NAT_GATEWAY,
    OIDC_PROVIDER,
    POLICY,
    ROLE,
    SUBNET,
)  # fmt: skip
from emulator.aws.types.alarms import METRIC_FILTER
from emulator.aws.types.backup import SELECTION
from emulator.aws.types.cloudfront import ACCESS_CONTROL, CACHE_POLICY, HEADERS_POLICY
from emulator.aws.types.cloudwatch import DELIVERY, DESTINATION, SOURCE
from emulator.aws.types.elasticache import REPLICATION_GROUP
from emulator.aws.types.kms import ALIAS
from emulator.aws.types.money import BUDGET, MONITOR, SUBSCRIPTION
from emulator.aws.types.secretsmanager import VERSION
from emulator.aws.types.shield import PROTECTION
from emulator.aws.types.shield import SUBSCRIPTION as SHIELD
from emulator.aws.types.wafv2 import WEB_ACL
from emulator.plugins.provider import ProviderError
from emulator.store import ACTIVE, Store, StoredObject

OPTIONS = (
    "--account-id", "--backup-plan-id", "--budget-name", "--hosted-zone-id", "--key-id", "--max-items",
    "--open-id-connect-provider-arn", "--policy-arn", "--principal-arn", "--replication-group-id", "--scope",
    "--start-record-name", "--start-record-type", "--type",
)  # fmt: skip
"""Options of these commands, beside those of others."""

_UNTAGGED = (ROLE, ACCESS_ENTRY)
"""Types with tags that the Resource Groups Tagging API does not list."""
_GLOBAL = "us-east-1"


def _get_resources(store: Store, arguments: argparse.Namespace) -> str:
    """What has all tags of `--tag-filters Key=NAME,Values=VALUE` in the region, or of these only S3's buckets."""
    wanted = dict(pair(each, "Key=") for each in arguments.tag_filters)
    types = arguments.resource_type_filters
    if not wanted or types not in ([], ["s3"]):
        raise ProviderError("get-resources (emulator): it filters by Key=NAME,Values=VALUE, and by the type s3 alone")
    found = [
        {"ResourceARN": _arn(store, each), "Tags": tags(each)}
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


def _list_aliases(store: Store, arguments: argparse.Namespace) -> str:
    found = [each for each in store.find(ALIAS) if arguments.key_id in ("", each.outputs["targetKeyId"])]
    aliases = [{"AliasName": each.id, "TargetKeyId": each.outputs["targetKeyId"]} for each in found]
    return json.dumps({"Aliases": aliases})


def _describe_key(store: Store, arguments: argparse.Namespace) -> str:
    stored = one(store, KEY, arguments.key_id, "NotFoundException")
    key = {"KeyId": stored.id, "Arn": stored.outputs["arn"], **members(stored, {"Description": "description"})}
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


def _listed(type_: str, list_: str, names: Mapping[str, str], **options: str) -> Command:
    """A command that lists the objects of a type in the region, or of a service without one.

    Only those are listed of which these outputs are the values of these options.
    """

    def command(store: Store, arguments: argparse.Namespace) -> str:
        chosen = {output: getattr(arguments, option) for option, output in options.items()}
        found = [each for each in store.find(type_, **chosen) if _region(each, _GLOBAL) == arguments.region]
        return json.dumps({list_: [members(each, names) for each in found]})

    return command


def _get_subscription_state(store: Store, _arguments: argparse.Namespace) -> str:
    return json.dumps({"SubscriptionState": "ACTIVE" if store.find(SHIELD) else "INACTIVE"})


def _describe_budget(store: Store, arguments: argparse.Namespace) -> str:
    stored = one(store, BUDGET, f"{arguments.account_id}:{arguments.budget_name}", "NotFoundException")
    return json.dumps({"Budget": {"BudgetName": stored.outputs["name"]}})


def _get_role(store: Store, arguments: argparse.Namespace) -> str:
    stored = one(store, ROLE, arguments.role, "NoSuchEntity")
    role = {"RoleName": stored.id, "Arn": stored.outputs["arn"], "Path": stored.outputs["path"], "Tags": tags(stored)}
    return json.dumps({"Role": role})


def _get_policy(store: Store, arguments: argparse.Namespace) -> str:
    stored = one(store, POLICY, arguments.policy_arn, "NoSuchEntity")
    policy = {"PolicyName": stored.outputs["name"], "Arn": stored.id, "Tags": tags(stored)}
    return json.dumps({"Policy": policy})


def _get_open_id_connect_provider(store: Store, arguments: argparse.Namespace) -> str:
    stored = one(store, OIDC_PROVIDER, arguments.open_id_connect_provider_arn, "NoSuchEntity")
    return json.dumps({"Url": stored.outputs["url"], "Tags": tags(stored)})


def _describe_access_entry(store: Store, arguments: argparse.Namespace) -> str:
    id_ = f"{arguments.cluster}:{arguments.principal_arn}"
    stored = one(store, ACCESS_ENTRY, id_, "ResourceNotFoundException")
    names = {"clusterName": "clusterName", "principalArn": "principalArn", "username": "userName", "type": "type"}
    return json.dumps({"accessEntry": {**members(stored, names), "tags": stored.outputs.get("tagsAll", {})}})


def _describe_replication_groups(store: Store, arguments: argparse.Namespace) -> str:
    stored = one(store, REPLICATION_GROUP, arguments.replication_group_id, "ReplicationGroupNotFoundFault")
    group = {"ReplicationGroupId": stored.id, "ARN": stored.outputs["arn"], "Status": "available"}
    return json.dumps({"ReplicationGroups": [group]})


COMMANDS: Mapping[tuple[str, str], tuple[str, Command]] = {
    **cli_networks.COMMANDS,
    **cli_records.COMMANDS,
    ("backup", "list-backup-selections"): (
        "backup:ListBackupSelections",
        _listed(
            SELECTION, "BackupSelectionsList",
            {"SelectionId": "", "SelectionName": "name", "BackupPlanId": "planId", "IamRoleArn": "iamRoleArn"},
            backup_plan_id="planId",
        ),
    ),
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
    ("logs", "describe-metric-filters"): (
        "logs:DescribeMetricFilters",
        _listed(
            METRIC_FILTER, "metricFilters", {"filterName": "name", "filterPattern": "pattern"},
            log_group="logGroupName",
        ),
    ),
    ("resourcegroupstaggingapi", "get-resources"): ("tag:GetResources", _get_resources),
    ("shield", "get-subscription-state"): ("shield:GetSubscriptionState", _get_subscription_state),
    ("shield", "list-protections"): (
        "shield:ListProtections",
        _listed(PROTECTION, "Protections", {"Id": "", "Name": "name", "ResourceArn": "resourceArn"}),
    ),
    ("wafv2", "list-web-acls"): (
        "wafv2:ListWebACLs",
        _listed(WEB_ACL, "WebACLs", {"Id": "", "Name": "name", "ARN": "arn", "LockToken": "lockToken"}, scope="scope"),
    ),
    ("secretsmanager", "list-secret-version-ids"): (
        "secretsmanager:ListSecretVersionIds", _list_secret_version_ids,
    ),
}  # fmt: skip
"""By command, the IAM action that it needs, and what does it."""
