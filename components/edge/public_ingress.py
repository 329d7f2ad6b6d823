"""The AWS side of the shop's Ingress: all but the load balancer itself, which its controller creates."""

from collections.abc import Iterator
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cluster.cluster import Cluster
from components.config.edge import EdgeSettings
from components.context import StackContext
from components.edge.certificate import Certificate, CertificateArgs, given_certificate
from components.edge.firewall import Firewall, FirewallArgs
from components.edge.load_balancer import LoadBalancer
from components.edge.load_balancer_security import LoadBalancerSecurity, LoadBalancerSecurityArgs
from components.network.network import Network

_KEY = "openmarket:ingress.certificateArn"


@dataclass(frozen=True)
class PublicIngressArgs:
    """Inputs of `PublicIngress`."""

    context: StackContext
    network: Network
    cluster: Cluster
    settings: EdgeSettings
    log_bucket: pulumi.Input[str]
    """The bucket that gets access logs."""
    zone_provider: pulumi.ProviderResource | None = None
    """The provider that writes into the zone; None for the stack's own."""


class PublicIngress(pulumi.ComponentResource):
    """Creates a security group and, if the settings say so, a certificate, a firewall and a subscription to Shield."""

    settings: EdgeSettings
    firewall_metric: str
    """The web ACL's name in metrics; empty when the firewall is off."""
    load_balancer: LoadBalancer
    """The load balancer's settings. Its certificate is known once it is issued, or seen to cover all hosts."""

    def __init__(self, name: str, args: PublicIngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        # Its type and name in stacks of before December 2026.
        former = pulumi.Alias(name="entrance", type_="openmarket:edge:Entrance")
        moved = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(aliases=[former]))
        super().__init__("openmarket:edge:PublicIngress", name, {}, moved)
        self._name = name
        self._args = args
        self._child = pulumi.ResourceOptions(parent=self)
        context, settings = args.context, args.settings
        security = LoadBalancerSecurity(
            f"{name}-load-balancer",
            LoadBalancerSecurityArgs(
                context.prefix, args.network.vpc_id, args.cluster.security_group_id, settings.ports
            ),
            self._child,
        )
        self.settings = settings
        firewall = self._firewall() if settings.firewall.enabled else None
        self.firewall_metric = firewall.metric_name if firewall else ""
        self.load_balancer = LoadBalancer(
            subnet_ids=list(args.network.public_subnet_ids.values()),
            security_group_id=security.security_group_id,
            tls=not settings.ingress.plain_http,
            certificate_arn=self._certificate(),
            further_certificates=dict(self._further_certificates()),
            web_acl_arn=firewall.web_acl_arn if firewall else "",
            shield=settings.shield.enabled,
            log_bucket=args.log_bucket,
            idle_timeout_seconds=settings.ingress.idle_timeout_seconds,
            deletion_protection=context.protected,
        )
        if settings.shield.subscribe:
            # AWS keeps it for its year whatever happens to the stack; a destroy ends the renewal.
            aws.shield.Subscription(f"{name}-shield-subscription", auto_renew="ENABLED", opts=self._child)
        self.register_outputs({})

    def _certificate(self) -> pulumi.Input[str]:
        settings = self._args.settings
        if settings.ingress.plain_http:
            return ""
        name, hosts = f"{self._name}-certificate", list(settings.own_hosts)
        if settings.ingress.certificate_arn:
            return given_certificate(name, _KEY, settings.ingress.certificate_arn, hosts, self._child)
        args = CertificateArgs(hosts, settings.hosted_zone_id, zone_provider=self._args.zone_provider)
        return Certificate(name, args, self._child).arn

    def _further_certificates(self) -> Iterator[tuple[str, pulumi.Input[str]]]:
        """A certificate of its own for each host in another domain: the load balancer takes the one that fits."""
        settings = self._args.settings
        for host, domain in settings.ingress.domains.items() if not settings.ingress.plain_http else ():
            name = f"{self._name}-certificate-{host}"
            if domain.certificate_arn:
                key = f"openmarket:ingress.domains.{host}.certificateArn"
                yield host, given_certificate(name, key, domain.certificate_arn, [host], self._child)
            else:
                yield host, Certificate(name, CertificateArgs([host], domain.hosted_zone_id), self._child).arn

    def _firewall(self) -> Firewall:
        args = FirewallArgs(self._args.context, self._args.settings.firewall)
        return Firewall(f"{self._name}-firewall", args, self._child)
