"""The CDN with its certificate and firewall, which serves assets and uploaded images."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.config.edge import EdgeSettings
from components.context import StackContext
from components.data.stores import Stores
from components.edge.cdn import Cdn, CdnArgs, CustomDomain
from components.edge.certificate import Certificate, CertificateArgs
from components.edge.firewall import Firewall, FirewallArgs
from components.iam.resource_policies import CLOUDFRONT_REGION


@dataclass(frozen=True)
class StaticSiteArgs:
    """Inputs of `StaticSite`."""

    context: StackContext
    settings: EdgeSettings
    stores: Stores
    """The store whose assets and media the CDN serves, and which keeps its access logs."""
    zone_provider: pulumi.ProviderResource | None = None
    """The provider that writes into the zone; None for the stack's own."""


class StaticSite(pulumi.ComponentResource):
    """Creates the CDN and, if the settings say so, its certificate, its firewall and its protection by Shield."""

    cdn: Cdn

    def __init__(self, name: str, args: StaticSiteArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:StaticSite", name, {}, opts)
        self._name = name
        self._args = args
        settings, stores = args.settings, args.stores
        self.cdn = Cdn(
            f"{name}-cdn",
            CdnArgs(
                label=args.context.prefix,
                assets_domain=stores.assets.domain,
                uploads_domain=stores.uploads.domain,
                log_bucket=stores.access_logs.id,
                page_origins=settings.urls,
                price_class=settings.cdn.price_class,
                custom_domain=self._domain() if settings.hosted_zone_id else None,
                web_acl_arn=self._firewall() if settings.firewall.enabled else None,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        if settings.shield.enabled:
            aws.shield.Protection(
                f"{name}-shield",
                resource_arn=self.cdn.distribution_arn,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({"domain": self.cdn.domain})

    def _domain(self) -> CustomDomain:
        settings, provider = self._args.settings, self._args.zone_provider
        certificate = Certificate(
            f"{self._name}-certificate",
            CertificateArgs([settings.static_host], settings.hosted_zone_id, CLOUDFRONT_REGION, provider),
            pulumi.ResourceOptions(parent=self),
        )
        return CustomDomain(settings.static_host, settings.hosted_zone_id, certificate.arn, provider)

    def _firewall(self) -> pulumi.Output[str]:
        firewall = Firewall(
            f"{self._name}-firewall",
            FirewallArgs(self._args.context, self._args.settings.firewall, cloudfront=True),
            pulumi.ResourceOptions(parent=self),
        )
        return firewall.web_acl_arn
