"""The policy evaluator."""

import json

import aws_networks as networks
import pytest
from aws_account import Account

from emulator.aws import tokens
from emulator.aws.iam import allows, trusts_service, trusts_service_account
from emulator.plugins.provider import ProviderError

ISSUER = "oidc.eks.ap-northeast-2.amazonaws.com/id/ABC"


def role(account: Account, document: str) -> str:
    made = account.create(tokens.ROLE, "app", assumeRolePolicy=networks.trust("ec2.amazonaws.com"))
    account.create(tokens.ROLE_POLICY, "app", role=made["name"], policy=document)
    return str(made["arn"])


def test_wildcards_and_resources(account: Account) -> None:
    arn = role(account, networks.policy("s3:Get*", resource="arn:aws:s3:::uploads/*"))
    assert allows(account.store, arn, "s3:GetObject", "arn:aws:s3:::uploads/a")
    assert allows(account.store, arn, "S3:getobject", "arn:aws:s3:::uploads/a")
    assert allows(account.store, arn, "s3:GetObject")
    assert not allows(account.store, arn, "s3:GetObject", "arn:aws:s3:::other/a")
    assert not allows(account.store, arn, "s3:PutObject", "arn:aws:s3:::uploads/a")
    assert not allows(account.store, "arn:aws:iam::123456789012:role/none", "s3:GetObject")


def test_deny_wins(account: Account) -> None:
    arn = role(account, networks.policy("s3:*"))
    name = arn.rpartition("/")[2]
    account.create(tokens.ROLE_POLICY, "deny", role=name, policy=networks.policy("s3:Delete*", effect="Deny"))
    assert allows(account.store, arn, "s3:GetObject")
    assert not allows(account.store, arn, "s3:DeleteObject")


def test_attached_policies_count_while_attached(account: Account) -> None:
    arn = role(account, networks.policy("s3:GetObject"))
    name = arn.rpartition("/")[2]
    policy = account.create(tokens.POLICY, "lbc", policy=networks.policy("elasticloadbalancing:*"))
    action = "elasticloadbalancing:CreateLoadBalancer"
    assert not allows(account.store, arn, action)
    attached = account.create(tokens.ROLE_POLICY_ATTACHMENT, role=name, policyArn=policy["arn"])
    assert allows(account.store, arn, action)
    with pytest.raises(ProviderError, match="DependencyViolation"):
        account.delete(tokens.POLICY, policy["id"])
    account.delete(tokens.ROLE_POLICY_ATTACHMENT, attached["id"])
    assert not allows(account.store, arn, action)


def test_managed_policies_are_known(account: Account) -> None:
    arn = networks.node_role(account, "AmazonEKSWorkerNodePolicy")
    assert allows(account.store, arn, "ec2:DescribeInstances")
    assert not allows(account.store, arn, "ecr:BatchGetImage")
    assert trusts_service(account.store, arn, "ec2.amazonaws.com")
    assert not trusts_service(account.store, arn, "eks.amazonaws.com")


def irsa(account: Account, subject: str, audience: str = "sts.amazonaws.com") -> str:
    provider = f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": provider},
        "Condition": {"StringEquals": {f"{ISSUER}:sub": subject, f"{ISSUER}:aud": audience}},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    return str(account.create(tokens.ROLE, "irsa", assumeRolePolicy=document)["arn"])


def test_a_service_account_gets_its_own_role_only(account: Account) -> None:
    account.create(tokens.OIDC_PROVIDER, url=f"https://{ISSUER}", clientIdLists=["sts.amazonaws.com"])
    arn = irsa(account, "system:serviceaccount:shop:web")
    assert trusts_service_account(account.store, arn, f"https://{ISSUER}", "shop", "web")
    assert trusts_service_account(account.store, arn, ISSUER, "shop", "web")
    assert not trusts_service_account(account.store, arn, ISSUER, "shop", "api")
    assert not trusts_service_account(account.store, arn, ISSUER, "other", "web")
    assert not trusts_service_account(account.store, arn, "oidc.eks.other/id/ABC", "shop", "web")


def test_without_audience_or_provider_there_is_no_role(account: Account) -> None:
    arn = irsa(account, "system:serviceaccount:shop:web", audience="someone-else")
    assert not trusts_service_account(account.store, arn, ISSUER, "shop", "web")
    account.create(tokens.OIDC_PROVIDER, url=f"https://{ISSUER}", clientIdLists=["sts.amazonaws.com"])
    assert not trusts_service_account(account.store, arn, ISSUER, "shop", "web")


def test_iams_limit_for_a_policy(account: Account) -> None:
    with pytest.raises(ProviderError, match="6144"):
        account.create(tokens.POLICY, policy=networks.policy(*(f"s3:Get{number:010}" for number in range(500))))


def test_a_policy_that_is_not_json_is_refused(account: Account) -> None:
    with pytest.raises(ProviderError, match="MalformedPolicyDocument"):
        account.create(tokens.POLICY, policy="{")
