"""What the two halves of the emulator ask of each other: AWS of its clusters, and a cluster of the AWS around it.

`emulator/aws` and `emulator/kubernetes` know these names and nothing of each other; `emulator/wiring.py` puts them
together, and tests put doubles in either place. Whatever AWS refuses is a `ProviderError` in AWS's words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from emulator.plugins.provider import Call, ProviderError


@dataclass(frozen=True)
class InstanceType:
    """One EC2 instance type. `memory` is in GiB; `addresses` are IPv4 addresses per network interface."""

    name: str
    architecture: str
    vcpu: int
    memory: float
    interfaces: int
    addresses: int


@dataclass(frozen=True)
class NodeGroup:
    """A managed node group as it is wanted.

    Attributes:
        id: Cluster and name, such as `shop:workers`.
        instance: The instance type of new nodes: the first of the group's.
        capacity_type: `ON_DEMAND` or `SPOT`.
        zones: Availability zones such as `ap-northeast-2a`; a new node goes where the group has fewest.
        networks: CIDR block of the group's subnet in each of the zones.
        taints: `key`, `value` and `effect` as EKS spells them (`NO_SCHEDULE`).
        auto_scaling_group: Name of the Auto Scaling group behind it, whose bounds are `smallest` and `largest`.
    """

    id: str
    cluster: str
    name: str
    instance: InstanceType
    capacity_type: str
    zones: tuple[str, ...]
    networks: tuple[str, ...]
    desired: int
    smallest: int
    largest: int
    auto_scaling_group: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class ControlPlane:
    """How to reach a cluster: its `https` endpoint and the certificate authority, PEM in base64."""

    endpoint: str
    certificate_authority: str


class NodeCreationFailure(ProviderError):
    """The group's nodes did not become Ready; the message says why."""


class AddonDegraded(ProviderError):
    """The add-on is installed but did not become ACTIVE; the message is what EKS shows as its health issue."""


class InvalidConfiguration(ProviderError):
    """The add-on does not exist, or does not take this configuration."""


class Clusters(Protocol):
    """What AWS asks of the clusters that its EKS runs. Clusters go by their EKS name.

    Everything but `start` and `stop` raises LookupError for a cluster that is not there. The timeout of a `call`
    replaces the time that EKS waits, and its interruption ends the wait.
    """

    def start(self, cluster: str, version: str, service_cidr: str) -> ControlPlane:
        """Start a control plane of an EKS version such as `1.36`; RuntimeError when it does not serve in time."""
        ...

    def stop(self, cluster: str) -> None:
        """End the control plane and delete its data. No error when there is none."""

    def join(self, group: NodeGroup, call: Call) -> None:
        """Give the group its desired nodes and wait until they are Ready; NodeCreationFailure when they are not."""

    def leave(self, cluster: str, group: str) -> None:
        """Drain and remove the nodes of the group with that name."""

    def install_addon(
        self, cluster: str, addon: str, role_arn: str, configuration: Mapping[str, Any], call: Call
    ) -> None:
        """Install an EKS add-on, or apply another configuration to it, and wait until its workloads run.

        `role_arn` is empty for an add-on without a role. Raises InvalidConfiguration or AddonDegraded.
        """

    def remove_addon(self, cluster: str, addon: str) -> None:
        """Delete what `install_addon` created. No error when it is gone."""


@dataclass(frozen=True)
class ClusterFacts:
    """What AWS knows of a cluster; every value is empty while EKS has none of that name."""

    region: str = ""
    account: str = ""
    vpc: str = ""
    security_group: str = ""


@dataclass(frozen=True)
class Subnet:
    """A subnet. `tags` are all that it has, the provider's default tags included."""

    id: str
    zone: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class LoadBalancer:
    """An application load balancer as a controller wants it.

    Attributes:
        scheme: `internet-facing` or `internal`.
        web_acl: ARN of its WAF web ACL; empty to leave that as it is, `none` for none.
        attributes: What has to be set; every other attribute stays as it is.
    """

    name: str
    scheme: str
    subnets: Sequence[str]
    security_groups: Sequence[str]
    tags: Mapping[str, str]
    web_acl: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class ClusterUser:
    """Whom an AWS identity is to a cluster, by its access entry.

    Attributes:
        uid: As the authenticator of EKS makes it.
        groups: Of Kubernetes, without those that everybody is in.
        principal: ARN of the role or user, without path and session.
        caller: ARN of the session itself.
    """

    name: str
    uid: str
    groups: Sequence[str]
    principal: str
    caller: str


@dataclass(frozen=True)
class AccessPolicy:
    """An access policy that a principal has: its name, and for which namespaces (patterns); None is the cluster."""

    name: str
    namespaces: Sequence[str] | None = None


class Aws(Protocol):
    """What a cluster's controllers ask of the account around it."""

    def authenticate(self, cluster: str, token: str) -> ClusterUser | None:
        """Who has a token of `aws eks get-token`; None for one that the cluster does not let in."""
        ...

    def access_policies(self, cluster: str, principal: str) -> Sequence[AccessPolicy]:
        """What EKS itself lets a principal do in the cluster."""
        ...

    def cluster(self, name: str) -> ClusterFacts:
        """Where the cluster is."""
        ...

    def trusts(self, role_arn: str, cluster: str, namespace: str, service_account: str) -> bool:
        """Whether pods of the service account get the role through the cluster's OIDC provider (IRSA)."""
        ...

    def allows(self, role_arn: str, action: str, resource: str = "*") -> bool:
        """Whether the role may do the action to the resource; `*` asks whether there is one to which it may."""
        ...

    def has_route_out(self, cluster: str, group: str, zone: str) -> bool:
        """Whether the node group's nodes in the zone reach the internet."""
        ...

    def has_image(self, image: str) -> bool:
        """Whether an image of that full name was pushed to a private ECR repository."""
        ...

    def secret_value(self, role_arn: str, key: str, version: str = "") -> str:
        """The secret's text as the role reads it: `version` is a stage, `uuid/` and an id, or empty for the current."""
        ...

    def has_certificate(self, arn: str) -> bool:
        """Whether ACM has the certificate."""
        ...

    def subnets(self, vpc: str) -> Sequence[Subnet]:
        """The VPC's subnets, oldest first."""
        ...

    def admits(self, security_group: str, source: str, port: int) -> bool:
        """Whether a rule of the security group lets TCP from the security group `source` in to the port."""
        ...

    def is_balanced(self, wanted: LoadBalancer) -> bool:
        """Whether the load balancer is there with the web ACL and the attributes that are wanted."""
        ...

    def balance(self, wanted: LoadBalancer) -> str:
        """Make the load balancer, or change it, and answer its DNS name, which stays."""
        ...

    def remove_load_balancer(self, name: str) -> None:
        """Remove the load balancer and its network interfaces. No error when there is none."""

    def create_volume(self, volume: str, zone: str, tags: Mapping[str, str]) -> None:
        """Make an EBS volume with that id."""

    def delete_volume(self, volume: str) -> None:
        """Delete the EBS volume. No error when there is none."""

    def ensure_log_groups(self, names: Iterable[str]) -> None:
        """Make the log groups that are missing, without retention."""

    def node_groups(self, cluster: str) -> Sequence[NodeGroup]:
        """The cluster's node groups that are ACTIVE, oldest first."""
        ...

    def resize(self, group: str, desired: int) -> NodeGroup | None:
        """Set the desired size of the node group with that id; None when it goes, or the size is out of its bounds."""
        ...
