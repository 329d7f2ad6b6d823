"""Reads the stack's configuration from Pulumi. Nothing else in the program does."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

import pulumi
import pulumi_aws as aws
from pulumi.runtime import config as runtime
from pydantic import ValidationError

from components.addons.catalogue import AddonsConfig
from components.config import (
    addresses,
    capacity,
    edge_rules,
    egress_rules,
    existing_rules,
    lookups,
    network_lookups,
    network_rules,
    rules,
    secret_rules,
    service_rules,
)
from components.config.alarms import AlarmsConfig
from components.config.application import ApplicationConfig
from components.config.cluster import ClusterConfig
from components.config.data import BackupConfig, CacheConfig, CredentialsConfig
from components.config.database import DatabaseConfig
from components.config.edge import EmailConfig, FirewallConfig, IngressConfig
from components.config.existing import ExistingCluster
from components.config.found_network import FoundNetwork
from components.config.network import NetworkConfig
from components.config.partial import partly_right
from components.config.problems import Problem, from_validation, report
from components.config.services import ServiceConfig, partly_right_services, with_images
from components.config.stack import StackConfig, cluster_name

_NAMESPACE = "openmarket"
_AWS_KEYS = ("region", "defaultTags")


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
    named = partly_right(NetworkConfig, values.get("openmarket:network"))
    network = network_lookups.existing_network(named) if values.get("aws:region") else None
    problems += _broken_rules(values, network)
    existing = lookups.existing_cluster(config) if config and config.network.described else None
    if config and existing:
        problems += _harmful_changes(config, existing)
    if config is None or problems:
        raise pulumi.RunError(report(pulumi.get_stack(), problems))
    config = config.model_copy(
        update={"network": config.network.over(network), "services": with_images(config.services)}
    )
    if existing is None:
        return config
    for problem in existing_rules.raised_versions(config.cluster, config.database, config.cache, existing):
        pulumi.log.warn(str(problem))
    database = config.database.over(existing.database_version)
    cache = config.cache.over(existing.cache)
    return config.model_copy(update={"cluster": config.cluster.over(existing), "database": database, "cache": cache})


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


def _broken_rules(values: Mapping[str, Any], found_network: FoundNetwork | None) -> list[Problem]:
    """Problems between fields, as far as the fields themselves are right."""
    network = partly_right(NetworkConfig, values.get("openmarket:network")).over(found_network)
    new = found_network is not None and not lookups.cluster_exists(cluster_name(pulumi.get_stack()))
    cluster = partly_right(ClusterConfig, values.get("openmarket:cluster"))
    addons = partly_right(AddonsConfig, values.get("openmarket:addons"))
    database = partly_right(DatabaseConfig, values.get("openmarket:database"))
    cache = partly_right(CacheConfig, values.get("openmarket:cache"))
    credentials = partly_right(CredentialsConfig, values.get("openmarket:credentials"))
    ingress = partly_right(IngressConfig, values.get("openmarket:ingress"))
    application = partly_right(ApplicationConfig, values.get("openmarket:application"))
    services = partly_right_services(values.get("openmarket:services"))
    production = str(values.get("openmarket:production")).lower() == "true"
    prefix = f"openmarket-{pulumi.get_stack()}"
    region, zone = str(values.get("aws:region", "")), str(values.get("openmarket:hostedZoneId", ""))
    found: list[Iterator[Problem]] = [
        rules.service_addresses(network, cluster),
        rules.node_group_zones(network, cluster),
        rules.production_endpoint(production, cluster),
        rules.production_nodes(production, cluster),
        rules.access_roles(cluster),
        rules.autoscaler_image(cluster, addons),
        rules.addon_pins(cluster),
        rules.database_zones(network, database),
        rules.database_names(prefix, database),
        rules.copy_region(region, partly_right(BackupConfig, values.get("openmarket:backup"))),
        network_rules.own_or_existing(values.get("openmarket:network")),
        network_rules.existing_network(network, region),
        addresses.addresses_for_all(network, cluster, addons, services, new),
        edge_rules.transport(production, application, zone, ingress),
        edge_rules.zone_role(zone, str(values.get("openmarket:hostedZoneRole", ""))),
        edge_rules.certificate_region(region, ingress),
        rules.topic_regions(region, partly_right(AlarmsConfig, values.get("openmarket:alarms"))),
        edge_rules.login_limit(partly_right(FirewallConfig, values.get("openmarket:firewall"))),
    ]
    if new:
        found.append(network_rules.free_addresses(network, database, cache))
    if services:
        found += [service_rules.names(services), service_rules.hosts(services), service_rules.calls(services)]
        found += [service_rules.images(services), service_rules.sidecars(services)]
        found += [egress_rules.other_egress(network, cluster, services), service_rules.node_groups(services, cluster)]
        found += [secret_rules.third_party_keys(credentials, application, services)]
        found += [secret_rules.own_keys(credentials, application, services)]
        found += [secret_rules.room_for_policies((prefix, region), services, credentials, addons)]
        found += [edge_rules.allowed_hosts(ingress, services), edge_rules.redirects(ingress, services)]
        found += [edge_rules.maintained_hosts(ingress, services), edge_rules.protocol_versions(ingress, services)]
        domain = str(values.get("openmarket:domain", ""))
        found += [edge_rules.domains(domain, ingress, services), edge_rules.number_of_rules(domain, ingress, services)]
        found += [service_rules.mail(services, partly_right(EmailConfig, values.get("openmarket:email")))]
        found += [service_rules.way_to_aws(services), service_rules.announcements(services, application)]
    if production:
        found += [rules.production_database(database), rules.production_cache(cache)]
    if region:
        found.append(service_rules.queues(services, region))
        found += [_creator(cluster)] if rules.named_roles(cluster) else []
        found.append(_capacity(cluster, addons, services))
    return [problem for rule in found for problem in _as_far_as_possible(rule)]


def _harmful_changes(config: StackConfig, existing: ExistingCluster) -> Iterator[Problem]:
    """Rules about a cluster that exists. The number of nodes may be another one after a preview."""
    yield from existing_rules.for_life(config.network, config.cluster, config.encryption.keys, existing)
    if not config.addons.cluster_autoscaler.enabled:
        return
    for problem in existing_rules.kept_nodes(config.cluster, existing):
        if pulumi.runtime.is_dry_run():
            pulumi.log.warn(f"An `up` would be refused now: {problem}")
        else:
            yield problem


def _creator(cluster: ClusterConfig) -> Iterator[Problem]:
    """Asks AWS who the caller is, and whether it is about to create the cluster.

    Only the creator may not be listed, and a preview creates nothing: it tells an administrator, and goes on.
    """
    if lookups.cluster_exists(cluster_name(pulumi.get_stack())):
        return
    for problem in rules.creator(cluster, aws.get_caller_identity().arn):
        if not pulumi.runtime.is_dry_run():
            yield problem
        elif problem.key.endswith(".administrators"):
            pulumi.log.warn(f"An `up` by this role would be refused, as it would create the cluster: {problem}")


def _capacity(cluster: ClusterConfig, addons: AddonsConfig, services: Mapping[str, ServiceConfig]) -> Iterator[Problem]:
    """Asks AWS what the instance types are, before anything is made of them."""
    names = sorted({name for group in cluster.node_groups.values() for name in group.instance_types})
    offered = lookups.instance_types(names)
    if offered.keys() >= set(names):
        yield from capacity.fits_at_maximum(cluster, addons, services, offered)
    for group, settings in cluster.node_groups.items():
        unknown = [name for name in settings.instance_types if name not in offered]
        if unknown:
            expected = "instance types that EC2 has in the region"
            yield Problem(f"openmarket:cluster.nodeGroups.{group}.instanceTypes", unknown, expected)


def _as_far_as_possible(rule: Iterator[Problem]) -> Iterator[Problem]:
    # A field that is wrong is missing from its section, and has been reported: the rule ends where it asks for it.
    with suppress(AttributeError):
        yield from rule
