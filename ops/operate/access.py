"""Collects who may do what: pods in AWS, pods among each other, and people in the cluster."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from analysis.preview import State
from ops.comment.names import Names
from ops.comment.permissions import grants
from ops.objects import part, parts
from ops.operate.shop import NAME_LABEL

_ACCESS_POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
_ROLE_POLICIES = (
    "aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/policy:Policy",
    _ACCESS_POLICY,
)  # fmt: skip
_ROLE, _SUBNET = "aws:iam/role:Role", "aws:ec2/subnet:Subnet"
_OF_PODS = "Kubernetes service account "
"""The beginning of the description of a role of pods (`components/iam/identity.py`)."""
_NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
_NAMESPACE = "kubernetes.io/metadata.name"
_EVERYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, order=True)
class Permission:
    """What one role may do with one resource.

    Attributes:
        who: The service account `<namespace>/<name>` of a role of pods, or another role's name in the program; of an
            access policy of EKS, the ARN of the role or person.
        resource: The resource, by its name in the program, or as the policy has it.
        actions: The actions, such as `s3:GetObject`, or `everything in` a policy of AWS.
        condition: The condition as JSON; empty for none.
        denied: True if it may not.
    """

    who: str
    resource: str
    actions: tuple[str, ...]
    condition: str = ""
    denied: bool = False

    @property
    def words(self) -> str:
        """What it may do and on which condition, or what it never may."""
        actions = ", ".join(self.actions)
        return f"{'never ' if self.denied else ''}{actions}{f', if {self.condition}' if self.condition else ''}"


@dataclass(frozen=True)
class Connection:
    """Connections to one port.

    Attributes:
        peers: The other ends: pods by their workloads, or networks; subnets have their names in the program.
        port: The port, or several with slashes between.
        pods: True if the peers are pods.
    """

    peers: tuple[str, ...]
    port: str
    pods: bool

    def __str__(self) -> str:
        return f"{', '.join(self.peers)} :{self.port}"


@dataclass(frozen=True)
class Flows:
    """The connections of a workload's pods. All others are refused.

    Attributes:
        workload: The network policy's name, which is that of the service or Job.
        accepts: Who may connect to them.
        opens: Where they may connect to.
    """

    workload: str
    accepts: tuple[Connection, ...]
    opens: tuple[Connection, ...]


@dataclass(frozen=True)
class Access:
    """Who may do what in a stack.

    Attributes:
        services: What the shop's pods may do in AWS.
        cluster: What people and workflows may do in the cluster, besides who created it.
        others: What the roles of add-ons, nodes and AWS's services may do.
        flows: The connections of the shop's pods.
    """

    services: tuple[Permission, ...]
    cluster: tuple[Permission, ...]
    others: tuple[Permission, ...]
    flows: tuple[Flows, ...]


def access(states: Sequence[State], namespace: str) -> Access:
    """Return who may do what, from the resources of a stack whose services are in the namespace."""
    names, accounts = Names(states, ()), _service_accounts(states)
    found: dict[tuple[str, str, str, bool, bool], set[str]] = defaultdict(set)
    for state in states:
        if state.type in _ROLE_POLICIES:
            for grant in grants(state, names):
                who = _plain(grant.who)
                key = (accounts.get(who, who), _plain(grant.resource), grant.condition, grant.denied)
                found[*key, state.type == _ACCESS_POLICY].add(_plain(grant.action))
    services, cluster, others = list[Permission](), list[Permission](), list[Permission]()
    for (who, resource, condition, denied, in_cluster), actions in sorted(found.items()):
        permission = Permission(who, resource, tuple(sorted(actions)), condition, denied)
        of_shop = who.startswith(f"{namespace}/")
        (cluster if in_cluster else services if of_shop else others).append(permission)
    subnets = {str(each.inputs.get("cidrBlock")): each.name for each in states if each.type == _SUBNET}
    policies = [_flows(each, subnets) for each in states if each.type == _NETWORK_POLICY]
    return Access(tuple(services), tuple(cluster), tuple(others), tuple(policies))


def _service_accounts(states: Iterable[State]) -> Mapping[str, str]:
    """Return the service accounts `<namespace>/<name>` of roles, by the roles' names in the program."""
    descriptions = {each.name: str(each.inputs.get("description", "")) for each in states if each.type == _ROLE}
    return {
        role: description.removeprefix(_OF_PODS)
        for role, description in descriptions.items()
        if description.startswith(_OF_PODS)
    }


def _plain(text: str) -> str:
    return text.replace("<", "").replace(">", "")


def _flows(state: State, subnets: Mapping[str, str]) -> Flows:
    rules = {way: parts(state.inputs, "spec", way) for way in ("ingress", "egress")}
    accepts = [each for rule in rules["ingress"] for each in _connections(rule, "from", subnets)]
    opens = [each for rule in rules["egress"] for each in _connections(rule, "to", subnets)]
    name = str(part(state.inputs, "metadata").get("name", state.name))
    return Flows(name, tuple(accepts), tuple(opens))


def _connections(rule: Mapping[str, Any], peers: str, subnets: Mapping[str, str]) -> Iterator[Connection]:
    """Yield the connections of a rule: those with pods, and those with networks."""
    ports = "/".join(dict.fromkeys(str(port.get("port")) for port in parts(rule, "ports")))
    blocks = [(peer, part(peer, "ipBlock")) for peer in parts(rule, peers)]
    if pods := tuple(_pods(peer) for peer, block in blocks if not block):
        yield Connection(pods, ports, pods=True)
    if networks := tuple(_network(block, subnets) for _, block in blocks if block):
        yield Connection(networks, ports, pods=False)


def _network(block: Mapping[str, Any], subnets: Mapping[str, str]) -> str:
    cidr = str(block.get("cidr"))
    excluded = [str(each) for each in cast(Iterable[Any], block.get("except") or [])]
    network = "anywhere" if cidr == _EVERYWHERE else subnets.get(cidr, cidr)
    return f"{network} but {', '.join(excluded)}" if excluded else network


def _pods(peer: Mapping[str, Any]) -> str:
    labels = part(peer, "podSelector", "matchLabels")
    namespace = str(part(peer, "namespaceSelector", "matchLabels").get(_NAMESPACE, ""))
    pods = (
        str(labels[NAME_LABEL])
        if NAME_LABEL in labels
        else ", ".join(f"{key}={value}" for key, value in labels.items())
    )
    return "/".join(filter(None, (namespace, pods or "all pods")))
