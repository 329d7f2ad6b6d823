"""The bootstrap makes everything once, corrects what drifted, and changes nothing in a rehearsal."""

import json
from collections.abc import Generator
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT
from moto.iam import models
from moto.iam.aws_managed_policies import aws_managed_policies_data
from typer.testing import CliRunner, Result

from analysis import stack_file
from ops.__main__ import app
from ops.bootstrap import command, state
from ops.bootstrap.changes import Changes
from ops.bootstrap.settings import ALIAS, Account

REGION = "ap-northeast-2"
BUCKET = f"openmarket-pulumi-state-{ACCOUNT}-{REGION}"
ISSUER = "token.actions.githubusercontent.com"
REPOSITORY = "openmarket/platform"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
OPEN = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
    }
)


@cache
def known_policies() -> str:
    """AWS's managed policies that the code or a test names: moto would make all 1,500 of them for every test."""
    texts = [file.read_text() for file in (*Path(command.__file__).parent.glob("*.py"), Path(__file__))]
    every: dict[str, Any] = json.loads(aws_managed_policies_data)
    return json.dumps({name: each for name, each in every.items() if any(name in text for text in texts)})


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """An empty account."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    # AWS's managed policies are moto's to know.
    monkeypatch.setenv("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
    monkeypatch.setattr(models, "aws_managed_policies_data", known_policies())
    with mock_aws():
        yield


def client(service: str) -> Any:
    session: Any = boto3.Session(region_name=REGION)
    return session.client(service)


def bootstrap(*options: str, repository: str = REPOSITORY) -> Result:
    return CliRunner().invoke(app, ["bootstrap", "--repository", repository, *options])


def changes(result: Result) -> list[str]:
    assert result.exit_code == 0, result.output
    return [line for line in result.output.splitlines() if line.startswith(("+ ", "~ "))]


def trusted(role: str) -> dict[str, str]:
    document = client("iam").get_role(RoleName=role)["Role"]["AssumeRolePolicyDocument"]
    return document["Statement"][0]["Condition"]["StringEquals"]


def test_a_rehearsal_tells_what_a_run_does_and_does_nothing() -> None:
    told = changes(bootstrap("--dry-run"))
    assert client("s3").list_buckets()["Buckets"] == []
    assert client("iam").list_roles()["Roles"] == []
    assert client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    assert ALIAS not in {each["AliasName"] for each in client("kms").list_aliases()["Aliases"]}
    assert changes(bootstrap()) == told
    assert f"+ S3 bucket {BUCKET}" in told


def test_a_second_run_changes_nothing() -> None:
    bootstrap()
    again = bootstrap()
    assert changes(again) == []
    assert "Nothing has to change." in again.output


def test_the_state_is_versioned_encrypted_and_private() -> None:
    bootstrap()
    s3, kms = client("s3"), client("kms")
    key = kms.describe_key(KeyId=ALIAS)["KeyMetadata"]["Arn"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
    assert s3.get_bucket_versioning(Bucket=BUCKET)["Status"] == "Enabled"
    (rule,) = s3.get_bucket_encryption(Bucket=BUCKET)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    assert all(s3.get_public_access_block(Bucket=BUCKET)["PublicAccessBlockConfiguration"].values())
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=BUCKET)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert s3.get_bucket_location(Bucket=BUCKET)["LocationConstraint"] == REGION


def test_a_role_is_one_subjects_alone() -> None:
    bootstrap("--stack", "dev")
    subjects = {role: trusted(f"openmarket-{role}")[f"{ISSUER}:sub"] for role in ("preview", "drift", "deploy-dev")}
    assert subjects == {
        "preview": f"repo:{REPOSITORY}:pull_request",
        "drift": f"repo:{REPOSITORY}:ref:refs/heads/main",
        "deploy-dev": f"repo:{REPOSITORY}:environment:dev",
    }
    assert trusted("openmarket-preview")[f"{ISSUER}:aud"] == "sts.amazonaws.com"
    assert {each["RoleName"] for each in client("iam").list_roles()["Roles"]} == {
        f"openmarket-{role}" for role in subjects
    }


def test_immutable_subjects_are_taken_as_github_writes_them() -> None:
    bootstrap(repository="openmarket@12/platform@345")
    assert trusted("openmarket-preview")[f"{ISSUER}:sub"] == "repo:openmarket@12/platform@345:pull_request"


def test_a_pull_request_reads_no_secret_and_no_file() -> None:
    bootstrap()
    document = client("iam").get_role_policy(RoleName="openmarket-preview", PolicyName="openmarket")["PolicyDocument"]
    denied = {action: each for each in document["Statement"] if each["Effect"] == "Deny" for action in each["Action"]}
    assert denied["secretsmanager:GetSecretValue"]["Resource"] == "*"
    assert denied["s3:GetObject"]["NotResource"] == f"arn:aws:s3:::{BUCKET}/*"
    allowed = [action for each in document["Statement"] if each["Effect"] == "Allow" for action in each["Action"]]
    assert not [action for action in allowed if action.startswith("s3:Put") or action.startswith("kms:Encrypt")]


def test_what_somebody_changed_is_corrected() -> None:
    bootstrap()
    s3, kms, iam = client("s3"), client("kms"), client("iam")
    kms.disable_key_rotation(KeyId=kms.describe_key(KeyId=ALIAS)["KeyMetadata"]["KeyId"])
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_policy(Bucket=BUCKET)
    s3.delete_public_access_block(Bucket=BUCKET)
    iam.attach_role_policy(RoleName="openmarket-preview", PolicyArn=ADMINISTRATOR)
    iam.delete_role_policy(RoleName="openmarket-drift", PolicyName="openmarket")
    iam.update_assume_role_policy(RoleName="openmarket-deploy-prod", PolicyDocument=OPEN)
    assert changes(bootstrap()) == [
        f"~ KMS key {ALIAS}: rotation",
        f"~ S3 bucket {BUCKET}: versioning",
        f"~ S3 bucket {BUCKET}: no public access",
        f"~ S3 bucket {BUCKET}: TLS only",
        f"~ role openmarket-preview: without {ADMINISTRATOR}",
        "~ role openmarket-drift: inline policy",
        f"~ role openmarket-deploy-prod: trust in repo:{REPOSITORY}:environment:prod",
    ]
    assert changes(bootstrap()) == []


def test_another_accounts_bucket_is_not_taken() -> None:
    s3, account = client("s3"), Account(ACCOUNT, "aws", REGION, ["dev"], REPOSITORY)
    with Stubber(s3) as stub:
        stub.add_client_error("head_bucket", "403", http_status_code=403)
        with pytest.raises(state.ForeignBucket, match=f"the bucket {BUCKET} exists, but belongs to another account"):
            state.bucket(s3, account, "key", Changes(dry_run=False))


def test_the_next_steps_are_told() -> None:
    printed = bootstrap("--stack", "prod").output
    assert f"PROD_PREVIEW_ROLE  arn:aws:iam::{ACCOUNT}:role/openmarket-preview" in printed
    assert f"awskms://{ALIAS}?region={REGION}" in printed
    assert "DEV_STATE" not in printed


def test_drift_reads_the_secrets_of_the_state_and_no_third_party_keys() -> None:
    bootstrap("--stack", "dev")
    document = client("iam").get_role_policy(RoleName="openmarket-drift", PolicyName="openmarket")["PolicyDocument"]
    by_name = {each["Sid"]: each for each in document["Statement"]}
    secrets = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:openmarket-*"
    assert by_name["ReadSecrets"]["Resource"] == secrets
    by_hand = [f"{secrets}-api-keys-*", f"{secrets}-chat-webhook-*", f"{secrets}/*"]
    assert (by_name["NoApiKeys"]["Effect"], by_name["NoApiKeys"]["Resource"]) == ("Deny", by_hand)
    assert by_name["DecryptSecrets"]["Condition"]["StringEquals"]["kms:ViaService"].startswith("secretsmanager.")


@pytest.mark.parametrize(
    "repository",
    [
        "platform", "openmarket/*", "a/b/c", "openmarket/platform:ref", "", "../..", "openmarket/..", "openmarket/.",
        "openmarket@1/..@2", "open.market/platform", "-openmarket/platform", "open--market/platform",
    ],
)  # fmt: skip
def test_a_repository_that_is_none_is_refused(repository: str) -> None:
    result = bootstrap(repository=repository)
    assert result.exit_code == 1
    assert "owner/name" in result.output


def test_an_account_that_the_stack_file_does_not_allow_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = {"aws:region": REGION, "aws:allowedAccountIds": [111122223333]}
    monkeypatch.setattr(stack_file, "settings", lambda _: settings)
    result = bootstrap("--stack", "prod")
    assert result.exit_code == 1
    assert "stack prod is limited to account 111122223333" in result.output
    assert client("s3").list_buckets()["Buckets"] == []
