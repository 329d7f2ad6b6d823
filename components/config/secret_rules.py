"""Rules about keys whose values are set by hand: of two variables of one name, a service sees one."""

from collections.abc import Iterator, Mapping

from components.config.application import GENERATED, ApplicationConfig, address_variable, generated
from components.config.data import CredentialsConfig
from components.config.problems import Problem
from components.config.service_rules import announced
from components.config.services import ServiceConfig
from components.config.uses import Use


def third_party_keys(
    credentials: CredentialsConfig, application: ApplicationConfig, services: Mapping[str, ServiceConfig]
) -> Iterator[Problem]:
    """A third-party key has no name that a service's environment has otherwise."""
    others = {*GENERATED, *announced(services), *application.feature_variables, *map(address_variable, services)}
    if taken := [key for key in credentials.api_keys if key in others]:
        expected = "other names: these are in the services' environment already"
        yield Problem("openmarket:credentials.apiKeys", taken, expected)


def own_keys(
    credentials: CredentialsConfig, application: ApplicationConfig, services: Mapping[str, ServiceConfig]
) -> Iterator[Problem]:
    """A key of a service's own secret has no name that the service's environment has otherwise."""
    for name, service in services.items():
        third_party = credentials.api_keys if Use.API_KEYS in service.uses else ()
        addresses = map(address_variable, service.calls)
        others = {*generated(service.all_uses), *announced(services), *application.feature_variables, *addresses}
        if taken := [key for key in service.secrets if key in others or key in third_party]:
            expected = f"other names in place of {', '.join(taken)}, which the service's environment has already"
            yield Problem(f"openmarket:services.{name}.secrets", list(service.secrets), expected)
