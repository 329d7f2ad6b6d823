"""Rules about where else services connect to. Each one answers the problems it finds."""

from collections.abc import Iterator, Mapping

from components.base.subnets import Networks
from components.config.cluster import ClusterConfig
from components.config.network import NetworkConfig
from components.config.problems import Problem
from components.config.services import EgressConfig, ServiceConfig

_HTTPS = 443


def other_egress(
    network: NetworkConfig, cluster: ClusterConfig, services: Mapping[str, ServiceConfig]
) -> Iterator[Problem]:
    """Other egress leads neither to the cluster's services nor to the stores, nor where the service may go anyway."""
    networks, addresses = network.networks, cluster.service_cidr
    for name, service in services.items():
        for number, entry in enumerate(service.egress):
            key = f"openmarket:services.{name}.egress[{number}].cidr"
            if entry.cidr.subnet_of(addresses):
                expected = f"a network outside {addresses}, the cluster's services: `calls` is for those"
                yield Problem(key, str(entry.cidr), expected)
            elif data := _data_subnets(entry, networks):
                expected = f"a network without {data}, where database and cache are: `uses` is for those"
                yield Problem(key, str(entry.cidr), expected)
            elif service.internet and _is_https_outside(entry, networks):
                yield Problem(
                    key, str(entry), "to go: internet is true, which is HTTPS to anywhere; or internet: false"
                )


def _data_subnets(entry: EgressConfig, networks: Networks) -> str:
    """The data subnets that the entry would open. Of a network around the VPC, all of the VPC is left out anyway."""
    if not any(entry.cidr.subnet_of(vpc) for vpc in networks.vpc):
        return ""
    found = (subnets.data for subnets in networks.subnets.values() if subnets.data.overlaps(entry.cidr))
    return " and ".join(map(str, found))


def _is_https_outside(entry: EgressConfig, networks: Networks) -> bool:
    inside = any(entry.cidr.subnet_of(vpc) for vpc in networks.vpc)
    return (entry.port, entry.protocol) == (_HTTPS, "TCP") and not inside
