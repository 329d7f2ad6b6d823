"""AWS WAF in front of the load balancer or of CloudFront."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.config import FirewallConfig
from components.context import StackContext
from components.edge import firewall_rules
from components.iam.resource_policies import CLOUDFRONT_REGION

_REDACTED_HEADERS = ("authorization", "cookie")
"""Request headers with credentials, which stay out of the log."""


@dataclass(frozen=True)
class FirewallArgs:
    """Inputs of `Firewall`."""

    context: StackContext
    settings: FirewallConfig
    cloudfront: bool = False
    """True if it protects CloudFront, from us-east-1, instead of the load balancer."""


class Firewall(pulumi.ComponentResource):
    """Creates a web ACL and the log of the requests that it looks at. It lets through what no rule blocks."""

    web_acl_arn: pulumi.Output[str]
    metric_name: str
    """The web ACL's name in metrics, which stacks of an account do not share."""

    def __init__(self, name: str, args: FirewallArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:Firewall", name, {}, opts)
        settings = args.settings
        self.metric_name = f"{args.context.prefix}-{name}"
        region = CLOUDFRONT_REGION if args.cloudfront else None
        acl = aws.wafv2.WebAcl(
            f"{name}-web-acl",
            scope="CLOUDFRONT" if args.cloudfront else "REGIONAL",
            region=region,
            default_action=aws.wafv2.WebAclDefaultActionArgs(allow=aws.wafv2.WebAclDefaultActionAllowArgs()),
            rules=firewall_rules.rules(
                settings.requests_per_five_minutes,
                settings.login_requests_per_five_minutes,
                # The CDN serves files: nobody signs in there.
                () if args.cloudfront else settings.login_paths,
                settings.count_only,
            ),
            visibility_config=aws.wafv2.WebAclVisibilityConfigArgs(
                cloudwatch_metrics_enabled=True, sampled_requests_enabled=True, metric_name=self.metric_name
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self._log(name, args, region, acl)
        self.web_acl_arn = acl.arn
        self.register_outputs({"web_acl_arn": self.web_acl_arn})

    def _log(self, name: str, args: FirewallArgs, region: str | None, acl: aws.wafv2.WebAcl) -> None:
        group = aws.cloudwatch.LogGroup(
            f"{name}-log",
            # WAF takes no other beginning: https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
            name=f"aws-waf-logs-{args.context.prefix}-{'cdn' if args.cloudfront else 'alb'}",
            retention_in_days=args.context.log_retention_days,
            # A key of the stack's region cannot encrypt in another one: there, CloudWatch's own key does.
            kms_key_id=None if args.cloudfront else args.context.keys["logs"],
            region=region,
            opts=pulumi.ResourceOptions(parent=self),
        )
        aws.wafv2.WebAclLoggingConfiguration(
            f"{name}-logging",
            resource_arn=acl.arn,
            log_destination_configs=[group.arn],
            redacted_fields=[
                aws.wafv2.WebAclLoggingConfigurationRedactedFieldArgs(
                    single_header=aws.wafv2.WebAclLoggingConfigurationRedactedFieldSingleHeaderArgs(name=header)
                )
                for header in _REDACTED_HEADERS
            ],
            region=region,
            opts=pulumi.ResourceOptions(parent=self),
        )
