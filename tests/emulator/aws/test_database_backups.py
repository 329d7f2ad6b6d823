"""A restored database holds what its backup had, and a backup that does not have it is refused."""

import time
from datetime import UTC, datetime

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import database_backups
from emulator.aws.tokens import DATABASE_CLUSTER
from emulator.plugins.provider import ProviderError


@pytest.fixture
def group(account: Account) -> str:
    network = networks.build(account)
    return str(account.create("aws:rds/subnetGroup:SubnetGroup", subnetIds=network.private)["id"])


def cluster(account: Account, group: str, name: str, **inputs: object) -> str:
    settings = {"engine": "aurora-mysql", "dbSubnetGroupName": group, "skipFinalSnapshot": True, **inputs}
    return str(account.create(DATABASE_CLUSTER, name, clusterIdentifier=name, **settings)["id"])


def change(account: Account, name: str, key: str, value: str | None) -> None:
    with account.store.transaction() as transaction:
        database_backups.change(transaction, name, key, value)


def rows(account: Account, name: str) -> dict[str, str]:
    with account.store.transaction() as transaction:
        return dict(database_backups.rows(transaction, name))


def snapshot(account: Account, name: str, of: str) -> None:
    with account.store.transaction() as transaction:
        found = transaction.get(DATABASE_CLUSTER, of)
        assert found is not None
        database_backups.take_snapshot(transaction, found, name)


def at(moment: float) -> dict[str, str]:
    time_ = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"sourceClusterIdentifier": "shop", "restoreToTime": time_}


@pytest.fixture
def shop(account: Account, group: str, monkeypatch: pytest.MonkeyPatch) -> float:
    """A database that had an order ten seconds after its creation, and lost it ten seconds later; its creation."""
    cluster(account, group, "shop", masterUsername="admin", masterPassword="12345678", databaseName="shop")
    begun = float(int(time.time()))
    for seconds, value in ((10, "paid"), (20, None), (60, None)):
        monkeypatch.setattr(time, "time", lambda seconds=seconds: begun + seconds)
        if seconds < 60:
            change(account, "shop", "order", value)
    change(account, "shop", "customer", "somebody")
    return begun


@pytest.mark.parametrize(("seconds", "held"), [(5, {}), (15, {"order": "paid"}), (30, {})])
def test_a_database_comes_back_as_it_was_at_that_second(
    account: Account, group: str, shop: float, seconds: int, held: dict[str, str]
) -> None:
    cluster(account, group, "back", restoreToPointInTime=at(shop + seconds))
    assert rows(account, "back") == held
    assert rows(account, "shop") == {"customer": "somebody"}


def test_the_latest_time_is_that_of_the_last_change(account: Account, group: str, shop: float) -> None:
    latest = {"sourceClusterIdentifier": "shop", "useLatestRestorableTime": True}
    cluster(account, group, "back", restoreToPointInTime=latest)
    assert rows(account, "back") == {"customer": "somebody"}


def test_backups_that_are_kept_outlive_their_database(account: Account, group: str, shop: float) -> None:
    cluster(account, group, "kept", deleteAutomatedBackups=False)
    change(account, "kept", "order", "paid")
    resource = account.resource(DATABASE_CLUSTER, "kept").outputs["clusterResourceId"]
    latest = {"sourceClusterResourceId": resource, "useLatestRestorableTime": True}
    with pytest.raises(ProviderError, match="DBClusterNotFoundFault"):
        cluster(account, group, "early", restoreToPointInTime=latest)
    for name in ("kept", "shop"):
        account.delete(DATABASE_CLUSTER, name)
    cluster(account, group, "back", restoreToPointInTime=latest)
    assert rows(account, "back") == {"order": "paid"}
    (left,) = account.store.find(database_backups.RETAINED)
    assert left.id == resource
    too_late = {"sourceClusterResourceId": resource, "restoreToTime": at(time.time() + 60)["restoreToTime"]}
    with pytest.raises(ProviderError, match="to a time later than"):
        cluster(account, group, "late", restoreToPointInTime=too_late)


def test_what_a_restored_database_has_of_the_other_are_its_names(account: Account, group: str, shop: float) -> None:
    cluster(account, group, "back", restoreToPointInTime=at(shop + 15), masterPassword="another-one")
    stored = account.store.get(DATABASE_CLUSTER, "back")
    assert stored is not None
    assert (stored.outputs["masterUsername"], stored.outputs["databaseName"]) == ("admin", "shop")
    assert stored.outputs["masterPassword"] == "another-one"
    assert stored.outputs["endpoint"].startswith("back.cluster-")


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (at(time.time() - 5 * 86_400), "cannot be restored to a time earlier than"),
        (at(time.time() + 86_400), "cannot be restored to a time later than"),
        ({"sourceClusterIdentifier": "other", "useLatestRestorableTime": True}, "DBClusterNotFoundFault"),
    ],
)
def test_a_time_that_no_backup_has_is_refused(
    account: Account, group: str, shop: float, wanted: dict[str, str], says: str
) -> None:
    with pytest.raises(ProviderError, match=says):
        cluster(account, group, "back", restoreToPointInTime=wanted)
    assert account.store.get(DATABASE_CLUSTER, "back") is None


def test_a_snapshot_keeps_what_there_was(account: Account, group: str, shop: float) -> None:
    snapshot(account, "before", "shop")
    change(account, "shop", "customer", None)
    cluster(account, group, "back", snapshotIdentifier="before")
    assert rows(account, "back") == {"customer": "somebody"}
    with pytest.raises(ProviderError, match="DBClusterSnapshotAlreadyExistsFault"):
        snapshot(account, "before", "shop")
    with pytest.raises(ProviderError, match="DBClusterSnapshotNotFoundFault"):
        cluster(account, group, "other", snapshotIdentifier="never")


def test_the_final_snapshot_of_a_deleted_database_has_its_data(account: Account, group: str, shop: float) -> None:
    account.update(DATABASE_CLUSTER, "shop", skipFinalSnapshot=False, finalSnapshotIdentifier="last")
    account.delete(DATABASE_CLUSTER, "shop")
    arn = account.store.get(database_backups.SNAPSHOT, "last")
    assert arn is not None
    cluster(account, group, "back", snapshotIdentifier=arn.outputs["dbClusterSnapshotArn"])
    assert rows(account, "back") == {"customer": "somebody"}
    account.delete(DATABASE_CLUSTER, "back")
    cluster(account, group, "back")
    assert rows(account, "back") == {}
