"""Puts a VPC with given ids into the account, as somebody else's program would have made it in a real one."""

import hashlib
import ipaddress
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from emulator.aws.account import AwsAccount
from emulator.aws.catalogue import lookup
from emulator.aws.identity import Identity
from emulator.aws.provider import outputs
from emulator.aws.resource_type import Context
from emulator.aws.tokens import (
    EIP,
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    ROUTE_TABLE,
    ROUTE_TABLE_ASSOCIATION,
    SUBNET,
    VPC,
)  # fmt: skip
from emulator.plugins.provider import Call
from emulator.store import StoredObject

PUBLIC, PRIVATE, ISOLATED = KINDS = ("public", "private", "isolated")
_BLOCK = ipaddress.IPv4Network("10.60.0.0/16")
_ZONES = "abcdef"
_ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True)
class GivenSubnet:
    """A subnet that is to be there: its kind says where its default route leads."""

    kind: str
    zone: str
    """Full name of the availability zone."""
    id: str


def put(account: AwsAccount, vpc_id: str, subnets: Iterable[GivenSubnet]) -> list[str]:
    """Make what is not there yet, and answer its ids.

    Public subnets lead to an internet gateway, private ones through a NAT gateway in the first public one, isolated
    ones nowhere. A zone's letter decides on the addresses: private subnets have 8,192, the others 1,024.
    """
    wanted = list(subnets)
    maker = _Maker(account, Identity(region=wanted[0].zone[:-1]), vpc_id)
    gateway = maker.id("igw", "internet gateway")
    tables = {kind: maker.id("rtb", f"{kind} routes") for kind in KINDS}
    maker.make(VPC, vpc_id, cidrBlock=str(_BLOCK), enableDnsHostnames=True)
    maker.make(INTERNET_GATEWAY, gateway, vpcId=vpc_id)
    ways: dict[str, list[dict[str, str]]] = {kind: [] for kind in KINDS}
    ways[PUBLIC] = [{"cidrBlock": _ANYWHERE, "gatewayId": gateway}]
    public = next((each for each in wanted if each.kind == PUBLIC), None)
    nat = maker.id("nat", "NAT gateway")
    if public or account.get(NAT_GATEWAY, nat):
        ways[PRIVATE] = [{"cidrBlock": _ANYWHERE, "natGatewayId": nat}]
    for kind, routes in ways.items():
        maker.make(ROUTE_TABLE, tables[kind], vpcId=vpc_id, routes=routes)
    for each in wanted:
        cidr = str(_addresses(each))
        maker.make(SUBNET, each.id, vpcId=vpc_id, cidrBlock=cidr, availabilityZone=each.zone)
        association = maker.id("rtbassoc", each.id)
        maker.make(ROUTE_TABLE_ASSOCIATION, association, subnetId=each.id, routeTableId=tables[each.kind])
    if public:
        address = maker.id("eipalloc", "NAT gateway's address")
        maker.make(EIP, address, domain="vpc")
        maker.make(NAT_GATEWAY, nat, subnetId=public.id, allocationId=address)
    return maker.made


class _Maker:
    def __init__(self, account: AwsAccount, identity: Identity, vpc_id: str) -> None:
        self._account, self._identity, self._vpc_id = account, identity, vpc_id
        self.made: list[str] = []

    def id(self, prefix: str, what: str) -> str:
        """An id that is always the same in this VPC."""
        return f"{prefix}-0{hashlib.sha256(f'{self._vpc_id}/{what}'.encode()).hexdigest()[:16]}"

    def make(self, type_: str, id_: str, **inputs: Any) -> None:
        """Make an object as the provider does, unless it is there. Its URN stays empty: it is of no stack."""
        if self._account.get(type_, id_):
            return
        entry, now = lookup(type_), time.time()
        created = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        given = {**inputs, "region": self._identity.region}
        context = Context(self._identity, id_, given, id_, created, id_, find=self._find)
        stored = StoredObject(type_, id_, created=now, inputs=given, outputs=outputs(entry, context))
        with self._account.transaction() as transaction:
            entry.requires(transaction, stored)
            transaction.put(stored)
        entry.created(self._account, stored, Call())
        self.made.append(id_)

    def _find(self, type_: str, id_: str) -> Any:
        found = self._account.get(type_, id_)
        return found.outputs if found else {}


def _addresses(subnet: GivenSubnet) -> ipaddress.IPv4Network:
    number = _ZONES.index(subnet.zone[-1])
    eighths = list(_BLOCK.subnets(prefixlen_diff=3))
    if subnet.kind == PRIVATE:
        return eighths[number]
    return list(eighths[6 + (subnet.kind == ISOLATED)].subnets(prefixlen_diff=3))[number]
