"""Configuration of the shop's services, by kind."""

from components.config.services.base import (
    DATABASE_USERS,
    DEVELOPMENT,
    PLACEHOLDER_IMAGE,
    WAIT_FOR_DATABASE,
    ServiceConfig,
)
from components.config.services.deployed import MOST_REPLICAS, SURGE_PERCENT, DeployedConfig
from components.config.services.egress import EgressConfig
from components.config.services.health import HealthConfig, HealthProtocol
from components.config.services.jobs import Concurrency, CronJobConfig, JobConfig, TaskConfig
from components.config.services.kinds import (
    KINDS,
    AnyServiceConfig,
    kind_of,
    model_of,
    partly_right_services,
    stanza,
    with_images,
)
from components.config.services.parts import BuildConfig, MigrationConfig, MigrationMode, Priority
from components.config.services.scaling import QueueConfig
from components.config.services.schema import SHOP_SCHEMA, SchemaConfig
from components.config.services.together import built, only, schemas, use, volumes
from components.config.services.volume import VolumeConfig
from components.config.services.web import LONGEST_DRAIN_SECONDS, ProtocolVersion, WebConfig
from components.config.services.worker import LONGEST_WORK_SECONDS, WorkerConfig

__all__ = [
    "DATABASE_USERS",
    "DEVELOPMENT",
    "KINDS",
    "LONGEST_DRAIN_SECONDS",
    "LONGEST_WORK_SECONDS",
    "MOST_REPLICAS",
    "PLACEHOLDER_IMAGE",
    "SHOP_SCHEMA",
    "SURGE_PERCENT",
    "WAIT_FOR_DATABASE",
    "AnyServiceConfig",
    "BuildConfig",
    "Concurrency",
    "CronJobConfig",
    "DeployedConfig",
    "EgressConfig",
    "HealthConfig",
    "HealthProtocol",
    "JobConfig",
    "MigrationConfig",
    "MigrationMode",
    "Priority",
    "ProtocolVersion",
    "QueueConfig",
    "SchemaConfig",
    "ServiceConfig",
    "TaskConfig",
    "VolumeConfig",
    "WebConfig",
    "WorkerConfig",
    "built",
    "kind_of",
    "model_of",
    "only",
    "partly_right_services",
    "schemas",
    "stanza",
    "use",
    "volumes",
    "with_images",
]
