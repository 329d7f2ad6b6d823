"""Rules about what services may do in AWS, which a name decides. Each one answers the problems it finds."""

from collections.abc import Iterator, Mapping

from components.config.edge import EmailConfig
from components.config.problems import Problem
from components.config.services import API, ServiceConfig

_ONLY_ITS = "the buckets, Secrets Manager and the mail domain"


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
