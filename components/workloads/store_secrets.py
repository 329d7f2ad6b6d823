"""The Secrets of the shop's stores, and the names of their values in a service's environment."""

from collections.abc import Mapping, Sequence

from components.config import Use
from components.config.services.schema import label

DATABASE_KEYS: Mapping[str, str] = {
    "DB_HOST": "host",
    "DB_READER_HOST": "reader_host",
    "DB_PORT": "port",
    "DB_NAME": "dbname",
    "DB_USERNAME": "username",
    "DB_PASSWORD": "password",
}
"""Properties by variable, whichever of the database's users it is."""

SECRET_NAMES: Mapping[Use, str] = {
    Use.DATABASE: "openmarket-db-credentials",
    Use.CACHE: "openmarket-redis-credentials",
    Use.TOKENS: "openmarket-app-secrets",
    Use.API_KEYS: "openmarket-api-keys",
}
ADMIN_SECRET = "openmarket-db-admin-credentials"  # noqa: S105
"""The Secret of the database's master user, for the Job that creates the others."""
MIGRATION_SECRET = "openmarket-db-migration-credentials"  # noqa: S105


_KEYS: Mapping[Use, Mapping[str, str]] = {
    Use.DATABASE: DATABASE_KEYS,
    Use.CACHE: {"REDIS_HOST": "host", "REDIS_AUTH_TOKEN": "auth_token"},
    Use.TOKENS: {"JWT_ACCESS_SECRET": "jwt_access_secret", "JWT_REFRESH_SECRET": "jwt_refresh_secret"},
}


def variables(what: Use, api_keys: Sequence[str]) -> Mapping[str, str]:
    """Properties of the Secret's source by environment variable. The third-party keys are called alike in both."""
    return {key: key for key in api_keys} if what is Use.API_KEYS else _KEYS[what]


def schema_secret(schema: str, user: str) -> str:
    """The name of the Secret with a user of a service's own schema, `app` or `migration`."""
    return f"openmarket-db-schema-{label(schema)}-{user}-credentials"


def own_secret(service: str) -> str:
    """The name of the Secret with a service's own keys. No Secret of a store is called so."""
    return f"secrets-{service}"
