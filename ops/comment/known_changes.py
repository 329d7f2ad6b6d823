"""Knows the properties whose update is harmless or reviewed elsewhere; all others are reported for review."""

import re
from collections.abc import Mapping

from ops.comment.downtimes import RESTARTS
from ops.comment.properties import Entry, within

_KNOWN: Mapping[str, tuple[str, ...]] = {
    "*": ("tags", "tagsAll", "description", r'metadata\.annotations\["pulumi\.com/\w+"\]'),
    "aws:budgets/budget:Budget": ("limitAmount",),
    # They follow the sizes that the review is about; another metric or receiver is for a reader to judge.
    "aws:cloudwatch/metricAlarm:MetricAlarm": ("threshold", "alarmDescription"),
    "aws:cloudwatch/dashboard:Dashboard": ("dashboardBody",),
    "aws:costexplorer/anomalySubscription:AnomalySubscription": ("thresholdExpression",),
    "aws:ec2/securityGroup:SecurityGroup": ("ingress",),
    "aws:ec2/securityGroupRule:SecurityGroupRule": (".*",),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": (".*",),
    "aws:ecr/repositoryPolicy:RepositoryPolicy": ("policy",),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (".*",),
    "aws:eks/cluster:Cluster": ("version", r"vpcConfig\.publicAccessCidrs", r"vpcConfig\.endpointPublicAccess"),
    "aws:eks/nodeGroup:NodeGroup": ("scalingConfig",),
    "aws:iam/policy:Policy": ("policy",),
    "aws:iam/role:Role": ("assumeRolePolicy", "inlinePolicies", "managedPolicyArns"),
    "aws:iam/rolePolicy:RolePolicy": ("policy",),
    "aws:kms/key:Key": ("policy",),
    "aws:rds/cluster:Cluster": (r"serverlessv2ScalingConfiguration\.maxCapacity",),
    "aws:rds/clusterInstance:ClusterInstance": ("publiclyAccessible",),
    "aws:s3/bucketPolicy:BucketPolicy": ("policy",),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (".*",),
    "aws:secretsmanager/secretPolicy:SecretPolicy": ("policy",),
    "kubernetes:apps/v1:Deployment": (
        r"spec\.replicas",
        r"spec\.template\.metadata",
        r"spec\.template\.spec\.(containers|initContainers)\[[^]]*\]\.(args|command|env|envFrom|image|resources)",
    ),
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": (r"spec\.(minReplicas|maxReplicas)",),
    "kubernetes:core/v1:ConfigMap": ("data",),
    # What the shop's pods request sets them; more for other kinds of objects would be another matter.
    "kubernetes:core/v1:LimitRange": (r"spec\.limits\[0\]\.max",),
    "kubernetes:core/v1:ResourceQuota": (r"spec\.hard\.pods", r'spec\.hard\["(requests|limits)\.(cpu|memory)"\]'),
    "kubernetes:core/v1:ServiceAccount": ("metadata",),
    "kubernetes:external-secrets.io/v1:ExternalSecret": ("spec",),
    "kubernetes:keda.sh/v1alpha1:ScaledObject": (
        r"spec\.(minReplicaCount|maxReplicaCount)",
        r"spec\.triggers\[\d+\]\.metadata\.(start|end|timezone|desiredReplicas|targetMetricValue|queueLength)",
    ),
    "kubernetes:networking.k8s.io/v1:Ingress": (
        r"spec\.rules",
        # Where they lead, and for whom, is an exposure of the rules.
        r'metadata\.annotations\["alb\.ingress\.kubernetes\.io/(actions|conditions)\.[\w-]+"\]',
    ),
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": (r"spec\.(ingress|egress)",),
    "kubernetes:rbac.authorization.k8s.io/v1:Role": ("rules",),
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": ("rules",),
}
"""Patterns of properties that are harmless, or that the exposure and permission reviews cover, by type."""


def changes_repository(entry: Entry) -> bool:
    """Return whether the property is an image that changes to another repository, perhaps of another author."""
    sides = (entry.old, entry.new)
    return entry.path.endswith(".image") and len({_repository(side) for side in sides if isinstance(side, str)}) > 1


def _repository(image: str) -> str:
    place, slash, name = image.partition("@")[0].rpartition("/")
    return f"{place}{slash}{name.partition(':')[0]}"


def is_known(type_: str, path: str) -> bool:
    """Return whether the change of a property is harmless in itself or covered by some part of the review."""
    # Any change of a pod template restarts the pods, which says nothing about the effect of the change.
    restarting = (each for restart in RESTARTS.get(type_, ()) for each in restart.properties if each != "spec.template")
    patterns = (*_KNOWN.get(type_, ()), *_KNOWN["*"])
    return any(within(path, each) for each in restarting) or any(
        re.match(f"{pattern}($|[.\\[])", path) for pattern in patterns
    )
