"""What browsers get from caches near them: assets and images."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.config import FirewallConfig, PriceClass
from components.edge.cdn import Cdn, CdnArgs, CustomDomain
from components.edge.certificate import Certificate, CertificateArgs
from components.edge.firewall import Firewall, FirewallArgs
from components.resource_policies import CLOUDFRONT_REGION


@dataclass(frozen=True)
class StaticSiteArgs:
    """Inputs of `StaticSite`."""

    label: str
    host: str
    """Its name, if there is a hosted zone for it."""
    hosted_zone_id: str
    """Empty if there is none: then CloudFront's own name is used."""
    assets_domain: pulumi.Input[str]
    uploads_domain: pulumi.Input[str]
    log_bucket: pulumi.Input[str]
    page_origins: Sequence[str]
    price_class: PriceClass
    firewall: FirewallConfig
    log_retention_days: int
    """Of the firewall's log."""
    shield: bool
    """Adds the distribution to what Shield Advanced protects, which the account has to be subscribed to."""


class StaticSite(pulumi.ComponentResource):
    """Creates the CDN and, as far as asked for, its certificate and its firewall."""

    cdn: Cdn

    def __init__(self, name: str, args: StaticSiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:StaticSite", name, {}, opts)
        self._name = name
        self.cdn = Cdn(
            f"{name}-cdn",
            CdnArgs(
                label=args.label,
                assets_domain=args.assets_domain,
                uploads_domain=args.uploads_domain,
                log_bucket=args.log_bucket,
                page_origins=args.page_origins,
                price_class=args.price_class,
                custom_domain=self._domain(args) if args.hosted_zone_id else None,
                web_acl_arn=self._firewall(args) if args.firewall.enabled else None,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        if args.shield:
            aws.shield.Protection(
                f"{name}-shield",
                resource_arn=self.cdn.distribution_arn,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"domain": self.cdn.domain})

    def _domain(self, args: StaticSiteArgs) -> CustomDomain:
        certificate = Certificate(
            f"{self._name}-certificate",
            CertificateArgs([args.host], args.hosted_zone_id, CLOUDFRONT_REGION),
            pulumi.ResourceOptions(parent=self),
        )
        return CustomDomain(args.host, args.hosted_zone_id, certificate.arn)

    def _firewall(self, args: StaticSiteArgs) -> pulumi.Output[str]:
        firewall = Firewall(
            f"{self._name}-firewall",
            FirewallArgs(args.label, args.firewall, args.log_retention_days, cloudfront=True),
            pulumi.ResourceOptions(parent=self),
        )
        return firewall.web_acl_arn
