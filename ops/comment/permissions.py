"""Compares the permissions of all IAM policies, resource policies and Kubernetes roles before and after a change."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from analysis.breadth import gives_full_access
from analysis.preview import State
from ops.comment.names import Names
from ops.comment.properties import is_unknown, mapping

_RESOURCE_POLICIES = {
    "aws:s3/bucketPolicy:BucketPolicy": ("policy", "bucket", "aws:s3/bucket:Bucket"),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy", "secretArn", "aws:secretsmanager/secret:Secret"),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("policy", "repository", "aws:ecr/repository:Repository"),
}
"""Property with the policy, property that names the resource, and the resource's type, by type of resource policy."""
_ROLE = "aws:iam/role:Role"
_BINDINGS = {
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
}
_CLUSTER_ADMINISTRATOR = ":cluster-access-policy/AmazonEKSClusterAdminPolicy"
"""End of the ARN of the EKS access policy that allows everything in a cluster."""
_ROLES = {"kubernetes:rbac.authorization.k8s.io/v1:Role", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"}


@dataclass(frozen=True, order=True)
class Grant:
    """Describes one permission. Texts have readable names; breadth is decided from the policy before it is rendered.

    Attributes:
        who: The principal; `*` is everybody.
        action: The action.
        resource: The resource; empty if the action implies it.
        condition: The condition as JSON; empty if there is none.
        denied: True if the permission is denied instead of allowed.
        all_actions: True if the action stands for all actions of a service, or for all actions.
        everybody: True if the principal stands for everybody, or for a whole account that may assume a role.
    """

    who: str
    action: str
    resource: str
    condition: str = ""
    denied: bool = False

    all_actions: bool = field(default=False, compare=False)
    everybody: bool = field(default=False, compare=False)

    @property
    def broad(self) -> bool:
        """True if the permission is allowed, and is for all actions or for everybody."""
        return not self.denied and (self.all_actions or self.everybody)


@dataclass(frozen=True)
class Difference:
    """Permissions that are gained and lost, and names of resources whose policy is known only after the update."""

    gained: tuple[Grant, ...]
    lost: tuple[Grant, ...]
    unknown: tuple[str, ...]


def difference(before: Iterable[State], after: Iterable[State], names: Names) -> Difference:
    """Compare all permissions. The removal of a denial counts as gained, an added denial as lost."""
    old_states, new_states = {state.urn: state for state in before}, {state.urn: state for state in after}
    unknown = {urn for urn, state in new_states.items() if _policy_unknown(state)}
    old, new = (
        {grant for urn, state in states.items() if urn not in unknown for grant in grants(state, names)}
        for states in (old_states, new_states)
    )
    more, less = new - old, old - new
    gained = {grant for grant in more if not grant.denied} | {grant for grant in less if grant.denied}
    lost = {grant for grant in less if not grant.denied} | {grant for grant in more if grant.denied}
    changed = sorted(new_states[urn].name for urn in unknown)
    return Difference(tuple(sorted(gained)), tuple(sorted(lost)), tuple(changed))


def grants(state: State, names: Names) -> Iterator[Grant]:
    """Yield the permissions that a resource grants."""
    inputs = state.inputs
    match state.type:
        case "aws:iam/rolePolicy:RolePolicy":
            yield from _statements(inputs.get("policy"), names, who=names.of(state, "role", _ROLE))
        case "aws:iam/policy:Policy":
            yield from _statements(inputs.get("policy"), names, who=f"who has <{state.name}>")
        case "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
            policy = names.of(state, "policyArn", "aws:iam/policy:Policy")
            yield _attached(names.of(state, "role", _ROLE), policy, "", inputs.get("policyArn"))
        case "aws:iam/role:Role":
            yield from _statements(inputs.get("assumeRolePolicy"), names, resource=f"<{state.name}>")
            for each in _list(inputs.get("inlinePolicies")):
                yield from _statements(each.get("policy"), names, who=f"<{state.name}>")
            for each in _list(inputs.get("managedPolicyArns")):
                yield _attached(f"<{state.name}>", names.readable(str(each)), "", each)
        case "kubernetes:core/v1:ServiceAccount":
            annotations = mapping(mapping(inputs.get("metadata")).get("annotations"))
            if role := annotations.get("eks.amazonaws.com/role-arn"):
                yield Grant(f"pods of <{state.name}>", f"everything that {names.readable(str(role))} may", "")
        case "aws:kms/key:Key":
            yield from _statements(inputs.get("policy"), names, resource=f"<{state.name}>")
        case "aws:eks/accessPolicyAssociation:AccessPolicyAssociation":
            scope = names.value(inputs.get("accessScope") or {})
            who, policy = names.of(state, "principalArn"), names.of(state, "policyArn")
            yield _attached(who, policy, f"the cluster: {_line(scope)}", inputs.get("policyArn"))
        case kind if kind in _RESOURCE_POLICIES:
            document, owner, owners_type = _RESOURCE_POLICIES[kind]
            yield from _statements(inputs.get(document), names, resource=names.of(state, owner, owners_type))
        case kind if kind in _ROLES:
            yield from _rules(state, names)
        case kind if kind in _BINDINGS:
            role = cast(Mapping[str, Any], inputs.get("roleRef") or {}).get("name", "")
            for subject in cast(list[Mapping[str, Any]], inputs.get("subjects") or []):
                who = "/".join(filter(None, (subject.get("kind"), subject.get("namespace"), subject.get("name"))))
                yield Grant(names.readable(who), f"everything in role {names.readable(str(role))}", "the cluster")
        case _:
            return


def _attached(who: str, policy: str, resource: str, arn: Any) -> Grant:
    full = isinstance(arn, str) and (gives_full_access(arn) or arn.endswith(_CLUSTER_ADMINISTRATOR))
    return Grant(who, f"everything in {policy}", resource, all_actions=full)


def _policy_unknown(state: State) -> bool:
    """Return whether the whole policy is known only after the update."""
    keys = {"policy", "assumeRolePolicy"} & state.inputs.keys()
    return state.type.startswith("aws:") and any(
        is_unknown(state.inputs[key]) and not _is_document(state.inputs[key]) for key in keys
    )


def _is_document(value: Any) -> bool:
    return not isinstance(value, str) or value.startswith("{")


def _statements(document: Any, names: Names, who: str = "", resource: str = "") -> Iterator[Grant]:
    """Yield a grant for each principal, action and resource of a policy.

    `who` is the principal of an IAM policy; `resource` is the resource that a resource policy belongs to, to which the
    resources of its statements are relative.
    """
    for statement in _list(_parsed(document).get("Statement")):
        principals = [(who, False)] if who else _principals(statement, names)
        actions, targets = (_strings(statement, key, names) for key in ("Action", "Resource"))
        denied, excluding = statement.get("Effect") == "Deny", "NotAction" in statement
        condition = _line(names.value(statement["Condition"])) if statement.get("Condition") else ""
        for principal, account in principals:
            for action in actions:
                all_actions = excluding or _is_every_action(action)
                everybody = principal == "*" or (account and action.startswith("sts:AssumeRole"))
                listed = [resource] if resource and not who and _same(targets, resource) else targets
                for target in listed or [resource]:
                    yield Grant(principal, action, target or resource, condition, denied, all_actions, everybody)


def _same(targets: list[str], resource: str) -> bool:
    return all(target in ("*", resource) for target in targets)


def _is_every_action(action: str) -> bool:
    return not action.rpartition(":")[2].strip("*?")


def _principals(statement: Mapping[str, Any], names: Names) -> list[tuple[str, bool]]:
    """Return the principals of a statement, each with whether it is a whole account."""
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    prefix = "not " if "NotPrincipal" in statement else ""
    if isinstance(principal, Mapping):
        found = [each for values in cast(Mapping[str, Any], principal).values() for each in _list(values)]
    else:
        found = _list(principal)
    return [(prefix + names.readable(str(each)), str(each).endswith(":root")) for each in found]


def _rules(state: State, names: Names) -> Iterator[Grant]:
    for rule in cast(list[Mapping[str, Any]], state.inputs.get("rules") or []):
        for verb in _list(rule.get("verbs")):
            for kind in _list(rule.get("resources")) or _list(rule.get("nonResourceURLs")):
                group = ",".join(str(each) for each in _list(rule.get("apiGroups")) if each)
                who = f"who has role <{state.name}>"
                resource = names.readable(f"{kind}.{group}" if group else str(kind))
                yield Grant(who, str(verb), resource, all_actions=_is_every_action(str(verb)))


def _parsed(document: Any) -> Mapping[str, Any]:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return {}
    return cast(Mapping[str, Any], document) if isinstance(document, Mapping) else {}


def _strings(statement: Mapping[str, Any], key: str, names: Names) -> list[str]:
    """Return the values of a key, or those that its negation (`NotAction`) excludes."""
    excluded = [f"all but {names.readable(str(each))}" for each in _list(statement.get(f"Not{key}"))]
    return [names.readable(str(each)) for each in _list(statement.get(key))] or excluded


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return cast(list[Any], value) if isinstance(value, list) else [value]


def _line(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
