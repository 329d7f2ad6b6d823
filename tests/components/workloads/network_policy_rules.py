"""NetworkPolicies as Kubernetes defines them: additive, and isolating only the pods that they select.

The agent of the VPC CNI decides by the longest prefix instead of by every rule; see the test of overlaps.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

Policy = Mapping[str, Any]


@dataclass(frozen=True)
class End:
    """One end of a connection: an address, and if it is a pod its labels and namespace."""

    address: str
    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class Rules:
    """All policies of one namespace."""

    namespace: str
    policies: Sequence[Policy]

    def allow(self, source: End, target: End, port: int, protocol: str = "TCP") -> bool:
        """Whether both ends let the connection through."""
        return self.leaves(source, target, port, protocol) and self.enters(source, target, port, protocol)

    def leaves(self, source: End, target: End, port: int, protocol: str = "TCP") -> bool:
        """Whether the source's end does."""
        return self._way("Egress", source, target, port, protocol)

    def enters(self, source: End, target: End, port: int, protocol: str = "TCP") -> bool:
        """Whether the target's end does."""
        return self._way("Ingress", target, source, port, protocol)

    def _way(self, way: str, here: End, there: End, port: int, protocol: str) -> bool:
        if here.namespace != self.namespace:
            return True
        specs = [policy["spec"] for policy in self.policies if _selects(policy["spec"]["podSelector"], here.labels)]
        isolating = [spec for spec in specs if way in spec["policyTypes"]]
        rules = [rule for spec in isolating for rule in spec.get(way.lower()) or []]
        return not isolating or any(
            self._peers(rule.get("to" if way == "Egress" else "from"), there)
            and _ports(rule.get("ports"), port, protocol)
            for rule in rules
        )

    def _peers(self, peers: Iterable[Mapping[str, Any]] | None, end: End) -> bool:
        return peers is None or any(self._peer(peer, end) for peer in peers)

    def _peer(self, peer: Mapping[str, Any], end: End) -> bool:
        if block := peer.get("ipBlock"):
            address = IPv4Address(end.address)
            return address in IPv4Network(block["cidr"]) and not any(
                address in IPv4Network(network) for network in block.get("except") or []
            )
        assert peer, "an empty peer is refused by the API"
        selector = peer.get("namespaceSelector")
        name = {"kubernetes.io/metadata.name": end.namespace}
        inside = end.namespace == self.namespace if selector is None else _selects(selector, name)
        return bool(end.namespace) and inside and _selects(peer.get("podSelector") or {}, end.labels)


def _selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    assert set(selector) <= {"matchLabels"}, "the evaluator knows no other selector"
    return all(labels.get(key) == value for key, value in (selector.get("matchLabels") or {}).items())


def _ports(ports: Iterable[Mapping[str, Any]] | None, port: int, protocol: str) -> bool:
    return ports is None or any(each["port"] == port and each["protocol"] == protocol for each in ports)
