"""TLS certificates that AWS issues and renews."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True)
class CertificateArgs:
    """Inputs of `Certificate`."""

    hosts: Sequence[str]
    """Full names without wildcards, one at least: the first is the certificate's subject."""
    hosted_zone_id: str
    """The Route 53 zone that the hosts are in."""
    region: str | None = None
    """The region in which it is used: us-east-1 for CloudFront, or None for the stack's own."""


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
        records = [self._proof(f"{name}-proof-{host}", certificate, host, args.hosted_zone_id) for host in args.hosts]
        issued = aws.acm.CertificateValidation(
            f"{name}-issued",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn for record in records],
            region=args.region,
            opts=child,
        )
        self.arn = issued.certificate_arn
        self.register_outputs({"arn": self.arn})

    def _proof(self, name: str, certificate: aws.acm.Certificate, host: str, zone: str) -> aws.route53.Record:
        # By name: ACM does not say in which order it answers.
        proof = certificate.domain_validation_options.apply(
            lambda options: {str(option.domain_name): option for option in options}[host]
        )
        return aws.route53.Record(
            name,
            zone_id=zone,
            name=proof.apply(lambda option: str(option.resource_record_name)),
            type=proof.apply(lambda option: str(option.resource_record_type)),
            records=[proof.apply(lambda option: str(option.resource_record_value))],
            ttl=300,
            opts=pulumi.ResourceOptions(parent=self),
        )
