"""The stack's configuration: read once, validated before the first resource, immutable afterwards."""

from components.config.cluster import Architecture, Capacity, ClusterConfig, NodeGroupConfig, Taint
from components.config.loading import load
from components.config.network import Nat, NetworkConfig
from components.config.services import ServiceConfig
from components.config.stack import StackConfig

__all__ = [
    "Architecture",
    "Capacity",
    "ClusterConfig",
    "Nat",
    "NetworkConfig",
    "NodeGroupConfig",
    "ServiceConfig",
    "StackConfig",
    "Taint",
    "load",
]
