"""CloudFront in front of static assets and uploaded images."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.config import PriceClass
from components.data.stores import MEDIA_PREFIX
from components.edge.cdn_headers import CdnHeaders, CdnHeadersArgs
from components.edge.zone import record_options
from components.iam.resource_policies import CLOUDFRONT_REGION

_HASHED_PATH = "/_next/static/*"
"""Path of the files that Next.js names by their content, and that never change under their name."""

_DAY = 24 * 60 * 60
_YEAR = 365 * _DAY


@dataclass(frozen=True)
class CustomDomain:
    """A name of its own, instead of `*.cloudfront.net`."""

    name: str
    hosted_zone_id: str
    certificate_arn: pulumi.Input[str]
    """The ARN of a certificate in us-east-1."""
    zone_provider: pulumi.ProviderResource | None = None
    """The provider that writes into the zone; None for the stack's own."""


@dataclass(frozen=True)
class CdnArgs:
    """Inputs of `Cdn`."""

    label: str
    assets_domain: pulumi.Input[str]
    uploads_domain: pulumi.Input[str]
    """S3's names of the two buckets."""
    log_bucket: pulumi.Input[str]
    """The bucket that gets access logs, below `cloudfront/`."""
    page_origins: Sequence[str]
    """Origins of the pages that may use fonts and scripts of the CDN."""
    price_class: PriceClass
    custom_domain: CustomDomain | None
    web_acl_arn: pulumi.Input[str] | None


class Cdn(pulumi.ComponentResource):
    """Creates a distribution that alone reads the buckets behind it, and the delivery of its access logs.

    Assets that are named by their content stay in caches for ever, everything else for a day. Logs go by CloudWatch's
    delivery: CloudFront's own needs ACLs, which the buckets do not have.
    """

    domain: pulumi.Output[str]
    url: pulumi.Output[str]
    """The address to which pages refer, `https://<domain>`."""
    distribution_arn: pulumi.Output[str]

    def __init__(self, name: str, args: CdnArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:Cdn", name, {}, opts)
        self._name = name
        distribution = self._distribution(args)
        self._logs(distribution, args.log_bucket)
        if args.custom_domain:
            self._records(distribution, args.custom_domain)
        self.domain = (
            pulumi.Output.from_input(args.custom_domain.name) if args.custom_domain else distribution.domain_name
        )
        self.distribution_arn = distribution.arn
        self.url = pulumi.Output.concat("https://", self.domain)
        self.register_outputs({"domain": self.domain})

    def _distribution(self, args: CdnArgs) -> aws.cloudfront.Distribution:
        access = aws.cloudfront.OriginAccessControl(
            f"{self._name}-access",
            description=f"Buckets of {args.label}",
            origin_access_control_origin_type="s3",
            signing_behavior="always",
            signing_protocol="sigv4",
            opts=self._child(),
        )
        headers = CdnHeaders(f"{self._name}-headers", CdnHeadersArgs(args.page_origins), self._child())
        day, year = self._cache_policy("daily", _DAY), self._cache_policy("immutable", _YEAR)
        behavior: dict[str, Any] = {
            "allowed_methods": ["GET", "HEAD", "OPTIONS"],
            "cached_methods": ["GET", "HEAD"],
            "viewer_protocol_policy": "redirect-to-https",
            "compress": True,
        }
        daily: dict[str, Any] = {**behavior, "cache_policy_id": day.id, "response_headers_policy_id": headers.policy_id}
        immutable: dict[str, Any] = {
            **behavior,
            "cache_policy_id": year.id,
            "response_headers_policy_id": headers.immutable_policy_id,
        }
        ordered = aws.cloudfront.DistributionOrderedCacheBehaviorArgs
        return aws.cloudfront.Distribution(
            f"{self._name}-distribution",
            enabled=True,
            comment=args.label,
            http_version="http2and3",
            is_ipv6_enabled=True,
            price_class=args.price_class.value,
            aliases=[args.custom_domain.name] if args.custom_domain else [],
            origins=[
                aws.cloudfront.DistributionOriginArgs(
                    origin_id=origin, domain_name=domain, origin_access_control_id=access.id
                )
                for origin, domain in (("assets", args.assets_domain), ("uploads", args.uploads_domain))
            ],
            default_cache_behavior=aws.cloudfront.DistributionDefaultCacheBehaviorArgs(
                target_origin_id="assets", **daily
            ),
            ordered_cache_behaviors=[
                ordered(path_pattern=_HASHED_PATH, target_origin_id="assets", **immutable),
                ordered(path_pattern=f"/{MEDIA_PREFIX}*", target_origin_id="uploads", **daily),
            ],
            restrictions=aws.cloudfront.DistributionRestrictionsArgs(
                geo_restriction=aws.cloudfront.DistributionRestrictionsGeoRestrictionArgs(restriction_type="none")
            ),
            viewer_certificate=_viewer_certificate(args.custom_domain),
            web_acl_id=args.web_acl_arn,
            opts=self._child(),
        )

    def _cache_policy(self, kind: str, seconds: int) -> aws.cloudfront.CachePolicy:
        return aws.cloudfront.CachePolicy(
            f"{self._name}-{kind}",
            min_ttl=0,
            default_ttl=seconds,
            max_ttl=_YEAR,
            parameters_in_cache_key_and_forwarded_to_origin={
                "cookies_config": {"cookie_behavior": "none"},
                "headers_config": {"header_behavior": "none"},
                "query_strings_config": {"query_string_behavior": "none"},
                "enable_accept_encoding_brotli": True,
                "enable_accept_encoding_gzip": True,
            },
            opts=self._child(),
        )

    def _logs(self, distribution: aws.cloudfront.Distribution, bucket: pulumi.Input[str]) -> None:
        source = aws.cloudwatch.LogDeliverySource(
            f"{self._name}-log-source",
            region=CLOUDFRONT_REGION,
            log_type="ACCESS_LOGS",
            resource_arn=distribution.arn,
            opts=self._child(),
        )
        destination = aws.cloudwatch.LogDeliveryDestination(
            f"{self._name}-log-destination",
            region=CLOUDFRONT_REGION,
            output_format="json",
            delivery_destination_configuration={
                "destination_resource_arn": pulumi.Output.format("arn:aws:s3:::{0}/cloudfront", bucket)
            },
            opts=self._child(),
        )
        aws.cloudwatch.LogDelivery(
            f"{self._name}-log-delivery",
            region=CLOUDFRONT_REGION,
            delivery_source_name=source.name,
            delivery_destination_arn=destination.arn,
            opts=self._child(),
        )

    def _records(self, distribution: aws.cloudfront.Distribution, domain: CustomDomain) -> None:
        for kind in (aws.route53.RecordType.A, aws.route53.RecordType.AAAA):
            aws.route53.Record(
                f"{self._name}-record-{kind.value.lower()}",
                zone_id=domain.hosted_zone_id,
                name=domain.name,
                type=kind,
                aliases=[
                    aws.route53.RecordAliasArgs(
                        name=distribution.domain_name,
                        zone_id=distribution.hosted_zone_id,
                        evaluate_target_health=False,
                    )
                ],
                opts=record_options(self, domain.zone_provider),
            )

    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)


def _viewer_certificate(domain: CustomDomain | None) -> aws.cloudfront.DistributionViewerCertificateArgs:
    if domain is None:
        return aws.cloudfront.DistributionViewerCertificateArgs(cloudfront_default_certificate=True)
    return aws.cloudfront.DistributionViewerCertificateArgs(
        acm_certificate_arn=domain.certificate_arn,
        ssl_support_method="sni-only",
        minimum_protocol_version="TLSv1.2_2021",
    )
