"""Finds by its own values what has no tags that the Resource Groups Tagging API lists, or several of the same tags."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ops.objects import part, parts, value
from ops.operate.account import GLOBAL, Account, Ids, has_tags
from ops.operate.pending import Operation

Find = Callable[[Account, Operation], Ids]


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


def _route_table(account: Account, creation: Operation) -> Mapping[str, Any]:
    filters = f"Name=route-table-id,Values={creation.inputs['routeTableId']}"
    tables = parts(account.ask("ec2", "describe-route-tables", "--filters", filters), "RouteTables")
    return tables[0] if tables else {}


_DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock", "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}  # fmt: skip


def _route(account: Account, creation: Operation) -> Ids:
    inputs = creation.inputs
    routes = parts(_route_table(account, creation), "Routes")
    return [
        f"{inputs['routeTableId']}_{inputs[name]}"
        for name, member in _DESTINATIONS.items()
        if inputs.get(name) and any(each.get(member) == inputs[name] for each in routes)
    ]


def _route_table_association(account: Account, creation: Operation) -> Ids:
    subnet, table = creation.inputs.get("subnetId"), creation.inputs["routeTableId"]
    associations = parts(_route_table(account, creation), "Associations")
    return [f"{subnet}/{table}" for each in associations if subnet and each.get("SubnetId") == subnet]


_RULE = {
    "ipProtocol": ("IpProtocol",), "cidrIpv4": ("CidrIpv4",), "cidrIpv6": ("CidrIpv6",),
    "prefixListId": ("PrefixListId",), "referencedSecurityGroupId": ("ReferencedGroupInfo", "GroupId"),
}  # fmt: skip


def _rule(egress: bool) -> Find:
    def find(account: Account, creation: Operation) -> Ids:
        inputs = creation.inputs
        filters = f"Name=group-id,Values={inputs['securityGroupId']}"
        answer = account.ask("ec2", "describe-security-group-rules", "--filters", filters)
        ports = (inputs.get("fromPort", -1), inputs.get("toPort", -1))
        return [
            str(each["SecurityGroupRuleId"])
            for each in parts(answer, "SecurityGroupRules")
            if each.get("IsEgress") is egress
            and (each.get("FromPort", -1), each.get("ToPort", -1)) == ports
            and all(value(each, *member) == inputs.get(name) for name, member in _RULE.items())
        ]

    return find


def _metric_filter(account: Account, creation: Operation) -> Ids:
    group, name = (str(creation.inputs[key]) for key in ("logGroupName", "name"))
    answer = account.ask("logs", "describe-metric-filters", "--log-group-name", group)
    return [f"{group}:{name}" for each in parts(answer, "metricFilters") if each.get("filterName") == name]


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
    "aws:ec2/securityGroup:SecurityGroup": _listed(
        "ec2 describe-security-groups --filters Name=vpc-id,Values={vpcId} Name=group-name,Values={name}",
        ("SecurityGroups",), {}, ("GroupId",),
    ),
    "aws:ec2/launchTemplate:LaunchTemplate": _listed(
        "ec2 describe-launch-templates --filters Name=launch-template-name,Values={name}", ("LaunchTemplates",), {},
        ("LaunchTemplateId",),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _rule(egress=False),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _rule(egress=True),
    "aws:ec2/route:Route": _route,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": _route_table_association,
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
    "aws:cloudwatch/logMetricFilter:LogMetricFilter": _metric_filter,
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
