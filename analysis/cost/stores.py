"""Prices resources that store data: database, cache, buckets, images, logs, secrets and encryption keys."""

from collections.abc import Iterator
from decimal import Decimal

from analysis.cost.model import HOURS, Line
from analysis.cost.stack import Rule, Stack, number, value
from analysis.preview import State

DATABASE = "aws:rds/cluster:Cluster"
BUCKET = "aws:s3/bucket:Bucket"
REPOSITORY = "aws:ecr/repository:Repository"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
SECRET = "aws:secretsmanager/secret:Secret"  # noqa: S105 -- a type
KEY = "aws:kms/key:Key"
_SERVERLESS = "db.serverless"
_OTHER_STORAGE = "I/O-Optimized storage"


def database(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield what all instances of the cluster share: storage, I/O, backups."""
    usage = stack.usage
    if str(value(resource.inputs, "storageType") or "").startswith("aurora-iopt"):
        yield stack.line(resource, "RDS", _OTHER_STORAGE, _OTHER_STORAGE, usage.database_gb, note="instances cost more")
    elif stack.first_of_its_type(resource):
        together = stack.of(DATABASE)
        yield stack.line(together, "RDS", "storage", "Storage", usage.database_gb)
        yield stack.line(together, "RDS", "requests", "I/O", usage.database_million_requests)
        yield stack.line(together, "RDS", "backup", "Backups", usage.backup_gb)
    if value(resource.inputs, "databaseInsightsMode") == "advanced":
        yield stack.line(resource, "CloudWatch", "databaseInsights", "Database Insights (advanced)", 0)


def database_instance(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield an instance, or the average capacity of a serverless one."""
    class_ = value(resource.inputs, "instanceClass")
    if class_ != _SERVERLESS:
        yield stack.line(resource, "RDS", class_, f"Instance: {class_}", HOURS)
        return
    # Instances are not matched with their clusters: this assumes one serverless cluster per stack.
    key, clusters = "serverlessv2ScalingConfiguration", [each.inputs for each in stack.of(DATABASE)]
    least = max((number(inputs, key, "minCapacity") for inputs in clusters), default=Decimal(0))
    most = max((number(inputs, key, "maxCapacity") for inputs in clusters), default=Decimal(0))
    units, note = max(stack.usage.database_units, least), ""
    if clusters and units > most:
        units, note = most, f"databaseUnits is {units:f}: no average is above the maximum"
    what = f"Instance: serverless, {units:f} ACU on average"
    yield stack.line(resource, "RDS", _SERVERLESS, what, units * HOURS, at_most=most * HOURS, note=note)


def cache(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the nodes and snapshots of a replication group."""
    type_, engine = value(resource.inputs, "nodeType"), value(resource.inputs, "engine") or "redis"
    count = number(resource.inputs, "numCacheClusters", default=1)
    yield stack.line(
        resource, "ElastiCache", f"{engine} {type_}", f"Nodes: {count} x {type_} ({engine})", count * HOURS
    )
    if days := number(resource.inputs, "snapshotRetentionLimit"):
        yield stack.line(resource, "ElastiCache", "snapshots", f"Snapshots: {days} daily", 0)


def bucket(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield once the storage and requests of all buckets."""
    if stack.first_of_its_type(resource):
        together, usage = stack.of(BUCKET), stack.usage
        yield stack.line(together, "S3", "storage", "Storage", usage.object_gb)
        yield stack.line(together, "S3", "writes", "Writes and lists", usage.object_million_writes)
        yield stack.line(together, "S3", "reads", "Reads", usage.object_million_reads)


def repository(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield once the storage of all image repositories."""
    if stack.first_of_its_type(resource):
        yield stack.line(stack.of(REPOSITORY), "ECR", "storage", "Images", stack.usage.image_gb)


def log_group(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield once the ingestion and storage of all log groups."""
    if stack.first_of_its_type(resource):
        together = stack.of(LOG_GROUP)
        yield stack.line(together, "CloudWatch", "logs", "Logs that come in", stack.usage.log_gb)
        yield stack.line(together, "CloudWatch", "storedLogs", "Logs that are kept", stack.usage.stored_log_gb)


def secret(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield a secret, and once the requests for all of them."""
    yield stack.line(resource, "Secrets Manager", "secret", "Secret", 1)
    if stack.first_of_its_type(resource):
        requests = stack.usage.secret_million_requests
        yield stack.line(stack.of(SECRET), "Secrets Manager", "requests", "Requests", requests)


def key(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield a key, and once the requests to all of them."""
    yield stack.line(resource, "KMS", "key", "Key", 1)
    if stack.first_of_its_type(resource):
        yield stack.line(stack.of(KEY), "KMS", "requests", "Requests", stack.usage.key_million_requests)


def mail_identity(resource: State, stack: Stack) -> Iterator[Line]:
    """Yield the mail that is sent from the identity."""
    yield stack.line(resource, "SES", "mail", "Mail", 0, note="by message")


RULES: dict[str, Rule] = {
    DATABASE: Rule("RDS", database),
    BUCKET: Rule("S3", bucket),
    REPOSITORY: Rule("ECR", repository),
    LOG_GROUP: Rule("CloudWatch", log_group),
    SECRET: Rule("Secrets Manager", secret),
    KEY: Rule("KMS", key),
    "aws:rds/clusterInstance:ClusterInstance": Rule("RDS", database_instance),
    "aws:elasticache/replicationGroup:ReplicationGroup": Rule("ElastiCache", cache),
    "aws:sesv2/emailIdentity:EmailIdentity": Rule("SES", mail_identity),
}
