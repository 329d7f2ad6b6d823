"""Configuration of what every service is told, and which environment variables that takes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from pydantic.alias_generators import to_snake

from components.base.section import Section, Switch, mismatch
from components.config.uses import Use

_FOR_ALL = (
    "NODE_ENV", "LOG_LEVEL", "AWS_REGION", "SHOP_URL", "CDN_URL", "MAIL_DOMAIN", "PORT", "KEEP_ALIVE_TIMEOUT",
    "DB_PORT", "REDIS_PORT", "UPLOADS_BUCKET", "ASSETS_BUCKET", "QUEUE_URL",
)  # fmt: skip
_FOR_USERS: Mapping[Use, tuple[str, ...]] = {
    Use.DATABASE: ("DB_HOST", "DB_READER_HOST", "DB_NAME", "DB_USERNAME", "DB_PASSWORD"),
    Use.CACHE: ("REDIS_HOST", "REDIS_AUTH_TOKEN"),
    Use.TOKENS: ("JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET"),
}


def generated(uses: Iterable[Use]) -> tuple[str, ...]:
    """Variables in the environment of a service with these uses, besides features, addresses of services, third-party
    keys, and what the stack file adds.
    """
    return (*_FOR_ALL, *(variable for use in uses for variable in _FOR_USERS.get(use, ())))


GENERATED = generated(Use)
"""Those of all services together."""


def address_variable(service: str) -> str:
    """The environment variable in which a caller finds the service's address."""
    return f"{service.upper().replace('-', '_')}_URL"


def _variable(feature: str) -> str:
    return f"FEATURE_{to_snake(feature).upper()}"


def _differ_as_variables(features: dict[str, bool]) -> dict[str, bool]:
    count = Counter(map(_variable, features))
    if same := [name for name in features if count[_variable(name)] > 1]:
        *others, last = same
        expected = f"another name, as {' and '.join(others)} would be {_variable(last)} in the environment too"
        raise mismatch(last, features[last], expected)
    return features


class ApplicationConfig(Section):
    """Settings that all services share, as environment variables."""

    node_env: str = Field(pattern=r"^[a-z]+$", description="Node.js' mode, such as production")
    log_level: str = Field(pattern=r"^[a-z]+$", description="a log level, such as info")
    features: Annotated[
        dict[Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9]*$")], Switch],
        AfterValidator(_differ_as_variables),
    ] = Field(default={}, description="a mapping from features in camelCase to true or false")

    @property
    def feature_variables(self) -> dict[str, str]:
        """The features as environment variables."""
        return {_variable(name): str(on).lower() for name, on in self.features.items()}
