"""Mail from the shop, by Amazon SES."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.edge.zone import record_options
from components.iam import permissions
from components.iam.grants import Grant

_DKIM_KEYS = 3
"""Number of DKIM keys of an SES identity; each has a CNAME record."""


@dataclass(frozen=True)
class EmailArgs:
    """Inputs of `Email`."""

    domain: str
    """The domain that mail comes from."""
    hosted_zone_id: str
    """The Route 53 zone that the domain is in; empty if its DNS is elsewhere."""
    zone_provider: pulumi.ProviderResource | None = None
    """The provider that writes into the zone; None for the stack's own."""


class Email(pulumi.ComponentResource):
    """Creates an SES identity of a domain and, in its hosted zone, the DKIM records that verify it."""

    def __init__(self, name: str, args: EmailArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:edge:Email", name, {}, opts)
        self._name = name
        self._domain = args.domain
        child = pulumi.ResourceOptions(parent=self)
        self._identity = aws.sesv2.EmailIdentity(f"{name}-identity", email_identity=args.domain, opts=child)
        tokens = self._identity.dkim_signing_attributes.tokens.apply(lambda tokens: tokens or [])
        for number in range(_DKIM_KEYS if args.hosted_zone_id else 0):
            aws.route53.Record(
                f"{name}-dkim-{number + 1}",
                zone_id=args.hosted_zone_id,
                name=pulumi.Output.format("{0}._domainkey.{1}", tokens[number], args.domain),
                type=aws.route53.RecordType.CNAME,
                records=[pulumi.Output.format("{0}.dkim.amazonses.com", tokens[number])],
                ttl=1800,
                opts=record_options(self, args.zone_provider),
            )
        self.register_outputs({"domain": args.domain})

    def send(self) -> Grant:
        """The permission to send mail from addresses of the domain."""
        return Grant(
            f"{self._name}-send", self._identity.arn.apply(lambda arn: permissions.email_send(arn, self._domain))
        )
