"""What happens when something is deleted or lost."""

from collections.abc import Iterator

from policies.resources import Resource, Stack
from policies.rule import Level, Rule, StackRule, Violation
from policies.rules.encryption import CACHE, DATABASES

BACKUP_DAYS = 7
"""What Security Hub asks of a database (RDS.11), in days."""

_HOLDS_DATA = (
    *DATABASES,
    CACHE,
    "aws:s3/bucket:Bucket",
    "aws:kms/key:Key",
    "aws:ecr/repository:Repository",
)
_FORCE = {
    "aws:s3/bucket:Bucket": "forceDestroy",
    "aws:ecr/repository:Repository": "forceDelete",
}


def database_backups(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a database that cannot be brought back."""
    # AWS keeps backups for a day if nothing is said.
    days = float(resource.props.get("backupRetentionPeriod") or 1)
    if days < BACKUP_DAYS:
        yield Violation(f"backups are kept for {days:g} days", f"backupRetentionPeriod: {BACKUP_DAYS} or more")
    if resource.props.get("skipFinalSnapshot") is True:
        yield Violation("deleting it leaves no snapshot", "skipFinalSnapshot: false")


def deletion_protection(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a database or a cluster that AWS would delete at once."""
    if resource.props.get("deletionProtection") is not True:
        yield Violation("AWS would delete it at once", "deletionProtection: true")


def protected(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for what holds data, and that Pulumi would delete."""
    if not resource.protect:
        yield Violation("Pulumi would delete it", "resource option protect")


def cache_backups(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a cache that one failure empties."""
    if not resource.props.get("snapshotRetentionLimit"):
        yield Violation("there are no snapshots", "snapshotRetentionLimit: 1 or more")
    if resource.props.get("automaticFailoverEnabled") is not True:
        yield Violation("no replica takes over", "automaticFailoverEnabled: true")


def no_forced_deletion(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a bucket or repository that goes together with what is in it."""
    if resource.props.get(_FORCE[resource.type]) is True:
        yield Violation("it would be deleted with all its content", f"{_FORCE[resource.type]}: false")


def secret_recoverable(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a secret that is gone once it is deleted."""
    if resource.props.get("recoveryWindowInDays") == 0:
        yield Violation("a deleted secret cannot come back", "recoveryWindowInDays: 7 to 30")


def bucket_versioned(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a bucket in which overwriting is final."""
    versioning = stack.belonging("aws:s3/bucketVersioning:BucketVersioning", "bucket", bucket)
    if not any(entry.props.inner("versioningConfiguration").get("status") == "Enabled" for entry in versioning):
        yield Violation("overwritten objects are gone", "a BucketVersioning with status Enabled", bucket)


RULES = (
    Rule(
        "database-backups", "Databases can be brought back", ("FSBP RDS.11",),
        Level.PRODUCTION, DATABASES, database_backups,
    ),
    Rule(
        "deletion-protection", "Databases and clusters refuse their deletion", ("FSBP RDS.7", "FSBP RDS.8"),
        Level.PRODUCTION, (*DATABASES, "aws:eks/cluster:Cluster"), deletion_protection,
    ),
    Rule("protected", "Pulumi does not delete what holds data", (), Level.PRODUCTION, _HOLDS_DATA, protected),
    Rule(
        "cache-backups", "Caches survive a failure", ("FSBP ElastiCache.1", "FSBP ElastiCache.3"),
        Level.PRODUCTION, (CACHE,), cache_backups,
    ),
    Rule(
        "no-forced-deletion", "Buckets and repositories go only when empty", (),
        Level.PRODUCTION, tuple(_FORCE), no_forced_deletion,
    ),
    Rule(
        "secret-recoverable", "Deleted secrets can come back", (),
        Level.PRODUCTION, ("aws:secretsmanager/secret:Secret",), secret_recoverable,
    ),
    StackRule(
        "bucket-versioned", "Buckets keep overwritten objects", (),
        Level.PRODUCTION, ("aws:s3/bucket:Bucket",), bucket_versioned,
    ),
)  # fmt: skip
