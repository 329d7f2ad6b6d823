"""The interfaces between the simulated AWS and its clusters, in both directions.

`emulator/aws` and `emulator/kubernetes` depend on this module, not on each other. `emulator/wiring.py` connects them,
and tests substitute either side. A refusal of AWS is a `ProviderError` with AWS's message.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from emulator.plugins.provider import Call, ProviderError


@dataclass(frozen=True)
class InstanceType:
    """Describes an EC2 instance type. `memory` is in GiB; `addresses` are IPv4 addresses per network interface."""

    name: str
    architecture: str
    vcpu: int
    memory: float
    interfaces: int
    addresses: int


@dataclass(frozen=True)
class NodeGroup:
    """Describes the wanted state of a managed node group.

    Attributes:
        id: Cluster and name, such as `shop:workers`.
        cluster: Name of the EKS cluster.
        name: Name of the node group.
        instance: Instance type of new nodes: the first one of the group.
        capacity_type: `ON_DEMAND` or `SPOT`.
        zones: Availability zones such as `ap-northeast-2a`; a new node goes to the zone with the fewest nodes.
        networks: CIDR block of the group's subnet in each of the zones.
        desired: Desired number of nodes.
        smallest: Minimum number of nodes.
        largest: Maximum number of nodes.
        disk_gib: Size of a node's volume.
        auto_scaling_group: Name of the group's Auto Scaling group.
        labels: Kubernetes labels of the nodes.
        taints: `key`, `value` and `effect` as in the EKS API (`NO_SCHEDULE`).
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
    disk_gib: int = 20
    auto_scaling_group: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])
    taints: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class ControlPlane:
    """A cluster's HTTPS endpoint and its certificate authority, PEM in base64."""

    endpoint: str
    certificate_authority: str


class NodeCreationFailure(ProviderError):
    """The group's nodes did not become Ready; the message says why."""


class AddonDegraded(ProviderError):
    """The add-on is installed but did not become ACTIVE; the message is its health issue as EKS shows it."""


class InvalidConfiguration(ProviderError):
    """The add-on does not exist, or does not accept this configuration."""


class Clusters(Protocol):
    """Operations of the simulated EKS on clusters, which are identified by their EKS name.

    All except for `start` and `stop` raise LookupError if the cluster does not exist. The timeout of a `call` replaces
    the time that EKS waits, and its cancellation ends the wait.
    """

    def start(self, cluster: str, version: str, service_cidr: str) -> ControlPlane:
        """Start a control plane of an EKS version such as `1.36`. Raises RuntimeError if it is not ready in time."""
        ...

    def stop(self, cluster: str) -> None:
        """Stop the control plane and delete its data. It is no error if there is none."""

    def join(self, group: NodeGroup, call: Call) -> None:
        """Create the group's desired nodes and wait until they are Ready. Raises NodeCreationFailure on failure."""

    def leave(self, cluster: str, group: str) -> None:
        """Drain and remove all nodes of a group."""

    def install_addon(
        self, cluster: str, addon: str, role_arn: str, configuration: Mapping[str, Any], call: Call
    ) -> None:
        """Install an EKS add-on, or update its configuration, and wait until its workloads are ready.

        `role_arn` is empty for an add-on without a role. Raises InvalidConfiguration or AddonDegraded.
        """

    def addon_issues(self, cluster: str, addon: str, configuration: Mapping[str, Any]) -> list[str]:
        """What keeps the add-on's workloads from being ready, each as EKS's code, `: ` and a message."""
        ...

    def remove_addon(self, cluster: str, addon: str) -> None:
        """Delete the add-on's objects. It is no error if they do not exist."""


@dataclass(frozen=True)
class ClusterFacts:
    """Properties of a cluster in AWS; all are empty if EKS has no cluster of the name."""

    region: str = ""
    account: str = ""
    vpc: str = ""
    security_group: str = ""


@dataclass(frozen=True)
class Subnet:
    """Describes a subnet. `tags` include the provider's default tags."""

    id: str
    zone: str
    tags: Mapping[str, str]


@dataclass(frozen=True)
class LoadBalancer:
    """Describes the wanted state of an application load balancer.

    Attributes:
        name: Name of the load balancer.
        scheme: `internet-facing` or `internal`.
        subnets: Ids of its subnets.
        security_groups: Ids of its security groups.
        tags: Tags of the load balancer.
        web_acl: ARN of its WAF web ACL; empty to keep the current one, `none` to have none.
        attributes: Attributes to set; all others keep their values.
        listeners: Listeners by protocol and port such as `HTTPS:443`, each with its `rules` in order and its `default`
            action. A rule has `conditions` and an `action`.
        target_groups: Tags of its target groups, by ARN.
    """

    name: str
    scheme: str
    subnets: Sequence[str]
    security_groups: Sequence[str]
    tags: Mapping[str, str]
    web_acl: str
    attributes: Mapping[str, str]
    listeners: Mapping[str, Any]
    target_groups: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class ClusterUser:
    """The Kubernetes user of an AWS identity in a cluster, by its access entry.

    Attributes:
        name: Name of the Kubernetes user.
        uid: Unique id of the user, as the authenticator of EKS forms it.
        groups: Kubernetes groups, without those that all users are in.
        principal: ARN of the role or user, without path and session.
        caller: ARN of the session.
    """

    name: str
    uid: str
    groups: Sequence[str]
    principal: str
    caller: str


@dataclass(frozen=True)
class AccessPolicy:
    """An EKS access policy of a principal, and patterns of its namespaces; None means the whole cluster."""

    name: str
    namespaces: Sequence[str] | None = None


class Aws(Protocol):
    """Operations of a cluster's controllers on the simulated AWS account."""

    def version(self) -> int:
        """Return a number that differs when anything in the account has changed. It is cheap enough to poll."""
        ...

    def authenticate(self, cluster: str, token: str) -> ClusterUser | None:
        """Return the user of a token of `aws eks get-token`; None if the cluster does not accept the token."""
        ...

    def access_policies(self, cluster: str, principal: str) -> Sequence[AccessPolicy]:
        """Return the EKS access policies of a principal in the cluster."""
        ...

    def cluster(self, name: str) -> ClusterFacts:
        """Return the cluster's properties in AWS."""
        ...

    def trusts(self, role_arn: str, cluster: str, namespace: str, service_account: str) -> bool:
        """Return whether pods of the service account may assume the role through the cluster's OIDC provider (IRSA)."""
        ...

    def allows(self, role_arn: str, action: str, resource: str = "*") -> bool:
        """Return whether the role may perform the action on the resource; `*` means on any resource at all."""
        ...

    def has_route_out(self, cluster: str, group: str, zone: str) -> bool:
        """Return whether the node group's nodes in the zone have a route to the internet."""
        ...

    def has_image(self, image: str) -> bool:
        """Return whether an image of this full name was pushed to a private ECR repository."""
        ...

    def secret_value(self, role_arn: str, key: str, version: str = "") -> str:
        """Read a secret's text as the role. `version` is a stage, or `uuid/` and an id; empty means current."""
        ...

    def has_certificate(self, arn: str) -> bool:
        """Return whether ACM has the certificate."""
        ...

    def subnets(self, vpc: str) -> Sequence[Subnet]:
        """Return the VPC's subnets, the oldest first."""
        ...

    def admits(self, security_group: str, source: str, port: int) -> bool:
        """Return whether a rule of the security group allows TCP to the port from the security group `source`."""
        ...

    def is_balanced(self, wanted: LoadBalancer) -> bool:
        """Return whether the load balancer exists with the wanted web ACL, attributes, listeners and target groups."""
        ...

    def balance(self, wanted: LoadBalancer) -> str:
        """Create or update the load balancer, and return its DNS name, which never changes."""
        ...

    def listeners(self, name: str) -> Mapping[str, Any]:
        """Return the listeners of a load balancer, as `LoadBalancer` has them; none if there is no load balancer."""
        ...

    def remove_load_balancer(self, name: str) -> None:
        """Delete the load balancer and its network interfaces. It is no error if there is none."""

    def metric(self, namespace: str, name: str, dimensions: Mapping[str, str]) -> float | None:
        """Return the value of a metric in CloudWatch; None while it has none."""
        ...

    def queue_lengths(self, url: str) -> tuple[int, int]:
        """Return how many messages of a queue wait, and how many are taken. Raises ProviderError if there is none."""
        ...

    def create_volume(self, volume: str, zone: str, tags: Mapping[str, str]) -> None:
        """Create an EBS volume with this id."""

    def delete_volume(self, volume: str) -> None:
        """Delete the EBS volume. It is no error if there is none."""

    def ensure_log_groups(self, names: Iterable[str]) -> None:
        """Create the missing log groups, without a retention period."""

    def node_groups(self, cluster: str) -> Sequence[NodeGroup]:
        """Return the cluster's ACTIVE node groups, the oldest first."""
        ...

    def resize(self, group: str, desired: int) -> NodeGroup | None:
        """Set the desired size of a node group; return None if it is being deleted or the size is out of its bounds."""
        ...
