"""Which changes in place need no reader: all others do, as a comment must not call safe what it does not know."""

import re
from collections.abc import Mapping

from ops.comment.downtimes import RESTARTS
from ops.comment.properties import Entry, within

_LOOKED_AT: Mapping[str, tuple[str, ...]] = {
    "*": ("tags", "tagsAll", "description", r'metadata\.annotations\["pulumi\.com/\w+"\]'),
    "aws:ec2/securityGroup:SecurityGroup": ("ingress",),
    "aws:ec2/securityGroupRule:SecurityGroupRule": (".*",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (".*",),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("policy",),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (".*",),
    "aws:eks/cluster:Cluster": (r"vpcConfig\.publicAccessCidrs", r"vpcConfig\.endpointPublicAccess"),
    "aws:iam/policy:Policy": ("policy",),
    "aws:iam/role:Role": ("assumeRolePolicy", "inlinePolicies", "managedPolicyArns"),
    "aws:iam/rolePolicy:RolePolicy": ("policy",),
    "aws:kms/key:Key": ("policy",),
    "aws:rds/clusterInstance:ClusterInstance": ("publiclyAccessible",),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy",),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (".*",),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy",),
    "kubernetes:apps/v1:Deployment": (
        r"spec\.template\.metadata",
        r"spec\.template\.spec\.(containers|initContainers)\[[^]]*\]\.(args|command|env|envFrom|image|resources)",
    ),
    "kubernetes:core/v1:ConfigMap": ("data",),
    "kubernetes:core/v1:ServiceAccount": ("metadata",),
    "kubernetes:external-secrets.io/v1:ExternalSecret": ("spec",),
    "kubernetes:networking.k8s.io/v1:Ingress": (r"spec\.rules",),
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": (r"spec\.(ingress|egress)",),
    "kubernetes:rbac.authorization.k8s.io/v1:Role": ("rules",),
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": ("rules",),
}
"""By type, patterns of properties that mean nothing by themselves, or that exposure or permissions follow from."""


def moved(entry: Entry) -> bool:
    """Whether it is an image from another repository, so perhaps of another author."""
    sides = (entry.old, entry.new)
    return entry.path.endswith(".image") and len({_repository(side) for side in sides if isinstance(side, str)}) > 1


def _repository(image: str) -> str:
    place, slash, name = image.partition("@")[0].rpartition("/")
    return f"{place}{slash}{name.partition(':')[0]}"


def judged(type_: str, path: str) -> bool:
    """Whether a property's change is harmless in itself, or is looked at by some part of the review."""
    # A pod's template is restarted for whatever changes in it: that says nothing of what the change means.
    restarted = (need for restart in RESTARTS.get(type_, ()) for need in restart.needs if need != "spec.template")
    patterns = (*_LOOKED_AT.get(type_, ()), *_LOOKED_AT["*"])
    return any(within(path, need) for need in restarted) or any(
        re.match(f"{pattern}($|[.\\[])", path) for pattern in patterns
    )
