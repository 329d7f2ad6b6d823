"""Rules about secrets: of two variables of one name a service sees one, and one role has to read all secrets."""

from collections.abc import Iterator, Mapping, Sequence

from components.addons.catalogue import AddonsConfig
from components.config.application import GENERATED, ApplicationConfig, address_variable, generated
from components.config.data import CredentialsConfig
from components.config.problems import Problem
from components.config.service_rules import announced
from components.config.services import SHOP_SCHEMA, ServiceConfig, schemas, use
from components.config.services.schema import users_secret
from components.config.uses import Use

_ALL_POLICIES = 10_240
"""Characters that the inline policies of a role have together at most (IAM and AWS STS quotas)."""
_ONE_POLICY = 401
"""Characters of the policy about one secret, besides three times the region's and those of the secret's name."""


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


def room_for_policies(
    names: tuple[str, str],
    services: Mapping[str, ServiceConfig],
    credentials: CredentialsConfig,
    addons: AddonsConfig,
) -> Iterator[Problem]:
    """The role that reads secrets for the cluster has a policy about each, and IAM takes only so much of them.

    Args:
        names: The beginning of the secrets' names, and the region.
        services: By name.
        credentials: Whether there are third-party keys.
        addons: Whether Grafana has a password.
    """
    prefix, region = names
    own = [f"{prefix}/{name}" for name, service in services.items() if service.secrets]
    for schema, migrated in schemas(services).items():
        users = ("app", "migration") if migrated else ("app",)
        own += [users_secret(prefix, schema, user) for user in users if schema != SHOP_SCHEMA]
    room = _ALL_POLICIES - sum(_policies(region, _shared(prefix, services, credentials, addons)))
    lengths = _policies(region, own)
    if sum(lengths) > room:
        most = room * len(own) // sum(lengths)
        expected = (
            f"{most} at most of services (secrets) and of the users of their schemas (database), as the role that "
            f"reads them for the cluster takes policies of {_ALL_POLICIES:,} characters"
        )
        yield Problem("openmarket:services", f"{len(own)} secrets", expected)


def _shared(
    prefix: str, services: Mapping[str, ServiceConfig], credentials: CredentialsConfig, addons: AddonsConfig
) -> list[str]:
    """The names of the secrets that are no service's own."""
    found = {
        "redis-credentials": use(Use.CACHE, services),
        "app-secrets": use(Use.TOKENS, services),
        "api-keys": use(Use.API_KEYS, services) and bool(credentials.api_keys),
        "rds-credentials": bool(schemas(services)),
        "app-db-credentials": use(Use.DATABASE, services),
        "migration-db-credentials": use(Use.DATABASE, services),
        "grafana": addons.prometheus.enabled,
    }
    return [f"{prefix}-{name}" for name, there in found.items() if there]


def _policies(region: str, secrets: Sequence[str]) -> list[int]:
    return [_ONE_POLICY + 3 * len(region) + len(secret) for secret in secrets]
