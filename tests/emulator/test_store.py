"""The simulated account survives, isolates and rolls back, and caches are never outdated."""

import multiprocessing
import stat
from pathlib import Path

import pytest

from emulator import store as store_module
from emulator.store import PENDING_DELETION, CachedStore, Store, StoredObject, Transaction

VPC = StoredObject("aws:ec2/vpc:Vpc", "vpc-1", urn="urn:a", outputs={"cidrBlock": "10.0.0.0/16"})
SUBNET = "aws:ec2/subnet:Subnet"


def test_objects_survive_the_process(tmp_path: Path) -> None:
    with Store(tmp_path / "db").transaction() as transaction:
        transaction.put(VPC)
    assert Store(tmp_path / "db").get(VPC.type, VPC.id) == VPC


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    Store(tmp_path / "db")
    assert stat.S_IMODE((tmp_path / "db").stat().st_mode) == 0o600


def test_several_processes_may_open_it_first(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(6) as pool:
        for number in range(20):
            folder = tmp_path / str(number)
            pool.map(Store, [folder / "db"] * 6, chunksize=1)
            assert [file.name for file in folder.iterdir()] == ["db"]


def test_find_compares_outputs(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")
    other = StoredObject(VPC.type, "vpc-2", status=PENDING_DELETION, outputs={"cidrBlock": "10.1.0.0/16"})
    with store.transaction() as transaction:
        transaction.put(VPC)
        transaction.put(other)
    assert store.find(VPC.type, cidrBlock="10.1.0.0/16") == [other]
    assert len(store.find()) == 2
    assert store.find("aws:ec2/subnet:Subnet") == []


def test_a_failed_transaction_changes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "db")

    def fail() -> None:
        with store.transaction() as transaction:
            transaction.put(VPC)
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        fail()
    assert store.find() == []


def vpc(cidr: str) -> StoredObject:
    return StoredObject(VPC.type, "vpc-1", outputs={"cidrBlock": cidr})


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str | None]:
    """The types that were read from the file by whatever is cached."""
    found: list[str | None] = []

    class Counted(Transaction):
        def find(self, type_: str | None = None, **outputs: object) -> list[StoredObject]:
            found.append(type_)
            return super().find(type_, **outputs)

    monkeypatch.setattr(store_module, "Transaction", Counted)
    return found


def test_a_type_is_read_once(tmp_path: Path, reads: list[str | None]) -> None:
    store = CachedStore(tmp_path / "db")
    with store.transaction() as transaction:
        transaction.put(vpc("10.0.0.0/16"))
    for _ in range(3):
        assert store.find(VPC.type, cidrBlock="10.0.0.0/16") == [store.get(VPC.type, "vpc-1")]
        assert store.find(VPC.type, cidrBlock="10.1.0.0/16") == []
        assert store.get(VPC.type, "vpc-2") is None
        assert store.find(SUBNET) == []
    assert reads == [VPC.type, SUBNET]


@pytest.mark.parametrize("own", [True, False])
def test_a_change_is_seen_at_once_whoever_made_it(tmp_path: Path, own: bool) -> None:
    store = CachedStore(tmp_path / "db")
    writer = store if own else Store(tmp_path / "db")
    assert store.find(VPC.type) == []
    for cidr in ("10.0.0.0/16", "10.1.0.0/16"):
        with writer.transaction() as transaction:
            transaction.put(vpc(cidr))
        assert [found.outputs["cidrBlock"] for found in store.find(VPC.type)] == [cidr]
    with writer.transaction() as transaction:
        transaction.remove(VPC.type, "vpc-1")
    assert store.get(VPC.type, "vpc-1") is None
    assert store.find() == []


@pytest.mark.parametrize("own", [True, False])
def test_the_version_differs_after_a_change_only(tmp_path: Path, own: bool) -> None:
    store = CachedStore(tmp_path / "db")
    writer = store if own else Store(tmp_path / "db")
    first = store.version()
    store.find(VPC.type)
    with writer.transaction() as transaction:
        transaction.find(VPC.type)
    assert store.version() == first
    with writer.transaction() as transaction:
        transaction.put(VPC)
    assert store.version() != first
    assert store.find(VPC.type) == [VPC]
