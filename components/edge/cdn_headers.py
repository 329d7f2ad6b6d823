"""Headers that CloudFront adds to what it serves."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

_YEAR = 365 * 24 * 60 * 60


@dataclass(frozen=True)
class CdnHeadersArgs:
    """Inputs of `CdnHeaders`."""

    page_origins: Sequence[str]
    """Origins of the pages that may use fonts and scripts of the CDN."""


class CdnHeaders(pulumi.ComponentResource):
    """Creates two response headers policies with security and CORS headers.

    One of them also tells browsers that what they got never changes.
    """

    policy_id: pulumi.Output[str]
    immutable_policy_id: pulumi.Output[str]

    def __init__(self, name: str, args: CdnHeadersArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:CdnHeaders", name, {}, opts)
        forever = aws.cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArgs(
            header="Cache-Control", value=f"public, max-age={_YEAR}, immutable", override=True
        )
        self.policy_id = self._policy(f"{name}-security", args, [])
        self.immutable_policy_id = self._policy(f"{name}-immutable", args, [forever])
        self.register_outputs({})

    def _policy(
        self,
        name: str,
        args: CdnHeadersArgs,
        more: Sequence[aws.cloudfront.ResponseHeadersPolicyCustomHeadersConfigItemArgs],
    ) -> pulumi.Output[str]:
        items = aws.cloudfront.ResponseHeadersPolicyCustomHeadersConfigArgs
        policy = aws.cloudfront.ResponseHeadersPolicy(
            name,
            cors_config={
                "access_control_allow_credentials": False,
                "access_control_allow_headers": {"items": ["*"]},
                "access_control_allow_methods": {"items": ["GET", "HEAD"]},
                "access_control_allow_origins": {"items": list(args.page_origins)},
                "access_control_max_age_sec": 3600,
                "origin_override": True,
            },
            security_headers_config={
                "content_type_options": {"override": True},
                "frame_options": {"frame_option": "DENY", "override": True},
                "referrer_policy": {"referrer_policy": "strict-origin-when-cross-origin", "override": True},
                "strict_transport_security": {
                    "access_control_max_age_sec": _YEAR,
                    "include_subdomains": True,
                    "override": True,
                },
            },
            custom_headers_config=items(items=list(more)) if more else None,
            opts=pulumi.ResourceOptions(parent=self),
        )
        return policy.id
