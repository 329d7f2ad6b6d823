"""Rules about the way in that need more than one section. Each one answers the problems it finds."""

from collections.abc import Iterator, Mapping

from components.config.application import ApplicationConfig
from components.config.edge import FirewallConfig, IngressConfig
from components.config.problems import Problem
from components.config.services import DEVELOPMENT, ServiceConfig, WebConfig, only

_PLAIN_HTTP, _CERTIFICATE = "openmarket:ingress.plainHttp", "openmarket:ingress.certificateArn"


def transport(
    production: bool, application: ApplicationConfig, hosted_zone_id: str, ingress: IngressConfig
) -> Iterator[Problem]:
    """Requests are encrypted; only development may say that its own are not."""
    certified = bool(hosted_zone_id or ingress.certificate_arn)
    if ingress.plain_http and production:
        yield Problem(_PLAIN_HTTP, True, "in production, false: with openmarket:hostedZoneId or certificateArn")
    elif ingress.plain_http and application.node_env != DEVELOPMENT:
        expected = f"false unless application.nodeEnv is {DEVELOPMENT}: with openmarket:hostedZoneId or certificateArn"
        yield Problem(_PLAIN_HTTP, True, expected)
    elif ingress.plain_http and certified:
        yield Problem(_PLAIN_HTTP, True, "false, as there is a hosted zone or a certificate")
    elif not ingress.plain_http and not certified:
        expected = (
            "an ACM certificate, or openmarket:hostedZoneId for one of the stack's own; development may do without "
            "by ingress.plainHttp: true"
        )
        yield Problem(_CERTIFICATE, ingress.certificate_arn, expected)


def certificate_region(region: str, ingress: IngressConfig) -> Iterator[Problem]:
    """A load balancer uses certificates of its own region only."""
    arn = ingress.certificate_arn
    if arn and arn.split(":")[3] != region:
        yield Problem(_CERTIFICATE, arn, f"a certificate in {region}, where the load balancer is")


def allowed_hosts(ingress: IngressConfig, services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """A restricted host must exist, or a typing error would leave another one open."""
    known = [label for service in only(WebConfig, services).values() for label in service.hosts]
    unknown = sorted(label for label in ingress.allowed_cidrs if label not in known)
    if unknown:
        yield Problem("openmarket:ingress.allowedCidrs", unknown, f"hosts of services: {', '.join(known)}")


def login_limit(firewall: FirewallConfig) -> Iterator[Problem]:
    """The limit for logins comes before the general one, or it never acts."""
    limit, general = firewall.login_requests_per_five_minutes, firewall.requests_per_five_minutes
    if firewall.login_paths and limit > general:
        expected = f"at most requestsPerFiveMinutes, which is {general}"
        yield Problem("openmarket:firewall.loginRequestsPerFiveMinutes", limit, expected)
