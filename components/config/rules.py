"""Rules that need more than one section, or the caller's identity. Each one answers the problems it finds."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network

from components.addons import cluster_autoscaler
from components.addons.catalogue import AddonsConfig
from components.config.alarms import AlarmsConfig
from components.config.cluster import EVERYWHERE, Capacity, ClusterConfig
from components.config.data import BackupConfig, CacheConfig
from components.config.database import DatabaseConfig, first_identifier
from components.config.network import PRIVATE, NetworkConfig
from components.config.problems import Problem

_MOST_CHARACTERS = 13
"""Most that the name of a restored database has after that of the first one: a day and a time."""


def service_addresses(network: NetworkConfig, cluster: ClusterConfig) -> Iterator[Problem]:
    """Kubernetes services must not hide addresses of the VPC."""
    if any(cluster.service_cidr.overlaps(cidr) for cidr in network.vpc_cidrs):
        cidrs = " and ".join(map(str, network.vpc_cidrs))
        expected = f"a private IPv4 network that does not overlap the VPC's {cidrs}"
        yield Problem("openmarket:cluster.serviceCidr", str(cluster.service_cidr), expected)
    elif not _fit_for_services(cluster.service_cidr):
        # https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html
        blocks = ", ".join(map(str, PRIVATE))
        expected = f"a private IPv4 network between /12 and /24 within {blocks}, such as 172.20.0.0/16"
        yield Problem("openmarket:cluster.serviceCidr", str(cluster.service_cidr), expected)


def node_group_zones(network: NetworkConfig, cluster: ClusterConfig) -> Iterator[Problem]:
    """Nodes can only be where there are subnets."""
    for name, group in cluster.node_groups.items():
        elsewhere = [zone for zone in group.zones if zone not in network.zones]
        if elsewhere:
            expected = f"zones out of the network's {', '.join(network.zones)}"
            yield Problem(f"openmarket:cluster.nodeGroups.{name}.zones", elsewhere, expected)


def production_endpoint(production: bool, cluster: ClusterConfig) -> Iterator[Problem]:
    """The Kubernetes API of production is not for the whole internet."""
    if production and EVERYWHERE in cluster.endpoint.public_cidrs:
        expected = "in production, only networks that you deploy from; or endpoint.public: false"
        yield Problem("openmarket:cluster.endpoint.publicCidrs", str(EVERYWHERE), expected)


def production_nodes(production: bool, cluster: ClusterConfig) -> Iterator[Problem]:
    """Production does not lose all its nodes at once, as it may where AWS takes back every spot node."""
    groups = {name: each for name, each in cluster.node_groups.items() if not each.taints}
    if production and groups and all(group.capacity is Capacity.SPOT for group in groups.values()):
        name, *_ = groups
        expected = "in production, onDemand for at least one node group without taints"
        yield Problem(f"openmarket:cluster.nodeGroups.{name}.capacity", Capacity.SPOT.value, expected)


def topic_regions(region: str, alarms: AlarmsConfig) -> Iterator[Problem]:
    """An alarm tells topics of its own region only."""
    for severity in ("critical", "warning"):
        arn: str = getattr(alarms.topics, severity)
        if arn and arn.split(":")[3] != region:
            expected = f"a topic in {region}, where the alarms are"
            yield Problem(f"openmarket:alarms.topics.{severity}", arn, expected)


def autoscaler_image(cluster: ClusterConfig, addons: AddonsConfig) -> Iterator[Problem]:
    """The autoscaler simulates the scheduler of one Kubernetes minor: the cluster's."""
    autoscaler = addons.cluster_autoscaler
    if not autoscaler.enabled:
        return
    key, tag = "openmarket:addons.clusterAutoscaler.imageTag", autoscaler.image_tag
    if tag and not tag.startswith(f"v{cluster.version}."):
        yield Problem(key, tag, f"a release of the cluster's Kubernetes minor, v{cluster.version}.x")
    elif not tag and cluster.version not in cluster_autoscaler.IMAGES:
        expected = f"a v{cluster.version}.x, as none is known here; or clusterAutoscaler.enabled: false"
        yield Problem(key, tag, expected)


def addon_pins(cluster: ClusterConfig) -> Iterator[Problem]:
    """A kube-proxy is of the cluster's Kubernetes minor; other pins do not say which minor they were chosen for."""
    pins = cluster.addon_versions
    pin = pins.get("kube-proxy")
    if pin is not None and not pin.startswith(f"v{cluster.version}."):
        others = ", ".join(sorted(set(pins) - {"kube-proxy"}))
        also = f"; see whether {others} must follow as well" if others else ""
        expected = f"v{cluster.version}.x, as `./openmarket ops addon-versions --kubernetes {cluster.version}` lists it"
        yield Problem("openmarket:cluster.addonVersions.kube-proxy", pin, f"{expected}{also}")


def database_zones(network: NetworkConfig, database: DatabaseConfig) -> Iterator[Problem]:
    """Each instance has a zone of its own, so that one zone's failure takes one instance."""
    if database.instances > len(network.zones):
        expected = f"at most one instance per zone of the network, which has {len(network.zones)}"
        yield Problem("openmarket:database.instances", database.instances, expected)


def copy_region(region: str, backup: BackupConfig) -> Iterator[Problem]:
    """A copy is of use where the region fails."""
    if backup.copy_region and backup.copy_region == region:
        yield Problem("openmarket:backup.copyRegion", region, "another region than the stack's, or empty for no copy")


def database_names(prefix: str, database: DatabaseConfig) -> Iterator[Problem]:
    """What the stack has begins with its name, and the database that the shop uses is none from before."""
    first, restored = first_identifier(prefix), database.restore_from
    # Roles, instances and snapshots are named after it as well.
    other = rf"{re.escape(first)}-[a-z0-9-]{{1,{_MOST_CHARACTERS}}}"
    as_named = f"{first}- and at most {_MOST_CHARACTERS} characters, such as {first}-20261126-1015"
    if restored.into and not re.fullmatch(other, restored.into):
        yield Problem("openmarket:database.restoreFrom.into", restored.into, as_named)
    for number, each in enumerate(database.previous):
        key = f"openmarket:database.previous.{number}"
        if each == first and not restored.into:
            yield Problem(key, each, "a database that the shop does not use, and without restoreFrom it is one")
        elif each != first and not re.fullmatch(other, each):
            yield Problem(key, each, f"{first}, or {as_named}")


def production_database(database: DatabaseConfig) -> Iterator[Problem]:
    """Production survives the loss of a zone, and of a week."""
    if database.instances < 2:
        yield Problem("openmarket:database.instances", database.instances, "in production, a reader that can take over")
    if database.backup_days < 7:
        yield Problem("openmarket:database.backupDays", database.backup_days, "in production, 7 days or more")


def production_cache(cache: CacheConfig) -> Iterator[Problem]:
    """Production survives the loss of a zone."""
    if not cache.multi_zone:
        yield Problem("openmarket:cache.multiZone", cache.multi_zone, "in production, true")


def access_roles(cluster: ClusterConfig) -> Iterator[Problem]:
    """EKS knows one access entry per role, and ours are named after the role."""
    for name, arns in _roles_by_name(cluster).items():
        if len(arns) > 1:
            expected = f"every role once and with a name of its own; {name} comes {len(arns)} times"
            yield Problem("openmarket:cluster.access", sorted(set(arns)), expected)


def creator(cluster: ClusterConfig, caller_arn: str) -> Iterator[Problem]:
    """The caller, who is about to create the cluster, has no access entry of its own in the stack.

    EKS makes the creator an administrator by an entry that it writes itself, and refuses a second one for the same
    role with a conflict (409), whatever the second one would allow. Whoever deploys afterwards needs an entry.
    """
    account, _, resource = caller_arn.split(":", 4)[4].partition(":")
    kind, _, rest = resource.partition("/")
    if kind != "assumed-role":
        return
    role = rest.split("/")[0]
    for section in ("administrators", "auditors", "viewers"):
        for arn in getattr(cluster.access, section, ()):
            if arn.split(":")[4] == account and arn.rsplit("/", 1)[-1] == role:
                yield Problem(f"openmarket:cluster.access.{section}", arn, _CREATOR)


_CREATOR = (
    "roles other than the one that creates the cluster: EKS makes it an administrator by itself and refuses a second "
    "entry. Take it out of the list for good, or let another role create the cluster"
)


def named_roles(cluster: ClusterConfig) -> tuple[str, ...]:
    """The ARNs that have access, as far as they are ARNs."""
    access = getattr(cluster, "access", None)
    lists = ("administrators", "auditors", "viewers")
    return tuple(arn for each in lists for arn in getattr(access, each, ()))


def _fit_for_services(network: IPv4Network) -> bool:
    return 12 <= network.prefixlen <= 24 and any(network.subnet_of(block) for block in PRIVATE)


def _roles_by_name(cluster: ClusterConfig) -> dict[str, list[str]]:
    roles: dict[str, list[str]] = {}
    for arn in named_roles(cluster):
        roles.setdefault(arn.rsplit("/", 1)[-1], []).append(arn)
    return roles
