"""The way from the internet to the services, as the sections about ingress and services say it together. Pure."""

from collections.abc import Mapping
from dataclasses import replace

from components.config.edge import IngressConfig
from components.config.listener_rules import ListenerRule, MaintainedHosts, listener_rules
from components.config.routes import ALL, Route, parted, routes
from components.config.services import ServiceConfig, WebConfig, only


def full_name(label: str, domain: str) -> str:
    """The full name of a host label; `@` is the domain itself, and a name with dots is full already."""
    if "." in label:
        return label
    return domain if label == "@" else f"{label}.{domain}"


def address(entry: str, domain: str) -> str:
    """The full name and the path of an entry of `hosts`, such as `example.com/api`."""
    label, path = parted(entry)
    return f"{full_name(label, domain)}{path.removesuffix(ALL)}"


def label_routes(services: Mapping[str, ServiceConfig]) -> list[Route]:
    """The routes to services, by host label."""
    return list(routes({name: service.hosts for name, service in only(WebConfig, services).items()}))


def service_routes(services: Mapping[str, ServiceConfig], domain: str) -> list[Route]:
    """The routes to services, by full host name."""
    return [replace(route, host=full_name(route.host, domain)) for route in label_routes(services)]


def rules_of(
    ingress: IngressConfig, services: Mapping[str, ServiceConfig], domain: str, maintained: bool
) -> list[ListenerRule]:
    """The load balancer's rules, in order, with the maintenance page or without."""
    found = service_routes(services, domain)
    redirects = {full_name(one, domain): full_name(other, domain) for one, other in ingress.redirects.items()}
    labels = ingress.maintenance.hosts
    hosts = [full_name(label, domain) for label in labels] or [*(route.host for route in found), *redirects]
    return listener_rules(
        found,
        {full_name(label, domain): cidrs for label, cidrs in ingress.allowed_cidrs.items()},
        redirects,
        MaintainedHosts(hosts, ingress.maintenance.allowed_cidrs) if maintained else MaintainedHosts(),
    )
