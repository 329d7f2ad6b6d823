"""The network policies of the shop's namespace."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.workloads.flows import DNS, Addresses, Flow, NetworkContext, Peer, Workload, incoming, outgoing

_BOTH = ["Ingress", "Egress"]


@dataclass(frozen=True)
class NetworkPoliciesArgs:
    """Inputs of `NetworkPolicies`."""

    namespace: pulumi.Input[str]
    workloads: Sequence[Workload]
    network: NetworkContext


class NetworkPolicies(pulumi.ComponentResource):
    """Creates `default-deny` for both directions, `allow-dns` for all pods, and a policy per workload with its name."""

    policies: Sequence[pulumi.Resource]
    """All policies. Pods must depend on them: those that start earlier run without them."""

    def __init__(self, name: str, args: NetworkPoliciesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:NetworkPolicies", name, {}, opts)
        self._name = name
        self._namespace = args.namespace
        network = args.network
        self.policies = [
            self._policy("default-deny", {}, _BOTH, [], []),
            self._policy("allow-dns", {}, ["Egress"], [], [DNS]),
            *(
                self._policy(
                    workload.name,
                    {"app.kubernetes.io/name": workload.name},
                    _BOTH,
                    list(incoming(workload, args.workloads, network)),
                    list(outgoing(workload, args.workloads, network)),
                )
                for workload in args.workloads
            ),
        ]
        self.register_outputs({})

    def _policy(
        self,
        policy: str,
        labels: dict[str, str],
        types: Sequence[str],
        ingress: Sequence[Flow],
        egress: Sequence[Flow],
    ) -> kubernetes.networking.v1.NetworkPolicy:
        return kubernetes.networking.v1.NetworkPolicy(
            f"{self._name}-{policy}",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=policy, namespace=self._namespace),
            spec=kubernetes.networking.v1.NetworkPolicySpecArgs(
                pod_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=labels or None),
                policy_types=list(types),
                ingress=[
                    kubernetes.networking.v1.NetworkPolicyIngressRuleArgs(from_=_peers(flow), ports=_ports(flow))
                    for flow in ingress
                ]
                or None,
                egress=[
                    kubernetes.networking.v1.NetworkPolicyEgressRuleArgs(to=_peers(flow), ports=_ports(flow))
                    for flow in egress
                ]
                or None,
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )


def _peers(flow: Flow) -> list[kubernetes.networking.v1.NetworkPolicyPeerArgs]:
    return [_peer(peer) for peer in flow.peers]


def _peer(peer: Peer) -> kubernetes.networking.v1.NetworkPolicyPeerArgs:
    if isinstance(peer, Addresses):
        return kubernetes.networking.v1.NetworkPolicyPeerArgs(
            ip_block=kubernetes.networking.v1.IPBlockArgs(
                cidr=str(peer.network), except_=[str(network) for network in peer.without] or None
            )
        )
    # Kubernetes itself labels every namespace with its name.
    namespace = {"kubernetes.io/metadata.name": peer.namespace}
    return kubernetes.networking.v1.NetworkPolicyPeerArgs(
        namespace_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=namespace) if peer.namespace else None,
        pod_selector=kubernetes.meta.v1.LabelSelectorArgs(match_labels=dict(peer.labels)) if peer.labels else None,
    )


def _ports(flow: Flow) -> list[kubernetes.networking.v1.NetworkPolicyPortArgs]:
    return [
        kubernetes.networking.v1.NetworkPolicyPortArgs(port=flow.port, protocol=protocol) for protocol in flow.protocols
    ]
