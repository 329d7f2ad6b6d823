"""Creates the IAM roles of the workflows on GitHub, which assume them with GitHub's OIDC tokens instead of keys."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ops.bootstrap.changes import Changes
from ops.bootstrap.settings import TAGS, Account

PREVIEW, DRIFT, DEPLOY = "openmarket-preview", "openmarket-drift", "openmarket-deploy"

_ISSUER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"
_INLINE = "openmarket"
_HOUR = 3600
DEPLOY_SECONDS = 2 * _HOUR
"""Longest session of a deployment, in seconds, as `deploy-stack.yml` requests it. A first deployment takes long."""


@dataclass(frozen=True)
class Role:
    """Describes an IAM role for workflows.

    Attributes:
        name: Name of the role.
        subject: The one subject claim with which an OIDC token may assume the role.
        managed: The attached policy: an ARN, or the name of an AWS managed policy.
        statements: Statements of the inline policy; empty if there is none.
        seconds: Longest session, in seconds.
    """

    name: str
    subject: str
    managed: str
    statements: tuple[Mapping[str, Any], ...]
    seconds: int = _HOUR


def roles(account: Account, key_arn: str, deploy_policy: str) -> Iterator[Role]:
    """Yield the account's roles.

    The role of pull requests may read AWS and the state, which contains the generated passwords, but no objects of
    other buckets and no secret values. The role for drift may also read the secrets whose values are in the state, as
    drift detection compares them, and publish warnings; only the main branch may assume it. The deployment role of a
    stack has the permissions of `deploy_policy`, and only the stack's GitHub environment may assume it.
    """
    repository = f"repo:{account.repository}"
    reads = (*_state(account, key_arn), _no_data(account))
    yield Role(PREVIEW, f"{repository}:pull_request", "ReadOnlyAccess", (*reads, _NO_SECRETS))
    drift = (*reads, *_secrets(account), *_warnings(account))
    yield Role(DRIFT, f"{repository}:ref:refs/heads/main", "ReadOnlyAccess", drift)
    for stack in account.stacks:
        yield Role(f"{DEPLOY}-{stack}", f"{repository}:environment:{stack}", deploy_policy, (), DEPLOY_SECONDS)


def provider(iam: Any, account: Account, changes: Changes) -> str:
    """Create the OIDC provider of GitHub, or correct it, and return its ARN.

    It has no thumbprint, because IAM verifies GitHub's certificate by its certificate authority.
    """
    arn = account.arn("iam", f"oidc-provider/{_ISSUER}")
    known = {each["Arn"] for each in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]}
    if arn not in known:
        tags = [{"Key": name, "Value": value} for name, value in TAGS.items()]
        changes.create(
            f"identity provider {_ISSUER}",
            lambda: iam.create_open_id_connect_provider(
                Url=f"https://{_ISSUER}", ClientIDList=[_AUDIENCE], Tags=tags
            ),
        )  # fmt: skip
    elif _AUDIENCE not in iam.get_open_id_connect_provider(OpenIDConnectProviderArn=arn)["ClientIDList"]:
        changes.correct(
            f"identity provider {_ISSUER}: audience {_AUDIENCE}",
            lambda: iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID=_AUDIENCE),
        )
    return arn


def role(iam: Any, account: Account, provider_arn: str, wanted: Role, changes: Changes) -> str:
    """Create the role, or correct it, and return its ARN."""
    trust = _trust(provider_arn, wanted.subject)
    found = _role(iam, wanted.name)
    if found is None:
        changes.create(f"role {wanted.name} for {wanted.subject}", lambda: _create(iam, wanted, trust))
    else:
        if found["AssumeRolePolicyDocument"] != trust:
            changes.correct(
                f"role {wanted.name}: trust in {wanted.subject}",
                lambda: iam.update_assume_role_policy(RoleName=wanted.name, PolicyDocument=json.dumps(trust)),
            )
        if found["MaxSessionDuration"] != wanted.seconds:
            changes.correct(
                f"role {wanted.name}: sessions of {wanted.seconds} seconds",
                lambda: iam.update_role(RoleName=wanted.name, MaxSessionDuration=wanted.seconds),
            )
    _managed(iam, account, wanted, found, changes)
    _inline(iam, wanted, found, changes)
    return account.arn("iam", f"role/{wanted.name}")


def _managed(iam: Any, account: Account, wanted: Role, found: Any, changes: Changes) -> None:
    """Attach the managed policy, and detach every other one."""
    attached: set[str] = set()
    if found is not None:
        listed = iam.list_attached_role_policies(RoleName=wanted.name)["AttachedPolicies"]
        attached = {each["PolicyArn"] for each in listed}
    named = f"arn:{account.partition}:iam::aws:policy/{wanted.managed}"
    arn = wanted.managed if wanted.managed.startswith("arn:") else named
    if arn not in attached:
        change = changes.create if found is None else changes.correct
        change(f"role {wanted.name}: {arn}", lambda: iam.attach_role_policy(RoleName=wanted.name, PolicyArn=arn))
    for other in sorted(attached - {arn}):
        changes.correct(
            f"role {wanted.name}: without {other}",
            lambda other=other: iam.detach_role_policy(RoleName=wanted.name, PolicyArn=other),
        )


def _inline(iam: Any, wanted: Role, found: Any, changes: Changes) -> None:
    if not wanted.statements:
        return
    document = {"Version": "2012-10-17", "Statement": list(wanted.statements)}
    present = None
    if found is not None and _INLINE in iam.list_role_policies(RoleName=wanted.name)["PolicyNames"]:
        present = iam.get_role_policy(RoleName=wanted.name, PolicyName=_INLINE)["PolicyDocument"]
    if present != document:
        change = changes.create if found is None else changes.correct
        change(
            f"role {wanted.name}: inline policy",
            lambda: iam.put_role_policy(
                RoleName=wanted.name, PolicyName=_INLINE, PolicyDocument=json.dumps(document)
            ),
        )  # fmt: skip


def _role(iam: Any, name: str) -> Any:
    try:
        return iam.get_role(RoleName=name)["Role"]
    except iam.exceptions.NoSuchEntityException:
        return None


def _create(iam: Any, wanted: Role, trust: Mapping[str, Any]) -> None:
    tags = [{"Key": name, "Value": value} for name, value in TAGS.items()]
    iam.create_role(
        RoleName=wanted.name, AssumeRolePolicyDocument=json.dumps(trust), MaxSessionDuration=wanted.seconds, Tags=tags
    )


def _trust(provider_arn: str, subject: str) -> dict[str, Any]:
    condition = {f"{_ISSUER}:aud": _AUDIENCE, f"{_ISSUER}:sub": subject}
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": condition},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _state(account: Account, key_arn: str) -> tuple[Mapping[str, Any], ...]:
    """Return statements that allow reading the state and decrypting its secrets, which a preview needs."""
    return (
        {
            "Sid": "ReadState",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [account.bucket_arn, f"{account.bucket_arn}/*"],
        },
        {"Sid": "DecryptState", "Effect": "Allow", "Action": ["kms:Decrypt", "kms:DescribeKey"], "Resource": key_arn},
    )


def _no_data(account: Account) -> Mapping[str, Any]:
    """Return a statement that denies objects of other buckets, which the managed policy ReadOnlyAccess allows."""
    return {
        "Sid": "NoFiles",
        "Effect": "Deny",
        "Action": ["s3:GetObject", "s3:GetObjectVersion"],
        "NotResource": f"{account.bucket_arn}/*",
    }


_NO_SECRETS = {
    "Sid": "NoSecrets",
    "Effect": "Deny",
    "Action": ["secretsmanager:GetSecretValue", "secretsmanager:BatchGetSecretValue"],
    "Resource": "*",
}


def _secrets(account: Account) -> tuple[Mapping[str, Any], ...]:
    """Return statements that allow the stacks' secrets, except for those that people set: their values are in no state.

    These are the third-party keys, the address of the chat's webhook, and what services have of their own.
    """
    secrets = account.arn("secretsmanager", "secret:openmarket-*", account.region)
    by_hand = [f"{secrets}-api-keys-*", f"{secrets}-chat-webhook-*", f"{secrets}/*"]
    read, through = "secretsmanager:GetSecretValue", f"secretsmanager.{account.region}.amazonaws.com"
    return (
        {"Sid": "ReadSecrets", "Effect": "Allow", "Action": read, "Resource": secrets},
        {"Sid": "NoApiKeys", "Effect": "Deny", "Action": read, "Resource": by_hand},
        {
            "Sid": "DecryptSecrets",
            "Effect": "Allow",
            "Action": "kms:Decrypt",
            "Resource": account.arn("kms", "key/*", account.region),
            "Condition": {"StringEquals": {"kms:ViaService": through}},
        },
    )


def _warnings(account: Account) -> tuple[Mapping[str, Any], ...]:
    """Return statements that allow publishing to the stacks' topics of warnings, which their keys encrypt."""
    through = f"sns.{account.region}.amazonaws.com"
    return (
        {
            "Sid": "TellWarnings",
            "Effect": "Allow",
            "Action": ["sns:Publish"],
            "Resource": account.arn("sns", "openmarket-*-alarms-warning", account.region),
        },
        {
            "Sid": "EncryptWarnings",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": account.arn("kms", "key/*", account.region),
            "Condition": {"StringEquals": {"kms:ViaService": through}},
        },
    )
