"""Simulates how EKS authenticates tokens and authorizes users by their access policies.

An access policy is a fixed list of rules, like those of Kubernetes' own ClusterRoles without aggregated rules. So only
the administrators' policies and `AmazonEKSAdminViewPolicy` apply to custom resources:
https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from emulator.contract import AccessPolicy, Aws

AUTHENTICATE, AUTHORIZE = "authenticate", "authorize"
"""Paths of the two endpoints that the API server calls."""

Rule = Mapping[str, Sequence[str]]
"""A rule as in a ClusterRole: `verbs`, `apiGroups`, `resources`, `resourceNames`, `nonResourceURLs`."""

PRINCIPAL = "canonicalArn"
"""Key of a user's `extra` fields with the ARN of its IAM principal."""

_READS = ("get", "list", "watch")
_FIXED: Mapping[str, Sequence[Rule]] = {
    "AmazonEKSClusterAdminPolicy": (
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]},
        {"nonResourceURLs": ["*"], "verbs": ["*"]},
    ),
    "AmazonEKSAdminViewPolicy": ({"apiGroups": ["*"], "resources": ["*"], "verbs": _READS},),
    "AmazonEKSSecretReaderPolicy": ({"apiGroups": [""], "resources": ["secrets"], "verbs": _READS},),
}
_VIEW = ("system:aggregate-to-view",)
_EDIT = (*_VIEW, "system:aggregate-to-edit")
_LIKE: Mapping[str, Sequence[str]] = {
    "AmazonEKSViewPolicy": _VIEW,
    "AmazonEKSEditPolicy": _EDIT,
    "AmazonEKSAdminPolicy": (*_EDIT, "system:aggregate-to-admin"),
}
"""Kubernetes' own ClusterRoles whose rules an access policy has, by policy."""

Rules = Callable[[str], Sequence[Rule]]
"""Returns the rules of a ClusterRole of the cluster by its name."""


def authenticate(aws: Aws, cluster: str, review: Mapping[str, Any]) -> dict[str, Any]:
    """Return the response to a TokenReview."""
    user = aws.authenticate(cluster, review["spec"].get("token", ""))
    status: dict[str, Any] = {"authenticated": False}
    if user is not None:
        extra = {PRINCIPAL: [user.principal], "arn": [user.caller], "sessionName": [user.caller.rpartition("/")[2]]}
        who = {"username": user.name, "uid": user.uid, "groups": list(user.groups), "extra": extra}
        status = {"authenticated": True, "user": who}
    return {"apiVersion": review["apiVersion"], "kind": review["kind"], "status": status}


def authorize(aws: Aws, cluster: str, rules: Rules, review: Mapping[str, Any]) -> dict[str, Any]:
    """Return the response to a SubjectAccessReview: allowed, or no opinion, because RBAC may allow the request, too."""
    spec = review["spec"]
    # The API server converts the keys of `extra` to lower case.
    extra = {key.lower(): value for key, value in (spec.get("extra") or {}).items()}
    (principal,) = extra.get(PRINCIPAL.lower()) or [""]
    found = aws.access_policies(cluster, principal) if principal else ()
    allowing = next((policy for policy in found if _allows(policy, rules, spec)), None)
    status: dict[str, Any] = {"allowed": allowing is not None}
    if allowing is not None:
        status["reason"] = f"EKS Access Policy: allowed by {allowing.name} of {principal}"
    return {"apiVersion": review["apiVersion"], "kind": review["kind"], "status": status}


def _allows(policy: AccessPolicy, rules: Rules, spec: Mapping[str, Any]) -> bool:
    asked = spec.get("resourceAttributes") or {}
    if policy.namespaces is not None:
        namespace = asked.get("namespace", "")
        if not namespace or not any(fnmatchcase(namespace, pattern) for pattern in policy.namespaces):
            return False
    return any(_covers(rule, spec) for rule in _rules(policy, rules))


def _rules(policy: AccessPolicy, rules: Rules) -> Iterator[Rule]:
    yield from _FIXED.get(policy.name, ())
    for role in _LIKE.get(policy.name, ()):
        yield from rules(role)


def _covers(rule: Rule, spec: Mapping[str, Any]) -> bool:
    path = spec.get("nonResourceAttributes")
    if path:
        urls = rule.get("nonResourceURLs", ())
        return _has(rule.get("verbs", ()), path.get("verb", "")) and any(fnmatchcase(path["path"], url) for url in urls)
    asked = spec.get("resourceAttributes") or {}
    resource, subresource = asked.get("resource", ""), asked.get("subresource", "")
    names = rule.get("resourceNames", ())
    return (
        _has(rule.get("verbs", ()), asked.get("verb", ""))
        and _has(rule.get("apiGroups", ()), asked.get("group", ""))
        and _has(rule.get("resources", ()), f"{resource}/{subresource}" if subresource else resource)
        and (not names or asked.get("name", "") in names)
    )


def _has(listed: Sequence[str], wanted: str) -> bool:
    return "*" in listed or wanted in listed
