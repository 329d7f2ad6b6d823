"""What databases hold, and their backups: automatic ones, back to any second of their retention, and snapshots.

No SQL runs here. A database holds values by key, which stand for a shop's rows, and remembers every change of them.
"""

import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from emulator.aws.tokens import DATABASE_CLUSTER
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

SNAPSHOT = "aws:rds/clusterSnapshot:ClusterSnapshot"
ROWS = "aws:rds/rows:Rows"
"""The changes of a database or those up to a snapshot, by the id of either: what AWS keeps in a volume."""
RETAINED = "aws:rds/retainedBackup:RetainedBackup"
"""The automatic backups that are left of a deleted cluster, by its resource id."""
_DAY = 86_400
_KEPT = ("engine", "engineVersionActual", "databaseName", "masterUsername", "kmsKeyId", "storageEncrypted", "port")
"""What a restored cluster has from the one that was backed up."""

Rows = Mapping[str, str]


def change(account: Transaction, cluster: str, key: str, value: str | None) -> None:
    """Give a key of a database a value, or take it out (None)."""
    made = [*_changes(account, DATABASE_CLUSTER, cluster), [time.time(), key, value]]
    _put(account, DATABASE_CLUSTER, cluster, made)


def rows(account: Transaction, cluster: str) -> Rows:
    """Return what a database holds."""
    return _at(_changes(account, DATABASE_CLUSTER, cluster))


def take_snapshot(account: Transaction, cluster: StoredObject, name: str) -> StoredObject:
    """Make a snapshot of a cluster.

    Raises:
        ProviderError: There is one of that name.
    """
    if account.get(SNAPSHOT, name) is not None:
        raise ProviderError(f"DBClusterSnapshotAlreadyExistsFault: {cluster.id} cannot leave a second snapshot {name}")
    kept = {key: cluster.outputs[key] for key in _KEPT if key in cluster.outputs}
    arn = str(cluster.outputs["arn"]).replace(f":cluster:{cluster.id}", f":cluster-snapshot:{name}")
    outputs = {**kept, "dbClusterIdentifier": cluster.id, "dbClusterSnapshotArn": arn}
    made = StoredObject(SNAPSHOT, name, inputs=outputs, outputs=outputs)
    account.put(made)
    _put(account, SNAPSHOT, name, _changes(account, DATABASE_CLUSTER, cluster.id))
    return made


def forget(account: Transaction, cluster: StoredObject) -> None:
    """Delete what a database held. Its automatic backups stay until they expire, unless they are to go with it."""
    if cluster.outputs.get("deleteAutomatedBackups") is False:
        _retain(account, cluster)
    account.remove(ROWS, f"{DATABASE_CLUSTER}|{cluster.id}")


def _retain(account: Transaction, cluster: StoredObject) -> None:
    earliest, latest = window(cluster)
    resource = str(cluster.outputs["clusterResourceId"])
    kept = {key: cluster.outputs[key] for key in _KEPT if key in cluster.outputs}
    outputs = {**kept, "dbClusterIdentifier": cluster.id, "earliest": earliest, "latest": latest}
    account.put(StoredObject(RETAINED, resource, inputs=outputs, outputs=outputs))
    _put(account, RETAINED, resource, _changes(account, DATABASE_CLUSTER, cluster.id))


def restored(account: Transaction, cluster: StoredObject) -> Mapping[str, Any]:
    """Fill a new cluster from the backup that its inputs name, and return the outputs that it has from there.

    Raises:
        ProviderError: There is no such backup, or it does not have the time.
    """
    snapshot, wanted = cluster.inputs.get("snapshotIdentifier"), cluster.inputs.get("restoreToPointInTime")
    if snapshot:
        source, changes = _of_snapshot(account, str(snapshot))
    elif wanted:
        source, changes = _of_time(account, wanted)
    else:
        return {}
    if source.outputs["engine"] != cluster.outputs["engine"]:
        raise ProviderError(
            f"InvalidParameterValue: The engine {cluster.outputs['engine']} of {cluster.id} is not that of {source.id}"
        )
    # A restored cluster has no backups from before itself.
    now = time.time()
    _put(account, DATABASE_CLUSTER, cluster.id, [[now, key, value] for key, value in _at(changes).items()])
    return {key: source.outputs[key] for key in ("databaseName", "masterUsername") if key in source.outputs}


def window(cluster: StoredObject) -> tuple[float, float]:
    """Return the earliest and the latest time to which a cluster can be restored, in seconds since 1970."""
    if cluster.type == RETAINED:
        return float(cluster.outputs["earliest"]), float(cluster.outputs["latest"])
    # On AWS the latest one is typically within five minutes of now, as logs are uploaded in between.
    now = time.time()
    days = int(cluster.outputs.get("backupRetentionPeriod") or 1)
    return max(cluster.created, now - days * _DAY), now


def snapshot_of(snapshots: Iterable[StoredObject], wanted: str) -> StoredObject:
    """Return the snapshot of that name or ARN.

    Raises:
        ProviderError: There is none.
    """
    for each in snapshots:
        if wanted in (each.id, each.outputs.get("dbClusterSnapshotArn")):
            return each
    raise ProviderError(f"DBClusterSnapshotNotFoundFault: DBClusterSnapshot {wanted} not found.")


def _of_snapshot(account: Transaction, wanted: str) -> tuple[StoredObject, list[list[Any]]]:
    found = snapshot_of(account.find(SNAPSHOT), wanted)
    return found, _changes(account, SNAPSHOT, found.id)


def _of_time(account: Transaction, wanted: Mapping[str, Any]) -> tuple[StoredObject, list[list[Any]]]:
    resource = wanted.get("sourceClusterResourceId")
    type_, name = (RETAINED, resource) if resource else (DATABASE_CLUSTER, str(wanted.get("sourceClusterIdentifier")))
    source = account.get(type_, name)
    if source is None:
        raise ProviderError(
            f"DBClusterNotFoundFault: The source cluster could not be found or cannot be accessed: {name}"
        )
    changes = _changes(account, type_, name)
    if wanted.get("useLatestRestorableTime"):
        return source, changes
    until = datetime.fromisoformat(str(wanted.get("restoreToTime"))).timestamp()
    earliest, latest = window(source)
    # A second is as fine as a time can be given.
    if not int(earliest) <= until <= latest:
        than, limit = ("earlier", earliest) if until < earliest else ("later", latest)
        at = datetime.fromtimestamp(limit, UTC).isoformat(timespec="seconds")
        raise ProviderError(f"InvalidParameterValue: {name} cannot be restored to a time {than} than {at}")
    return source, [each for each in changes if each[0] <= until]


def _at(changes: list[list[Any]]) -> Rows:
    found: dict[str, str] = {}
    for _, key, value in changes:
        if value is None:
            found.pop(key, None)
        else:
            found[key] = value
    return found


def _changes(account: Transaction, type_: str, id_: str) -> list[list[Any]]:
    stored = account.get(ROWS, f"{type_}|{id_}")
    return list(stored.outputs["changes"]) if stored else []


def _put(account: Transaction, type_: str, id_: str, changes: list[list[Any]]) -> None:
    if changes:
        account.put(StoredObject(ROWS, f"{type_}|{id_}", outputs={"changes": changes}))
