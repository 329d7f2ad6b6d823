"""Who may do what."""

import re
from collections.abc import Iterator

from policies.documents import Statement, statements
from policies.resources import Resource
from policies.rule import Level, Rule, Violation
from policies.rules.pods import WORKLOADS, containers

_PERMISSIONS = ("aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy")
_READS = re.compile(r"[\w-]+:(Describe|List|Get|BatchGet)\w*\*?")
_DECRYPTS = re.compile(r"kms:(\*|Decrypt\*?|ReEncrypt(From)?\*?)")
_TOO_MUCH = re.compile(r":aws:policy/(AdministratorAccess|PowerUserAccess|\w*FullAccess)$")


def no_wildcard_actions(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each action that stands for all of a service, or for everything."""
    for statement in _allowing(resource):
        for action in statement.actions:
            if action == "*" or action.endswith(":*"):
                yield Violation(f"it allows {action}", "the actions that are needed, by name")


def no_writing_everywhere(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each statement that changes any resource there is, without a condition."""
    for statement in _allowing(resource):
        writes = [action for action in statement.actions if not _READS.fullmatch(action)]
        if "*" in statement.resources and writes and not statement.condition:
            yield Violation(f"{', '.join(writes)} on every resource", "resources by ARN, or a condition")


def no_decrypting_everywhere(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each statement that decrypts with every key of an account."""
    for statement in _allowing(resource):
        if not any(_DECRYPTS.fullmatch(action) for action in statement.actions):
            continue
        if any(target == "*" or target.endswith(":key/*") for target in statement.resources):
            yield Violation("it decrypts with every key", "the ARNs of the keys")


def _allowing(resource: Resource) -> Iterator[Statement]:
    return (statement for statement in statements(resource, "policy") if statement.allows)


def no_administrators(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for a policy of AWS's that gives full access."""
    arn = str(resource.props.get("policyArn", ""))
    if _TOO_MUCH.search(arn):
        yield Violation(f"it attaches {arn.rpartition('/')[2]}", "a policy with what is needed")


def trust_narrow(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for each way into a role that is wider than one service or one service account."""
    for statement in statements(resource, "assumeRolePolicy"):
        if not statement.allows:
            continue
        if "*" in statement.principals.get("AWS", ()):
            yield Violation("everybody may try to assume it", "named principals")
        if "Federated" not in statement.principals:
            continue
        equal = statement.condition_keys("StringEquals")
        for claim, example in (("aud", "sts.amazonaws.com"), ("sub", "system:serviceaccount:<namespace>:<name>")):
            values = [value for key, found in equal.items() if key.endswith(f":{claim}") for value in found]
            if not values or any("*" in value for value in values):
                yield Violation(f"it does not check the token's {claim}", f"StringEquals <issuer>:{claim}: {example}")


def no_access_keys(resource: Resource) -> Iterator[Violation]:
    """Yield a violation for users, access keys, and pods that are given one: they do not expire, and they leak."""
    if resource.type not in WORKLOADS:
        yield Violation(f"{resource.type.rpartition(':')[2]} has credentials that do not expire", "a role to assume")
        return
    for container in containers(resource):
        for variable in container.objects("env"):
            if variable.get("name") in {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}:
                yield Violation(f"it is given {variable.get('name')}", "a service account with a role")


RULES = (
    Rule(
        "no-wildcard-actions", "Policies name their actions", ("FSBP IAM.1", "FSBP IAM.21"),
        Level.ALWAYS, _PERMISSIONS, no_wildcard_actions,
    ),
    Rule(
        "no-writing-everywhere", "Policies name what they may change", (),
        Level.ADVISED, _PERMISSIONS, no_writing_everywhere,
    ),
    Rule(
        "no-decrypting-everywhere", "Policies name the keys to decrypt with", ("FSBP KMS.1", "FSBP KMS.2"),
        Level.ALWAYS, _PERMISSIONS, no_decrypting_everywhere,
    ),
    Rule(
        "no-administrators", "Nobody gets full access", ("FSBP IAM.1",), Level.ALWAYS,
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws:iam/userPolicyAttachment:UserPolicyAttachment"),
        no_administrators,
    ),
    Rule(
        "trust-narrow", "Roles trust one service or one service account", ("CIS EKS 5.2.1",),
        Level.ALWAYS, ("aws:iam/role:Role",), trust_narrow,
    ),
    Rule(
        "no-access-keys", "There are no users and no access keys", (), Level.ALWAYS,
        ("aws:iam/accessKey:AccessKey", "aws:iam/user:User", "aws:iam/userLoginProfile:UserLoginProfile", *WORKLOADS),
        no_access_keys,
    ),
)  # fmt: skip
