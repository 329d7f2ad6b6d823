"""A VPC that somebody else made, in an account of the emulator, and the settings of a stack that is to be in it."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from emulator.aws import functions, tokens
from emulator.store import Store, StoredObject
from tests.components.program import stack_file

REGION = "ap-northeast-2"
VPC_ID = "vpc-0000000000000000a"
KINDS = ("public", "private", "data")
CIDRS = {"public": "10.60.{}.0/24", "private": "10.60.{}.0/20", "data": "10.60.{}.0/24"}
_THIRD = {"public": {"a": 0, "c": 1}, "private": {"a": 16, "c": 32}, "data": {"a": 2, "c": 3}}
WAYS = {"public": "igw-0000000000000000a", "private": "nat-0000000000000000a"}


def subnet_id(kind: str, zone: str) -> str:
    """The id of a subnet of the VPC."""
    return f"subnet-0{zone * 15}{KINDS.index(kind)}"


def cidr(kind: str, zone: str) -> str:
    """The addresses of a subnet of the VPC."""
    return CIDRS[kind].format(_THIRD[kind][zone])


def settings(**changes: Any) -> dict[str, Any]:
    """The dev stack's settings with the VPC, and other keys of `openmarket:network`."""
    found = deepcopy(stack_file("dev"))
    subnets = {zone: {kind: subnet_id(kind, zone) for kind in KINDS} for zone in "ac"}
    found["openmarket:network"] = {"existing": {"vpcId": VPC_ID, "subnets": subnets}, **changes}
    return found


class Account:
    """The account with the VPC, which tests change."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.put(tokens.VPC, VPC_ID, {
            "cidrBlock": "10.60.0.0/16", "enableDnsSupport": True, "enableDnsHostnames": True,
            "mainRouteTableId": "rtb-main",
        })  # fmt: skip
        self.put(tokens.ROUTE_TABLE, "rtb-main", {"vpcId": VPC_ID})
        for kind in KINDS:
            if kind in WAYS:
                target = {"public": "gatewayId", "private": "natGatewayId"}[kind]
                routes = [{"cidrBlock": "0.0.0.0/0", target: WAYS[kind]}]
                self.put(tokens.ROUTE_TABLE, f"rtb-{kind}", {"vpcId": VPC_ID, "routes": routes})
            for zone in "ac":
                self.put(tokens.SUBNET, subnet_id(kind, zone), {
                    "vpcId": VPC_ID, "availabilityZone": f"{REGION}{zone}", "cidrBlock": cidr(kind, zone),
                })  # fmt: skip
                if kind in WAYS:  # data subnets have the main route table
                    associated = {"subnetId": subnet_id(kind, zone), "routeTableId": f"rtb-{kind}"}
                    self.put(tokens.ROUTE_TABLE_ASSOCIATION, f"rtbassoc-{kind}-{zone}", associated)

    def put(self, type_: str, id_: str, outputs: Mapping[str, Any]) -> None:
        """Add an object."""
        with self.store.transaction() as transaction:
            transaction.put(StoredObject(type_, id_, inputs=outputs, outputs=outputs))

    def change(self, type_: str, id_: str, **outputs: Any) -> None:
        """Change an object."""
        with self.store.transaction() as transaction:
            stored = transaction.get(type_, id_)
            assert stored
            transaction.put(replace(stored, outputs={**stored.outputs, **outputs}))

    def remove(self, type_: str, id_: str) -> None:
        """Remove an object."""
        with self.store.transaction() as transaction:
            transaction.remove(type_, id_)

    def fill(self, kind: str, zone: str, free: int) -> None:
        """Let others use the addresses of a subnet, except some."""
        size = {"public": 256, "private": 4096, "data": 256}[kind]
        with self.store.transaction() as transaction:
            for number in range(size - 5 - free):
                outputs = {"subnetId": subnet_id(kind, zone), "description": "somebody else's"}
                transaction.put(StoredObject(tokens.NETWORK_INTERFACE, f"eni-{zone}{number}", outputs=outputs))


def account(path: Path, monkeypatch: pytest.MonkeyPatch) -> Account:
    """An account with the VPC, which the program's questions reach from now on."""
    store = Store(path / "aws.sqlite")
    answer: Callable[..., Any] = functions.invoke
    monkeypatch.setattr(functions, "invoke", partial(_answered, answer, store))
    return Account(store)


def _answered(answer: Callable[..., Any], store: Store, identity: Any, token: str, arguments: Any) -> Any:
    return answer(identity, token, arguments, store)
