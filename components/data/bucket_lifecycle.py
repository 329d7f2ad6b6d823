"""Lifecycle rules by which S3 deletes objects."""

import pulumi_aws as aws

_ABANDONED_DAYS = 7
"""Days after which S3 deletes a multipart upload that nobody completed."""

_Rule = aws.s3.BucketLifecycleConfigurationRuleArgs


def rules(old_version_days: int, expire_days: int | None) -> list[_Rule]:
    """Rules for all objects: abandoned uploads, old versions, and after `expire_days` the objects themselves."""
    made = [
        _Rule(
            id="abandoned-uploads",
            status="Enabled",
            filter=_everything(),
            abort_incomplete_multipart_upload=aws.s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=_ABANDONED_DAYS
            ),
        ),
        _Rule(
            id="old-versions",
            status="Enabled",
            filter=_everything(),
            noncurrent_version_expiration=aws.s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=old_version_days
            ),
        ),
    ]
    if expire_days is not None:
        made.append(
            _Rule(
                id="old-objects",
                status="Enabled",
                filter=_everything(),
                expiration=aws.s3.BucketLifecycleConfigurationRuleExpirationArgs(days=expire_days),
            )
        )
    return made


def _everything() -> aws.s3.BucketLifecycleConfigurationRuleFilterArgs:
    return aws.s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
