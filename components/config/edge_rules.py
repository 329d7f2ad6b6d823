"""Rules about the way in that need more than one section. Each one answers the problems it finds."""

from collections.abc import Iterator, Mapping

from components.config.application import ApplicationConfig
from components.config.edge import FirewallConfig, IngressConfig
from components.config.listener_rules import MOST_RULES
from components.config.problems import Problem
from components.config.routing import label_routes, rules_of
from components.config.service_rules import STATIC_HOST
from components.config.services import DEVELOPMENT, ProtocolVersion, ServiceConfig, WebConfig, only

_PLAIN_HTTP, _CERTIFICATE = "openmarket:ingress.plainHttp", "openmarket:ingress.certificateArn"


def zone_role(hosted_zone_id: str, role: str) -> Iterator[Problem]:
    """A role writes into a zone."""
    if role and not hosted_zone_id:
        expected = "openmarket:hostedZoneId as well, the zone that the role writes into; or to go"
        yield Problem("openmarket:hostedZoneRole", role, expected)


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
    found = {_CERTIFICATE: ingress.certificate_arn}
    for name, domain in ingress.domains.items():
        found[f"openmarket:ingress.domains.{name}.certificateArn"] = domain.certificate_arn
    for key, arn in found.items():
        if arn and arn.split(":")[3] != region:
            yield Problem(key, arn, f"a certificate in {region}, where the load balancer is")


def allowed_hosts(ingress: IngressConfig, services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """A restricted host must exist, or a typing error would leave another one open."""
    known = hosts_of(services)
    unknown = sorted(label for label in ingress.allowed_cidrs if label not in known)
    if unknown:
        yield Problem("openmarket:ingress.allowedCidrs", unknown, f"hosts of services: {', '.join(known)}")


def redirects(ingress: IngressConfig, services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """A host leads to one place, and at the end of every redirect a service answers."""
    known = hosts_of(services)
    for host, target in ingress.redirects.items():
        key = f"openmarket:ingress.redirects.{host}"
        if owners := [route.service for route in label_routes(services) if route.host == host]:
            yield Problem(key, target, f"to go, or {host} to leave the hosts of {' and '.join(dict.fromkeys(owners))}")
        if host == STATIC_HOST:
            yield Problem(key, target, f"another host to lead to {target}: {host} is the CDN's")
        if target not in known:
            yield Problem(key, target, f"a host of a service: {', '.join(known)}")


def domains(domain: str, ingress: IngressConfig, services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """A host in another domain has a certificate, and nobody gets one for a host that nothing leads to."""
    key = "openmarket:ingress.domains"
    places = {route.host: f"openmarket:services.{route.service}.hosts" for route in label_routes(services)}
    places |= dict.fromkeys(ingress.redirects, "openmarket:ingress.redirects")
    used = list(places)
    for name in (each for each in used if "." in each and each not in ingress.domains):
        expected = f"{name} in ingress.domains too, with certificateArn or hostedZoneId, as it is not in {domain}"
        if _is_in(name, domain):
            label = name.removesuffix(domain).removesuffix(".") or "@"
            expected = f"{label} in place of the full name, as the stack's domain is {domain}"
        yield Problem(places[name], name, expected)
    if used and all("." in each for each in used):
        yield Problem("openmarket:services", ", ".join(used), f"at least one host in the stack's domain {domain}")
    for name, settings in ingress.domains.items():
        where = f"{key}.{name}"
        arn, zone = settings.certificate_arn, settings.hosted_zone_id
        if name not in used:
            yield Problem(where, name, "to be in the hosts of a service or in ingress.redirects, or to go")
        if _is_in(name, domain):
            yield Problem(where, name, f"to go, as it is in the stack's domain {domain}")
        if ingress.plain_http and arn:
            yield Problem(f"{where}.certificateArn", arn, "an empty text, as ingress.plainHttp is true")
        if not ingress.plain_http and not (arn or zone):
            expected = (
                "an ACM certificate for the host; or a hostedZoneId, for a certificate and a record of the stack's own"
            )
            yield Problem(f"{where}.certificateArn", arn, expected)


def _is_in(name: str, domain: str) -> bool:
    return name == domain or name.endswith(f".{domain}")


def maintained_hosts(ingress: IngressConfig, services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """A host in maintenance must exist, or a typing error would leave the one that was meant open."""
    known = [*hosts_of(services), *ingress.redirects]
    if unknown := [label for label in ingress.maintenance.hosts if label not in known]:
        expected = f"hosts of services or redirects: {', '.join(known)}"
        yield Problem("openmarket:ingress.maintenance.hosts", unknown, expected)


def number_of_rules(domain: str, ingress: IngressConfig, services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """The load balancer takes all rules, those of the maintenance page included, which is for a day without time."""
    count = len(rules_of(ingress, services, domain, maintained=True))
    if count > MOST_RULES:
        expected = (
            f"fewer hosts, paths or networks: with those of the maintenance page there are {count} rules, and a load "
            f"balancer has {MOST_RULES} at most"
        )
        yield Problem("openmarket:ingress", f"{count} rules", expected)


def hosts_of(services: Mapping[str, ServiceConfig]) -> list[str]:
    """The labels of the services' hosts, each once."""
    return list(dict.fromkeys(route.host for route in label_routes(services)))


def protocol_versions(ingress: IngressConfig, services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """The load balancer passes HTTP/2 and gRPC on from listeners with TLS only.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
    """
    for name, service in only(WebConfig, services).items():
        if ingress.plain_http and service.hosts and service.protocol_version is not ProtocolVersion.HTTP1:
            expected = (
                f"{ProtocolVersion.HTTP1} while ingress.plainHttp is true, as a load balancer passes nothing else on "
                "without TLS; or no hosts, or openmarket:hostedZoneId or ingress.certificateArn and plainHttp: false"
            )
            yield Problem(f"openmarket:services.{name}.protocolVersion", service.protocol_version, expected)


def login_limit(firewall: FirewallConfig) -> Iterator[Problem]:
    """The limit for logins comes before the general one, or it never acts."""
    limit, general = firewall.login_requests_per_five_minutes, firewall.requests_per_five_minutes
    if firewall.login_paths and limit > general:
        expected = f"at most requestsPerFiveMinutes, which is {general}"
        yield Problem("openmarket:firewall.loginRequestsPerFiveMinutes", limit, expected)
