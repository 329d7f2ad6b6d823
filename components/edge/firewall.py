"""AWS WAF: what it blocks before it reaches the shop."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

_MANAGED_GROUPS: Mapping[str, str] = {
    "bad-addresses": "AWSManagedRulesAmazonIpReputationList",
    "known-exploits": "AWSManagedRulesKnownBadInputsRuleSet",
    "common-attacks": "AWSManagedRulesCommonRuleSet",
}
"""https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html"""


@dataclass(frozen=True)
class FirewallArgs:
    """Inputs of `Firewall`."""

    scope: str
    """`CLOUDFRONT` or `REGIONAL`."""
    region: str
    """us-east-1 for CloudFront, the stack's own otherwise."""
    requests_per_five_minutes: int
    """From one address."""


class Firewall(pulumi.ComponentResource):
    """Creates a web ACL: AWS's managed rules, and a limit to the requests of one address. It lets the rest through."""

    web_acl_arn: pulumi.Output[str]

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:Firewall", name, {}, opts)
        rules = [_limit(0, args.requests_per_five_minutes)]
        rules += [_managed(number, rule, group) for number, (rule, group) in enumerate(_MANAGED_GROUPS.items(), 1)]
        acl = aws.wafv2.WebAcl(
            f"{name}-web-acl",
            scope=args.scope,
            region=args.region,
            default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
            rules=rules,
            visibility_config=aws.wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, sampled_requests_enabled=True, metric_name=name
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.web_acl_arn = acl.arn
        self.register_outputs({"web_acl_arn": self.web_acl_arn})


def _limit(priority: int, requests: int) -> aws.wafv2.WebAclRuleArgs:
    return aws.wafv2.WebAclRuleArgs(
        name="too-many-requests",
        priority=priority,
        action=aws.wafv2.WebAclRuleActionArgs(block=aws.wafv2.WebAclRuleActionBlockArgs()),
        statement=aws.wafv2.WebAclRuleStatementArgs(
            rate_based_statement=aws.wafv2.WebAclRuleStatementRateBasedStatementArgs(
                limit=requests, aggregate_key_type="IP", evaluation_window_sec=300
            )
        ),
        visibility_config=_visible("too-many-requests"),
    )


def _managed(priority: int, name: str, group: str) -> aws.wafv2.WebAclRuleArgs:
    return aws.wafv2.WebAclRuleArgs(
        name=name,
        priority=priority,
        override_action=aws.wafv2.WebAclRuleOverrideActionArgs(none=aws.wafv2.WebAclRuleOverrideActionNoneArgs()),
        statement=aws.wafv2.WebAclRuleStatementArgs(
            managed_rule_group_statement=aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgs(
                vendor_name="AWS", name=group
            )
        ),
        visibility_config=_visible(name),
    )


def _visible(metric: str) -> aws.wafv2.WebAclRuleVisibilityConfigArgs:
    return aws.wafv2.WebAclRuleVisibilityConfigArgs(
        cloudwatch_metrics_enabled=True, sampled_requests_enabled=True, metric_name=metric
    )
