"""Configuration of what stands between the shop and the internet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from components.base.section import Network, Section, Switch, Unique, keys_of, mismatch
from components.config.firewall_rules import BODY_SIZE, CountedRule, FirewallRule
from components.config.listener_rules import ListenerRule
from components.config.maintenance import MaintenanceConfig
from components.config.routes import FullName, HostLabel

HostedZoneId = Annotated[
    str,
    Field(
        pattern=r"^(Z[A-Z0-9]{1,31})?$",
        description="the id of the domain's public Route 53 zone, such as Z0123456789ABC, or empty",
    ),
]
ZoneRole = Annotated[
    str,
    Field(
        pattern=r"^(arn:aws:iam::\d{12}:role/[\w+=,.@/-]+)?$",
        description="the ARN of an IAM role that writes into a zone of another account, or empty",
    ),
]

MOST_DOMAINS = 25
"""Certificates of a load balancer besides the first.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""

Limit = Annotated[int, Field(ge=10, le=2_000_000_000)]
"""Limit of a rate-based rule: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html"""

LoginPath = Annotated[str, StringConstraints(pattern=r"^/[a-z0-9/._-]{0,199}$")]
DomainOrNone = Annotated[str, Field(pattern=r"^(([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,})?$")]


class PriceClass(StrEnum):
    """Classes of CloudFront's edge locations that include Korea."""

    MOST = "PriceClass_200"
    ALL = "PriceClass_All"


class CdnConfig(Section):
    """CloudFront."""

    price_class: PriceClass = Field(description="PriceClass_200 or PriceClass_All; PriceClass_100 leaves Korea out")


class FirewallConfig(Section):
    """AWS WAF, in front of the load balancer and of CloudFront."""

    enabled: Switch = Field(description="true or false")
    requests_per_five_minutes: Limit = Field(
        description="10 or more requests from one address in five minutes before it is blocked"
    )
    login_requests_per_five_minutes: Limit = Field(
        description="10 or more requests from one address to loginPaths in five minutes before it is blocked"
    )
    login_paths: Annotated[tuple[LoginPath, ...], Unique] = Field(
        description="lower-case beginnings of paths, such as [/api/auth/login]; an empty list for no second limit"
    )
    count_only: Annotated[tuple[CountedRule, ...], Unique] = Field(
        default=(BODY_SIZE,),
        description=f"rules that count what they would block, out of {', '.join(FirewallRule)}, or single rules of "
        f"AWS's groups such as {BODY_SIZE}",
    )


class ShieldConfig(Section):
    """AWS Shield Advanced: 3,000 USD a month for the whole account, for a year at least."""

    enabled: Switch = Field(
        description="true to protect the load balancer and the CDN; the account needs a subscription"
    )
    subscribe: Switch = Field(
        description="true in one stack of an account that has no subscription: buys one, 3,000 USD a month for a year"
    )

    @model_validator(mode="after")
    def _bought_for_something(self) -> Self:
        if self.subscribe and not self.enabled:
            raise mismatch(
                "subscribe", True, "false while enabled is false, as nothing uses what it buys; or enabled: true"
            )
        return self


class EmailConfig(Section):
    """Amazon SES."""

    domain: DomainOrNone = Field(default="", description="the domain that mail comes from, or empty for no mail")


CertificateArn = Annotated[str, Field(pattern=r"^(arn:aws:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]+)?$")]


class DomainConfig(Section):
    """A host in another domain than the stack's, such as a seller's own."""

    certificate_arn: CertificateArn = Field(
        default="", description="the ARN of an ACM certificate for the host, or empty with a hostedZoneId"
    )
    hosted_zone_id: HostedZoneId = Field(
        default="",
        description="the id of the Route 53 zone for the host's record and certificate, or empty with a certificateArn",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.certificate_arn and self.hosted_zone_id:
            expected = "an empty text, as certificateArn is set; or the other way round"
            raise mismatch("hostedZoneId", self.hosted_zone_id, expected)
        return self


class IngressConfig(Section):
    """The load balancer."""

    certificate_arn: CertificateArn = Field(
        description="the ARN of an ACM certificate, or empty for one of the stack's own in the hosted zone"
    )
    plain_http: Switch = Field(description="true or false; true serves without TLS, which is for development only")
    allowed_cidrs: dict[HostLabel, Annotated[tuple[Network, ...], Field(min_length=1), Unique]] = Field(
        description="a mapping from hosts to the IPv4 networks that may reach them, such as {admin: [198.51.100.0/24]}"
    )
    idle_timeout_seconds: int = Field(ge=1, le=4000, description="seconds without data, 1 to 4000")
    redirects: dict[HostLabel, HostLabel] = Field(
        default={}, description='a mapping from hosts to the hosts of services that they lead to, such as {www: "@"}'
    )
    domains: Annotated[dict[FullName, DomainConfig], Field(max_length=MOST_DOMAINS)] = Field(
        default={},
        description=f"a mapping of at most {MOST_DOMAINS} full names of hosts in other domains, each with "
        "certificateArn or hostedZoneId, such as {shop.seller.example: {hostedZoneId: Z0123456789ABC}}",
    )
    maintenance: MaintenanceConfig = Field(default=MaintenanceConfig(), description=keys_of(MaintenanceConfig))


@dataclass(frozen=True)
class EdgeSettings:
    """The settings of the way from the internet to the shop."""

    hosts: Sequence[str]
    """The full names of all hosts, those that only lead to another one included."""
    own_hosts: Sequence[str]
    """Those of them that are in the stack's domain."""
    rules: Sequence[ListenerRule]
    """The load balancer's rules, in order."""
    ports: Sequence[int]
    """Ports of the services that have hosts."""
    urls: Sequence[str]
    """The addresses of services' hosts, which are also the origins of the shop's pages."""
    static_host: str
    """The CDN's host name, which it has if there is a hosted zone."""
    hosted_zone_id: str
    """The Route 53 zone of the stack's domain; empty if its DNS is elsewhere."""
    ingress: IngressConfig
    firewall: FirewallConfig
    shield: ShieldConfig
    cdn: CdnConfig

    @property
    def zones(self) -> Mapping[str, str]:
        """The Route 53 zones by the full names of the hosts that they get a record for."""
        own = dict.fromkeys(self.own_hosts, self.hosted_zone_id)
        others = {host: domain.hosted_zone_id for host, domain in self.ingress.domains.items()}
        return {host: zone for host, zone in {**own, **others}.items() if zone}
