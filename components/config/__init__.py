"""The stack's configuration: read once, validated before the first resource, immutable afterwards."""

from components.config.cluster import Architecture, Capacity, ClusterConfig, NodeGroupConfig
from components.config.data import CacheConfig, CredentialsConfig, ImagesConfig, Keys
from components.config.database import DatabaseConfig
from components.config.edge import FirewallConfig, IngressConfig, PriceClass, ShieldConfig
from components.config.network import Nat, NetworkConfig
from components.config.services import (
    DeployedConfig,
    HealthConfig,
    MigrationConfig,
    MigrationMode,
    ServiceConfig,
    WebConfig,
)
from components.config.stack import StackConfig
from components.config.uses import Use


def load() -> StackConfig:
    """The validated configuration of the current stack. Raises as `components.config.loading.load`."""
    # Who needs a model only, such as a command or a policy, does not load the SDK with which this asks Pulumi and AWS.
    from components.config import loading

    return loading.load()


__all__ = [
    "Architecture",
    "CacheConfig",
    "Capacity",
    "ClusterConfig",
    "CredentialsConfig",
    "DatabaseConfig",
    "DeployedConfig",
    "FirewallConfig",
    "HealthConfig",
    "ImagesConfig",
    "IngressConfig",
    "Keys",
    "MigrationConfig",
    "MigrationMode",
    "Nat",
    "NetworkConfig",
    "NodeGroupConfig",
    "PriceClass",
    "ServiceConfig",
    "ShieldConfig",
    "StackConfig",
    "Use",
    "WebConfig",
    "load",
]
