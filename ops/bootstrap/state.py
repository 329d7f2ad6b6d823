"""Creates the KMS key and the S3 bucket for the state of the stacks.

Pulumi locks a stack with an object in the bucket while it changes the stack, so locking needs no other resource.
"""

import json
from collections.abc import Callable
from typing import Any, TypeAlias

from botocore.exceptions import ClientError

from ops.bootstrap.changes import Changes
from ops.bootstrap.settings import ALIAS, TAGS, Account

_OLD_VERSION_DAYS = 365
"""Days after which a noncurrent version of the state is deleted."""


class ForeignBucket(Exception):
    """The bucket name is taken by another account."""


def key(kms: Any, changes: Changes) -> str:
    """Create the key, which rotates every year, or correct it. Return its ARN; `ALIAS` if a dry run would create it."""
    try:
        found = kms.describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"]
    except kms.exceptions.NotFoundException:
        changes.create(f"KMS key {ALIAS}", lambda: _create_key(kms))
        return ALIAS if changes.dry_run else kms.describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"]
    if not kms.get_key_rotation_status(KeyId=found)["KeyRotationEnabled"]:
        changes.correct(f"KMS key {ALIAS}: rotation", lambda: kms.enable_key_rotation(KeyId=found))
    return found


def bucket(s3: Any, account: Account, key_arn: str, changes: Changes) -> None:
    """Create the bucket, or correct it: private, encrypted with the key, noncurrent versions kept for a year.

    Raises:
        ForeignBucket: Another account has a bucket of this name.
    """
    name = account.bucket
    exists = _exists(s3, account)
    if not exists:
        changes.create(f"S3 bucket {name}", lambda: _create_bucket(s3, account))
    for what, read, wanted, write in _settings(s3, account, key_arn):
        if not exists or read() != wanted:
            change = changes.correct if exists else changes.create
            change(f"S3 bucket {name}: {what}", write)


def _create_key(kms: Any) -> None:
    tags = [{"TagKey": name, "TagValue": value} for name, value in TAGS.items()]
    made = kms.create_key(Description="Pulumi's state, and the secrets in it", Tags=tags)["KeyMetadata"]["KeyId"]
    kms.enable_key_rotation(KeyId=made)
    kms.create_alias(AliasName=ALIAS, TargetKeyId=made)


def _exists(s3: Any, account: Account) -> bool:
    try:
        s3.head_bucket(Bucket=account.bucket, ExpectedBucketOwner=account.id)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return False
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 403:
            raise ForeignBucket(
                f"the bucket {account.bucket} exists, but belongs to another account or denies these credentials"
            ) from None
        raise
    return True


def _create_bucket(s3: Any, account: Account) -> None:
    # us-east-1 is the one region that LocationConstraint does not accept.
    place = {"CreateBucketConfiguration": {"LocationConstraint": account.region}}
    s3.create_bucket(Bucket=account.bucket, **({} if account.region == "us-east-1" else place))
    tags = [{"Key": name, "Value": value} for name, value in TAGS.items()]
    s3.put_bucket_tagging(Bucket=account.bucket, Tagging={"TagSet": tags})


_Setting: TypeAlias = tuple[str, Callable[[], Any], Any, Callable[[], Any]]


def _settings(s3: Any, account: Account, key_arn: str) -> list[_Setting]:
    """Return the bucket's settings: name, function that reads the value, wanted value, function that writes it."""
    name = {"Bucket": account.bucket, "ExpectedBucketOwner": account.id}
    rule = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn},
        "BucketKeyEnabled": True,
    }
    closed = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    policy, lifecycle = _tls_only(account.bucket_arn), _lifecycle()
    return [
        (
            "versioning",
            lambda: s3.get_bucket_versioning(**name).get("Status"),
            "Enabled",
            lambda: s3.put_bucket_versioning(**name, VersioningConfiguration={"Status": "Enabled"}),
        ),
        (
            "encryption",
            lambda: _or_none(lambda: _encryption(s3, name)),
            rule,
            lambda: s3.put_bucket_encryption(**name, ServerSideEncryptionConfiguration={"Rules": [rule]}),
        ),
        (
            "no public access",
            lambda: _or_none(lambda: s3.get_public_access_block(**name)["PublicAccessBlockConfiguration"]),
            closed,
            lambda: s3.put_public_access_block(**name, PublicAccessBlockConfiguration=closed),
        ),
        (
            "TLS only",
            lambda: _or_none(lambda: json.loads(s3.get_bucket_policy(**name)["Policy"])),
            policy,
            lambda: s3.put_bucket_policy(**name, Policy=json.dumps(policy)),
        ),
        (
            "old versions",
            lambda: _or_none(lambda: s3.get_bucket_lifecycle_configuration(**name)["Rules"]),
            lifecycle,
            lambda: s3.put_bucket_lifecycle_configuration(**name, LifecycleConfiguration={"Rules": lifecycle}),
        ),
    ]


def _encryption(s3: Any, name: dict[str, str]) -> Any:
    found = s3.get_bucket_encryption(**name)["ServerSideEncryptionConfiguration"]["Rules"][0]
    return {key: found.get(key) for key in ("ApplyServerSideEncryptionByDefault", "BucketKeyEnabled")}


def _tls_only(bucket_arn: str) -> dict[str, Any]:
    """Return the bucket policy that denies every request over plain HTTP."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [bucket_arn, f"{bucket_arn}/*"],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ],
    }


def _lifecycle() -> list[dict[str, Any]]:
    return [
        {
            "ID": "old-versions",
            "Filter": {"Prefix": ""},
            "Status": "Enabled",
            "NoncurrentVersionExpiration": {"NoncurrentDays": _OLD_VERSION_DAYS},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        }
    ]


def _or_none(read: Callable[[], Any]) -> Any:
    """Return None for a setting that was never set, which S3 reports as an error."""
    try:
        return read()
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return None
        raise
