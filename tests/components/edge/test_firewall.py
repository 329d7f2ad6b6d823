"""The firewalls of the load balancer and of the CDN."""

from copy import deepcopy
from typing import Any

from tests.components.program import Deployed, run_program, stack_file

DISTRIBUTION = "cloudfront/distribution:Distribution"


def firewalls(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """Inputs of the web ACLs by scope."""
    return {acl.inputs["scope"]: deepcopy(dict(acl.inputs)) for acl in deployed.of("wafv2/webAcl:WebAcl")}


def test_firewalls_guard_production(dev: Deployed, prod: Deployed) -> None:
    assert not firewalls(dev)
    acls = firewalls(prod)
    assert set(acls) == {"CLOUDFRONT", "REGIONAL"}
    assert acls["CLOUDFRONT"]["region"] == "us-east-1"
    assert ":global/webacl/" in prod.one(DISTRIBUTION).inputs["webAclId"]
    for acl in acls.values():
        priorities = [rule["priority"] for rule in acl["rules"]]
        assert len(priorities) == len(set(priorities))
    rules = {rule["name"]: rule for rule in acls["REGIONAL"]["rules"]}
    assert [*rules] == [
        *("bad-addresses", "too-many-requests", "too-many-logins", "known-exploits", "common-attacks", "sql-injection")
    ]
    assert "too-many-logins" not in {rule["name"] for rule in acls["CLOUDFRONT"]["rules"]}
    limit = rules["too-many-requests"]["statement"]["rateBasedStatement"]
    assert (limit["limit"], limit["evaluationWindowSec"]) == (10000, 300)
    logins = rules["too-many-logins"]["statement"]["rateBasedStatement"]["scopeDownStatement"]["byteMatchStatement"]
    assert logins["searchString"] == "/api/auth/login"


def test_firewalls_log_without_credentials(prod: Deployed) -> None:
    loggings = [each.inputs for each in prod.of("webAclLoggingConfiguration:WebAclLoggingConfiguration")]
    assert len(loggings) == 2
    for logging in loggings:
        (destination,) = logging["logDestinationConfigs"]
        assert ":log-group:aws-waf-logs-openmarket-prod-" in destination
        assert {field["singleHeader"]["name"] for field in logging["redactedFields"]} == {"authorization", "cookie"}


def test_rules_may_only_count() -> None:
    settings = deepcopy(stack_file("prod"))
    settings["openmarket:firewall"] |= {"countOnly": ["common-attacks", "too-many-logins"]}
    rules = {rule["name"]: rule for rule in firewalls(run_program("prod", settings))["REGIONAL"]["rules"]}
    assert rules["common-attacks"]["overrideAction"] == {"count": {}}
    assert rules["sql-injection"]["overrideAction"] == {"none": {}}
    assert rules["too-many-logins"]["action"] == {"count": {}}
    assert rules["too-many-requests"]["action"] == {"block": {}}


def test_single_rules_of_a_group_may_only_count() -> None:
    settings = deepcopy(stack_file("prod"))
    settings["openmarket:firewall"]["countOnly"] = ["CrossSiteScripting_BODY", "SQLi_BODY", "known-exploits"]
    for acl in firewalls(run_program("prod", settings)).values():
        rules = {rule["name"]: rule for rule in acl["rules"]}
        assert counted(rules["common-attacks"]) == ["CrossSiteScripting_BODY"]
        assert rules["common-attacks"]["overrideAction"] == {"none": {}}
        assert counted(rules["sql-injection"]) == ["SQLi_BODY"]
        assert counted(rules["known-exploits"]) == counted(rules["bad-addresses"]) == []


def counted(rule: dict[str, Any]) -> list[str]:
    """Rules of a managed group that count, all of which do nothing else."""
    overrides = rule["statement"]["managedRuleGroupStatement"].get("ruleActionOverrides", [])
    assert all(override["actionToUse"] == {"count": {}} for override in overrides)
    return [override["name"] for override in overrides]


def test_large_bodies_are_counted_by_default() -> None:
    settings = deepcopy(stack_file("prod"))
    del settings["openmarket:firewall"]["countOnly"]
    rules = {rule["name"]: rule for rule in firewalls(run_program("prod", settings))["REGIONAL"]["rules"]}
    assert counted(rules["common-attacks"]) == ["SizeRestrictions_BODY"]


def test_staging_has_productions_firewall(prod: Deployed) -> None:
    staging, production = firewalls(run_program("staging")), firewalls(prod)
    names = [acls["REGIONAL"]["visibilityConfig"].pop("metricName") for acls in (staging, production)]
    names += [acls["CLOUDFRONT"]["visibilityConfig"].pop("metricName") for acls in (staging, production)]
    assert len(set(names)) == 4, "in one account, their metrics would be one"
    assert staging == production
