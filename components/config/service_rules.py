"""Rules about services that need more than one stanza or section. Each one answers the problems it finds."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from components.addons import catalogue
from components.config.application import GENERATED, ApplicationConfig, address_variable
from components.config.cluster import ClusterConfig
from components.config.edge import EmailConfig
from components.config.problems import Problem
from components.config.routes import parted
from components.config.routing import label_routes
from components.config.services import (
    SHOP_SCHEMA,
    DeployedConfig,
    ServiceConfig,
    WebConfig,
    built,
    kind_of,
    only,
    schemas,
    use,
)
from components.config.services.schema import USERS
from components.config.services.sidecars import TAKEN
from components.config.uses import CALLS_AWS, Use

_POLICY, _ROLE = "a network policy", "an add-on's role"
_TAKEN = {
    **dict.fromkeys(("default-deny", "allow-dns", USERS), _POLICY),
    **dict.fromkeys(catalogue.roles(), _ROLE),
}
"""Names that are in use already where services' names are used too."""

STATIC_HOST = "static"
"""The CDN's host below the domain, if there is a hosted zone."""


def names(services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """A service's name is on objects and in variables that others have as well."""
    jobs = {f"{name}-migration": f"the migration of {name}" for name, each in services.items() if each.migrates_by_job}
    taken = {**_TAKEN, **jobs}
    own_schemas = schemas(services).keys() - {SHOP_SCHEMA}
    for name in services:
        if own_schemas and name.startswith(f"{USERS}-"):
            expected = f"another name: Jobs that make the users of schemas begin with {USERS}-"
            yield Problem(f"openmarket:services.{name}", name, expected)
        if name in taken:
            yield Problem(f"openmarket:services.{name}", name, f"another name: this one is taken by {taken[name]}")


def hosts(services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """A host with a path leads to one service, and somebody answers for the stack."""
    owners: dict[tuple[str, str], list[str]] = {}
    for route in label_routes(services):
        owners.setdefault((route.host, route.path), []).append(route.service)
    for name, service in only(WebConfig, services).items():
        key = f"openmarket:services.{name}.hosts"
        shared = {entry: [other for other in owners[parted(entry)] if other != name] for entry in service.hosts}
        if taken := {entry: others for entry, others in shared.items() if others}:
            whose = "; ".join(f"{entry} is {' and '.join(others)}'s too" for entry, others in taken.items())
            yield Problem(key, list(taken), f"hosts or paths that no other service has: {whose}")
        if static := [entry for entry in service.hosts if parted(entry)[0] == STATIC_HOST]:
            yield Problem(key, ", ".join(static), "another host: this one is the CDN's")
    if not owners:
        yield Problem("openmarket:services", "no hosts", 'at least one service with hosts, such as ["@"]')


def calls(services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """Services call others that are there."""
    told = {*GENERATED, *announced(services)}
    web = only(WebConfig, services)
    for name, service in services.items():
        strangers = [callee for callee in service.calls if callee not in web or callee == name]
        if strangers:
            expected = f"other services out of {', '.join(each for each in web if each != name)}"
            yield Problem(f"openmarket:services.{name}.calls", strangers, expected + _portless(strangers, services))
        for callee in service.calls:
            if callee in services and (variable := address_variable(callee)) in told:
                expected = f"a service of another name, as {variable} is a public address already"
                yield Problem(f"openmarket:services.{name}.calls", callee, expected)


def _portless(callees: Sequence[str], services: Mapping[str, ServiceConfig]) -> str:
    """Why services that are there cannot be called."""
    kinds = {callee: kind_of(services[callee]) for callee in callees if callee in services}
    told = [f"{callee} is a {kind}" for callee, kind in kinds.items() if kind != "web"]
    return f": {' and '.join(told)}, which answers no requests" if told else ""


def sidecars(services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """The containers of a pod have different names."""
    for name, service in services.items():
        for sidecar in service.sidecars:
            if sidecar in (name, *TAKEN):
                key = f"openmarket:services.{name}.sidecars.{sidecar}"
                yield Problem(key, sidecar, "another name: a container of the service's pods has this one")


def images(services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """A service that runs another one's image finds one there."""
    own = built(services)
    for name, service in services.items():
        key, owner = f"openmarket:services.{name}.imageOf", service.image_of
        if owner and owner not in own:
            why = ": it runs another one's image itself" if owner != name and owner in services else ""
            yield Problem(key, owner, f"another service with an image of its own, out of {', '.join(own)}{why}")


def node_groups(services: Mapping[str, ServiceConfig], cluster: ClusterConfig) -> Iterator[Problem]:
    """A service that names a node group finds it there."""
    for name, service in services.items():
        if service.node_group and service.node_group not in cluster.node_groups:
            expected = f"a node group out of {', '.join(cluster.node_groups)}, or empty for any without a taint"
            yield Problem(f"openmarket:services.{name}.nodeGroup", service.node_group, expected)


def announcements(services: Mapping[str, ServiceConfig], application: ApplicationConfig) -> Iterator[Problem]:
    """What every service is told of one of them does not hide what it is told otherwise."""
    count = Counter(announced(services))
    others = {*GENERATED, *application.feature_variables}
    for name, service in only(WebConfig, services).items():
        taken = [variable for variable in service.announced if variable in others or count[variable] > 1]
        if taken:
            expected = f"another name: {' and '.join(taken)} is in the environment of all services already"
            yield Problem(f"openmarket:services.{name}.announcedAs", service.announced_as, expected)


def mail(services: Mapping[str, ServiceConfig], email: EmailConfig) -> Iterator[Problem]:
    """Mail has a domain that it comes from, and somebody who sends it."""
    if email.domain and not use(Use.MAIL, services):
        expected = f"empty, or {Use.MAIL} in the uses of a service, as nobody may send mail"
        yield Problem("openmarket:email.domain", email.domain, expected)
    for name, service in services.items():
        if Use.MAIL in service.uses and not email.domain:
            expected = f"no {Use.MAIL}; or a domain in openmarket:email.domain, from which it is sent"
            yield Problem(f"openmarket:services.{name}.uses", list(service.uses), expected)


def way_to_aws(services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """A service that calls AWS may call the internet: network policies cannot tell AWS's addresses from others."""
    for name, service in services.items():
        called = [use for use in service.uses if use in CALLS_AWS]
        without = [f"uses without {', '.join(called)}"] if called else []
        if isinstance(service, DeployedConfig) and service.queue:
            without.append("no queue")
        if without and not service.internet:
            expected = f"true, as AWS has public addresses like other HTTPS servers; or {' and '.join(without)}"
            yield Problem(f"openmarket:services.{name}.internet", service.internet, expected)


def queues(services: Mapping[str, ServiceConfig], region: str) -> Iterator[Problem]:
    """A queue is where the service's calls of AWS go."""
    for name, service in only(DeployedConfig, services).items():
        for key, arn in (("arn", service.queue.arn), ("keyArn", service.queue.key_arn)) if service.queue else ():
            if arn and arn.split(":")[3] != region:
                expected = (
                    f"one in {region}, the stack's region, which is that of AWS_REGION in the service's environment"
                )
                yield Problem(f"openmarket:services.{name}.queue.{key}", arn, expected)


def announced(services: Mapping[str, ServiceConfig]) -> list[str]:
    """The variables by which every service is told addresses of others."""
    return [variable for service in only(WebConfig, services).values() for variable in service.announced]
