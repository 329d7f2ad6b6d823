"""Asks AWS what it has of the stack's cluster.

Nothing is asked for by name that may not be there: a failed question ends the run, even if the program goes on without.
"""

import re
from collections.abc import Iterable, Sequence
from typing import get_args

import pulumi_aws as aws

from components.base.allocatable import InstanceType
from components.base.subnets import subnet_name
from components.config.data import CacheEngine, CacheVersion, Keys, cache_identifier
from components.config.existing import KEYS_TAG, ExistingCluster, ExistingNodeGroup
from components.config.network import Zone
from components.config.stack import StackConfig


def cluster_exists(name: str) -> bool:
    """Return whether EKS has a cluster of that name in the region."""
    return name in aws.eks.get_clusters().names


def instance_types(names: Sequence[str]) -> dict[str, InstanceType]:
    """The instance types by name, as far as EC2 has them in the region."""
    # This one answers what there is; the other one fails at what there is not.
    by_name = aws.ec2.GetInstanceTypesFilterArgs(name="instance-type", values=names)
    offered = aws.ec2.get_instance_types(filters=[by_name]).instance_types
    return {name: _instance_type(name) for name in sorted(offered)}


def _instance_type(name: str) -> InstanceType:
    found = aws.ec2.get_instance_type(instance_type=name)
    return InstanceType(
        name=name,
        vcpus=found.default_vcpus,
        memory=found.memory_size,
        interfaces=found.maximum_network_interfaces,
        addresses=found.maximum_ipv4_addresses_per_interface,
    )


def existing_cluster(stack: StackConfig) -> ExistingCluster | None:
    """The stack's cluster as it is in AWS; None before it is created."""
    if not cluster_exists(stack.cluster_name):
        return None
    cluster = aws.eks.get_cluster(name=stack.cluster_name)
    network = cluster.vpc_config
    subnets = _own_subnets(network.vpc_id, stack)
    database = _database(stack.database_identifier)
    own = any(subnets.values())
    # Those of somebody else's VPC are found by the cluster that is in them.
    in_use = {} if own else _zones(network.subnet_ids)
    control_plane = tuple(zone for zone, ids in subnets.items() if ids & set(network.subnet_ids))
    return ExistingCluster(
        control_plane_zones=control_plane or tuple(zone for zone in subnets if zone in in_use.values()),
        zones=tuple(zone for zone, ids in subnets.items() if ids),
        keys=Keys(cluster.tags[KEYS_TAG]) if KEYS_TAG in cluster.tags else None,
        node_groups=_node_groups(stack.cluster_name, stack.cluster.node_groups),
        version=cluster.version,
        database_version=database.engine_version if database else "",
        cache=_cache(cache_identifier(stack.prefix), network.vpc_id),
        service_cidr=cluster.kubernetes_network_configs[0].service_ipv4_cidr,
        vpc_id=network.vpc_id,
        vpc_cidr=aws.ec2.get_vpc(id=network.vpc_id).cidr_block if own else "",
        private_subnets=in_use,
        data_subnets=_zones(aws.rds.get_subnet_group(name=database.db_subnet_group_name).subnet_ids)
        if in_use and database
        else {},
    )


def _own_subnets(vpc_id: str, stack: StackConfig) -> dict[str, set[str]]:
    """The ids of the private subnets by zone letter: those of the stack file's zones, and of others if there are any.

    There are none at all in a VPC that somebody else made.
    """
    asked = stack.network.zones
    subnets = {zone: _private_subnets(vpc_id, stack.prefix, [zone]) for zone in asked}
    others = [zone for zone in get_args(Zone) if zone not in subnets]
    if _private_subnets(vpc_id, stack.prefix, others):
        # Seldom, and about to be refused: which ones they are takes a question for each.
        subnets |= {zone: _private_subnets(vpc_id, stack.prefix, [zone]) for zone in others}
    return subnets


def _zones(subnet_ids: Iterable[str]) -> dict[str, str]:
    """The zone letters of subnets that are in use, and therefore there."""
    return {each: aws.ec2.get_subnet(id=each).availability_zone[-1] for each in sorted(subnet_ids)}


def _database(name: str) -> aws.rds.GetClusterResult | None:
    by_name = aws.rds.GetClustersFilterArgs(name="db-cluster-id", values=[name])
    if name not in aws.rds.get_clusters(filters=[by_name]).cluster_identifiers:
        return None
    return aws.rds.get_cluster(cluster_identifier=name)


def _cache(name: str, vpc_id: str) -> CacheVersion | None:
    """What the cache runs. There is one if its security group has network interfaces of ElastiCache."""
    by_name = {"vpc-id": vpc_id, "tag:Name": name}
    named = [aws.ec2.GetSecurityGroupsFilterArgs(name=key, values=[each]) for key, each in by_name.items()]
    groups = aws.ec2.get_security_groups(filters=named).ids
    in_groups = aws.ec2.GetNetworkInterfacesFilterArgs(name="group-id", values=groups)
    for each in sorted(aws.ec2.get_network_interfaces(filters=[in_groups]).ids) if groups else ():
        service, _, member = aws.ec2.get_network_interface(id=each).description.partition(" ")
        if service == "ElastiCache":
            return _cache_version(member)
    return None


def _cache_version(member: str) -> CacheVersion | None:
    try:
        found = aws.elasticache.get_cluster(cluster_id=member)
    except Exception:
        # The SDK raises nothing narrower. The provider fails on a node without an endpoint: the cache is only being
        # made, or deleted.
        return None
    return CacheVersion(CacheEngine(found.engine), ".".join(found.engine_version.split(".")[:2]))


def _private_subnets(vpc_id: str, prefix: str, zones: Sequence[str]) -> set[str]:
    """The ids of the private subnets that the program made in these zones: of all kinds, every zone has one."""
    filters = {"vpc-id": [vpc_id], "tag:Name": [subnet_name(prefix, "private", zone) for zone in zones]}
    asked = [aws.ec2.GetSubnetsFilterArgs(name=name, values=values) for name, values in filters.items()]
    return set(aws.ec2.get_subnets(filters=asked).ids)


def _node_groups(cluster: str, names: Iterable[str]) -> dict[str, tuple[ExistingNodeGroup, ...]]:
    """The node groups by name in the stack file: Pulumi names a group after its resource and seven digits."""
    there = aws.eks.get_node_groups(cluster_name=cluster).names
    known = {name: re.compile(rf".*-nodes-{re.escape(name)}-group-[0-9a-f]{{7}}") for name in names}
    return {
        name: tuple(_node_group(cluster, each) for each in there if pattern.fullmatch(each))
        for name, pattern in known.items()
    }


def _node_group(cluster: str, name: str) -> ExistingNodeGroup:
    found = aws.eks.get_node_group(cluster_name=cluster, node_group_name=name)
    sizes = found.scaling_configs[0]
    return ExistingNodeGroup(
        min=sizes.min_size,
        desired=sizes.desired_size,
        max=sizes.max_size,
        instance_types=frozenset(found.instance_types),
        spot=found.capacity_type == "SPOT",
        zones=len(found.subnet_ids),
        version=found.version,
    )
