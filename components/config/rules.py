"""Rules that need more than one section, or the caller's identity. Each one answers the problems it finds."""

from collections import Counter
from collections.abc import Iterator
from ipaddress import IPv4Network

from components.addons import catalogue, cluster_autoscaler
from components.addons.catalogue import AddonsConfig
from components.config.application import GENERATED, ApplicationConfig, address_variable
from components.config.cluster import EVERYWHERE, ClusterConfig
from components.config.data import CacheConfig, CredentialsConfig, DatabaseConfig
from components.config.network import PRIVATE, NetworkConfig
from components.config.problems import Problem
from components.config.services import ServiceConfig

_POLICY, _ROLE = "a network policy", "an add-on's role"
_TAKEN = {
    **dict.fromkeys(("default-deny", "allow-dns", "database-users"), _POLICY),
    **dict.fromkeys(catalogue.roles(), _ROLE),
}
"""Names that are in use already where services' names are used too."""
_TOLD = ("api", "cdn", "shop")
"""Names whose public address every service gets, as the variable <NAME>_URL."""

STATIC_HOST = "static"
"""The CDN's host below the domain, if there is a hosted zone."""


def service_addresses(network: NetworkConfig, cluster: ClusterConfig) -> Iterator[Problem]:
    """Kubernetes services must not hide addresses of the VPC."""
    if cluster.service_cidr.overlaps(network.cidr):
        expected = f"a private IPv4 network that does not overlap the VPC's {network.cidr}"
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
        expected = f"v{cluster.version}.x, as `python -m ops addon-versions --kubernetes {cluster.version}` lists it"
        yield Problem("openmarket:cluster.addonVersions.kube-proxy", pin, f"{expected}{also}")


def database_zones(network: NetworkConfig, database: DatabaseConfig) -> Iterator[Problem]:
    """Each instance has a zone of its own, so that one zone's failure takes one instance."""
    if database.instances > len(network.zones):
        expected = f"at most one instance per zone of the network, which has {len(network.zones)}"
        yield Problem("openmarket:database.instances", database.instances, expected)


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


def names(services: dict[str, ServiceConfig]) -> Iterator[Problem]:
    """A service's name is on objects and in variables that others have as well."""
    jobs = {f"{name}-migration": f"the migration of {name}" for name, each in services.items() if each.migrates_by_job}
    taken = {**_TAKEN, **jobs}
    for name in services:
        if name in taken:
            yield Problem(f"openmarket:services.{name}", name, f"another name: this one is taken by {taken[name]}")


def hosts(services: dict[str, ServiceConfig]) -> Iterator[Problem]:
    """A host leads to one service, and somebody answers for the stack."""
    count = Counter(label for service in services.values() for label in service.hosts)
    for name, service in services.items():
        shared = [label for label in service.hosts if count[label] > 1]
        if shared:
            yield Problem(f"openmarket:services.{name}.hosts", shared, "hosts that no other service has")
        if STATIC_HOST in service.hosts:
            yield Problem(f"openmarket:services.{name}.hosts", STATIC_HOST, "another host: this one is the CDN's")
    if not count:
        yield Problem("openmarket:services", "no hosts", 'at least one service with hosts, such as ["@"]')


def calls(services: dict[str, ServiceConfig]) -> Iterator[Problem]:
    """Services call others that are there."""
    for name, service in services.items():
        strangers = [callee for callee in service.calls if callee not in services or callee == name]
        if strangers:
            expected = f"other services out of {', '.join(services)}"
            yield Problem(f"openmarket:services.{name}.calls", strangers, expected)
        for callee in service.calls:
            if callee in _TOLD and callee in services:
                expected = f"a service of another name, as {callee.upper()}_URL is a public address already"
                yield Problem(f"openmarket:services.{name}.calls", callee, expected)


def third_party_keys(
    credentials: CredentialsConfig, application: ApplicationConfig, services: dict[str, ServiceConfig]
) -> Iterator[Problem]:
    """A key's name is a variable's, and of two variables of one name a service sees one."""
    others = {*GENERATED, *application.feature_variables, *map(address_variable, services)}
    if taken := [key for key in credentials.api_keys if key in others]:
        expected = "other names: these are in the services' environment already"
        yield Problem("openmarket:credentials.apiKeys", taken, expected)


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
