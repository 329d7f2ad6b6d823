"""What a service can use besides other services."""

from enum import StrEnum


class Store(StrEnum):
    """Stores that a service can use. Each is a Secret in its environment, and some are on the network too."""

    DATABASE = "database"
    CACHE = "cache"
    TOKENS = "tokens"
    API_KEYS = "apiKeys"
