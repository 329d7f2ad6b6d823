"""The rules of the firewall, in the order in which it applies them. Pure functions."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pulumi_aws as aws

from components.config.firewall_rules import RULES_OF_GROUPS, FirewallRule

_MANAGED_GROUPS: Mapping[FirewallRule, str] = {
    FirewallRule.KNOWN_EXPLOITS: "AWSManagedRulesKnownBadInputsRuleSet",
    FirewallRule.COMMON_ATTACKS: "AWSManagedRulesCommonRuleSet",
    FirewallRule.SQL_INJECTION: "AWSManagedRulesSQLiRuleSet",
}
"""https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html"""

_BAD_ADDRESSES = "AWSManagedRulesAmazonIpReputationList"
_WINDOW_SECONDS = 300

_WRITTEN_ONE_WAY = ("URL_DECODE", "NORMALIZE_PATH", "LOWERCASE")
"""Transformations that turn `/API//auth/%6Cogin` into the path that it stands for, before it is compared."""


def rules(
    requests: int, login_requests: int, login_paths: Sequence[str], count_only: Collection[str]
) -> list[aws.wafv2.WebAclRuleArgs]:
    """AWS's managed groups, and limits to the requests of one address in five minutes.

    Rules in `count_only` count what they would have blocked, be they rules of the web ACL or single ones of AWS's
    groups. Without login paths there is one limit only.
    """
    found = _rules(requests, login_requests, login_paths, count_only)
    return [
        aws.wafv2.WebAclRuleArgs(name=name, priority=priority, visibility_config=_visible(name), **rest)
        for priority, (name, rest) in enumerate(found)
    ]


def _rules(
    requests: int, login_requests: int, login_paths: Sequence[str], count_only: Collection[str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "bad-addresses", _managed(FirewallRule.BAD_ADDRESSES, _BAD_ADDRESSES, count_only)
    yield "too-many-requests", _limit(requests, None, "too-many-requests" in count_only)
    if login_paths:
        yield "too-many-logins", _limit(login_requests, _any_of(login_paths), "too-many-logins" in count_only)
    for name, group in _MANAGED_GROUPS.items():
        yield str(name), _managed(name, group, count_only)


def _managed(name: FirewallRule, group: str, count_only: Collection[str]) -> dict[str, Any]:
    statement: dict[str, Any] = {"vendor_name": "AWS", "name": group}
    if counted := [rule for rule in RULES_OF_GROUPS[name] if rule in count_only]:
        statement["rule_action_overrides"] = [{"name": rule, "action_to_use": {"count": {}}} for rule in counted]
    return {
        "override_action": {"count": {}} if name in count_only else {"none": {}},
        "statement": {"managed_rule_group_statement": statement},
    }


def _limit(requests: int, scope: dict[str, Any] | None, counts: bool) -> dict[str, Any]:
    limit: dict[str, Any] = {
        "limit": requests,
        "aggregate_key_type": "IP",
        "evaluation_window_sec": _WINDOW_SECONDS,
    }
    if scope:
        limit["scope_down_statement"] = scope
    return {"action": {"count": {}} if counts else {"block": {}}, "statement": {"rate_based_statement": limit}}


def _any_of(paths: Sequence[str]) -> dict[str, Any]:
    statements = [_begins_with(path) for path in paths]
    # AWS refuses an `or` of one.
    return statements[0] if len(statements) == 1 else {"or_statement": {"statements": statements}}


def _begins_with(path: str) -> dict[str, Any]:
    return {
        "byte_match_statement": {
            "field_to_match": {"uri_path": {}},
            "positional_constraint": "STARTS_WITH",
            "search_string": path,
            "text_transformations": [
                {"priority": priority, "type": kind} for priority, kind in enumerate(_WRITTEN_ONE_WAY)
            ],
        }
    }


def _visible(metric: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgs:
    return aws.wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, sampled_requests_enabled=True, metric_name=metric
    )
