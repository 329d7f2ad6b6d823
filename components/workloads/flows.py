"""The connections that the shop's pods need, as a table in the terms of the configuration. Pure.

Whatever is not in it is denied. Probes need no entry: a node always reaches the pods that run on it
(https://kubernetes.io/docs/concepts/services-networking/network-policies/).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network

from components.base.subnets import Networks
from components.config.network import LINK_LOCAL
from components.config.services import EgressConfig
from components.data import aurora, redis

_INTERNET = IPv4Network("0.0.0.0/0")


@dataclass(frozen=True)
class Addresses:
    """Addresses that are not the cluster's pods: all of `network` except those in `without`."""

    network: IPv4Network
    without: tuple[IPv4Network, ...] = ()


@dataclass(frozen=True)
class Pods:
    """Pods by label; in the shop's own namespace unless another is named. No labels: all of them."""

    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    namespace: str = ""


Peer = Addresses | Pods


@dataclass(frozen=True)
class Flow:
    """Connections to one port, from any of the peers or to any of them."""

    peers: tuple[Peer, ...]
    port: int
    protocols: tuple[str, ...] = ("TCP",)


@dataclass(frozen=True)
class Store:
    """The networks and the port of a database or cache."""

    networks: tuple[IPv4Network, ...]
    port: int


@dataclass(frozen=True)
class NetworkContext:
    """Networks and namespaces that the shop's pods may connect to or be reached from."""

    load_balancer: tuple[IPv4Network, ...]
    """Subnets of the load balancer."""
    stores: Mapping[str, Store]
    excepted: tuple[IPv4Network, ...]
    """What no wider network opens: the VPC, the cluster's Services and instance metadata."""
    aws: tuple[Addresses, ...]
    """Destinations of HTTPS: the internet, and the interface endpoints of AWS services if there are some."""
    monitoring: str
    """The namespace that metrics are scraped from; empty if none are."""


@dataclass(frozen=True)
class Workload:
    """Pods labelled `app.kubernetes.io/name: <name>`, and their connections. Without a port, it is a Job."""

    name: str
    port: int | None = None
    further: Sequence[int] = ()
    """Ports besides that one, which callers may connect to."""
    public: bool = False
    """True if the load balancer sends requests to it."""
    calls: Sequence[str] = ()
    """Names of workloads that it sends requests to; the policies of both ends allow it."""
    stores: Sequence[str] = ()
    """Names of stores that it connects to."""
    internet: bool = False
    """True if it may call HTTPS servers anywhere."""
    egress: Sequence[EgressConfig] = ()
    """Networks and ports that it may connect to besides."""
    scraped: bool = False
    """True if Prometheus reads its metrics."""


DNS = Flow((Pods({"k8s-app": "kube-dns"}, "kube-system"),), 53, ("UDP", "TCP"))
"""DNS requests to CoreDNS, which all pods make."""


def network_context(networks: Networks, services: IPv4Network, monitoring: str) -> NetworkContext:
    """The network context of a shop in this VPC, whose cluster has these addresses for Services.

    HTTPS out goes anywhere but to the VPC, the cluster's Services and instance metadata: nothing that an application
    calls is there (Amazon S3's gateway endpoint keeps public addresses). Only in a VPC with interface endpoints, port
    443 of their subnets is open too.
    """
    subnets = networks.subnets.values()
    data = tuple(subnet.data for subnet in subnets)
    excepted = (*networks.vpc, services, LINK_LOCAL)
    aws = [part for network in (_INTERNET, *networks.endpoints) for part in _addresses(network, excepted)]
    return NetworkContext(
        load_balancer=tuple(subnet.public for subnet in subnets),
        stores={"database": Store(data, aurora.PORT), "cache": Store(data, redis.PORT)},
        excepted=excepted,
        aws=tuple(aws),
        monitoring=monitoring,
    )


def _addresses(network: IPv4Network, excepted: Sequence[IPv4Network]) -> Iterator[Addresses]:
    """The network without what is excepted, unless it is a part of that itself.

    The CNI decides by the longest prefix: what is open inside of an exception must be narrower than the exception.
    """
    for part in network.subnets() if network in excepted else (network,):
        yield Addresses(part, tuple(each for each in excepted if each.subnet_of(part)))


def pods_of(name: str) -> Pods:
    """The pods of a workload."""
    return Pods({"app.kubernetes.io/name": name})


def incoming(workload: Workload, workloads: Sequence[Workload], context: NetworkContext) -> Iterator[Flow]:
    """Connections that the workload's pods accept."""
    if workload.port is None:
        return
    if workload.public:
        yield Flow(tuple(Addresses(network) for network in context.load_balancer), workload.port)
    callers = tuple(pods_of(other.name) for other in workloads if workload.name in other.calls)
    for port in (workload.port, *workload.further) if callers else ():
        yield Flow(callers, port)
    if workload.scraped and context.monitoring:
        yield Flow((Pods(namespace=context.monitoring),), workload.port)


def outgoing(workload: Workload, workloads: Sequence[Workload], context: NetworkContext) -> Iterator[Flow]:
    """Connections that the workload's pods may open, besides DNS."""
    for other in workloads:
        if other.name in workload.calls and other.port is not None:
            for port in (other.port, *other.further):
                yield Flow((pods_of(other.name),), port)
    for name in workload.stores:
        store = context.stores[name]
        yield Flow(tuple(Addresses(network) for network in store.networks), store.port)
    if workload.internet:
        yield Flow(context.aws, 443)
    for other in workload.egress:
        yield Flow(tuple(_addresses(other.cidr, context.excepted)), other.port, (other.protocol,))
