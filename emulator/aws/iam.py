"""Evaluates the account's IAM roles and policies."""

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Protocol, cast

from emulator.aws.managed_policies import MANAGED_POLICIES
from emulator.aws.tokens import OIDC_PROVIDER, POLICY, ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT
from emulator.store import StoredObject

Statement = Mapping[str, Any]


class Finder(Protocol):
    """A `Store`, or a `Transaction` of one."""

    def find(self, type_: str | None = None, **outputs: Any) -> list[StoredObject]:
        """Objects of a type whose outputs have the given values."""
        ...


def allows(store: Finder, role_arn: str, action: str, resource: str = "*") -> bool:
    """Return whether the role may do the action to the resource.

    Inline and attached policies count, a `Deny` wins, a permissions boundary has to allow it too, and conditions are
    taken as met (they depend on the request). `resource="*"` asks whether there is any resource on which the role may.
    """
    boundaries = {str(role.outputs.get("permissionsBoundary") or "") for role in store.find(ROLE, arn=role_arn)} - {""}
    return _allow(statements(store, role_arn), action, resource) and all(
        _allow(_of_policy(store, boundary), action, resource) for boundary in boundaries
    )


def managed_allow(arns: Iterable[str], action: str) -> bool:
    """Return whether AWS's managed policies together allow the action. They are about all resources."""
    return any(covers(each, action, "*") for arn in arns for each in _managed(arn))


def statements(store: Finder, role_arn: str) -> Iterator[Statement]:
    """Every statement of the policies of the role; none if it does not exist."""
    for role in store.find(ROLE, arn=role_arn):
        for policy in store.find(ROLE_POLICY, role=role.id):
            yield from statements_of(policy.outputs["policy"])
        for attachment in store.find(ROLE_POLICY_ATTACHMENT, role=role.id):
            yield from _of_policy(store, attachment.outputs["policyArn"])


def _of_policy(store: Finder, arn: str) -> Iterator[Statement]:
    yield from _managed(arn)
    for policy in store.find(POLICY, arn=arn):
        yield from statements_of(policy.outputs["policy"])


def _managed(arn: str) -> Iterator[Statement]:
    if arn in MANAGED_POLICIES:
        yield {"Effect": "Allow", "Action": list(MANAGED_POLICIES[arn]), "Resource": "*"}


def _allow(found: Iterable[Statement], action: str, resource: str) -> bool:
    return {each["Effect"] for each in found if covers(each, action, resource)} == {"Allow"}


def trusts_service(store: Finder, role_arn: str, service: str) -> bool:
    """Return whether an AWS service like `eks.amazonaws.com` may assume the role."""
    return any(
        service in as_list(_principal(statement).get("Service"))
        for statement in _trust(store, role_arn)
        if statement["Effect"] == "Allow" and "sts:AssumeRole" in as_list(statement.get("Action"))
    )


def trusts_principal(store: Finder, role_arn: str, principal_arn: str) -> bool:
    """Return whether a role may assume the other one: by its name, or as everybody in its account."""
    account = principal_arn.split(":")[4]
    named = {principal_arn, account, f"arn:aws:iam::{account}:root", "*"}
    return any(
        named & set(as_list(_principal(statement).get("AWS")))
        for statement in _trust(store, role_arn)
        if statement["Effect"] == "Allow" and "sts:AssumeRole" in as_list(statement.get("Action"))
    )


def trusts_service_account(store: Finder, role_arn: str, oidc_issuer: str, namespace: str, name: str) -> bool:
    """Return whether a pod of that service account gets the role (IRSA).

    The trust must name the issuer's OIDC provider, which must exist, and exactly this subject and STS's audience.
    """
    issuer = oidc_issuer.removeprefix("https://")
    provider = next((p for p in store.find(OIDC_PROVIDER) if p.outputs["url"].removeprefix("https://") == issuer), None)
    if provider is None or "sts.amazonaws.com" not in provider.outputs.get("clientIdLists", []):
        return False
    subject = f"system:serviceaccount:{namespace}:{name}"
    for statement in _trust(store, role_arn):
        equals = statement.get("Condition", {}).get("StringEquals", {})
        if (
            statement["Effect"] == "Allow"
            and "sts:AssumeRoleWithWebIdentity" in as_list(statement.get("Action"))
            and provider.id in as_list(_principal(statement).get("Federated"))
            and subject in as_list(equals.get(f"{issuer}:sub"))
            and "sts.amazonaws.com" in as_list(equals.get(f"{issuer}:aud"))
        ):
            return True
    return False


def _principal(statement: Statement) -> Mapping[str, Any]:
    principal = statement.get("Principal")
    return cast(Mapping[str, Any], principal) if isinstance(principal, Mapping) else {}


def _trust(store: Finder, role_arn: str) -> Iterator[Statement]:
    for role in store.find(ROLE, arn=role_arn):
        yield from statements_of(role.outputs["assumeRolePolicy"])


def statements_of(document: Any) -> list[Statement]:
    """Return the statements of a policy, which is JSON or what that stands for."""
    parsed = json.loads(document) if isinstance(document, str) else document
    return as_list(parsed.get("Statement"))


def as_list(value: Any) -> list[Any]:
    """Return what a policy has at a place as a list: a single element needs none there."""
    if value is None:
        return []
    return cast(list[Any], value) if isinstance(value, list) else [value]


def covers(statement: Statement, action: str, resource: str) -> bool:
    """Return whether the statement is about the action on the resource, whatever its principals and conditions."""
    if "NotAction" in statement:
        acts = not _any_match(as_list(statement["NotAction"]), action, ignore_case=True)
    else:
        acts = _any_match(as_list(statement.get("Action")), action, ignore_case=True)
    if not acts:
        return False
    if resource == "*":
        # A Deny for some resources leaves others; only one for everything answers the open question.
        return statement["Effect"] == "Allow" or "*" in as_list(statement.get("Resource"))
    if "NotResource" in statement:
        return not _any_match(as_list(statement["NotResource"]), resource)
    return _any_match(as_list(statement.get("Resource")), resource)


def _any_match(patterns: list[Any], value: str, *, ignore_case: bool = False) -> bool:
    # `[` is a plain character to IAM.
    texts = (str(pattern).replace("[", "[[]") for pattern in patterns)
    if ignore_case:
        return any(fnmatchcase(value.lower(), text.lower()) for text in texts)
    return any(fnmatchcase(value, text) for text in texts)
