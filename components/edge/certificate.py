"""TLS certificates: new ones, which AWS issues and renews, and given ones, which must cover every host."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.edge.zone import record_options


@dataclass(frozen=True)
class CertificateArgs:
    """Inputs of `Certificate`."""

    hosts: Sequence[str]
    """Full names without wildcards, one at least: the first is the certificate's subject."""
    hosted_zone_id: str
    """The Route 53 zone that the hosts are in."""
    region: str | None = None
    """The region in which it is used: us-east-1 for CloudFront, or None for the stack's own."""
    zone_provider: pulumi.ProviderResource | None = None
    """The provider that writes into the zone; None for the stack's own."""


class Certificate(pulumi.ComponentResource):
    """Creates a certificate, and the DNS records by which AWS sees, now and at every renewal, that the hosts are ours.

    Other hosts make another certificate, which replaces this one once it is issued.
    """

    arn: pulumi.Output[str]
    """The certificate's ARN, known once it is issued."""

    def __init__(self, name: str, args: CertificateArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:Certificate", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        subject, *others = args.hosts
        certificate = aws.acm.Certificate(
            f"{name}-certificate",
            domain_name=subject,
            subject_alternative_names=others or None,
            validation_method="DNS",
            region=args.region,
            opts=child,
        )
        records = [self._proof(f"{name}-proof-{host}", certificate, host, args) for host in args.hosts]
        issued = aws.acm.CertificateValidation(
            f"{name}-issued",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn for record in records],
            region=args.region,
            opts=child,
        )
        self.arn = issued.certificate_arn
        self.register_outputs({"arn": self.arn})

    def _proof(
        self, name: str, certificate: aws.acm.Certificate, host: str, args: CertificateArgs
    ) -> aws.route53.Record:
        # By name: ACM does not say in which order it answers.
        proof = certificate.domain_validation_options.apply(
            lambda options: {str(option.domain_name): option for option in options}[host]
        )
        return aws.route53.Record(
            name,
            zone_id=args.hosted_zone_id,
            name=proof.apply(lambda option: str(option.resource_record_name)),
            type=proof.apply(lambda option: str(option.resource_record_type)),
            records=[proof.apply(lambda option: str(option.resource_record_value))],
            ttl=300,
            opts=record_options(self, args.zone_provider),
        )


def given_certificate(
    name: str, key: str, arn: str, hosts: Sequence[str], opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """The ARN, which is the value of `key`, once ACM has said that the certificate covers the hosts.

    ACM is asked in the preview too, so a host that it does not cover stops a deployment before anything changes.
    """
    found = aws.acm.Certificate.get(name, arn, opts=opts)
    names = pulumi.Output.all(found.domain_name, found.subject_alternative_names)
    return names.apply(lambda values: _refuse(key, arn, uncovered(hosts, [values[0], *(values[1] or [])])))


def uncovered(hosts: Iterable[str], names: Iterable[str]) -> list[str]:
    """Hosts that none of a certificate's names covers; a wildcard is exactly one label (RFC 6125, 6.4.3)."""
    exact = {name.lower() for name in names}
    return [host for host in hosts if host not in exact and f"*.{host.partition('.')[2]}" not in exact]


def _refuse(key: str, arn: str, hosts: Sequence[str]) -> str:
    if hosts:
        zone = "openmarket:hostedZoneId" if key == "openmarket:ingress.certificateArn" else "hostedZoneId there"
        raise pulumi.RunError(
            f"{key} is {arn}\n    needs to cover {', '.join(hosts)} as well, by name or by wildcard; or set {zone} "
            "instead, for a certificate of the stack's own"
        )
    return arn
