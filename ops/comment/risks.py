"""Finds the risks of a change to data, availability and protection."""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from ops.comment.changes import Change
from ops.comment.disabling_changes import changed, disabling_changes, switched_off, switched_on
from ops.comment.downtimes import REPLACEMENTS, Replacement, restarts
from ops.comment.facts import (
    AttributeRemoved,
    Downtime,
    FirstOfItsType,
    Kept,
    LeftBehind,
    Loss,
    ProtectRemoved,
    Removal,
    Removed,
    Restarted,
    UnknownEffect,
)  # fmt: skip
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.impossible_updates import impossible_updates
from ops.comment.known_changes import changes_repository, is_known
from ops.comment.maintenance_page import maintenance_page
from ops.comment.properties import ABSENT, within
from ops.comment.resizing import RESIZING, resized, serverless_capacity, when

DATA_STORES: Mapping[str, str] = {
    "aws:rds/cluster:Cluster": "every order, customer and product",
    "aws:rds/instance:Instance": "every order, customer and product",
    "aws:elasticache/replicationGroup:ReplicationGroup": "sessions and cached data",
    "aws:elasticache/cluster:Cluster": "sessions and cached data",
    "aws:s3/bucket:Bucket": "its objects",
    "aws:s3/bucketV2:BucketV2": "its objects",
    "aws:kms/key:Key": "everything that it encrypts",
    "aws:secretsmanager/secret:Secret": "its versions",
    "aws:ecr/repository:Repository": "its images",
    "aws:ebs/volume:Volume": "its content",
    "aws:efs/fileSystem:FileSystem": "its files",
    "kubernetes:core/v1:PersistentVolumeClaim": "the content of its volume",
    "kubernetes:apps/v1:StatefulSet": "its volumes, unless they are retained",
    "kubernetes:core/v1:Namespace": "everything in it",
}
"""The data that is lost with a resource, by type."""

_RECORDS: Mapping[str, str] = {
    "aws:cloudwatch/logGroup:LogGroup": "its logs",
    "random:index/randomPassword:RandomPassword": "the old password: its users fail until they have the new one",
    "aws:eks/accessEntry:AccessEntry": "an identity's access to the cluster",
}
"""The records that are lost with a resource and that the shop does not depend on, by type."""

_Weakens = Callable[[Any, Any], bool]


def _decreased(old: Any, new: Any) -> bool:
    if not isinstance(old, (int, float)) or isinstance(old, bool):
        return False
    return new is ABSENT or (isinstance(new, (int, float)) and new < old)


PROTECTIONS: Mapping[str, tuple[_Weakens, Severity]] = {
    "deletionProtection": (switched_off, Severity.STOP),
    "deletionProtectionEnabled": (switched_off, Severity.STOP),
    "storageEncrypted": (switched_off, Severity.STOP),
    "atRestEncryptionEnabled": (switched_off, Severity.STOP),
    "transitEncryptionEnabled": (switched_off, Severity.STOP),
    "isEnabled": (switched_off, Severity.STOP),
    "enableKeyRotation": (switched_off, Severity.LOOK),
    "skipFinalSnapshot": (switched_on, Severity.STOP),
    "deleteAutomatedBackups": (switched_on, Severity.STOP),
    "forceDestroy": (switched_on, Severity.STOP),
    "forceDelete": (switched_on, Severity.STOP),
    "backupRetentionPeriod": (_decreased, Severity.STOP),
    "snapshotRetentionLimit": (_decreased, Severity.LOOK),
    "deletionWindowInDays": (_decreased, Severity.LOOK),
    "recoveryWindowInDays": (_decreased, Severity.LOOK),
    "retentionInDays": (_decreased, Severity.LOOK),
    "noncurrentVersionExpiration.noncurrentDays": (_decreased, Severity.STOP),
    "expiration.days": (lambda old, new: old is ABSENT or _decreased(old, new), Severity.STOP),
    "multiAzEnabled": (switched_off, Severity.LOOK),
    "automaticFailoverEnabled": (switched_off, Severity.LOOK),
    "versioningConfiguration.status": (lambda old, new: old == "Enabled" and new != "Enabled", Severity.STOP),
}
"""Function that tells if a change weakens the protection, and its severity, by property that protects data."""

_ALB = "deletion_protection.enabled=true"


def findings(
    change: Change, names_of: Mapping[str, str], remaining: Set[str], windows: Mapping[str, str]
) -> Iterator[Finding]:
    """Yield the findings about one change.

    Args:
        change: The change.
        names_of: Names of changed resources by URN.
        remaining: Types of which at least one resource is neither replaced nor deleted.
        windows: Maintenance windows of the database clusters, by identifier.
    """
    causes = tuple(names_of.get(urn, urn) for urn in change.causes)
    match change.kind:
        case "replace" | "delete":
            yield from _removed(change, causes, change.type in remaining)
        case "left behind":
            yield Finding(Severity.LOOK, Kind.DELETION, change.name, change.type, LeftBehind(), None, causes)
        case "update":
            yield from _restarted(change, causes, windows)
            yield from serverless_capacity(change)
            yield from impossible_updates(change, causes)
        case _:
            pass
    if change.kind in ("update", "replace", "new version"):
        yield from _weakened(change)
        yield from disabling_changes(change)
        yield from maintenance_page(change)
    if change.kind == "update":
        yield from _unknown(change, causes)


def _removed(change: Change, causes: tuple[str, ...], others_remain: bool) -> Iterator[Finding]:
    removal = Removal.REPLACED if change.kind == "replace" else Removal.DELETED
    forcing = () if causes else tuple(entry.path for entry in change.entries if entry.replaces)
    known = REPLACEMENTS.get(change.type)
    taken_over = known is not None and bool(known.with_others) and others_remain and removal is Removal.DELETED
    downtime = _downtime(change, known, taken_over) if known else None
    subject, type_ = change.name, change.type
    if lost := DATA_STORES.get(type_):
        fact = Removed(removal, forcing, Loss(lost, _kept(change), change.step.stays))
        yield Finding(Severity.STOP, Kind.DATA, subject, type_, fact, downtime, causes)
    elif records := _RECORDS.get(type_):
        fact = Removed(removal, forcing, Loss(records))
        yield Finding(Severity.LOOK, Kind.RECORDS, subject, type_, fact, downtime, causes)
    elif downtime:
        # Nothing is lost if workloads move to a resource that is created first, or if remaining ones take over.
        migrated = known is not None and known.migrates and removal is Removal.REPLACED
        migrated = migrated and not change.step.deleted_first
        severity = Severity.LOOK if migrated or taken_over else Severity.STOP
        yield Finding(severity, Kind.OUTAGE, subject, type_, Removed(removal, forcing), downtime, causes)
    elif removal is Removal.DELETED:
        yield Finding(Severity.LOOK, Kind.DELETION, subject, type_, Removed(removal), None, causes)


def _downtime(change: Change, known: Replacement, taken_over: bool) -> Downtime | None:
    """Return the downtime of a replacement or deletion; None if there is none."""
    if change.kind == "replace":
        time = known.delete_first if change.step.deleted_first else known.create_first
        return Downtime(known.unavailable, time) if time else None
    return Downtime(known.unavailable, known.with_others if taken_over else "until it is created again")


def _kept(change: Change) -> Kept:
    """Return what remains of the resource's data, by its settings before the change."""
    inputs = change.state.inputs
    match change.type:
        case "aws:rds/cluster:Cluster":
            return Kept.NO_SNAPSHOT if inputs.get("skipFinalSnapshot") else Kept.SNAPSHOT_TO_RESTORE
        case "aws:elasticache/replicationGroup:ReplicationGroup":
            return Kept.SNAPSHOT if inputs.get("finalSnapshotIdentifier") else Kept.NOTHING
        case "aws:s3/bucket:Bucket":
            return Kept.NOTHING if inputs.get("forceDestroy") else Kept.OBJECTS
        case "aws:kms/key:Key":
            return Kept.KEY_FOR_DAYS
        case "aws:secretsmanager/secret:Secret":
            return Kept.NOTHING if inputs.get("recoveryWindowInDays") == 0 else Kept.SECRET_FOR_DAYS
        case _:
            return Kept.NOTHING


def _restarted(change: Change, causes: tuple[str, ...], windows: Mapping[str, str]) -> Iterator[Finding]:
    size = resized(change)
    for restart in restarts(change.type, (change.step.new or change.state).inputs):
        touched = [entry for entry in change.entries if any(within(entry.path, each) for each in restart.properties)]
        if touched:
            downtime = Downtime(time=restart.time, when=when(change, windows) if restart.deferrable else None)
            severity = Severity.LOOK if restart.noticeable or restart.final else Severity.NOTE
            of_size = any(entry.path in RESIZING for entry in touched)
            fact = Restarted(restart.what, size if of_size else None)
            yield Finding(severity, Kind.RESTART, change.name, change.type, fact, downtime, causes)


def _weakened(change: Change) -> Iterator[Finding]:
    for entry in change.entries:
        for name, (weakens, severity) in PROTECTIONS.items():
            if _named(entry.path, name) and weakens(entry.old, entry.new):
                yield Finding(severity, Kind.PROTECTION, change.name, change.type, changed(entry))
        if "load-balancer-attributes" in entry.path and _ALB in str(entry.old) and _ALB not in str(entry.new):
            yield Finding(Severity.STOP, Kind.PROTECTION, change.name, change.type, AttributeRemoved(_ALB))
    old, new = change.step.old, change.step.new
    if old and new and old.protect and not new.protect:
        yield Finding(Severity.STOP, Kind.PROTECTION, change.name, change.type, ProtectRemoved())


def _unknown(change: Change, causes: tuple[str, ...]) -> Iterator[Finding]:
    """Yield a finding for the properties whose change has an unknown effect, for a person to review."""
    paths = tuple(
        entry.path
        for entry in change.entries
        if changes_repository(entry) or not (_protects(entry.path) or is_known(change.type, entry.path))
    )
    if paths and not causes:
        yield Finding(Severity.LOOK, Kind.UNKNOWN, change.name, change.type, UnknownEffect(paths))


def first_of_type(change: Change) -> Finding:
    """Return a finding for the first resource of its type in the stack, which the review may not know."""
    return Finding(Severity.LOOK, Kind.UNKNOWN, change.name, change.type, FirstOfItsType())


def _protects(path: str) -> bool:
    return any(_named(path, name) for name in PROTECTIONS)


def _named(path: str, name: str) -> bool:
    return path == name or path.endswith(f".{name}")
