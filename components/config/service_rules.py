"""Rules about services that need more than one stanza or section. Each one answers the problems it finds."""

from collections.abc import Iterator, Mapping

from components.addons import catalogue
from components.config.application import GENERATED, ApplicationConfig, address_variable
from components.config.data import CredentialsConfig
from components.config.edge import EmailConfig
from components.config.problems import Problem
from components.config.routes import parted, routes
from components.config.services import API, ServiceConfig

_POLICY, _ROLE = "a network policy", "an add-on's role"
_TAKEN = {
    **dict.fromkeys(("default-deny", "allow-dns", "database-users"), _POLICY),
    **dict.fromkeys(catalogue.roles(), _ROLE),
}
"""Names that are in use already where services' names are used too."""
_TOLD = ("api", "cdn", "shop")
"""Names whose public address every service gets, as the variable <NAME>_URL."""

STATIC_HOST = "static"
"""The CDN's host below the domain, if there is a hosted zone."""
_ONLY_ITS = "the buckets, Secrets Manager and the mail domain"


def names(services: dict[str, ServiceConfig]) -> Iterator[Problem]:
    """A service's name is on objects and in variables that others have as well."""
    jobs = {f"{name}-migration": f"the migration of {name}" for name, each in services.items() if each.migrates_by_job}
    taken = {**_TAKEN, **jobs}
    for name in services:
        if name in taken:
            yield Problem(f"openmarket:services.{name}", name, f"another name: this one is taken by {taken[name]}")


def hosts(services: dict[str, ServiceConfig]) -> Iterator[Problem]:
    """A host with a path leads to one service, and somebody answers for the stack."""
    owners: dict[tuple[str, str], list[str]] = {}
    for route in routes({name: service.hosts for name, service in services.items()}):
        owners.setdefault((route.host, route.path), []).append(route.service)
    for name, service in services.items():
        key = f"openmarket:services.{name}.hosts"
        shared = {entry: [other for other in owners[parted(entry)] if other != name] for entry in service.hosts}
        if taken := {entry: others for entry, others in shared.items() if others}:
            whose = "; ".join(f"{entry} is {' and '.join(others)}'s too" for entry, others in taken.items())
            yield Problem(key, list(taken), f"hosts or paths that no other service has: {whose}")
        if static := [entry for entry in service.hosts if parted(entry)[0] == STATIC_HOST]:
            yield Problem(key, ", ".join(static), "another host: this one is the CDN's")
    if not owners:
        yield Problem("openmarket:services", "no hosts", 'at least one service with hosts, such as ["@"]')


def calls(services: dict[str, ServiceConfig]) -> Iterator[Problem]:
    """Services call others that are there."""
    for name, service in services.items():
        strangers = [callee for callee in service.calls if callee not in services or callee == name]
        if strangers:
            expected = f"other services out of {', '.join(services)}"
            yield Problem(f"openmarket:services.{name}.calls", strangers, expected)
        for callee in service.calls:
            if callee in _TOLD and callee in services:
                expected = f"a service of another name, as {callee.upper()}_URL is a public address already"
                yield Problem(f"openmarket:services.{name}.calls", callee, expected)


def third_party_keys(
    credentials: CredentialsConfig, application: ApplicationConfig, services: dict[str, ServiceConfig]
) -> Iterator[Problem]:
    """A key's name is a variable's, and of two variables of one name a service sees one."""
    others = {*GENERATED, *application.feature_variables, *map(address_variable, services)}
    if taken := [key for key in credentials.api_keys if key in others]:
        expected = "other names: these are in the services' environment already"
        yield Problem("openmarket:credentials.apiKeys", taken, expected)


def backend(services: Mapping[str, ServiceConfig], email: EmailConfig) -> Iterator[Problem]:
    """The service that gets the shop's rights is there, or they and its address would silently be nobody's."""
    if API in services:
        return
    users = [name for name, service in services.items() if service.uses]
    if users or email.domain:
        because = f"as {' and '.join(users)} has something in uses" if users else "as email.domain is set"
        expected = (
            f"one of them to be called {API}, {because}: only a service of that name may use {_ONLY_ITS}, and only its "
            "address is API_URL and API_PORT"
        )
        yield Problem("openmarket:services", ", ".join(services), expected)


def way_to_aws(services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """A service that calls AWS may call the internet: network policies cannot tell AWS's addresses from others."""
    service = services.get(API)
    if service and not service.internet:
        expected = f"true, as it calls AWS for {_ONLY_ITS}, which has public addresses like other HTTPS servers"
        yield Problem(f"openmarket:services.{API}.internet", service.internet, expected)
