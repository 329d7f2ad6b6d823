"""Policy documents: patterns, conditions and principals that are broader than they look."""

from typing import Any

import pytest

from policies.resources import Resource
from tests.policies.cases import ISSUER, KEY, READ, document
from tests.policies.test_rules import violations

_KEYS = "arn:aws:kms:*:*:*"
_TLS = {"Bool": {"aws:SecureTransport": "true"}}
_PROVIDER = {"Federated": f"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"}


def broken(rule: str, type_: str, **content: Any) -> bool:
    return bool(violations(rule, [Resource(type_, "subject", content)]))


def permits(rule: str, **statement: Any) -> bool:
    return not broken(rule, "aws:iam/policy:Policy", policy=document(statement))


@pytest.mark.parametrize("action", ["*", "**", "s3:*", "s3:**", "s3:?*", "iam:*Role*", "*:Get", "s3*"])
def test_wildcards_are_found_by_pattern(action: str) -> None:
    assert not permits("no-wildcard-actions", Action=action, Resource="arn:aws:s3:::shop")


@pytest.mark.parametrize("action", ["kms:ReEncrypt*", "s3:GetObject"])
def test_a_verb_with_a_trailing_wildcard_is_named(action: str) -> None:
    assert permits("no-wildcard-actions", Action=action, Resource="arn:aws:s3:::shop")


def test_all_actions_but_some_are_a_wildcard() -> None:
    assert not permits("no-wildcard-actions", NotAction="iam:*", Resource="arn:aws:s3:::shop")


@pytest.mark.parametrize("action", ["KMS:Decrypt", "kms:D*", "kms:Decryp?", "kms:*", "*", "kms:ReEncrypt*"])
@pytest.mark.parametrize("target", ["*", "**", "arn:*", _KEYS, "arn:aws:kms:ap-northeast-2:123456789012:key/*"])
def test_decrypting_is_found_however_it_is_written(action: str, target: str) -> None:
    assert not permits("no-decrypting-everywhere", Action=action, Resource=target)
    assert permits("no-decrypting-everywhere", Action=action, Resource=KEY)


@pytest.mark.parametrize("target", ["*", "**", "arn:*", "arn:aws:s3:::*", "arn:aws:s3:::*/*"])
@pytest.mark.parametrize(
    "action", ["s3:PutObject", "s3:GetObject", "s3:Get*", "ssm:GetParameters", "secretsmanager:GetSecretValue"]
)
def test_changes_and_data_of_everything(action: str, target: str) -> None:
    assert not permits("no-writing-everywhere", Action=action, Resource=target)


@pytest.mark.parametrize(
    ("condition", "who", "what"),
    [
        (_TLS, False, False),
        ({"StringLike": {"aws:UserAgent": "*"}}, False, False),
        ({"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}, False, False),
        ({"StringLike": {"aws:SourceArn": "*"}}, False, False),
        ({"StringNotEquals": {"aws:SourceAccount": "123456789012"}}, False, False),
        ({"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}, False, False),
        ({"StringEquals": {"AWS:SourceAccount": "123456789012"}}, True, False),
        ({"Null": {"aws:ResourceTag/owner": "false"}}, False, True),
        ({"Null": {"aws:ResourceTag/owner": "true"}}, False, False),
    ],
)
def test_conditions_that_limit_who_or_what(condition: dict[str, Any], who: bool, what: bool) -> None:
    assert permits("no-writing-everywhere", Action="s3:PutObject", Resource="*", Condition=condition) is what
    policy = document({"Principal": "*", **READ, "Condition": condition})
    assert broken("resource-policy-closed", "aws:s3/bucketPolicy:BucketPolicy", policy=policy) is not who


@pytest.mark.parametrize("principal", ["*", ["*"], {"AWS": ["*"]}, {"Federated": "*"}, {"Service": "*"}])
def test_everybody_in_a_resource_policy(principal: Any) -> None:
    policy = document({"Principal": principal, **READ})
    assert broken("resource-policy-closed", "aws:sqs/queuePolicy:QueuePolicy", policy=policy)


def test_everybody_but_some() -> None:
    policy = document({"NotPrincipal": {"AWS": "arn:aws:iam::123456789012:root"}, **READ})
    assert broken("resource-policy-closed", "aws:kms/keyPolicy:KeyPolicy", policy=policy)


@pytest.mark.parametrize("policy", ["text", "[]", '{"Statement": ["Allow"]}'])
def test_what_is_no_document_is_named(policy: str) -> None:
    found = violations("resource-policy-closed", [Resource("aws:kms/key:Key", "subject", {"policy": policy})])
    assert "policy is not" in found[0].wrong


def test_what_a_role_holds_itself() -> None:
    inline = [{"name": "all", "policy": document({"Action": "*", "Resource": "*"})}]
    assert broken("no-wildcard-actions", "aws:iam/role:Role", inlinePolicies=inline)
    arns = ["arn:aws:iam::aws:policy/IAMFullAccess"]
    assert broken("no-administrators", "aws:iam/role:Role", managedPolicyArns=arns)


@pytest.mark.parametrize(
    "statement",
    [
        {"Principal": {"AWS": "arn:aws:iam::999999999999:root"}},
        {"Principal": {"AWS": "999999999999"}},
        {"NotPrincipal": {"AWS": "arn:aws:iam::999999999999:root"}},
        {"Principal": {"Service": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}},
        {
            "Principal": _PROVIDER,
            "Condition": {"StringEquals": {f"{ISSUER}:aud": "sts.amazonaws.com", f"{ISSUER}:sub": ["a", "b"]}},
        },
    ],
)
def test_trust_in_more_than_one(statement: dict[str, Any]) -> None:
    trust = document({"Action": "sts:AssumeRole", **statement})
    assert broken("trust-narrow", "aws:iam/role:Role", assumeRolePolicy=trust)
