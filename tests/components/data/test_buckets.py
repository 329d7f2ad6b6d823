"""Buckets, and who besides the account's roles uses them."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import pytest

from components import config
from components.context import StackContext
from components.data.buckets import Bucket, BucketArgs
from components.encryption import STORES
from tests.components.program import Deployed, run, run_program, stack_file

LOGS = "data-access-logs"
"""The bucket that collects logs."""


def buckets(deployed: Deployed) -> list[str]:
    """Names of the bucket components."""
    return [resource.name.removesuffix("-bucket") for resource in deployed.of("s3/bucket:Bucket")]


def policy(deployed: Deployed, bucket: str) -> dict[str, dict[str, Any]]:
    """The bucket policy's statements by their ids."""
    text = deployed.one("bucketPolicy:BucketPolicy", f"{bucket}-policy").inputs["policy"]
    return {statement["Sid"]: statement for statement in json.loads(text)["Statement"]}


def configurations(deployed: Deployed, kind: str) -> dict[str, Mapping[str, Any]]:
    return {resource.name: resource.inputs for resource in deployed.of(f":{kind}")}


def test_every_bucket_is_closed(deployed: Deployed) -> None:
    for kind in ("BucketOwnershipControls", "BucketPublicAccessBlock", "BucketVersioning", "BucketPolicy"):
        assert len(configurations(deployed, kind)) == len(buckets(deployed)) > 0
    for block in configurations(deployed, "BucketPublicAccessBlock").values():
        settings = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
        assert all(block[setting] is True for setting in settings)
    for controls in configurations(deployed, "BucketOwnershipControls").values():
        assert controls["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    for versioning in configurations(deployed, "BucketVersioning").values():
        assert versioning["versioningConfiguration"] == {"status": "Enabled"}


def test_plain_http_is_refused(deployed: Deployed) -> None:
    for bucket in buckets(deployed):
        statement = policy(deployed, bucket)["TlsOnly"]
        arn = statement["Resource"][0]
        assert statement["Effect"] == "Deny"
        assert statement["Resource"] == [arn, f"{arn}/*"]
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@pytest.mark.parametrize(("bucket", "objects"), [("data-assets", "/*"), ("data-uploads", "/media/*")])
def test_only_the_distribution_reads(dev: Deployed, bucket: str, objects: str) -> None:
    statements = policy(dev, bucket)
    assert set(statements) == {"TlsOnly", "CloudFrontReads"}
    reads = statements["CloudFrontReads"]
    assert reads["Action"] == "s3:GetObject"
    assert reads["Resource"] == statements["TlsOnly"]["Resource"][0] + objects
    source = dev.one("logDeliverySource:LogDeliverySource").inputs["resourceArn"]
    assert reads["Condition"] == {"StringEquals": {"AWS:SourceArn": source}}


def test_log_services_write_below_their_own_prefixes(dev: Deployed) -> None:
    statements = policy(dev, LOGS)
    assert set(statements) == {"TlsOnly", "CloudFrontWrite", "LoadBalancersWrite", "BucketsWrite"}
    prefixes: set[str] = set()
    for sid in set(statements) - {"TlsOnly"}:
        assert statements[sid]["Action"] == "s3:PutObject"
        assert "123456789012" in json.dumps(statements[sid]["Condition"])
        prefixes.add(statements[sid]["Resource"].split("/", 1)[1])
    assert prefixes == {"cloudfront/*", "alb/*", "s3/*"}


def test_access_logs_expire(deployed: Deployed) -> None:
    rules = configurations(deployed, "BucketLifecycleConfiguration")[f"{LOGS}-lifecycle"]["rules"]
    (expiry,) = [rule["expiration"] for rule in rules if "expiration" in rule]
    assert expiry["days"] == deployed.one("logGroup:LogGroup", "data-cache-slow-log").inputs["retentionInDays"]


def test_leftovers_go_from_every_bucket(dev: Deployed) -> None:
    for name, configuration in configurations(dev, "BucketLifecycleConfiguration").items():
        rules = {rule["id"]: rule for rule in configuration["rules"]}
        assert rules["abandoned-uploads"]["abortIncompleteMultipartUpload"] == {"daysAfterInitiation": 7}
        assert rules["old-versions"]["noncurrentVersionExpiration"] == {"noncurrentDays": 7}
        assert ("old-objects" in rules) is name.startswith(LOGS)


def test_pages_of_the_shop_upload_to_one_bucket() -> None:
    settings = deepcopy(stack_file("dev"))
    settings["openmarket:services"]["frontend-web"]["hosts"] = ["@", "seller"]
    configuration = run_program("dev", settings).one(":BucketCorsConfiguration", "data-uploads-cors")
    (rule,) = configuration.inputs["corsRules"]
    assert set(rule["allowedMethods"]) == {"PUT", "POST"}
    assert set(rule["allowedOrigins"]) == {
        f"http://{host}dev.openmarket.example.com" for host in ("", "seller.", "api.")
    }


def test_requests_are_logged(dev: Deployed) -> None:
    logging = configurations(dev, "BucketLogging")
    assert {name: inputs["targetPrefix"] for name, inputs in logging.items()} == {
        f"{bucket}-logging": f"s3/{bucket}/" for bucket in buckets(dev) if bucket != LOGS
    }


def context() -> StackContext:
    """The context of the development stack, with one key for everything."""
    return StackContext.of(config.load(), "123456789012", dict.fromkeys(STORES, "arn:aws:kms:ap-northeast-2:1:key/k"))


def test_a_bucket_of_logs_is_not_for_roles() -> None:
    def program() -> None:
        Bucket("logs", BucketArgs(context(), "logs", old_version_days=1, collects_logs=True)).write()

    with pytest.raises(ValueError, match="logs collects logs"):
        run("dev", stack_file("dev"), program)


def test_a_bucket_that_nobody_reads_is_closed_too() -> None:
    deployed = run("dev", stack_file("dev"), lambda: Bucket("own", BucketArgs(context(), "own", old_version_days=1)))
    assert set(policy(deployed, "own")) == {"TlsOnly"}
    assert deployed.one("BucketPublicAccessBlock").inputs["restrictPublicBuckets"] is True
