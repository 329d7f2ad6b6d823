"""Configuration of the EKS cluster and its nodes."""

from enum import StrEnum
from ipaddress import IPv4Network
from typing import Annotated, Self

from pydantic import AfterValidator, Field, PrivateAttr, model_validator

from components.addons import catalogue
from components.base.section import Name, Network, Quoted, Section, Switch, Unique, keys_of, mismatch
from components.base.versions import KUBERNETES_VERSIONS, is_older
from components.config.existing import ExistingCluster
from components.config.labels import LABELS, LabelKey, LabelValue, QualifiedName
from components.config.network import NEVER_PUBLIC, Zone

EVERYWHERE = IPv4Network("0.0.0.0/0")

UPDATED_AT_ONCE_PERCENT = 33
"""Percent of a group's nodes that EKS replaces at once."""

MANAGED_ADDONS = tuple(catalogue.eks_addons())
"""EKS add-ons of this program."""


class Architecture(StrEnum):
    """The architecture of the nodes' processors."""

    ARM64 = "arm64"
    X86_64 = "x86_64"


class Capacity(StrEnum):
    """The way AWS sells the nodes: spot is cheaper, and may be taken back with two minutes' notice."""

    ON_DEMAND = "onDemand"
    SPOT = "spot"


class TaintEffect(StrEnum):
    """The effect of a taint on pods that do not tolerate it, as Kubernetes spells it."""

    NO_SCHEDULE = "NoSchedule"
    PREFER_NO_SCHEDULE = "PreferNoSchedule"
    NO_EXECUTE = "NoExecute"


def _kubernetes_version(version: str) -> str:
    if version not in KUBERNETES_VERSIONS:
        raise ValueError("not a version in EKS standard support")
    return version


def _known_addon(name: str) -> str:
    if name not in MANAGED_ADDONS:
        raise ValueError(f"{name} is not an add-on of this program")
    return name


RoleArn = Annotated[str, Field(pattern=r"^arn:aws:iam::\d{12}:role/[\w+=,.@/-]+$")]
RoleArns = Annotated[
    tuple[RoleArn, ...], Unique, Field(description="ARNs of IAM roles (not of assumed-role sessions), each once")
]


def _public(network: IPv4Network) -> IPv4Network:
    """EKS takes no reserved addresses here, and nobody arrives from these: inside the VPC the endpoint is private."""
    if any(network.subnet_of(block) for block in NEVER_PUBLIC):
        raise ValueError(f"{network} is not public: give the public address from which it reaches the internet")
    return network


class EndpointConfig(Section):
    """The networks that reach the Kubernetes API. From inside the VPC it is always reachable."""

    public: Switch = Field(description="true or false")
    public_cidrs: Annotated[tuple[Annotated[Network, AfterValidator(_public)], ...], Unique] = Field(
        default=(), description="the IPv4 networks that may reach the public endpoint, such as [198.51.100.7/32]"
    )

    @model_validator(mode="after")
    def _allow_list(self) -> Self:
        if self.public and not self.public_cidrs:
            expected = "an allow-list as public is true, such as [198.51.100.7/32]; or set public to false"
            raise mismatch("publicCidrs", self.public_cidrs, expected)
        if self.public_cidrs and not self.public:
            expected = "to be an empty list, as it has no effect while public is false; or set public to true"
            raise mismatch("publicCidrs", self.public_cidrs, expected)
        return self


class AccessConfig(Section):
    """IAM roles that may use the cluster besides the one that created it, which EKS makes an administrator."""

    administrators: RoleArns = ()
    auditors: RoleArns = ()
    viewers: RoleArns = ()


class Taint(Section):
    """A mark on nodes that keeps pods away which do not tolerate it."""

    key: QualifiedName = Field(description="a taint key, such as dedicated or example.com/dedicated")
    value: LabelValue = Field(default="", description="a taint value, as a label may have it; or empty")
    effect: TaintEffect = Field(description="NoSchedule, PreferNoSchedule or NoExecute")


class NodeGroupConfig(Section):
    """Nodes of one kind. The numbers count nodes over all its zones; an autoscaler moves between min and max."""

    instance_types: Annotated[tuple[str, ...], Unique, Field(min_length=1, max_length=20)] = Field(
        description="1 to 20 instance types of equal size, such as [t4g.large, m7g.large]"
    )
    architecture: Architecture = Field(description="arm64 or x86_64")
    capacity: Capacity = Field(description="onDemand or spot")
    min: int = Field(ge=0, description="a number of nodes, 0 or more")
    desired: int = Field(
        ge=0,
        description="a number of nodes, 0 or more; an autoscaler looks at it when the group is new, and never again",
    )
    max: int = Field(ge=1, le=450, description="a number of nodes, 1 to 450 (EKS' quota)")
    disk_gib: int = Field(ge=20, le=16384, description="GiB, 20 to 16384")
    labels: dict[LabelKey, LabelValue] = Field(default={}, description=f"a mapping of node labels: {LABELS}")
    taints: tuple[Taint, ...] = Field(default=(), description="a list of taints with key, value and effect")
    zones: Annotated[tuple[Zone, ...], Unique] = Field(
        default=(), description="zone letters out of the network's; none means all of them"
    )

    @model_validator(mode="after")
    def _ordered_sizes(self) -> Self:
        if self.min > self.max:
            raise mismatch("min", self.min, f"a number of nodes up to max, which is {self.max}")
        if not self.min <= self.desired <= self.max:
            between = f"a number of nodes from min to max, which are {self.min} and {self.max}"
            raise mismatch("desired", self.desired, between)
        return self

    @model_validator(mode="after")
    def _architecture_of_the_types(self) -> Self:
        # Graviton families carry a g after the generation, as in t4g and m7gd.
        wrong = [
            type_
            for type_ in self.instance_types
            if ("g" in type_.partition(".")[0].lstrip("abcdefghijklmnopqrstuvwxyz")) != (self.architecture == "arm64")
        ]
        if wrong:
            expected = f"types that run {self.architecture}, as architecture says, which {', '.join(wrong)} cannot"
            raise mismatch("instanceTypes", self.instance_types, expected)
        return self


class ClusterConfig(Section):
    """The control plane, who may use it, and the node groups."""

    version: Annotated[str, Quoted, AfterValidator(_kubernetes_version)] = Field(
        description=f"a Kubernetes minor in quotes, one of {', '.join(KUBERNETES_VERSIONS)}"
    )
    service_cidr: IPv4Network = Field(description="a private IPv4 network outside the VPC, such as 172.20.0.0/16")
    endpoint: EndpointConfig = Field(description=keys_of(EndpointConfig))
    access: AccessConfig = Field(default=AccessConfig(), description=keys_of(AccessConfig))
    node_groups: Annotated[dict[Name, NodeGroupConfig], Field(min_length=1)] = Field(
        description="a mapping of at least one node group, by short lower-case names"
    )
    addon_versions: dict[Annotated[str, AfterValidator(_known_addon)], str] = Field(
        default={}, description=f"a mapping from {', '.join(MANAGED_ADDONS)} to EKS add-on versions"
    )
    _existing: ExistingCluster | None = PrivateAttr(default=None)

    @property
    def least_nodes(self) -> int:
        """The smallest number of nodes of all groups together."""
        return sum(group.min for group in self.node_groups.values())

    @property
    def most_nodes(self) -> int:
        """The largest number of nodes of all groups together."""
        return sum(group.max for group in self.node_groups.values())

    @property
    def existing(self) -> ExistingCluster | None:
        """The cluster that is there; None before it is created."""
        return self._existing

    @property
    def control_plane_version(self) -> str | None:
        """The minor to send to EKS; None where EKS has a newer one, from which it never goes back."""
        raised = self._existing is not None and is_older(self.version, self._existing.version)
        return None if raised else self.version

    def nodes_version(self, group: str) -> str | None:
        """The minor to send for a group's nodes; None where they are newer, from which EKS never goes back."""
        raised = self._existing is not None and self._existing.has_newer_nodes(group, self.version)
        return None if raised else self.version

    def over(self, existing: ExistingCluster | None) -> Self:
        """The same settings, for the cluster that is there."""
        copy = self.model_copy()
        copy._existing = existing
        return copy
