"""Application load balancers, as the AWS Load Balancer Controller makes them: objects of AWS, not of the program."""

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from emulator.aws import listener_rules
from emulator.aws.catalogue import TYPES
from emulator.aws.identity import PARTITION
from emulator.aws.network_interfaces import interface
from emulator.aws.references import check_references, owned
from emulator.aws.tokens import LOAD_BALANCER, SUBNET
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject

INTERNET_FACING = "internet-facing"
_NAME_LIMIT = 32


def create(
    store: Store,
    name: str,
    scheme: str,
    subnet_ids: Sequence[str],
    security_group_ids: Sequence[str],
    tags: Mapping[str, str],
    web_acl: str = "",
    attributes: Mapping[str, str] | None = None,
    listeners: Mapping[str, Any] | None = None,
    target_groups: Mapping[str, Mapping[str, str]] | None = None,
) -> str:
    """Make a load balancer with one network interface per subnet, and answer its DNS name.

    The same call again changes its subnets, security groups, tags, listeners and target groups; the DNS name stays. So
    does its web ACL unless `web_acl` names another one, or `none`, and every attribute that is not among `attributes`.

    Raises:
        ProviderError: Elastic Load Balancing refuses it: the name, the scheme, subnets of one zone, what is not there,
            a rule of a listener.
    """
    internal = _is_internal(scheme)
    listener_rules.check(listeners or {})
    with store.transaction() as transaction:
        subnets = [transaction.get(SUBNET, id_) for id_ in subnet_ids]
        zones = [subnet.outputs["availabilityZone"] for subnet in subnets if subnet]
        if len(name) > _NAME_LIMIT:
            raise ProviderError(f"ValidationError: load balancer name {name!r} has more than {_NAME_LIMIT} characters")
        if len(zones) != len(subnet_ids) or len(set(zones)) < max(2, len(zones)):
            raise ProviderError(
                f"ValidationError: a load balancer needs subnets in two zones, one in each; "
                f"{list(subnet_ids)} are in {zones}"
            )
        region = str(subnets[0].outputs["region"] if subnets[0] else "")
        old = transaction.get(LOAD_BALANCER, name)
        dns_name = old.outputs["dnsName"] if old else _dns_name(name, region, internal)
        before = old.outputs if old else {}
        acl = {"": str(before.get("webAclArn", "")), "none": ""}.get(web_acl, web_acl)
        outputs: dict[str, Any] = {
            "name": name, "dnsName": dns_name, "internal": internal, "loadBalancerType": "application",
            "subnets": list(subnet_ids), "securityGroups": list(security_group_ids), "tags": dict(tags),
            "webAclArn": acl, "attributes": {**before.get("attributes", {}), **(attributes or {})},
            "listeners": dict(listeners or {}), "targetGroups": dict(target_groups or {}),
            "metrics": before.get("metrics", {}),
        }  # fmt: skip
        balancer = StoredObject(LOAD_BALANCER, name, inputs=outputs, outputs=outputs)
        check_references(transaction, TYPES[LOAD_BALANCER], balancer)
        for part in owned(transaction, balancer):
            transaction.remove(part.type, part.id)
        transaction.put(balancer)
        for subnet in subnet_ids:
            transaction.put(interface(balancer, subnet, list(security_group_ids), f"ELB app/{name}"))
    return dns_name


def arn(balancer: StoredObject, region: str, account: str) -> str:
    """Return the ARN of a load balancer; its last part is AWS's own."""
    digits = hashlib.sha256(str(balancer.outputs["dnsName"]).encode()).hexdigest()[:16]
    return f"arn:{PARTITION}:elasticloadbalancing:{region}:{account}:loadbalancer/app/{balancer.id}/{digits}"


def listeners(store: Store, name: str) -> Mapping[str, Any]:
    """Return the listeners of a load balancer, with their rules; none if there is no load balancer."""
    balancer = store.get(LOAD_BALANCER, name)
    return balancer.outputs.get("listeners", {}) if balancer else {}


def is_so(
    store: Store,
    name: str,
    web_acl: str,
    attributes: Mapping[str, str],
    listeners: Mapping[str, Any],
    target_groups: Mapping[str, Mapping[str, str]],
) -> bool:
    """Return whether the load balancer has that web ACL (empty: any; `none`: none), and is as the others say."""
    balancer = store.get(LOAD_BALANCER, name)
    if balancer is None:
        return False
    acl, has = balancer.outputs["webAclArn"], balancer.outputs["attributes"]
    right = not web_acl or acl == ("" if web_acl == "none" else web_acl)
    right = right and balancer.outputs.get("listeners") == listeners
    right = right and balancer.outputs.get("targetGroups") == target_groups
    return right and all(has.get(key) == value for key, value in attributes.items())


def delete(store: Store, name: str) -> None:
    """Remove the load balancer and its network interfaces; no error when there is none."""
    with store.transaction() as transaction:
        balancer = transaction.get(LOAD_BALANCER, name)
        if balancer is not None:
            for part in owned(transaction, balancer):
                transaction.remove(part.type, part.id)
            transaction.remove(LOAD_BALANCER, name)


def _is_internal(scheme: str) -> bool:
    if scheme not in (INTERNET_FACING, "internal"):
        raise ProviderError(f"ValidationError: scheme is {scheme!r}; it must be {INTERNET_FACING} or internal")
    return scheme == "internal"


def _dns_name(name: str, region: str, internal: bool) -> str:
    number = 1_000_000_000 + zlib.crc32(name.encode()) % 1_000_000_000
    return f"{'internal-' if internal else ''}{name}-{number}.{region}.elb.amazonaws.com"
