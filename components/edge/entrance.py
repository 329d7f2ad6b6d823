"""Everything of AWS in front of the pods, apart from the load balancer itself, which its controller makes."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.config import FirewallConfig, IngressConfig, ShieldConfig
from components.edge import given_certificate
from components.edge.certificate import Certificate, CertificateArgs
from components.edge.firewall import Firewall, FirewallArgs
from components.edge.load_balancer import LoadBalancer
from components.edge.load_balancer_security import LoadBalancerSecurity, LoadBalancerSecurityArgs


@dataclass(frozen=True)
class EntranceArgs:
    """Inputs of `Entrance`."""

    label: str
    vpc_id: pulumi.Input[str]
    pods_security_group_id: pulumi.Input[str]
    ports: Sequence[int]
    """Of the pods that requests go to."""
    hosts: Sequence[str]
    """Full names that the load balancer answers for."""
    hosted_zone_id: str
    """Empty if the hosts' DNS is elsewhere."""
    ingress: IngressConfig
    firewall: FirewallConfig
    shield: ShieldConfig
    subnet_ids: Sequence[pulumi.Input[str]]
    """Public ones, in two zones at least."""
    log_bucket: pulumi.Input[str]
    """For access logs."""
    deletion_protection: bool
    log_retention_days: int
    logs_key_arn: pulumi.Input[str]


class Entrance(pulumi.ComponentResource):
    """Creates a security group and, as far as asked for, a certificate, a firewall and a subscription to Shield."""

    load_balancer: LoadBalancer
    """Its certificate is known once it is issued, or seen to cover all hosts."""

    def __init__(self, name: str, args: EntranceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:Entrance", name, {}, opts)
        self._name = name
        self._child = pulumi.ResourceOptions(parent=self)
        security = LoadBalancerSecurity(
            f"{name}-load-balancer",
            LoadBalancerSecurityArgs(args.label, args.vpc_id, args.pods_security_group_id, args.ports),
            self._child,
        )
        self.load_balancer = LoadBalancer(
            subnet_ids=args.subnet_ids,
            security_group_id=security.security_group_id,
            tls=not args.ingress.plain_http,
            certificate_arn=self._certificate(args),
            web_acl_arn=self._firewall(args) if args.firewall.enabled else "",
            shield=args.shield.enabled,
            log_bucket=args.log_bucket,
            idle_timeout_seconds=args.ingress.idle_timeout_seconds,
            deletion_protection=args.deletion_protection,
        )
        if args.shield.subscribe:
            # AWS keeps it for its year whatever happens to the stack; a destroy ends the renewal.
            aws.shield.Subscription(f"{name}-shield-subscription", auto_renew="ENABLED", opts=self._child)
        self.register_outputs({})

    def _certificate(self, args: EntranceArgs) -> pulumi.Input[str]:
        if args.ingress.plain_http:
            return ""
        name = f"{self._name}-certificate"
        if args.ingress.certificate_arn:
            return given_certificate.checked(name, args.ingress.certificate_arn, args.hosts, self._child)
        return Certificate(name, CertificateArgs(args.hosts, args.hosted_zone_id), self._child).arn

    def _firewall(self, args: EntranceArgs) -> pulumi.Output[str]:
        firewall = Firewall(
            f"{self._name}-firewall",
            FirewallArgs(args.label, args.firewall, args.log_retention_days, args.logs_key_arn),
            self._child,
        )
        return firewall.web_acl_arn
