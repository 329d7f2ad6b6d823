"""Rules about changes of a stack that has a cluster already: what AWS would refuse halfway, or do with harm."""

from collections.abc import Iterator

from components.base.versions import KUBERNETES_VERSIONS, is_older
from components.config.cluster import ClusterConfig
from components.config.data import CacheConfig, Keys
from components.config.database import DatabaseConfig
from components.config.existing import ExistingCluster
from components.config.network import NetworkConfig
from components.config.problems import MISSING, Problem

_NO_WAY_BACK = (
    "AWS upgrades what has lost its support, and no version goes back. Until the stack file says so, it is left alone"
)


def for_life(
    network: NetworkConfig, cluster: ClusterConfig, keys: Keys, existing: ExistingCluster
) -> Iterator[Problem]:
    """What AWS never changes of a cluster and its network, or only step by step."""
    yield from _kept_network(network, existing)
    yield from _kept_zones(network, existing)
    yield from _kept_addresses(network, cluster, existing)
    yield from _next_minor(cluster, existing)
    yield from _kept_keys(keys, existing)


def _kept_zones(network: NetworkConfig, existing: ExistingCluster) -> Iterator[Problem]:
    """A zone can be added, and never be taken away from what is in it."""
    missing = [zone for zone in existing.zones if zone not in network.zones]
    if not missing:
        return
    stuck = [zone for zone in missing if zone in existing.control_plane_zones]
    why = (
        f"the control plane stays in {', '.join(stuck)} for as long as there is the cluster"
        if stuck
        else f"databases, nodes and the load balancer may be in {', '.join(missing)}"
    )
    expected = f"{', '.join(missing)} to stay in the list: zones can be added but not taken away, as {why}"
    yield Problem("openmarket:network.zones", list(network.zones), expected)


def _kept_network(network: NetworkConfig, existing: ExistingCluster) -> Iterator[Problem]:
    """A cluster and a database never leave their subnets: another network would replace them, and what they hold."""
    key, asked = "openmarket:network.existing", network.existing
    for_life = "EKS never moves a cluster. Another network is for another stack"
    if asked is None:
        if not existing.zones:
            expected = f"vpcId: {existing.vpc_id}, in which the cluster was created: {for_life}"
            yield Problem(key, MISSING, expected)
        return
    if existing.zones:
        yield Problem(key, {"vpcId": asked.vpc_id}, f"to go: the cluster is in the stack's own VPC, and {for_life}")
        return
    if asked.vpc_id != existing.vpc_id:
        expected = f"{existing.vpc_id}, in which the cluster was created: {for_life}"
        yield Problem(f"{key}.vpcId", asked.vpc_id, expected)
        return
    in_use = {"private": existing.private_subnets, "data": existing.data_subnets}
    for kind, subnets in in_use.items():
        named = {zone: getattr(ids, kind) for zone, ids in asked.ids.items()}
        who = "the control plane is" if kind == "private" else "the database and the cache may be"
        for subnet_id, zone in subnets.items():
            if subnet_id not in named.values():
                expected = f"{subnet_id}, in which {who}: zones can be added, and no subnet that is in use changes"
                yield Problem(f"{key}.subnets.{zone}.{kind}", named.get(zone, MISSING), expected)


def _kept_addresses(network: NetworkConfig, cluster: ClusterConfig, existing: ExistingCluster) -> Iterator[Problem]:
    """The addresses of a VPC and of a cluster's services are for life: others would replace both."""
    if network.cidr and existing.vpc_cidr not in ("", str(network.cidr)):
        expected = f"{existing.vpc_cidr}, with which the VPC was created: the cluster cannot move to another VPC"
        yield Problem(
            "openmarket:network.cidr", str(network.cidr), f"{expected}. Other addresses are for another stack"
        )
    if existing.service_cidr not in ("", str(cluster.service_cidr)):
        expected = f"{existing.service_cidr}, with which EKS created the cluster: another one replaces the cluster"
        yield Problem("openmarket:cluster.serviceCidr", str(cluster.service_cidr), f"{expected} and all that is in it")


def _kept_keys(keys: Keys, existing: ExistingCluster) -> Iterator[Problem]:
    """A cluster keeps the key that it was created with, whatever the program says later."""
    if existing.keys not in (None, keys):
        expected = (
            f"{existing.keys}, with which the cluster was created: EKS never changes the key of a cluster's Secrets, "
            "and this would delete the one that they are encrypted with"
        )
        yield Problem("openmarket:encryption.keys", str(keys), expected)


def raised_versions(
    cluster: ClusterConfig, database: DatabaseConfig, cache: CacheConfig, existing: ExistingCluster
) -> Iterator[Problem]:
    """Newer versions than those of the stack file, by AWS's hand or an earlier run's. A run tells, and goes on."""
    if is_older(cluster.version, existing.version):
        expected = f'"{existing.version}", which the control plane runs: {_NO_WAY_BACK}, and no node is upgraded to it'
        yield Problem("openmarket:cluster.version", cluster.version, expected)
    if is_older(database.engine_version, existing.database_version):
        expected = f"{existing.database_version}, which Aurora runs: {_NO_WAY_BACK}"
        yield Problem("openmarket:database.engineVersion", database.engine_version, expected)
    if existing.cache and cache.over(existing.cache).upgraded_by_aws:
        there = existing.cache
        key, value, wanted = "engineVersion", cache.version, f'"{there.version}"'
        if there.engine is not cache.engine:
            key, value, wanted = "engine", cache.engine.value, f"{there.engine} with engineVersion {wanted}"
        yield Problem(f"openmarket:cache.{key}", value, f"{wanted}, which the cache runs: {_NO_WAY_BACK}")


def _next_minor(cluster: ClusterConfig, existing: ExistingCluster) -> Iterator[Problem]:
    """EKS upgrades the control plane one minor at a time."""
    major, _, minor = existing.version.partition(".")
    following = f"{major}.{int(minor or 0) + 1}"
    if is_older(existing.version, cluster.version) and following != cluster.version:
        expected = f'"{following}" first: EKS upgrades from {existing.version} one minor at a time'
        if following not in KUBERNETES_VERSIONS:
            expected += (
                ", and this program has no such version. Upgrade the cluster by `aws eks update-cluster-version`"
            )
        yield Problem("openmarket:cluster.version", cluster.version, expected)


def kept_nodes(cluster: ClusterConfig, existing: ExistingCluster) -> Iterator[Problem]:
    """No smaller maximum ends nodes that the autoscaler has added."""
    for name, group in cluster.node_groups.items():
        running = existing.nodes(name)
        if group.max < running:
            expected = (
                f"{running} or more for now: the autoscaler has {running} nodes in the group, and EKS would end some "
                "of them under their pods. Lower it once they are gone"
            )
            yield Problem(f"openmarket:cluster.nodeGroups.{name}.max", group.max, expected)
