"""Checks protection against deletion and loss of data."""

from collections.abc import Iterator

from policies.resources import Resource, Stack
from policies.rule import Level, Rule, StackRule, Violation
from policies.rules.encryption import CACHE, DATABASES

BACKUP_DAYS = 7
"""Shortest retention of database backups, in days, as Security Hub's RDS.11 requires."""

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
    """Yield a violation for a database with short backup retention or without a final snapshot."""
    # The default of AWS is one day.
    days = float(resource.props.get("backupRetentionPeriod") or 1)
    if days < BACKUP_DAYS:
        yield Violation(f"backups are kept for {days:g} days", f"backupRetentionPeriod: {BACKUP_DAYS} or more")
    if resource.props.get("skipFinalSnapshot") is True:
        yield Violation("its deletion creates no final snapshot", "skipFinalSnapshot: false")


def deletion_protection(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a database or a cluster without AWS's deletion protection."""
    if resource.props.get("deletionProtection") is not True:
        yield Violation("it has no deletion protection", "deletionProtection: true")


def protected(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a resource with data that Pulumi may delete."""
    if not resource.protect:
        yield Violation("Pulumi may delete it", "resource option protect")


def cache_backups(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a cache without snapshots or automatic failover."""
    if not resource.props.get("snapshotRetentionLimit"):
        yield Violation("it has no snapshots", "snapshotRetentionLimit: 1 or more")
    if resource.props.get("automaticFailoverEnabled") is not True:
        yield Violation("it has no automatic failover", "automaticFailoverEnabled: true")


def no_forced_deletion(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a bucket or repository that is deleted with its content."""
    if resource.props.get(_FORCE[resource.type]) is True:
        yield Violation("it would be deleted with all its content", f"{_FORCE[resource.type]}: false")


def secret_recoverable(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a secret without a recovery window."""
    if resource.props.get("recoveryWindowInDays") == 0:
        yield Violation("it cannot be restored after deletion", "recoveryWindowInDays: 7 to 30")


def bucket_versioned(bucket: Resource, stack: Stack) -> Iterator[Violation]:
    """Yield a violation for a bucket without versioning."""
    versioning = stack.belonging("aws:s3/bucketVersioning:BucketVersioning", "bucket", bucket)
    if not any(entry.props.inner("versioningConfiguration").get("status") == "Enabled" for entry in versioning):
        yield Violation("overwritten objects cannot be restored", "a BucketVersioning with status Enabled", bucket)


RULES = (
    Rule(
        "database-backups", "Databases can be restored", ("FSBP RDS.11",),
        Level.PRODUCTION, DATABASES, database_backups,
    ),
    Rule(
        "deletion-protection", "Databases and clusters have deletion protection", ("FSBP RDS.7", "FSBP RDS.8"),
        Level.PRODUCTION, (*DATABASES, "aws:eks/cluster:Cluster"), deletion_protection,
    ),
    Rule(
        "protected", "Resources with data are protected from deletion by Pulumi", (),
        Level.PRODUCTION, _HOLDS_DATA, protected,
    ),
    Rule(
        "cache-backups", "Caches have snapshots and automatic failover", ("FSBP ElastiCache.1", "FSBP ElastiCache.3"),
        Level.PRODUCTION, (CACHE,), cache_backups,
    ),
    Rule(
        "no-forced-deletion", "Buckets and repositories are deleted only when empty", (),
        Level.PRODUCTION, tuple(_FORCE), no_forced_deletion,
    ),
    Rule(
        "secret-recoverable", "Deleted secrets can be restored", (),
        Level.PRODUCTION, ("aws:secretsmanager/secret:Secret",), secret_recoverable,
    ),
    StackRule(
        "bucket-versioned", "Buckets have versioning enabled", (),
        Level.PRODUCTION, ("aws:s3/bucket:Bucket",), bucket_versioned,
    ),
)  # fmt: skip
