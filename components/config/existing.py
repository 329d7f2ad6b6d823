"""The stack's cluster as it is in AWS."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from components.base.versions import is_older
from components.config.data import CacheVersion, Keys

KEYS_TAG = "EncryptionKeys"
"""The tag of the cluster that says how many keys it was created with."""


@dataclass(frozen=True)
class ExistingNodeGroup:
    """A managed node group as it is in AWS. An autoscaler may have changed `desired` since it was deployed."""

    min: int
    desired: int
    max: int
    instance_types: frozenset[str]
    spot: bool
    zones: int
    """The number of its subnets, one in each zone."""
    version: str = ""
    """The Kubernetes minor of its nodes."""


@dataclass(frozen=True)
class ExistingCluster:
    """A cluster that is there, and what came with it."""

    control_plane_zones: tuple[str, ...]
    """The zones in which the control plane was created, as letters. EKS never changes them."""
    zones: tuple[str, ...]
    """The zones in which the stack has subnets of its own, as letters; none in a VPC that somebody else made."""
    keys: Keys | None
    """The number of keys that the cluster was created with, as its tag says; None without the tag."""
    node_groups: Mapping[str, tuple[ExistingNodeGroup, ...]] = field(
        default_factory=dict[str, tuple[ExistingNodeGroup, ...]]
    )
    """Node groups by name in the stack file. There is more than one while a group is replaced."""
    version: str = ""
    """The control plane's Kubernetes minor. EKS raises it by itself when the support of an old one ends."""
    database_version: str = ""
    """The version of the database's engine; empty while there is no database. RDS may raise it, too."""
    cache: CacheVersion | None = None
    """What the cache runs; None while there is none. ElastiCache may raise it, too."""

    service_cidr: str = ""
    """The addresses of its Kubernetes services."""
    vpc_id: str = ""
    """The VPC that it was created in. EKS never moves a cluster."""
    vpc_cidr: str = ""
    """The addresses of that VPC; empty for one that somebody else made."""
    private_subnets: Mapping[str, str] = field(default_factory=dict[str, str])
    """The zone letters of the control plane's subnets, by id."""
    data_subnets: Mapping[str, str] = field(default_factory=dict[str, str])
    """The zone letters of the database's subnets, by id; none while there is no database."""

    def has_newer_nodes(self, group: str, version: str) -> bool:
        """True if a node group has nodes of a newer minor. EKS lowers none."""
        return any(is_older(version, each.version) for each in self.node_groups.get(group, ()))

    def nodes(self, group: str) -> int:
        """The number of nodes that a node group has; 0 without the group."""
        return max((each.desired for each in self.node_groups.get(group, ())), default=0)

    def changes(
        self, group: str, *, least: int, most: int, instance_types: Collection[str], spot: bool, zones: int
    ) -> bool:
        """True if these settings give the group other bounds, or replace it. False without the group."""
        wanted = (least, most, frozenset(instance_types), spot, zones)
        return any(
            (each.min, each.max, each.instance_types, each.spot, each.zones) != wanted
            for each in self.node_groups.get(group, ())
        )
