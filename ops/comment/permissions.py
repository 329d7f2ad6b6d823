"""Who may do what: the difference between all IAM policies, resource policies and Kubernetes roles before and after."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from analysis.breadth import gives_full_access
from analysis.preview import State
from ops.comment.names import Names
from ops.comment.properties import is_unknown
from ops.comment.values import mapping

_RESOURCE_POLICIES = {
    "aws:s3/bucketPolicy:BucketPolicy": ("policy", "bucket", "aws:s3/bucket:Bucket"),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy", "secretArn", "aws:secretsmanager/secret:Secret"),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("policy", "repository", "aws:ecr/repository:Repository"),
}
"""Types with a policy, each with the property that has it, the one that says whose it is, and that one's type."""
_ROLE = "aws:iam/role:Role"
_BINDINGS = {
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding",
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding",
}
_CLUSTER_ADMINISTRATOR = ":cluster-access-policy/AmazonEKSClusterAdminPolicy"
"""EKS's own policy for everything in a cluster."""
_ROLES = {"kubernetes:rbac.authorization.k8s.io/v1:Role", "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole"}


@dataclass(frozen=True, order=True)
class Grant:
    """One permission: who, what, on what, under which condition."""

    who: str
    action: str
    resource: str
    condition: str = ""
    denied: bool = False

    @property
    def wide(self) -> bool:
        """Whether it is for every action, of a service or at all, or for everybody, of an account or at all."""
        verb = self.action.rpartition(":")[2]
        managed = gives_full_access(self.action) or self.action.endswith(_CLUSTER_ADMINISTRATOR)
        everything = not verb.strip("*?") or self.action.startswith("all but ") or managed
        anybody = self.who == "*" or (self.who.endswith(":root") and self.action.startswith("sts:AssumeRole"))
        return not self.denied and (everything or anybody)


@dataclass(frozen=True)
class Difference:
    """What is gained and lost. `unknown` are resources whose policy only the update will know."""

    gained: tuple[Grant, ...]
    lost: tuple[Grant, ...]
    unknown: tuple[str, ...]


def difference(before: Iterable[State], after: Iterable[State], names: Names) -> Difference:
    """Compare everybody's permissions. A denial that goes is something gained."""
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
    """The permissions that a resource gives."""
    inputs = state.inputs
    match state.type:
        case "aws:iam/rolePolicy:RolePolicy":
            yield from _statements(inputs.get("policy"), names, who=names.of(state, "role", _ROLE))
        case "aws:iam/policy:Policy":
            yield from _statements(inputs.get("policy"), names, who=f"who has <{state.name}>")
        case "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
            policy = names.of(state, "policyArn", "aws:iam/policy:Policy")
            yield Grant(names.of(state, "role", _ROLE), f"everything in {policy}", "")
        case "aws:iam/role:Role":
            yield from _statements(inputs.get("assumeRolePolicy"), names, resource=f"<{state.name}>")
            for each in _list(inputs.get("inlinePolicies")):
                yield from _statements(each.get("policy"), names, who=f"<{state.name}>")
            for each in _list(inputs.get("managedPolicyArns")):
                yield Grant(f"<{state.name}>", f"everything in {names.readable(str(each))}", "")
        case "kubernetes:core/v1:ServiceAccount":
            annotations = mapping(mapping(inputs.get("metadata")).get("annotations"))
            if role := annotations.get("eks.amazonaws.com/role-arn"):
                yield Grant(f"pods of <{state.name}>", f"everything that {names.readable(str(role))} may", "")
        case "aws:kms/key:Key":
            yield from _statements(inputs.get("policy"), names, resource=f"<{state.name}>")
        case "aws:eks/accessPolicyAssociation:AccessPolicyAssociation":
            scope = names.value(inputs.get("accessScope") or {})
            who, policy = names.of(state, "principalArn"), names.of(state, "policyArn")
            yield Grant(who, f"everything in {policy}", f"the cluster: {_line(scope)}")
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


def _policy_unknown(state: State) -> bool:
    """Whether nobody can say yet what the whole policy is."""
    keys = {"policy", "assumeRolePolicy"} & state.inputs.keys()
    return state.type.startswith("aws:") and any(
        is_unknown(state.inputs[key]) and not _is_document(state.inputs[key]) for key in keys
    )


def _is_document(value: Any) -> bool:
    return not isinstance(value, str) or value.startswith("{")


def _statements(document: Any, names: Names, who: str = "", resource: str = "") -> Iterator[Grant]:
    """The statements of a policy, one grant per principal, action and resource.

    A resource policy's own resource is named by `resource`: what its statements name is that, or in it.
    """
    for statement in _list(_parsed(document).get("Statement")):
        principals = [who] if who else _principals(statement, names)
        actions, targets = (_strings(statement, key, names) for key in ("Action", "Resource"))
        condition = _line(names.value(statement["Condition"])) if statement.get("Condition") else ""
        for principal in principals:
            for action in actions:
                for target in targets if who or not resource or not _same(targets, resource) else [resource]:
                    yield Grant(principal, action, target or resource, condition, statement.get("Effect") == "Deny")
                if not targets:
                    yield Grant(principal, action, resource, condition, statement.get("Effect") == "Deny")


def _same(targets: list[str], resource: str) -> bool:
    return all(target in ("*", resource) for target in targets)


def _principals(statement: Mapping[str, Any], names: Names) -> list[str]:
    principal = statement.get("Principal", statement.get("NotPrincipal"))
    prefix = "not " if "NotPrincipal" in statement else ""
    if isinstance(principal, Mapping):
        found = [each for values in cast(Mapping[str, Any], principal).values() for each in _list(values)]
    else:
        found = _list(principal)
    return [prefix + names.readable(str(each)) for each in found]


def _rules(state: State, names: Names) -> Iterator[Grant]:
    for rule in cast(list[Mapping[str, Any]], state.inputs.get("rules") or []):
        for verb in _list(rule.get("verbs")):
            for kind in _list(rule.get("resources")) or _list(rule.get("nonResourceURLs")):
                group = ",".join(str(each) for each in _list(rule.get("apiGroups")) if each)
                who = f"who has role <{state.name}>"
                yield Grant(who, str(verb), names.readable(f"{kind}.{group}" if group else str(kind)))


def _parsed(document: Any) -> Mapping[str, Any]:
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            return {}
    return cast(Mapping[str, Any], document) if isinstance(document, Mapping) else {}


def _strings(statement: Mapping[str, Any], key: str, names: Names) -> list[str]:
    """The values of a key, or those that its opposite leaves out."""
    excluded = [f"all but {names.readable(str(each))}" for each in _list(statement.get(f"Not{key}"))]
    return [names.readable(str(each)) for each in _list(statement.get(key))] or excluded


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return cast(list[Any], value) if isinstance(value, list) else [value]


def _line(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True, ensure_ascii=False)
