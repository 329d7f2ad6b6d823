"""Finds by its own values what has no tags that the Resource Groups Tagging API lists, or several of the same tags."""

from collections.abc import Mapping, Sequence
from typing import Any

from ops.objects import part, parts, value
from ops.operate import network_keys
from ops.operate.account import GLOBAL, Account, Find, Ids, has_tags
from ops.operate.pending import Operation


def _listed(words: str, path: Sequence[str], same: Mapping[str, Sequence[str]], id_: Sequence[str]) -> Find:
    """Find by a list of all: those whose members at these paths are the inputs of these names."""

    def find(account: Account, creation: Operation) -> Ids:
        region = str(creation.inputs.get("region") or GLOBAL)
        answer = account.ask(*words.format(**creation.inputs).split(), region=region)
        return [
            str(value(each, *id_))
            for each in parts(answer, *path)
            if all(value(each, *member) == creation.inputs.get(name) for name, member in same.items())
        ]

    return find


def _imported_by(id_: str, find: Find) -> Find:
    """Put what is found into the id by which the provider imports it: `id` is what was found, the rest are inputs."""
    return lambda account, creation: [id_.format(**{**creation.inputs, "id": each}) for each in find(account, creation)]


def _with_tags(words: str, member: str, id_: str) -> Find:
    """Find what has one name in IAM, if it has the creation's tags."""

    def find(account: Account, creation: Operation) -> Ids:
        inputs = {"path": "/", **creation.inputs, "account": account.id}
        inputs["url"] = str(inputs.get("url", "")).removeprefix("https://")
        answer = account.ask(*words.format(**inputs).split(), region=GLOBAL)
        described = part(answer, member) if member else answer
        return [id_.format(**inputs)] if answer and has_tags(described, creation) else []

    return find


def _budget(account: Account, creation: Operation) -> Ids:
    name = str(creation.inputs["name"])
    words = ("budgets", "describe-budget", "--account-id", account.id, "--budget-name", name)
    return [f"{account.id}:{name}"] if account.ask(*words, region=GLOBAL) else []


def _access_entry(account: Account, creation: Operation) -> Ids:
    cluster, principal = (str(creation.inputs[key]) for key in ("clusterName", "principalArn"))
    words = ("eks", "describe-access-entry", "--cluster-name", cluster, "--principal-arn", principal)
    entry = part(account.ask(*words), "accessEntry")
    wanted = part(creation.inputs, "tagsAll").items()
    return [f"{cluster}:{principal}"] if entry and wanted <= part(entry, "tags").items() else []


def _record(account: Account, creation: Operation) -> Ids:
    """Find a record that says the same: one of this name that says something else is somebody else's."""
    zone, name, kind = (str(creation.inputs[key]) for key in ("zoneId", "name", "type"))
    # AWS begins its list at the record itself if there is one.
    begin = ("--start-record-name", name, "--start-record-type", kind, "--max-items", "1")
    words = ("route53", "list-resource-record-sets", "--hosted-zone-id", zone, *begin)
    targets = [each["name"] for each in parts(creation.inputs, "aliases")]
    wanted = _said([name, kind], creation.inputs.get("records") or targets)
    for each in parts(account.ask(*words, region=GLOBAL), "ResourceRecordSets"):
        answers = [one["Value"] for one in parts(each, "ResourceRecords")]
        if wanted == _said([each["Name"], each["Type"]], answers or [value(each, "AliasTarget", "DNSName")]):
            return [f"{zone}_{name}_{kind}"]
    return []


def _said(what: Sequence[Any], answers: Sequence[Any]) -> Sequence[str]:
    """Return a record in one spelling: AWS ends names with a dot, and writes `*` as `\\052`."""
    texts = [*what, *sorted(str(each) for each in answers)]
    return [str(each).replace("\\052", "*").strip('"').rstrip(".").lower() for each in texts]


def _shield(account: Account, _creation: Operation) -> Ids:
    answer = account.ask("shield", "get-subscription-state", region=GLOBAL)
    return [account.id] if answer.get("SubscriptionState") == "ACTIVE" else []


def _role_policy(account: Account, creation: Operation) -> Ids:
    role, name = (str(creation.inputs[key]) for key in ("role", "name"))
    answer = account.ask("iam", "list-role-policies", "--role-name", role)
    return [f"{role}:{name}"] if name in (value(answer, "PolicyNames") or ()) else []


def _secret_version(account: Account, creation: Operation) -> Ids:
    secret = str(creation.inputs["secretId"])
    answer = account.ask("secretsmanager", "list-secret-version-ids", "--secret-id", secret)
    versions = parts(answer, "Versions")
    return [f"{secret}|{each['VersionId']}" for each in versions if "AWSCURRENT" in each.get("VersionStages", [])]


FINDERS: Mapping[str, Find] = {
    **network_keys.FINDERS,
    "aws:ec2/securityGroup:SecurityGroup": _listed(
        "ec2 describe-security-groups --filters Name=vpc-id,Values={vpcId} Name=group-name,Values={name}",
        ("SecurityGroups",), {}, ("GroupId",),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": _listed(
        "ec2 describe-launch-templates --filters Name=launch-template-name,Values={name}", ("LaunchTemplates",), {},
        ("LaunchTemplateId",),
    ),
    "aws:kms/alias:Alias": _listed(
        "kms list-aliases --key-id {targetKeyId}", ("Aliases",), {"name": ("AliasName",)}, ("AliasName",)
    ),
    "aws:cloudfront/cachePolicy:CachePolicy": _listed(
        "cloudfront list-cache-policies --type custom", ("CachePolicyList", "Items"),
        {"name": ("CachePolicy", "CachePolicyConfig", "Name")}, ("CachePolicy", "Id"),
    ),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": _listed(
        "cloudfront list-response-headers-policies --type custom", ("ResponseHeadersPolicyList", "Items"),
        {"name": ("ResponseHeadersPolicy", "ResponseHeadersPolicyConfig", "Name")}, ("ResponseHeadersPolicy", "Id"),
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": _listed(
        "cloudfront list-origin-access-controls", ("OriginAccessControlList", "Items"), {"name": ("Name",)}, ("Id",)
    ),
    "aws:cloudwatch/logDeliverySource:LogDeliverySource": _listed(
        "logs describe-delivery-sources", ("deliverySources",), {"name": ("name",)}, ("name",)
    ),
    "aws:cloudwatch/logDeliveryDestination:LogDeliveryDestination": _listed(
        "logs describe-delivery-destinations", ("deliveryDestinations",), {"name": ("name",)}, ("name",)
    ),
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _imported_by(
        "{logGroupName}:{id}",
        _listed(
            "logs describe-metric-filters --log-group-name {logGroupName}", ("metricFilters",),
            {"name": ("filterName",)}, ("filterName",),
        ),
    ),
    "aws:cloudwatch/logDelivery:LogDelivery": _listed(
        "logs describe-deliveries", ("deliveries",),
        {"deliverySourceName": ("deliverySourceName",), "deliveryDestinationArn": ("deliveryDestinationArn",)},
        ("id",),
    ),
    "aws:costexplorer/anomalyMonitor:AnomalyMonitor": _listed(
        "ce get-anomaly-monitors", ("AnomalyMonitors",), {"name": ("MonitorName",)}, ("MonitorArn",)
    ),
    "aws:costexplorer/anomalySubscription:AnomalySubscription": _listed(
        "ce get-anomaly-subscriptions", ("AnomalySubscriptions",), {"name": ("SubscriptionName",)},
        ("SubscriptionArn",),
    ),
    "aws:backup/selection:Selection": _imported_by(
        "{planId}|{id}",
        _listed(
            "backup list-backup-selections --backup-plan-id {planId}", ("BackupSelectionsList",),
            {"name": ("SelectionName",)}, ("SelectionId",),
        ),
    ),
    "aws:route53/record:Record": _record,
    "aws:shield/protection:Protection": _listed(
        "shield list-protections", ("Protections",), {"resourceArn": ("ResourceArn",)}, ("Id",)
    ),
    "aws:shield/subscription:Subscription": _shield,
    "aws:wafv2/webAcl:WebAcl": _imported_by(
        "{id}/{name}/{scope}",
        _listed("wafv2 list-web-acls --scope {scope}", ("WebACLs",), {"name": ("Name",)}, ("Id",)),
    ),
    "aws:budgets/budget:Budget": _budget,
    "aws:eks/accessEntry:AccessEntry": _access_entry,
    "aws:secretsmanager/secretVersion:SecretVersion": _secret_version,
    "aws:iam/rolePolicy:RolePolicy": _role_policy,
    "aws:iam/role:Role": _with_tags("iam get-role --role-name {name}", "Role", "{name}"),
    "aws:iam/policy:Policy": _with_tags(
        "iam get-policy --policy-arn arn:aws:iam::{account}:policy{path}{name}", "Policy",
        "arn:aws:iam::{account}:policy{path}{name}",
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": _with_tags(
        "iam get-open-id-connect-provider --open-id-connect-provider-arn arn:aws:iam::{account}:oidc-provider/{url}",
        "", "arn:aws:iam::{account}:oidc-provider/{url}",
    ),
}  # fmt: skip
"""By type, how it is found."""
