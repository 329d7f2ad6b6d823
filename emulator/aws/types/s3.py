"""S3 buckets and the configurations that hang on them."""

from typing import Any

from emulator.aws.resource_type import Context, Reference, ResourceType, because, named
from emulator.plugins.provider import ProviderError
from emulator.store import Store, StoredObject, Transaction

BUCKET = "aws:s3/bucket:Bucket"
OBJECT = "aws:s3/bucketObject:BucketObject"


def _bucket(context: Context) -> dict[str, Any]:
    return {
        "arn": f"arn:aws:s3:::{context.id}",
        "bucketDomainName": context.host(context.id, "s3"),
        "bucketRegionalDomainName": context.host(context.id, "s3", context.region),
        "bucketRegion": context.region,
        "hostedZoneId": "Z3W03O7B5YMIYP",
    }


def _refuses_delete(transaction: Transaction, stored: StoredObject) -> None:
    contents = transaction.find(OBJECT, bucket=stored.id)
    if contents and not stored.outputs["forceDestroy"]:
        raise ProviderError(
            f"BucketNotEmpty: bucket {stored.id} has {len(contents)} objects, and forceDestroy is not set"
        )


def _emptied(store: Store, stored: StoredObject) -> None:
    """What was in the bucket goes with it, as the provider deletes it first."""
    with store.transaction() as transaction:
        for each in transaction.find(OBJECT, bucket=stored.id):
            transaction.remove(OBJECT, each.id)


def _configuration(name: str, oracle: str = "") -> ResourceType:
    return ResourceType(
        type=f"aws:s3/{name[0].lower()}{name[1:]}:{name}", oracle=oracle, id=named("bucket"), taggable=False, puts=True,
        names={"PolicyDocument": "policy"} if oracle else {},
        also_replaces={} if oracle else because("the configuration belongs to its bucket", "bucket"),
        references=(Reference("bucket", BUCKET, holds=False),),
    )  # fmt: skip


TYPES = (
    ResourceType(
        type=BUCKET, oracle="AWS::S3::Bucket", id=named("bucket"), name_property="bucket", outputs=_bucket,
        names={
            "BucketName": "bucket", "BucketNamePrefix": "bucketPrefix",
        } | dict.fromkeys(("AccessControl", "LifecycleConfiguration", "VersioningConfiguration"), ""),
        also_replaces=because("S3 decides on object lock at creation", "objectLockEnabled"),
        defaults={"forceDestroy": False, "objectLockEnabled": False}, refuses_delete=_refuses_delete, deleted=_emptied,
        seconds=(9, 1),
    ),
    _configuration("BucketPublicAccessBlock"),
    _configuration("BucketVersioning"),
    _configuration("BucketServerSideEncryptionConfiguration"),
    _configuration("BucketCorsConfiguration"),
    _configuration("BucketLifecycleConfiguration"),
    _configuration("BucketOwnershipControls"),
    _configuration("BucketLogging"),
    _configuration("BucketPolicy", "AWS::S3::BucketPolicy"),
)  # fmt: skip
