"""Maps the provider's operations on a resource type to the IAM action that each needs: the one that does the work.

Read from the permissions that AWS's schema lists for a type's handlers, which hold many more (tags, waits, roles linked
to a service). `_STATED` has the others.
"""

from collections.abc import Mapping
from functools import cache
from typing import cast

from emulator.aws import oracle
from emulator.aws.catalogue import TYPES

CREATE, READ, UPDATE, DELETE = "create", "read", "update", "delete"

_SERVICES = {
    "CertificateManager": "acm",
    "ElasticLoadBalancingV2": "elasticloadbalancing",
}
"""CloudFormation's names of services that IAM calls otherwise than in lower case."""

_VERBS = {
    CREATE: ("Create", "Put", "Request", "Allocate", "Associate", "Authorize", "Change"),
    READ: ("Describe", "Get", "List"),
    UPDATE: ("Update", "Modify", "Put", "Replace", "Set", "Change", "Create", "Add"),
    DELETE: ("Delete", "Release", "Schedule", "Disassociate", "Revoke", "Change"),
}
"""Beginnings of such an action's name, the likelier word first."""

_NOUNS = {"EIP": "Address", "SubnetRouteTableAssociation": "RouteTable", "OIDCProvider": "OpenIDConnectProvider",
          "ManagedPolicy": "Policy", "RecordSet": "ResourceRecordSets", "WebACLAssociation": "WebACL"}  # fmt: skip
"""Types whose name is not in the names of their actions."""

_STATED: Mapping[str, tuple[str, str, str, str]] = {
    "aws:acm/certificateValidation:CertificateValidation": (
        "acm:DescribeCertificate", "acm:DescribeCertificate", "acm:DescribeCertificate", "acm:DescribeCertificate",
    ),
    "aws:backup/plan:Plan": (
        "backup:CreateBackupPlan", "backup:GetBackupPlan", "backup:UpdateBackupPlan", "backup:DeleteBackupPlan",
    ),
    "aws:backup/selection:Selection": (
        "backup:CreateBackupSelection", "backup:GetBackupSelection", "backup:CreateBackupSelection",
        "backup:DeleteBackupSelection",
    ),
    "aws:budgets/budget:Budget": (
        "budgets:ModifyBudget", "budgets:ViewBudget", "budgets:ModifyBudget", "budgets:ModifyBudget",
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": (
        "ec2:RevokeSecurityGroupIngress", "ec2:DescribeSecurityGroups", "ec2:RevokeSecurityGroupIngress",
        "ec2:DescribeSecurityGroups",
    ),
    "aws:ecr/lifecyclePolicy:LifecyclePolicy": (
        "ecr:PutLifecyclePolicy", "ecr:GetLifecyclePolicy", "ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy",
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (
        "eks:AssociateAccessPolicy", "eks:ListAssociatedAccessPolicies", "eks:AssociateAccessPolicy",
        "eks:DisassociateAccessPolicy",
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (
        "iam:AttachRolePolicy", "iam:ListAttachedRolePolicies", "iam:AttachRolePolicy", "iam:DetachRolePolicy",
    ),
    "aws:lambda/permission:Permission": (
        "lambda:AddPermission", "lambda:GetPolicy", "lambda:AddPermission", "lambda:RemovePermission",
    ),
    "aws:secretsmanager/secretVersion:SecretVersion": (
        "secretsmanager:PutSecretValue", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
    ),
    "aws:shield/subscription:Subscription": (
        "shield:CreateSubscription", "shield:DescribeSubscription", "shield:UpdateSubscription",
        "shield:DeleteSubscription",
    ),
    "aws:sns/topicPolicy:TopicPolicy": (
        "sns:SetTopicAttributes", "sns:GetTopicAttributes", "sns:SetTopicAttributes", "sns:SetTopicAttributes",
    ),
    "aws:sns/topicSubscription:TopicSubscription": (
        "sns:Subscribe", "sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes", "sns:Unsubscribe",
    ),
    "aws:s3/bucket:Bucket": ("s3:CreateBucket", "s3:ListBucket", "s3:PutBucketTagging", "s3:DeleteBucket"),
    **{
        f"aws:s3/{token}": (f"s3:Put{noun}", f"s3:Get{noun}", f"s3:Put{noun}", f"s3:Put{noun}")
        for token, noun in {
            "bucketCorsConfiguration:BucketCorsConfiguration": "BucketCORS",
            "bucketLifecycleConfiguration:BucketLifecycleConfiguration": "LifecycleConfiguration",
            "bucketLogging:BucketLogging": "BucketLogging",
            "bucketOwnershipControls:BucketOwnershipControls": "BucketOwnershipControls",
            "bucketPublicAccessBlock:BucketPublicAccessBlock": "BucketPublicAccessBlock",
            "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
                "EncryptionConfiguration",
            "bucketVersioning:BucketVersioning": "BucketVersioning",
        }.items()
    },
}  # fmt: skip
"""Actions to create, read, update and delete types without a schema, or with one whose first words say nothing."""

FUNCTIONS: Mapping[str, str] = {
    "aws:ec2/getInstanceType:getInstanceType": "ec2:DescribeInstanceTypes",
    "aws:ec2/getInstanceTypes:getInstanceTypes": "ec2:DescribeInstanceTypes",
    "aws:index/getAvailabilityZones:getAvailabilityZones": "ec2:DescribeAvailabilityZones",
    "aws:eks/getClusters:getClusters": "eks:ListClusters",
    "aws:ec2/getNetworkInterface:getNetworkInterface": "ec2:DescribeNetworkInterfaces",
    "aws:ec2/getNetworkInterfaces:getNetworkInterfaces": "ec2:DescribeNetworkInterfaces",
    "aws:ec2/getRouteTable:getRouteTable": "ec2:DescribeRouteTables",
    "aws:ec2/getRouteTables:getRouteTables": "ec2:DescribeRouteTables",
    "aws:ec2/getSubnet:getSubnet": "ec2:DescribeSubnets",
    "aws:ec2/getSubnets:getSubnets": "ec2:DescribeSubnets",
    "aws:ec2/getVpc:getVpc": "ec2:DescribeVpcs",
    "aws:ec2/getVpcs:getVpcs": "ec2:DescribeVpcs",
    "aws:ec2/getSecurityGroups:getSecurityGroups": "ec2:DescribeSecurityGroups",
    "aws:eks/getCluster:getCluster": "eks:DescribeCluster",
    "aws:eks/getNodeGroups:getNodeGroups": "eks:ListNodegroups",
    "aws:eks/getNodeGroup:getNodeGroup": "eks:DescribeNodegroup",
    "aws:elasticache/getCluster:getCluster": "elasticache:DescribeCacheClusters",
    "aws:elasticache/getReplicationGroup:getReplicationGroup": "elasticache:DescribeReplicationGroups",
    "aws:lb/getLbs:getLbs": "elasticloadbalancing:DescribeLoadBalancers",
    "aws:rds/getCluster:getCluster": "rds:DescribeDBClusters",
    "aws:rds/getClusters:getClusters": "rds:DescribeDBClusters",
    "aws:rds/getSubnetGroup:getSubnetGroup": "rds:DescribeDBSubnetGroups",
    "aws:resourcegroupstaggingapi/getResources:getResources": "tag:GetResources",
}
"""Actions that the provider's functions need. Other functions ask AWS for nothing, or for what everybody may."""


@cache
def action(token: str, operation: str) -> str:
    """The action that the operation on a type needs, such as `ec2:CreateVpc`; empty where AWS's schema has none."""
    if token in _STATED:
        return _STATED[token][(CREATE, READ, UPDATE, DELETE).index(operation)]
    type_ = TYPES[token]
    if not type_.oracle:
        return ""
    _, namespace, name = type_.oracle.split("::")
    prefix = f"{_SERVICES.get(namespace, namespace.lower())}:"
    noun = _NOUNS.get(name, name).lower()
    handler = oracle.schema(type_.oracle).get("handlers", {}).get(operation, {})
    listed = [each for each in cast(list[str], handler.get("permissions", [])) if each.startswith(prefix)]
    found = [
        each for verb in _VERBS[operation] for each in sorted(listed)
        if each.removeprefix(prefix).startswith(verb)
    ]  # fmt: skip
    # What changes nothing but tags is the action only where there is no other.
    found.sort(key=lambda each: each.endswith(("Tags", "TagResource")))
    # `rds:AddRoleToDBCluster` has the noun as well: what ends in it is nearer.
    return next(
        (each for each in found if each.lower().rstrip("s").endswith(noun.rstrip("s"))),
        next((each for each in found if noun in each.lower()), next(iter(found), "")),
    )
