"""What is cached is never older than the account."""

from pathlib import Path

import pytest

from emulator import cached_store
from emulator.cached_store import CachedStore
from emulator.store import Store, StoredObject, Transaction

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"


def vpc(cidr: str) -> StoredObject:
    return StoredObject(VPC, "vpc-1", outputs={"cidrBlock": cidr})


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The types that were read from the file by whatever is cached."""
    found: list[str | None] = []

    class Counted(Transaction):
        def find(self, type_: str | None = None, **outputs: object) -> list[StoredObject]:
            found.append(type_)
            return super().find(type_, **outputs)

    monkeypatch.setattr(cached_store, "Transaction", Counted)
    return found


def test_a_type_is_read_once(tmp_path: Path, reads: list[str | None]) -> None:
    store = CachedStore(tmp_path / "db")
    with store.transaction() as transaction:
        transaction.put(vpc("10.0.0.0/16"))
    for _ in range(3):
        assert store.find(VPC, cidrBlock="10.0.0.0/16") == [store.get(VPC, "vpc-1")]
        assert store.find(VPC, cidrBlock="10.1.0.0/16") == []
        assert store.get(VPC, "vpc-2") is None
        assert store.find(SUBNET) == []
    assert reads == [VPC, SUBNET]


@pytest.mark.parametrize("own", [True, False])
def test_a_change_is_seen_at_once_whoever_made_it(tmp_path: Path, own: bool) -> None:
    store = CachedStore(tmp_path / "db")
    writer = store if own else Store(tmp_path / "db")
    assert store.find(VPC) == []
    for cidr in ("10.0.0.0/16", "10.1.0.0/16"):
        with writer.transaction() as transaction:
            transaction.put(vpc(cidr))
        assert [found.outputs["cidrBlock"] for found in store.find(VPC)] == [cidr]
    with writer.transaction() as transaction:
        transaction.remove(VPC, "vpc-1")
    assert store.get(VPC, "vpc-1") is None
    assert store.find() == []
