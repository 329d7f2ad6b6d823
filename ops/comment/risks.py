"""What a change does to data, to the shop's being there, and to what protects both."""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from ops.comment.changes import Change
from ops.comment.disabling_changes import changed, switched, switched_off, switched_on
from ops.comment.downtimes import REPLACEMENTS, RESTARTS, Replacement
from ops.comment.facts import (
    AttributeTaken,
    Downtime,
    EngineMayDelete,
    FirstOfItsType,
    Gone,
    How,
    Kept,
    LeftBehind,
    Loss,
    NobodyKnows,
    Restarted,
)  # fmt: skip
from ops.comment.finding import Finding, Kind, Severity
from ops.comment.impossible_updates import refused
from ops.comment.known_changes import judged, moved
from ops.comment.properties import ABSENT, within

HOLDERS: Mapping[str, str] = {
    "aws:rds/cluster:Cluster": "every order, customer and product",
    "aws:rds/instance:Instance": "every order, customer and product",
    "aws:elasticache/replicationGroup:ReplicationGroup": "sessions and cached data",
    "aws:elasticache/cluster:Cluster": "sessions and cached data",
    "aws:s3/bucket:Bucket": "its objects",
    "aws:s3/bucketV2:BucketV2": "its objects",
    "aws:kms/key:Key": "everything that it encrypts",
    "aws:secretsmanager/secret:Secret": "its versions",
    "aws:ecr/repository:Repository": "its images",
    "aws:ebs/volume:Volume": "what is on it",
    "aws:efs/fileSystem:FileSystem": "its files",
    "kubernetes:core/v1:PersistentVolumeClaim": "what is on its volume",
    "kubernetes:apps/v1:StatefulSet": "its volumes, if nobody else keeps them",
    "kubernetes:core/v1:Namespace": "everything in it",
}
"""Types that hold data, and what is lost with them."""

_RECORDS: Mapping[str, str] = {
    "aws:cloudwatch/logGroup:LogGroup": "its logs",
    "random:index/randomPassword:RandomPassword": "the old password: users of it fail until they have the new one",
    "aws:eks/accessEntry:AccessEntry": "somebody's access to the cluster",
}
"""The same where the shop can do without."""

_Loss = Callable[[Any, Any], bool]


def _less(old: Any, new: Any) -> bool:
    if not isinstance(old, (int, float)) or isinstance(old, bool):
        return False
    return new is ABSENT or (isinstance(new, (int, float)) and new < old)


PROTECTIONS: Mapping[str, tuple[_Loss, Severity]] = {
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
    "backupRetentionPeriod": (_less, Severity.STOP),
    "snapshotRetentionLimit": (_less, Severity.LOOK),
    "deletionWindowInDays": (_less, Severity.LOOK),
    "recoveryWindowInDays": (_less, Severity.LOOK),
    "retentionInDays": (_less, Severity.LOOK),
    "noncurrentVersionExpiration.noncurrentDays": (_less, Severity.STOP),
    "expiration.days": (lambda old, new: old is ABSENT or _less(old, new), Severity.STOP),
    "multiAzEnabled": (switched_off, Severity.LOOK),
    "automaticFailoverEnabled": (switched_off, Severity.LOOK),
    "versioningConfiguration.status": (lambda old, new: old == "Enabled" and new != "Enabled", Severity.STOP),
}
"""Properties that protect data, and the change that takes the protection away."""


_ALB = "deletion_protection.enabled=true"


def findings(change: Change, names_of: Mapping[str, str], remaining: Set[str]) -> Iterator[Finding]:
    """Everything about one change.

    `names_of` has the names of causes by their URN, `remaining` the types of which one or more stay as they are.
    """
    causes = tuple(names_of.get(urn, urn) for urn in change.causes)
    match change.kind:
        case "replace" | "delete":
            yield from _gone(change, causes, change.type in remaining)
        case "left behind":
            yield Finding(Severity.LOOK, Kind.DELETION, change.name, change.type, LeftBehind(), None, causes)
        case "update":
            yield from _restarted(change, causes)
            yield from refused(change, causes)
        case _:
            pass
    if change.kind in ("update", "replace", "new version"):
        yield from _unprotected(change)
        yield from switched(change)
    if change.kind == "update":
        yield from _unjudged(change, causes)


def _gone(change: Change, causes: tuple[str, ...], spare: bool) -> Iterator[Finding]:
    how = How.REPLACED if change.kind == "replace" else How.DELETED
    because = () if causes else tuple(entry.path for entry in change.entries if entry.replaces)
    known = REPLACEMENTS.get(change.type)
    taken_over = known is not None and bool(known.spare) and spare and how is How.DELETED
    downtime = _away(change, known, taken_over) if known else None
    subject, type_ = change.name, change.type
    if lost := HOLDERS.get(type_):
        fact = Gone(how, because, Loss(lost, _kept(change), change.step.stays))
        yield Finding(Severity.STOP, Kind.DATA, subject, type_, fact, downtime, causes)
    elif records := _RECORDS.get(type_):
        yield Finding(Severity.LOOK, Kind.RECORDS, subject, type_, Gone(how, because, Loss(records)), downtime, causes)
    elif downtime:
        # New ones that come first only move what is there, and remaining ones take over what another one did.
        moved_over = known is not None and known.moves and how is How.REPLACED and not change.step.deleted_first
        severity = Severity.LOOK if moved_over or taken_over else Severity.STOP
        yield Finding(severity, Kind.OUTAGE, subject, type_, Gone(how, because), downtime, causes)
    elif how is How.DELETED:
        yield Finding(Severity.LOOK, Kind.DELETION, subject, type_, Gone(how), None, causes)


def _away(change: Change, known: Replacement, taken_over: bool) -> Downtime | None:
    """How long what a resource does is away, while it is replaced or when it is deleted."""
    if change.kind == "replace":
        time = known.first if change.step.deleted_first else known.after
        return Downtime(known.away, time) if time else None
    return Downtime(known.away, known.spare if taken_over else "until it is back")


def _kept(change: Change) -> Kept:
    """What survives the resource, by its own settings as they are now."""
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


def _restarted(change: Change, causes: tuple[str, ...]) -> Iterator[Finding]:
    waiting = change.step.new is not None and change.step.new.inputs.get("applyImmediately") is False
    for restart in RESTARTS.get(change.type, ()):
        touched = [entry for entry in change.entries if any(within(entry.path, need) for need in restart.needs)]
        if touched:
            downtime = Downtime(time=restart.time, in_window=restart.waits and waiting)
            severity = Severity.LOOK if restart.felt else Severity.NOTE
            fact = Restarted(restart.what)
            yield Finding(severity, Kind.RESTART, change.name, change.type, fact, downtime, causes)


def _unprotected(change: Change) -> Iterator[Finding]:
    for entry in change.entries:
        for name, (lost, severity) in PROTECTIONS.items():
            if _named(entry.path, name) and lost(entry.old, entry.new):
                yield Finding(severity, Kind.PROTECTION, change.name, change.type, changed(entry))
        if "load-balancer-attributes" in entry.path and _ALB in str(entry.old) and _ALB not in str(entry.new):
            yield Finding(Severity.STOP, Kind.PROTECTION, change.name, change.type, AttributeTaken(_ALB))
    old, new = change.step.old, change.step.new
    if old and new and old.protect and not new.protect:
        yield Finding(Severity.STOP, Kind.PROTECTION, change.name, change.type, EngineMayDelete())


def _unjudged(change: Change, causes: tuple[str, ...]) -> Iterator[Finding]:
    """Yield the properties that nothing here knows the meaning of: a reader has to."""
    paths = tuple(
        entry.path
        for entry in change.entries
        if moved(entry) or not (_protects(entry.path) or judged(change.type, entry.path))
    )
    if paths and not causes:
        yield Finding(Severity.LOOK, Kind.UNJUDGED, change.name, change.type, NobodyKnows(paths))


def unknown(change: Change) -> Finding:
    """A resource of a type that the stack has none of yet: it may be one that nothing here looks at."""
    return Finding(Severity.LOOK, Kind.UNJUDGED, change.name, change.type, FirstOfItsType())


def _protects(path: str) -> bool:
    return any(_named(path, name) for name in PROTECTIONS)


def _named(path: str, name: str) -> bool:
    return path == name or path.endswith(f".{name}")
