"""Asks RDS for the backups of a database: its snapshots, and the times to which it can be restored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from components.config.restore import LATEST
from ops import aws
from ops.objects import Object, parts
from ops.operate.shop import BadArgument
from ops.operate.showing import age

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d")
_SHOWN = 5
"""Snapshots that an error lists, the newest."""
_GONE, _NO_SNAPSHOT = "DBClusterNotFoundFault", "DBClusterSnapshotNotFoundFault"


class NoBackups(BadArgument):
    """There is no such backup, and no other one of the database either."""


@dataclass(frozen=True)
class Backup:
    """A backup from which a database can be made.

    Attributes:
        keys: How the stack file names it, below `restoreFrom`.
        what: What it is, as a sentence continues.
        taken: The time of the data in it, or words for the latest one.
    """

    keys: Mapping[str, str]
    what: str
    taken: str


def find(region: str, database: str, wanted: str) -> Backup:
    """Return the backup that is meant: a time, `latest`, or the name or ARN of a snapshot.

    Raises:
        BadArgument: RDS has no such backup; the message has those that it has.
        AwsError: RDS does not answer.
    """
    if wanted == LATEST or _TIME.match(wanted):
        return _of_time(region, database, wanted)
    return _of_snapshot(region, database, wanted)


def serving(region: str, database: str) -> bool:
    """Return whether RDS says that the database is available, and has an instance that writes.

    Raises:
        AwsError: RDS does not answer, or has no such database.
    """
    found = _cluster(region, database)
    return found.get("Status") == "available" and any(each.get("IsClusterWriter") for each in _members(found))


def _of_time(region: str, database: str, wanted: str) -> Backup:
    try:
        found = _cluster(region, database)
    except aws.AwsError as error:
        if _GONE not in str(error):
            raise
        return _of_deleted(region, database, wanted)
    if wanted == LATEST:
        return Backup(
            {"time": LATEST, "of": database}, f"the backups of {database}, up to its last change", "that change"
        )
    moment = _parsed(wanted)
    _check(database, moment, found["EarliestRestorableTime"], found["LatestRestorableTime"])
    keys = {"time": _text(moment), "of": database}
    return Backup(keys, f"the backups of {database} as of {age(moment)} ago", _text(moment))


def _of_deleted(region: str, database: str, wanted: str) -> Backup:
    """Return a time in the automatic backups that are left of a database which is gone."""
    answer = aws.ask(region, "rds", "describe-db-cluster-automated-backups", "--db-cluster-identifier", database)
    kept = [each for each in parts(answer, "DBClusterAutomatedBackups") if each.get("Status") == "retained"]
    if not kept:
        said = f"the database {database} is gone from RDS, with its automatic backups: give --from a snapshot of it"
        raise _none(said, region, database)
    newest = max(kept, key=lambda each: str(each.get("ClusterCreateTime", "")))
    earliest, latest = (newest["RestoreWindow"][f"{each}Time"] for each in ("Earliest", "Latest"))
    moment = datetime.fromisoformat(str(latest)) if wanted == LATEST else _parsed(wanted)
    _check(database, moment, earliest, latest)
    keys = {"time": _text(moment), "of": str(newest["DbClusterResourceId"])}
    what = f"the automatic backups that are left of {database}, which is deleted, as of {age(moment)} ago"
    return Backup(keys, what, _text(moment))


def _check(database: str, moment: datetime, earliest: object, latest: object) -> None:
    first, last = datetime.fromisoformat(str(earliest)), datetime.fromisoformat(str(latest))
    if not first.replace(microsecond=0) <= moment <= last:
        raise BadArgument(
            f"{database} can be restored to times from {_text(first)} to {_text(last)}, and {_text(moment)} is "
            f"none of them; `--from {LATEST}` is the last one"
        )


def _of_snapshot(region: str, database: str, wanted: str) -> Backup:
    try:
        answer = aws.ask(region, "rds", "describe-db-cluster-snapshots", "--db-cluster-snapshot-identifier", wanted)
    except aws.AwsError as error:
        if _NO_SNAPSHOT not in str(error):
            raise
        said = f'there is no snapshot {wanted!r}, and a time is written as "2026-11-26T10:15:00Z"'
        raise _none(said, region, database) from None
    (snapshot,) = parts(answer, "DBClusterSnapshots")
    if snapshot["Status"] != "available":
        raise BadArgument(f"the snapshot {wanted} is {snapshot['Status']}: wait until it is available")
    taken = datetime.fromisoformat(str(snapshot["SnapshotCreateTime"]))
    of = snapshot["DBClusterIdentifier"]
    return Backup({"snapshot": wanted}, f"the snapshot {wanted} of {of}, {age(taken)} old", _text(taken))


def _none(said: str, region: str, database: str) -> BadArgument:
    """Return the error that there is no such backup, with the newest snapshots of the database."""
    answer = aws.ask(region, "rds", "describe-db-cluster-snapshots", "--db-cluster-identifier", database)
    found = sorted(parts(answer, "DBClusterSnapshots"), key=lambda each: str(each.get("SnapshotCreateTime", "")))
    names = [f"{each['DBClusterSnapshotIdentifier']} of {each['SnapshotCreateTime']}" for each in found[-_SHOWN:]]
    if not names:
        return NoBackups(f"{said} (RDS has none of {database})")
    return BadArgument(f"{said} (RDS has {', '.join(reversed(names))})")


def _cluster(region: str, database: str) -> Object:
    answer = aws.ask(region, "rds", "describe-db-clusters", "--db-cluster-identifier", database)
    return parts(answer, "DBClusters")[0]


def _members(cluster: Object) -> list[Object]:
    return parts(cluster, "DBClusterMembers")


def _parsed(wanted: str) -> datetime:
    try:
        moment = datetime.fromisoformat(wanted)
    except ValueError:
        raise BadArgument(f'{wanted!r} is no time: it is written as "2026-11-26T10:15:00Z"') from None
    if moment.tzinfo is None:
        raise BadArgument(f"{wanted!r} has no time zone: {wanted}Z is UTC, {wanted}+09:00 is Seoul")
    return moment.astimezone(UTC)


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
