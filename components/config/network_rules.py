"""Rules about a VPC that somebody else made: it has what the cluster, the load balancer and the stores need."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, cast

from components.config.data import CacheConfig
from components.config.database import DatabaseConfig
from components.config.found_network import FoundSubnet
from components.config.network import ExistingNetworkConfig, NetworkConfig
from components.config.problems import MISSING, Problem

_KEY = "openmarket:network"
_OWN = {
    "cidr": "to go: the VPC of network.existing has addresses already",
    "zones": "to go: the keys of network.existing.subnets are the zones",
    "nat": "to go: the private subnets of network.existing have a way out already",
}
_NO_ENDPOINTS = (
    "to go: an endpoint changes where names lead for all that is in the VPC, which is for its owner to decide. The "
    "endpoints that network.existing has are used"
)
_LOAD_BALANCER_PREFIX, _LOAD_BALANCER_ADDRESSES = 27, 8
"""The smallest subnet of a load balancer, and the addresses that must be free in it
(https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html)."""
_TO_SPARE = 2
"""Free addresses by which AWS replaces a database instance and a cache node before it removes the old one."""
_FOR_CUSTOMERS = ("igw-", "vpce-")
"""Ids of internet gateways, and of firewall endpoints in front of one."""


def own_or_existing(given: object) -> Iterator[Problem]:
    """A network is made from cidr, zones and nat, or there is one: never both, and never neither."""
    if not isinstance(given, Mapping):
        return
    section = cast(Mapping[str, Any], given)
    if section.get("existing") is None:
        fields = {field.alias: field for field in NetworkConfig.model_fields.values()}
        for key in _OWN:
            if section.get(key) is None:
                yield Problem(f"{_KEY}.{key}", MISSING, str(fields[key].description))
        return
    for key, expected in {**_OWN, "interfaceEndpoints": _NO_ENDPOINTS}.items():
        if section.get(key):
            yield Problem(f"{_KEY}.{key}", section[key], expected)


def existing_network(network: NetworkConfig, region: str) -> Iterator[Problem]:
    """The VPC and its subnets are there and fit together, and each subnet leads where its kind has to."""
    asked = network.existing
    if asked is None:
        return
    found = network.found
    if not found.cidrs:
        yield _of_vpc(asked, f"a VPC that is there, in {region} and the account of the credentials")
    else:
        switches = {"DNS resolution": found.dns_support, "DNS hostnames": found.dns_hostnames}
        off = " and ".join(name for name, on in switches.items() if not on)
        if off:
            # https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
            yield _of_vpc(asked, f"a VPC with {off} on, or no node joins the cluster")
    for zone, ids in asked.ids.items():
        for kind, subnet_id in ids._asdict().items():
            subnet = found.subnets.get(subnet_id)
            for expected in _expected(kind, f"{region}{zone}", subnet, asked.vpc_id, region):
                yield _of_subnet(zone, kind, subnet_id, expected)


def free_addresses(network: NetworkConfig, database: DatabaseConfig, cache: CacheConfig) -> Iterator[Problem]:
    """Before there is anything: what the load balancer and the stores need is free. `addresses` has the nodes."""
    if network.existing is None:
        return
    cache_nodes = math.ceil(cache.nodes / len(network.zones)) if cache.multi_zone else cache.nodes
    instances = math.ceil(database.instances / len(network.zones))
    stores = instances + cache_nodes + _TO_SPARE
    arithmetic = f"{instances} of Aurora, {cache_nodes} of the cache, {_TO_SPARE} to replace them"
    for zone, ids in network.existing.ids.items():
        public, data = (network.found.subnets.get(each) for each in (ids.public, ids.data))
        if public and public.free < _LOAD_BALANCER_ADDRESSES:
            expected = f"{_LOAD_BALANCER_ADDRESSES} free addresses, for the load balancer: {public.free} are free"
            yield _of_subnet(zone, "public", ids.public, expected)
        if data and data.free < stores:
            expected = f"{stores} free addresses ({arithmetic}): {data.free} are free"
            yield _of_subnet(zone, "data", ids.data, expected)


def _expected(kind: str, zone: str, found: FoundSubnet | None, vpc_id: str, region: str) -> Iterator[str]:
    if found is None:
        yield f"a subnet that is there, in {region}"
        return
    if found.vpc_id != vpc_id:
        yield f"a subnet of {vpc_id}: this one is of {found.vpc_id}"
    if found.zone != zone:
        yield f"a subnet in {zone}, as its key says: this one is in {found.zone}"
    if found.cidr is None:
        yield "a subnet with IPv4 addresses"
    elif kind == "public" and found.cidr.prefixlen > _LOAD_BALANCER_PREFIX:
        yield f"a subnet of /{_LOAD_BALANCER_PREFIX} or larger, for the load balancer: this one is {found.cidr}"
    here = f"its default route leads to {found.way_out}" if found.way_out else "it has no default route"
    if kind == "public" and not found.way_out.startswith(_FOR_CUSTOMERS):
        yield f"a default route to an internet gateway, by which customers reach the load balancer: {here}"
    elif kind == "private" and (not found.way_out or found.way_out.startswith("igw-")):
        yield f"a default route through NAT or the like, by which nodes without public addresses pull images: {here}"
    elif kind == "data" and found.way_out.startswith("igw-"):
        yield f"no route to the internet, as databases and caches are in it: {here}"


def _of_vpc(asked: ExistingNetworkConfig, expected: str) -> Problem:
    return Problem(f"{_KEY}.existing.vpcId", asked.vpc_id, expected)


def _of_subnet(zone: str, kind: str, subnet_id: str, expected: str) -> Problem:
    return Problem(f"{_KEY}.existing.subnets.{zone}.{kind}", subnet_id, expected)
