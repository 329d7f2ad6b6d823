"""Asks AWS what it has of the stack's cluster.

Nothing is asked for by name that may not be there: a failed question ends the run, even if the program goes on without.
"""

import re
from collections.abc import Iterable, Sequence
from typing import get_args

import pulumi_aws as aws

from components.base.subnets import subnet_name
from components.config.data import Keys
from components.config.existing import KEYS_TAG, ExistingCluster, ExistingNodeGroup
from components.config.network import Zone
from components.config.stack import StackConfig


def cluster_exists(name: str) -> bool:
    """Return whether EKS has a cluster of that name in the region."""
    return name in aws.eks.get_clusters().names


def existing_cluster(stack: StackConfig) -> ExistingCluster | None:
    """The stack's cluster as it is in AWS; None before it is created."""
    if not cluster_exists(stack.cluster_name):
        return None
    cluster = aws.eks.get_cluster(name=stack.cluster_name)
    network = cluster.vpc_config
    subnets = {zone: _private_subnets(network.vpc_id, stack.prefix, [zone]) for zone in stack.network.zones}
    others = [zone for zone in get_args(Zone) if zone not in subnets]
    if _private_subnets(network.vpc_id, stack.prefix, others):
        # Seldom, and about to be refused: which ones they are takes a question for each.
        subnets |= {zone: _private_subnets(network.vpc_id, stack.prefix, [zone]) for zone in others}
    return ExistingCluster(
        control_plane_zones=tuple(zone for zone, ids in subnets.items() if ids & set(network.subnet_ids)),
        zones=tuple(zone for zone, ids in subnets.items() if ids),
        keys=Keys(cluster.tags[KEYS_TAG]) if KEYS_TAG in cluster.tags else None,
        node_groups=_node_groups(stack.cluster_name, stack.cluster.node_groups),
        version=cluster.version,
        database_version=_database_version(stack.database_identifier),
    )


def _database_version(name: str) -> str:
    """The version of a database cluster's engine; empty without the cluster."""
    by_name = aws.rds.GetClustersFilterArgs(name="db-cluster-id", values=[name])
    if name not in aws.rds.get_clusters(filters=[by_name]).cluster_identifiers:
        return ""
    return aws.rds.get_cluster(cluster_identifier=name).engine_version


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
    )
