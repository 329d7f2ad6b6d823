"""Implements the emulator's `aws rds`: database clusters and their snapshots, in the shapes of AWS's answers."""

import argparse
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from emulator.aws import database_backups
from emulator.aws.functions import ZONES
from emulator.aws.tokens import DATABASE_CLUSTER
from emulator.aws.types.rds import INSTANCE
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject

_SNAPSHOT_MEMBERS = {
    "DBClusterIdentifier": "dbClusterIdentifier", "DBClusterSnapshotArn": "dbClusterSnapshotArn", "Engine": "engine",
    "EngineVersion": "engineVersionActual", "MasterUsername": "masterUsername", "KmsKeyId": "kmsKeyId",
    "StorageEncrypted": "storageEncrypted", "Port": "port",
}  # fmt: skip
"""Names of a snapshot's members in the account, by AWS's."""


def describe_db_clusters(store: Store, arguments: argparse.Namespace) -> str:
    """The database cluster, and the times to which it can be restored."""
    stored = _cluster(store, arguments.database)
    outputs = stored.outputs
    members = [
        {"DBInstanceIdentifier": each.id, "IsClusterWriter": bool(each.outputs.get("writer"))}
        for each in store.find(INSTANCE, clusterIdentifier=stored.id)
    ]
    earliest, latest = database_backups.window(stored)
    answer: dict[str, Any] = {
        "DBClusterIdentifier": stored.id, "DBClusterArn": outputs["arn"], "Status": outputs.get("status", "available"),
        "Engine": outputs["engine"], "EngineVersion": outputs["engineVersionActual"], "Endpoint": outputs["endpoint"],
        "ReaderEndpoint": outputs["readerEndpoint"], "Port": outputs["port"], "DBClusterMembers": members,
        "EarliestRestorableTime": _time(earliest), "LatestRestorableTime": _time(latest),
    }  # fmt: skip
    return json.dumps({"DBClusters": [answer]})


def describe_db_cluster_snapshots(store: Store, arguments: argparse.Namespace) -> str:
    """The snapshot of that name or ARN, else those of the cluster; the oldest first, as there is no order on AWS."""
    found = store.find(database_backups.SNAPSHOT)
    if arguments.snapshot:
        found = [database_backups.snapshot_of(found, arguments.snapshot)]
    elif arguments.database:
        found = [each for each in found if each.outputs["dbClusterIdentifier"] == arguments.database]
    return json.dumps({"DBClusterSnapshots": [_snapshot(each) for each in found]})


def describe_db_cluster_automated_backups(store: Store, arguments: argparse.Namespace) -> str:
    """The automatic backups that are left of deleted clusters of that identifier; of one that is there, none."""
    found = store.find(database_backups.RETAINED, dbClusterIdentifier=arguments.database)
    return json.dumps({"DBClusterAutomatedBackups": [_retained(each) for each in found]})


def create_db_cluster_snapshot(store: Store, arguments: argparse.Namespace) -> str:
    """A snapshot of the cluster as it is now."""
    if not arguments.snapshot:
        raise ProviderError("InvalidParameterValue: --db-cluster-snapshot-identifier is missing")
    cluster = _cluster(store, arguments.database)
    with store.transaction() as transaction:
        made = database_backups.take_snapshot(transaction, cluster, arguments.snapshot)
    return json.dumps({"DBClusterSnapshot": _snapshot(made)})


def modify_db_cluster(store: Store, arguments: argparse.Namespace) -> str:
    """The cluster, with or without its protection from deletion: the only change that is made beside the program."""
    if arguments.deletion_protection is None:
        raise ProviderError("InvalidParameterValue: the emulator changes --[no-]deletion-protection, and nothing else")
    stored = _cluster(store, arguments.database)
    with store.transaction() as transaction:
        outputs = {**stored.outputs, "deletionProtection": arguments.deletion_protection}
        transaction.put(replace(stored, outputs=outputs))
    answer = {"DBClusterIdentifier": stored.id, "DeletionProtection": arguments.deletion_protection}
    return json.dumps({"DBCluster": answer})


def stop_db_cluster(store: Store, arguments: argparse.Namespace) -> str:
    """Stop the cluster. No time passes here: RDS would start it again after seven days."""
    return _changed(store, arguments.database, "available", "stopped")


def start_db_cluster(store: Store, arguments: argparse.Namespace) -> str:
    """Start a stopped cluster."""
    return _changed(store, arguments.database, "stopped", "available")


def _changed(store: Store, name: str, before: str, after: str) -> str:
    with store.transaction() as transaction:
        stored = _cluster(store, name)
        if stored.outputs.get("status", "available") != before:
            raise ProviderError(f"InvalidDBClusterStateFault: DbCluster {name} is not in {before} state.")
        transaction.put(replace(stored, outputs={**stored.outputs, "status": after}))
    return json.dumps({"DBCluster": {"DBClusterIdentifier": name, "Status": after}})


def describe_orderable_db_instance_options(_store: Store, arguments: argparse.Namespace) -> str:
    """The class with the version, in all zones of the region: the emulator takes any."""
    zones = [{"Name": f"{arguments.region}{zone}"} for zone in ZONES.get(arguments.region, "abc")]
    answer = {
        "Engine": arguments.engine, "EngineVersion": arguments.engine_version,
        "DBInstanceClass": arguments.instance_class, "AvailabilityZones": zones,
    }  # fmt: skip
    return json.dumps({"OrderableDBInstanceOptions": [answer]})


def _cluster(store: Store, name: str) -> StoredObject:
    stored = store.get(DATABASE_CLUSTER, name)
    if stored is None:
        raise ProviderError(f"DBClusterNotFoundFault: DBCluster {name} not found.")
    return stored


def _snapshot(stored: StoredObject) -> dict[str, Any]:
    members = {name: stored.outputs[key] for name, key in _SNAPSHOT_MEMBERS.items() if key in stored.outputs}
    return {
        "DBClusterSnapshotIdentifier": stored.id, **members, "Status": "available", "SnapshotType": "manual",
        "SnapshotCreateTime": _time(stored.created), "PercentProgress": 100,
    }  # fmt: skip


def _retained(stored: StoredObject) -> dict[str, Any]:
    earliest, latest = database_backups.window(stored)
    members = {name: stored.outputs[key] for name, key in _SNAPSHOT_MEMBERS.items() if key in stored.outputs}
    del members["DBClusterIdentifier"]
    return {
        "DBClusterIdentifier": stored.outputs["dbClusterIdentifier"], "DbClusterResourceId": stored.id, **members,
        "Status": "retained", "RestoreWindow": {"EarliestTime": _time(earliest), "LatestTime": _time(latest)},
    }  # fmt: skip


def _time(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
