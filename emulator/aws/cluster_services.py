"""The simulated AWS, as a cluster's controllers ask it (`contract.Aws`)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from emulator.aws import (
    eks_access,
    eks_node_groups,
    iam,
    load_balancers,
    log_groups,
    queues,
    routing,
    secret_values,
    target_groups,
)
from emulator.aws.tokens import CLUSTER, INGRESS_RULE, NODE_GROUP, SUBNET, VOLUME
from emulator.aws.types.acm import CERTIFICATE
from emulator.aws.types.ecr import IMAGE
from emulator.contract import AccessPolicy, ClusterFacts, ClusterUser, LoadBalancer, NodeGroup, Subnet
from emulator.store import CachedStore, StoredObject


class ClusterServices:
    """Answers from the account's objects, and changes them."""

    def __init__(self, store: CachedStore) -> None:
        self._store = store

    def version(self) -> int:
        return self._store.version()

    def authenticate(self, cluster: str, token: str) -> ClusterUser | None:
        return eks_access.authenticate(self._store, cluster, token)

    def access_policies(self, cluster: str, principal: str) -> Sequence[AccessPolicy]:
        return eks_access.policies(self._store, cluster, principal)

    def cluster(self, name: str) -> ClusterFacts:
        outputs = self._cluster(name)
        network = outputs.get("vpcConfig") or {}
        subnets = [self._store.get(SUBNET, subnet) for subnet in network.get("subnetIds", [])]
        vpc = network.get("vpcId") or next((subnet.outputs["vpcId"] for subnet in subnets if subnet), "")
        arn = str(outputs.get("arn", ":::::")).split(":")
        return ClusterFacts(arn[3], arn[4], str(vpc), str(network.get("clusterSecurityGroupId") or ""))

    def trusts(self, role_arn: str, cluster: str, namespace: str, service_account: str) -> bool:
        identities = self._cluster(cluster).get("identities") or [{}]
        oidcs = identities[0].get("oidcs") or [{}]
        issuer = str(oidcs[0].get("issuer", ""))
        return iam.trusts_service_account(self._store, role_arn, issuer, namespace, service_account)

    def allows(self, role_arn: str, action: str, resource: str = "*") -> bool:
        return iam.allows(self._store, role_arn, action, resource)

    def has_route_out(self, cluster: str, group: str, zone: str) -> bool:
        for stored in self._store.find(NODE_GROUP, clusterName=cluster, nodeGroupName=group):
            subnets = [self._store.get(SUBNET, subnet) for subnet in stored.outputs.get("subnetIds", [])]
            in_zone = [subnet for subnet in subnets if subnet and subnet.outputs.get("availabilityZone") == zone]
            return bool(in_zone) and all(routing.has_route_out(self._store, subnet.id) for subnet in in_zone)
        return False

    def has_image(self, image: str) -> bool:
        return self._store.get(IMAGE, image) is not None

    def secret_value(self, role_arn: str, key: str, version: str = "") -> str:
        return secret_values.read(self._store, role_arn, key, version)

    def has_certificate(self, arn: str) -> bool:
        return self._store.get(CERTIFICATE, arn) is not None

    def subnets(self, vpc: str) -> Sequence[Subnet]:
        found = self._store.find(SUBNET, vpcId=vpc)
        return [Subnet(each.id, str(each.outputs.get("availabilityZone")), _all_tags(each)) for each in found]

    def admits(self, security_group: str, source: str, port: int) -> bool:
        rules = self._store.find(INGRESS_RULE, securityGroupId=security_group)
        return routing.may_reach((rule.outputs for rule in rules), source, port)

    def is_balanced(self, wanted: LoadBalancer) -> bool:
        return load_balancers.is_so(
            self._store, wanted.name, wanted.web_acl, wanted.attributes, wanted.listeners, wanted.target_groups
        )

    def balance(self, wanted: LoadBalancer) -> str:
        return load_balancers.create(
            self._store, wanted.name, wanted.scheme, wanted.subnets, wanted.security_groups, wanted.tags,
            wanted.web_acl, wanted.attributes, wanted.listeners, wanted.target_groups,
        )  # fmt: skip

    def listeners(self, name: str) -> Mapping[str, Any]:
        return load_balancers.listeners(self._store, name)

    def remove_load_balancer(self, name: str) -> None:
        load_balancers.delete(self._store, name)

    def metric(self, namespace: str, name: str, dimensions: Mapping[str, str]) -> float | None:
        return target_groups.metric(self._store, name, dimensions) if namespace == target_groups.NAMESPACE else None

    def queue_lengths(self, url: str) -> tuple[int, int]:
        return queues.lengths(self._store, url)

    def create_volume(self, volume: str, zone: str, tags: Mapping[str, str]) -> None:
        outputs = {"availabilityZone": zone, "tags": dict(tags)}
        with self._store.transaction() as transaction:
            transaction.put(StoredObject(VOLUME, volume, inputs=outputs, outputs=outputs))

    def delete_volume(self, volume: str) -> None:
        with self._store.transaction() as transaction:
            transaction.remove(VOLUME, volume)

    def ensure_log_groups(self, names: Iterable[str]) -> None:
        with self._store.transaction() as transaction:
            for name in names:
                log_groups.ensure(transaction, name)

    def node_groups(self, cluster: str) -> Sequence[NodeGroup]:
        found = self._store.find(NODE_GROUP, clusterName=cluster, status="ACTIVE")
        return [eks_node_groups.specification(self._store, stored) for stored in found]

    def resize(self, group: str, desired: int) -> NodeGroup | None:
        resized = eks_node_groups.resize(self._store, group, desired)
        return eks_node_groups.specification(self._store, resized) if resized else None

    def _cluster(self, name: str) -> Mapping[str, Any]:
        found = self._store.get(CLUSTER, name)
        return found.outputs if found else {}


def _all_tags(stored: StoredObject) -> dict[str, str]:
    return {**(stored.outputs.get("tags") or {}), **(stored.outputs.get("tagsAll") or {})}
