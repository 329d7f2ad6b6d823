"""Checks IAM policies, role trust and credentials."""

import re
from collections.abc import Iterator

from analysis.breadth import gives_full_access
from analysis.iam_documents import Statement, is_everything, overlap, statements
from policies.resources import Resource
from policies.rule import Level, Rule, Violation
from policies.rules.pods import WORKLOADS, containers

_ROLE = "aws:iam/role:Role"
_PERMISSIONS = (
    "aws:iam/policy:Policy",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:iam/userPolicy:UserPolicy",
    "aws:iam/groupPolicy:GroupPolicy",
    _ROLE,
)
_ATTACHMENTS = (
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    "aws:iam/rolePolicyAttachmentsExclusive:RolePolicyAttachmentsExclusive",
    "aws:iam/userPolicyAttachment:UserPolicyAttachment",
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment",
    "aws:iam/policyAttachment:PolicyAttachment",
    _ROLE,
)
_READS = re.compile(r"[\w-]+:(describe|list|get|batchget)\w*\*?", re.IGNORECASE)
_READS_DATA = (
    "secretsmanager:GetSecretValue",
    "secretsmanager:BatchGetSecretValue",
    "ssm:GetParameter*",
    "s3:GetObject*",
    "dynamodb:*Get*",
)
"""Read actions that return the data itself. On every resource they count like actions that change something."""
_DECRYPTS = ("kms:Decrypt", "kms:ReEncryptFrom")
_WHOLE_ARN = re.compile(r"arn(:[^:]*){0,4}:[*?:/]*")
"""ARNs without a resource name, at most with service, region and account: `arn:aws:s3:::*/*` is every S3 object."""
_KEY = re.compile(r"arn:[^:]*:kms:.*[*?].*", re.IGNORECASE)


def no_wildcard_actions(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each action pattern that covers all actions, a whole service, or an incomplete verb."""
    for statement in _allowing(resource):
        for action in statement.actions:
            # A trailing wildcard after a word, such as kms:ReEncrypt*, still names the operation.
            if not re.fullmatch(r"[\w-]+:\w[^*?]*[*?]?", action):
                yield Violation(f"it allows {action}", "the actions that are needed, by name")


def no_writing_everywhere(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each statement that changes resources or reads data without limits on the resource."""
    for statement in _allowing(resource):
        if statement.limits_resources or not any(_is_everything(target) for target in statement.resources):
            continue
        unlimited = [
            action
            for action in statement.actions
            if not _READS.fullmatch(action) or any(overlap(action.lower(), data.lower()) for data in _READS_DATA)
        ]
        if unlimited:
            yield Violation(
                f"it allows {', '.join(unlimited)} on every resource", "ARNs, or a condition on the resource"
            )


def no_decrypting_everywhere(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each statement that allows decryption with every key of an account."""
    for statement in _allowing(resource):
        if statement.may(*_DECRYPTS) and any(
            _is_everything(target) or _KEY.fullmatch(target) for target in statement.resources
        ):
            yield Violation("it allows decryption with every key", "the ARNs of the keys")


def _allowing(resource: Resource) -> Iterator[Statement]:
    documents = [resource.props.get("policy")]
    if resource.type == _ROLE:
        documents = [inline.get("policy") for inline in resource.props.objects("inlinePolicies")]
    return (statement for document in documents for statement in statements(document) if statement.allows)


def _is_everything(target: str) -> bool:
    return is_everything(target) or bool(_WHOLE_ARN.fullmatch(target))


def no_administrators(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each AWS managed policy that gives full access."""
    props = resource.props
    many = [*(props.get("managedPolicyArns") or ()), *(props.get("policyArns") or ())]
    for arn in (str(each) for each in (props.get("policyArn"), *many)):
        if gives_full_access(arn):
            yield Violation(f"it attaches {arn.rpartition('/')[2]}", "a policy with the actions that are needed")


def trust_narrow(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each trust statement that is broader than one service or one service account."""
    for statement in statements(resource.props.get("assumeRolePolicy")):
        if not statement.allows:
            continue
        if statement.everybody:
            yield Violation("everybody may assume it", "named principals")
        if any(re.fullmatch(r"\d{12}|.*:root", each) for each in statement.principals.get("AWS", ())):
            yield Violation("a whole account may assume it", "the ARN of a role")
        if len(statement.principals.get("Service", ())) > 1:
            yield Violation("several services may assume it", "a role for each")
        if "Federated" not in statement.principals:
            continue
        equal = statement.condition_keys("StringEquals")
        for claim, example in (("aud", "sts.amazonaws.com"), ("sub", "system:serviceaccount:<namespace>:<name>")):
            values = [value for key, found in equal.items() if key.endswith(f":{claim}") for value in found]
            if len(values) != 1 or "*" in str(values[0]):
                yield Violation(
                    f"it does not check the token's {claim} for one value", f"StringEquals <issuer>:{claim}: {example}"
                )


def no_access_keys(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for users, access keys, and pods with an access key, because such credentials never expire."""
    if resource.type not in WORKLOADS:
        yield Violation(f"{resource.type.rpartition(':')[2]} has credentials that never expire", "a role to assume")
        return
    for container in containers(resource):
        for variable in container.objects("env"):
            if variable.get("name") in {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}:
                yield Violation(f"it has the variable {variable.get('name')}", "a service account with a role")


RULES = (
    Rule(
        "no-wildcard-actions", "Policies name their actions", ("FSBP IAM.1", "FSBP IAM.21"),
        Level.ALWAYS, _PERMISSIONS, no_wildcard_actions,
    ),
    Rule(
        "no-writing-everywhere", "Policies name the resources that they may change", (),
        Level.ADVISED, _PERMISSIONS, no_writing_everywhere,
    ),
    Rule(
        "no-decrypting-everywhere", "Policies name the keys for decryption", ("FSBP KMS.1", "FSBP KMS.2"),
        Level.ALWAYS, _PERMISSIONS, no_decrypting_everywhere,
    ),
    Rule(
        "no-administrators", "Nobody gets full access", ("FSBP IAM.1",), Level.ALWAYS, _ATTACHMENTS, no_administrators
    ),
    Rule(
        "trust-narrow", "Roles trust one service or one service account", ("CIS EKS 5.2.1",),
        Level.ALWAYS, (_ROLE,), trust_narrow,
    ),
    Rule(
        "no-access-keys", "There are no users and no access keys", (), Level.ALWAYS,
        ("aws:iam/accessKey:AccessKey", "aws:iam/user:User", "aws:iam/userLoginProfile:UserLoginProfile", *WORKLOADS),
        no_access_keys,
    ),
)  # fmt: skip
