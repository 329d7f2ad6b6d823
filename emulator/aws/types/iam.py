"""IAM roles, policies and identity providers."""

import json
from typing import Any

from emulator.aws.resource_type import Context, Reference, ResourceType, named
from emulator.aws.tokens import OIDC_PROVIDER, POLICY, ROLE, ROLE_POLICY, ROLE_POLICY_ATTACHMENT
from emulator.plugins.provider import ProviderError
from emulator.store import StoredObject, Transaction

MANAGED_POLICIES = "arn:aws:iam::aws:policy/"

_MANAGED_POLICY_LIMIT = 6144
"""Characters without white space, IAM's quota for a managed policy."""


def _path(context: Context) -> str:
    return str(context.inputs.get("path", "/"))


def _role(context: Context) -> dict[str, Any]:
    return {
        "arn": context.global_arn("iam", f"role{_path(context)}{context.id}"),
        "uniqueId": f"AROA{context.letters('role', 17)}",
        "createDate": context.created,
        "inlinePolicies": [],
        "managedPolicyArns": [],
    }


def _policy_arn(context: Context) -> str:
    return context.global_arn("iam", f"policy{_path(context)}{context.inputs['name']}")


def _policy(context: Context) -> dict[str, Any]:
    return {"arn": context.id, "policyId": f"ANPA{context.letters('policy', 17)}", "attachmentCount": 0}


def _document(stored: StoredObject, property_: str) -> dict[str, Any]:
    try:
        document = json.loads(stored.inputs[property_])
    except (TypeError, ValueError):
        raise ProviderError(f"MalformedPolicyDocument: {property_} of {stored.id} is not JSON") from None
    if not isinstance(document, dict) or "Statement" not in document:
        raise ProviderError(f"MalformedPolicyDocument: {property_} of {stored.id} has no Statement")
    return document


def _policy_requires(_transaction: Transaction, stored: StoredObject) -> None:
    document = json.dumps(_document(stored, "policy"), separators=(",", ":"))
    if len(document) > _MANAGED_POLICY_LIMIT:
        raise ProviderError(
            f"LimitExceeded: policy {stored.id} has {len(document)} characters; IAM's limit is {_MANAGED_POLICY_LIMIT}"
        )


def _role_requires(_transaction: Transaction, stored: StoredObject) -> None:
    _document(stored, "assumeRolePolicy")


def _url(context: Context) -> str:
    return str(context.inputs["url"]).removeprefix("https://")


TYPES = (
    ResourceType(
        type=ROLE, oracle="AWS::IAM::Role", id=named(), regional=False, name_property="name", outputs=_role,
        names={
            "AssumeRolePolicyDocument": "assumeRolePolicy", "RoleName": "name", "Policies": "",
        },
        defaults={"path": "/", "maxSessionDuration": 3600, "forceDetachPolicies": False}, requires=_role_requires,
        references=(Reference("permissionsBoundary", POLICY, "arn", external=(MANAGED_POLICIES,)),),
    ),
    ResourceType(
        type=POLICY, oracle="AWS::IAM::ManagedPolicy", id=_policy_arn, regional=False, name_property="name",
        names={
            "PolicyDocument": "policy", "ManagedPolicyName": "name", "Groups": "", "Roles": "", "Users": "",
        },
        defaults={"path": "/"}, outputs=_policy, requires=_policy_requires,
    ),
    ResourceType(
        type=ROLE_POLICY, oracle="AWS::IAM::RolePolicy", regional=False, taggable=False, name_property="name",
        puts=True, id=lambda context: f"{context.inputs['role']}:{context.inputs['name']}",
        names={"PolicyName": "name", "RoleName": "role", "PolicyDocument": "policy"},
        requires=lambda _, stored: (_document(stored, "policy"), None)[1], references=(Reference("role", ROLE),),
    ),
    ResourceType(
        type=ROLE_POLICY_ATTACHMENT, regional=False, taggable=False, puts=True,
        id=lambda context: f"{context.inputs['role']}/{context.inputs['policyArn']}",
        also_replaces={
            "role": "an attachment is nothing but these two names",
            "policyArn": "an attachment is nothing but these two names",
        },
        references=(Reference("role", ROLE), Reference("policyArn", POLICY, "arn", external=(MANAGED_POLICIES,))),
    ),
    ResourceType(
        type=OIDC_PROVIDER, oracle="AWS::IAM::OIDCProvider", regional=False,
        id=lambda context: context.global_arn("iam", f"oidc-provider/{_url(context)}"),
        names={"ClientIdList": "clientIdLists", "ThumbprintList": "thumbprintLists"},
        outputs=lambda context: {"arn": context.id, "url": _url(context)},
        # IAM fetches the thumbprint itself when the program gives none; nothing is fetched here.
        defaults={"thumbprintLists": ["0" * 40]},
    ),
)  # fmt: skip
