"""The connections of services and their Jobs, from the stanzas alone."""

from collections.abc import Mapping
from dataclasses import replace

from components.config import ServiceConfig, Use, WebConfig
from components.config.services import schemas
from components.config.services.schema import users_name
from components.workloads.flows import Workload
from components.workloads.migration import migration_name


def workloads(services: Mapping[str, ServiceConfig]) -> list[Workload]:
    """Services, and the Jobs that prepare the database for them."""
    pods = [_workload(name, service) for name, service in services.items()]
    migrations = [migration_name(name) for name, service in services.items() if service.migrates_by_job]
    users = [users_name(schema) for schema in schemas(services)]
    return pods + [Workload(job, stores=[Use.DATABASE]) for job in [*users, *migrations]]


def _workload(name: str, service: ServiceConfig) -> Workload:
    reached = [store for store in service.all_uses if store in (Use.DATABASE, Use.CACHE)]
    pods = Workload(name, calls=service.calls, stores=reached, internet=service.internet, egress=service.egress)
    if not isinstance(service, WebConfig):
        return pods
    return replace(
        pods,
        port=service.port,
        further=list(service.ports.values()),
        public=bool(service.hosts),
        scraped=bool(service.metrics_path),
    )
