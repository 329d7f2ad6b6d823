"""What a change does to data, to the shop's being there, and to what protects both."""

from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from ops.comment.changes import Change
from ops.comment.downtimes import REPLACEMENTS, RESTARTS
from ops.comment.finding import Finding, Severity
from ops.comment.judged import judged, moved
from ops.comment.markdown import code
from ops.comment.properties import ABSENT, within
from ops.comment.refusals import refused
from ops.comment.switches import from_to, switched, switched_off, switched_on

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
_LEFT_BEHIND = "leaves the stack and stays where it is: nothing looks after it any more, and it costs what it costs now"


def findings(change: Change, names_of: Mapping[str, str], remaining: Set[str]) -> Iterator[Finding]:
    """Everything about one change.

    `names_of` has the names of causes by their URN, `remaining` the types of which one or more stay as they are.
    """
    cause = ", ".join(names_of.get(urn, urn) for urn in change.causes)
    match change.kind:
        case "replace" | "delete":
            yield from _gone(change, cause, change.type in remaining)
        case "left behind":
            yield Finding(Severity.LOOK, "deletion", change.name, change.type, _LEFT_BEHIND, "", cause)
        case "update":
            yield from _restarted(change, cause)
            yield from refused(change, cause)
        case _:
            pass
    if change.kind in ("update", "replace", "new version"):
        yield from _unprotected(change)
        yield from switched(change)
    if change.kind == "update":
        yield from _unjudged(change, cause)


def _gone(change: Change, cause: str, spare: bool) -> Iterator[Finding]:
    verb = "is replaced" if change.kind == "replace" else "is deleted"
    why = [code(entry.path) for entry in change.entries if entry.replaces]
    reason = f", as {', '.join(why[:3])} {'changes' if len(why) == 1 else 'change'}" if why and not cause else ""
    known = REPLACEMENTS.get(change.type)
    taken_over = known.spare if known and spare and change.kind == "delete" else ""
    if change.kind == "replace" and known:
        away = known.first if change.step.deleted_first else known.after
        downtime = f"{known.away}, {away}" if away and away != "none: new pods come first" else ""
    elif known and taken_over:
        downtime = f"{known.away}, {taken_over}"
    else:
        downtime = f"{known.away}, until it is back" if known else ""
    if lost := HOLDERS.get(change.type):
        said = f"lost: {lost}{_kept(change)}"
        if change.step.stays:
            said = f"the new one is empty; the old one leaves the stack and stays where it is, with {lost}"
        yield Finding(Severity.STOP, "data", change.name, change.type, f"**{verb}**{reason}; {said}", downtime, cause)
    elif records := _RECORDS.get(change.type):
        yield Finding(
            Severity.LOOK, "records", change.name, change.type, f"{verb}{reason}; lost: {records}", downtime, cause
        )
    elif downtime:
        # New ones that come first only move what is there, and remaining ones take over what another one did.
        made_first = change.kind == "replace" and not change.step.deleted_first and "no downtime" in downtime
        severity = Severity.LOOK if made_first or taken_over else Severity.STOP
        yield Finding(severity, "outage", change.name, change.type, f"{verb}{reason}", downtime, cause)
    elif change.kind == "delete":
        yield Finding(Severity.LOOK, "deletion", change.name, change.type, verb, "", cause)


def _kept(change: Change) -> str:
    """What survives the resource, by its own settings as they are now."""
    inputs = change.state.inputs
    if change.type == "aws:rds/cluster:Cluster":
        return " since nothing is kept (`skipFinalSnapshot`)" if inputs.get("skipFinalSnapshot") else (
            "; a final snapshot is kept, and has to be restored by hand"
        )  # fmt: skip
    if change.type == "aws:elasticache/replicationGroup:ReplicationGroup":
        return "; a final snapshot is kept" if inputs.get("finalSnapshotIdentifier") else ""
    if change.type == "aws:s3/bucket:Bucket":
        return "" if inputs.get("forceDestroy") else "; AWS refuses as long as there are any"
    if change.type == "aws:kms/key:Key":
        return "; it can be saved in the days of its deletion window"
    if change.type == "aws:secretsmanager/secret:Secret" and inputs.get("recoveryWindowInDays") != 0:
        return "; it can be restored in its recovery window"
    return ""


def _restarted(change: Change, cause: str) -> Iterator[Finding]:
    for restart in RESTARTS.get(change.type, ()):
        touched = [entry for entry in change.entries if any(within(entry.path, need) for need in restart.needs)]
        if touched:
            downtime = restart.downtime(change)
            severity = Severity.NOTE if downtime.startswith("none") else Severity.LOOK
            yield Finding(severity, "restart", change.name, change.type, restart.what, downtime, cause)


def _unprotected(change: Change) -> Iterator[Finding]:
    for entry in change.entries:
        for name, (lost, severity) in PROTECTIONS.items():
            if _named(entry.path, name) and lost(entry.old, entry.new):
                yield Finding(severity, "protection", change.name, change.type, from_to(entry))
        if "load-balancer-attributes" in entry.path and _ALB in str(entry.old) and _ALB not in str(entry.new):
            what = f"its load balancer can be deleted: {code(_ALB)} is taken away"
            yield Finding(Severity.STOP, "protection", change.name, change.type, what)
    old, new = change.step.old, change.step.new
    if old and new and old.protect and not new.protect:
        what = "the engine may delete it: its `protect` is taken away"
        yield Finding(Severity.STOP, "protection", change.name, change.type, what)


def _unjudged(change: Change, cause: str) -> Iterator[Finding]:
    """Yield the properties that nothing here knows the meaning of: a reader has to."""
    paths = [
        entry.path
        for entry in change.entries
        if moved(entry) or not (_protects(entry.path) or judged(change.type, entry.path))
    ]
    if paths and not cause:
        listed = ", ".join(code(path) for path in paths[:3]) + (f" and {len(paths) - 3} more" if paths[3:] else "")
        what = f"{listed} {'changes' if len(paths) == 1 else 'change'}: what that does is for a reader to judge"
        yield Finding(Severity.LOOK, "unjudged", change.name, change.type, what)


def unknown(change: Change) -> Finding:
    """A resource of a type that the stack has none of yet: it may be one that nothing here looks at."""
    what = "is the first of its type here: what it opens or allows is for a reader to judge"
    return Finding(Severity.LOOK, "unjudged", change.name, change.type, what)


def _protects(path: str) -> bool:
    return any(_named(path, name) for name in PROTECTIONS)


def _named(path: str, name: str) -> bool:
    return path == name or path.endswith(f".{name}")
