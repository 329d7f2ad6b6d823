"""What a caller's own IAM policies let it do."""

from typing import Any

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import actions, callers, tokens
from emulator.aws.catalogue import TYPES
from emulator.plugins.provider import Call, ProviderError, Resource

VPC: dict[str, Any] = {"cidrBlock": "10.0.0.0/16"}
SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"


def become(monkeypatch: pytest.MonkeyPatch, role: str) -> None:
    monkeypatch.setenv("OPENMARKET_EMULATOR_CALLER", f"arn:aws:sts::123456789012:assumed-role/{role}/session")


def role(account: Account, name: str, *policies: str, **more: Any) -> None:
    account.create(tokens.ROLE, name, name=name, assumeRolePolicy=networks.trust("ec2.amazonaws.com"), **more)
    for policy in policies:
        arn = f"arn:aws:iam::aws:policy/{policy}"
        account.create(tokens.ROLE_POLICY_ATTACHMENT, f"{name}-{policy}", role=name, policyArn=arn)


def test_a_caller_that_the_account_does_not_know_is_an_administrator(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    become(monkeypatch, "stranger")
    account.create(tokens.VPC, **VPC)


def test_a_role_of_the_account_has_its_policies(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    role(account, "preview", "ReadOnlyAccess", path="/ci/")
    vpc = account.create(tokens.VPC, **VPC)["id"]
    become(monkeypatch, "preview")
    assert account.provider.read(account.resource(tokens.VPC, vpc)) is not None
    refused = r"User: arn:aws:sts::123456789012:assumed-role/preview/session is not authorized to perform: {}"
    with pytest.raises(ProviderError, match=refused.format("ec2:CreateVpc")):
        account.create(tokens.VPC, "other", **VPC)
    with pytest.raises(ProviderError, match=refused.format("ec2:ModifyVpcAttribute")):
        account.update(tokens.VPC, vpc, enableDnsSupport=False)
    with pytest.raises(ProviderError, match=refused.format("ec2:DeleteVpc")):
        account.delete(tokens.VPC, vpc)


def test_a_preview_asks_for_nothing(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    role(account, "preview")
    become(monkeypatch, "preview")
    resource = Resource("urn:pulumi:dev::test::aws:ec2/vpc:Vpc::it", tokens.VPC, "it")
    account.provider.create(resource, VPC, Call(preview=True))
    with pytest.raises(ProviderError, match="eks:ListClusters"):
        account.provider.invoke("aws:eks/getClusters:getClusters", {})


def test_read_only_access_reads_no_secret(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = account.create(SECRET, name="password")
    account.create(VERSION, secretId=secret["arn"], secretString="x")
    (version,) = account.store.find(VERSION)
    role(account, "preview", "ReadOnlyAccess")
    become(monkeypatch, "preview")
    assert account.provider.read(account.resource(SECRET, secret["id"])) is not None
    with pytest.raises(ProviderError, match=f"secretsmanager:GetSecretValue on resource: {secret['arn']}"):
        account.provider.read(account.resource(VERSION, version.id))


def test_a_boundary_limits_what_policies_allow(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    boundary = account.create(tokens.POLICY, "boundary", policy=networks.policy("ec2:*"))["arn"]
    role(account, "deploy", "AdministratorAccess", permissionsBoundary=boundary)
    become(monkeypatch, "deploy")
    account.create(tokens.VPC, **VPC)
    with pytest.raises(ProviderError, match="iam:CreateRole"):
        role(account, "more")


def test_policies_of_a_caller_are_declared(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENMARKET_EMULATOR_CALLER_POLICIES", "ReadOnlyAccess")
    with pytest.raises(ProviderError, match="ec2:CreateVpc"):
        account.create(tokens.VPC, **VPC)
    monkeypatch.setenv("OPENMARKET_EMULATOR_CALLER_POLICIES", "ReadOnlyAccess, AdministratorAccess")
    account.create(tokens.VPC, **VPC)
    monkeypatch.setenv("OPENMARKET_EMULATOR_CALLER_BOUNDARY", "ReadOnlyAccess")
    with pytest.raises(ProviderError, match="ec2:CreateVpc"):
        account.create(tokens.VPC, "other", **VPC)
    monkeypatch.setenv("OPENMARKET_EMULATOR_CALLER_POLICIES", "ReadOnlyAcces")
    with pytest.raises(ProviderError, match="OPENMARKET_EMULATOR_CALLER_POLICIES has 'ReadOnlyAcces'"):
        account.create(tokens.VPC, "other", **VPC)


def test_buckets_have_an_arn_without_having_it_in_their_parts() -> None:
    assert callers.resource_of({"arn": "arn:aws:s3:::a", "bucket": "b"}) == "arn:aws:s3:::a"
    assert callers.resource_of({"bucket": "b"}) == "arn:aws:s3:::b"
    assert callers.resource_of({}) == "*"


@pytest.mark.parametrize("token", sorted(token for token, type_ in TYPES.items() if not type_.owned_by_aws))
def test_every_type_has_actions_of_its_service(token: str) -> None:
    """Reading reads, and the others do not."""
    read = ("Describe", "Get", "List", "View")  # the last is how AWS Budgets calls it
    assert actions.action(token, actions.READ).partition(":")[2].startswith(read)
    if token == "aws:acm/certificateValidation:CertificateValidation":
        return  # it makes nothing and waits for somebody else's work
    assert not actions.action(token, actions.CREATE).partition(":")[2].startswith(read)
    assert actions.action(token, actions.CREATE)
    assert actions.action(token, actions.DELETE)
