"""Configuration of the shop's services, by kind."""

from components.config.services.base import (
    DATABASE_USERS,
    DEVELOPMENT,
    PLACEHOLDER_IMAGE,
    WAIT_FOR_DATABASE,
    ServiceConfig,
    only,
    use,
)
from components.config.services.deployed import MOST_REPLICAS, SURGE_PERCENT, DeployedConfig
from components.config.services.parts import BuildConfig, HealthConfig, MigrationConfig, MigrationMode
from components.config.services.web import LONGEST_DRAIN_SECONDS, WebConfig

__all__ = [
    "DATABASE_USERS",
    "DEVELOPMENT",
    "LONGEST_DRAIN_SECONDS",
    "MOST_REPLICAS",
    "PLACEHOLDER_IMAGE",
    "SURGE_PERCENT",
    "WAIT_FOR_DATABASE",
    "BuildConfig",
    "DeployedConfig",
    "HealthConfig",
    "MigrationConfig",
    "MigrationMode",
    "ServiceConfig",
    "WebConfig",
    "only",
    "use",
]
