"""Bucket policies that do not deny all plain HTTP."""

from typing import Any

import pytest

from policies.resources import Resource
from tests.policies.cases import TLS_ONLY, document
from tests.policies.test_rules import violations


@pytest.mark.parametrize(
    "change",
    [
        {"Principal": {"AWS": "arn:aws:iam::123456789012:user/guest"}},
        {"Action": "s3:DeleteBucket"},
        {"Resource": "arn:aws:s3:::shop/*"},
        {"Condition": {"Bool": {"aws:SecureTransport": "false", "aws:ViaAWSService": "true"}}},
    ],
)
def test_a_denial_of_something_else_is_not_tls_only(change: dict[str, Any]) -> None:
    policy = Resource(
        "aws:s3/bucketPolicy:BucketPolicy", "policy", {"policy": document(TLS_ONLY | change)},
        references={"bucket": ["urn:bucket"]},
    )  # fmt: skip
    assert violations("bucket-tls", [Resource("aws:s3/bucket:Bucket", "bucket", urn="urn:bucket"), policy])
