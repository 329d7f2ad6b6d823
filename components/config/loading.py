"""Reads the stack's configuration from Pulumi. Nothing else in the program does."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import pulumi
import pulumi_aws as aws
from pulumi.runtime import config as runtime
from pydantic import TypeAdapter, ValidationError

from components.config import rules
from components.config.cluster import ClusterConfig
from components.config.data import CacheConfig, DatabaseConfig
from components.config.network import NetworkConfig
from components.config.problems import Problem, from_validation, report
from components.config.services import ServiceConfig
from components.config.stack import StackConfig

_NAMESPACE = "openmarket"
_AWS_KEYS = ("region", "defaultTags")

Model = TypeVar("Model")


def load() -> StackConfig:
    """The validated configuration of the current stack.

    Raises `pulumi.RunError` with all problems in one message, before any resource exists.
    """
    values, problems = _read()
    values["stack"] = pulumi.get_stack()
    config: StackConfig | None = None
    try:
        config = StackConfig.model_validate(values)
    except ValidationError as error:
        unread = {problem.key for problem in problems}
        found = from_validation(error, StackConfig, values)
        problems += [problem for problem in found if problem.key not in unread]
    problems += _broken_rules(values)
    if config is None or problems:
        raise pulumi.RunError(report(pulumi.get_stack(), problems))
    return config


def _read() -> tuple[dict[str, Any], list[Problem]]:
    """The configuration by full key, with mappings and lists parsed, and what could not be parsed."""
    keys = [key for key in runtime.get_config_env() | runtime.CONFIG.get() if key.startswith(f"{_NAMESPACE}:")]
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key in [*keys, *(f"aws:{name}" for name in _AWS_KEYS)]:
        namespace, _, name = key.partition(":")
        text = pulumi.Config(namespace).get(name)
        if not text:  # an empty value is how Pulumi.yaml says that there is none
            continue
        try:
            values[key] = json.loads(text) if text[0] in "{[" else text
        except json.JSONDecodeError as error:
            problems.append(Problem(key, text, f"valid JSON or YAML ({error})"))
    return values, problems


def _broken_rules(values: Mapping[str, Any]) -> Iterator[Problem]:
    """Problems between sections, as far as the sections themselves are right."""
    network = _valid(TypeAdapter(NetworkConfig), values.get("openmarket:network"))
    cluster = _valid(TypeAdapter(ClusterConfig), values.get("openmarket:cluster"))
    database = _valid(TypeAdapter(DatabaseConfig), values.get("openmarket:database"))
    cache = _valid(TypeAdapter(CacheConfig), values.get("openmarket:cache"))
    services = _valid(TypeAdapter(dict[str, ServiceConfig]), values.get("openmarket:services"))
    production = _valid(TypeAdapter(bool), values.get("openmarket:production"))
    if network and cluster:
        yield from rules.service_addresses(network, cluster)
        yield from rules.node_group_zones(network, cluster)
    if cluster:
        yield from rules.production_endpoint(bool(production), cluster)
        yield from rules.access_roles(cluster)
        if (cluster.access.administrators or cluster.access.viewers) and values.get("aws:region"):
            yield from rules.deployer(cluster, aws.get_caller_identity().arn)
    if network and database:
        yield from rules.database_zones(network, database)
    if production and database:
        yield from rules.production_database(database)
    if production and cache:
        yield from rules.production_cache(cache)
    if services:
        yield from rules.hosts(services)


def _valid(type_: TypeAdapter[Model], value: Any) -> Model | None:
    try:
        return type_.validate_python(value)
    except ValidationError:
        return None
