"""The Secrets of the shop's stores, and the names of their values in a service's environment."""

from collections.abc import Mapping, Sequence

from components.config import Store

DATABASE_KEYS: Mapping[str, str] = {
    "DB_HOST": "host",
    "DB_READER_HOST": "reader_host",
    "DB_PORT": "port",
    "DB_NAME": "dbname",
    "DB_USERNAME": "username",
    "DB_PASSWORD": "password",
}
"""Properties by variable, whichever of the database's users it is."""

SECRET_NAMES: Mapping[Store, str] = {
    Store.DATABASE: "openmarket-db-credentials",
    Store.CACHE: "openmarket-redis-credentials",
    Store.TOKENS: "openmarket-app-secrets",
    Store.API_KEYS: "openmarket-api-keys",
}
ADMIN_SECRET = "openmarket-db-admin-credentials"  # noqa: S105
"""The Secret of the database's master user, for the Job that creates the others."""
MIGRATION_SECRET = "openmarket-db-migration-credentials"  # noqa: S105


def variables(store: Store, api_keys: Sequence[str]) -> Mapping[str, str]:
    """Properties of the store's secret by environment variable. The third-party keys are called alike in both."""
    match store:
        case Store.DATABASE:
            return DATABASE_KEYS
        case Store.CACHE:
            return {"REDIS_HOST": "host", "REDIS_AUTH_TOKEN": "auth_token"}
        case Store.TOKENS:
            return {"JWT_ACCESS_SECRET": "jwt_access_secret", "JWT_REFRESH_SECRET": "jwt_refresh_secret"}
        case Store.API_KEYS:
            return {key: key for key in api_keys}
