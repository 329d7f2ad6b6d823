"""Everything is encrypted, by keys that rotate and that nobody else's services use."""

import json
from typing import Any

from tests.components.program import Deployed

STORES = {"cluster", "credentials", "database", "cache", "objects", "images", "volumes", "logs"}
KEY_OF = {
    "rds/cluster:Cluster": "kmsKeyId",
    "elasticache/replicationGroup:ReplicationGroup": "kmsKeyId",
    "secretsmanager/secret:Secret": "kmsKeyId",
    "cloudwatch/logGroup:LogGroup": "kmsKeyId",
    "eks:index:Cluster": "encryptionConfigKeyArn",
}


def keys_of(deployed: Deployed, kind: str, property_: str) -> set[Any]:
    # Keys are the stack's region's; CloudFront's firewall logs in another.
    ours = [resource for resource in deployed.of(kind) if resource.inputs.get("region") in (None, "ap-northeast-2")]
    return {resource.inputs.get(property_) for resource in ours}


def test_one_key_in_development_and_one_per_store_in_production(dev: Deployed, prod: Deployed) -> None:
    assert [alias.inputs["name"] for alias in dev.of("kms/alias:Alias")] == ["alias/openmarket-dev"]
    aliases = {alias.inputs["name"] for alias in prod.of("kms/alias:Alias")}
    assert aliases == {f"alias/openmarket-prod-{store}" for store in STORES}
    assert all(key.inputs["enableKeyRotation"] is True for key in prod.of("kms/key:Key"))


def test_every_store_uses_a_key_of_ours(deployed: Deployed) -> None:
    for kind, property_ in KEY_OF.items():
        used = keys_of(deployed, kind, property_)
        assert len(used) == 1, f"{kind} uses {used}"
        assert str(used.pop()).startswith("arn:aws:kms:ap-northeast-2:")
    assert deployed.one("rds/cluster:Cluster").inputs["storageEncrypted"] is True
    assert deployed.one("elasticache/replicationGroup:ReplicationGroup").inputs["atRestEncryptionEnabled"] is True
    for repository in deployed.of("ecr/repository:Repository"):
        (encryption,) = repository.inputs["encryptionConfigurations"]
        assert encryption["encryptionType"] == "KMS"


def test_production_shares_no_key(prod: Deployed) -> None:
    used = [keys_of(prod, kind, property_).pop() for kind, property_ in KEY_OF.items()]
    assert len(set(used)) == len(used)


def test_objects_are_encrypted(deployed: Deployed) -> None:
    for configuration in deployed.of(":BucketServerSideEncryptionConfiguration"):
        (rule,) = configuration.inputs["rules"]
        by_default = rule["applyServerSideEncryptionByDefault"]
        # Load balancers can only write to a bucket with S3's own keys.
        wanted = "AES256" if "access-logs" in configuration.name else "aws:kms"
        assert by_default["sseAlgorithm"] == wanted
        assert ("kmsMasterKeyId" in by_default) is (wanted == "aws:kms")
    assert len(deployed.of(":BucketServerSideEncryptionConfiguration")) == len(deployed.of("s3/bucket:Bucket"))


def policies(deployed: Deployed) -> dict[str, dict[str, Any]]:
    """Statements by their ids, by what the key is for."""
    return {
        key.name.removeprefix("encryption-").removesuffix("-key"): {
            statement["Sid"]: statement for statement in json.loads(key.inputs["policy"])["Statement"]
        }
        for key in deployed.of("kms/key:Key")
    }


def test_services_use_the_keys_that_they_need(dev: Deployed, prod: Deployed) -> None:
    assert set(policies(dev)["stack"]) == {"Account", "LogGroups", "Alarms", "CloudFrontOrigins"}
    for store, statements in policies(prod).items():
        more = {"logs": {"LogGroups", "Alarms"}, "objects": {"CloudFrontOrigins"}}.get(store, set[str]())
        assert set(statements) == {"Account", *more}


def test_services_of_other_accounts_are_kept_out(dev: Deployed) -> None:
    statements = policies(dev)["stack"]
    assert statements["Account"]["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}
    for sid in ("LogGroups", "CloudFrontOrigins"):
        (condition,) = statements[sid]["Condition"]["ArnLike"].values()
        assert ":123456789012:" in condition
    # What publishes to the topics of alarms needs the key for that only: see the topics' policies.
    assert set(statements["Alarms"]["Action"]) == {"kms:Decrypt", "kms:GenerateDataKey*"}
