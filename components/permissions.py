"""IAM policy documents. Pure functions: the same arguments give the same text."""

import json
from pathlib import Path
from typing import Any

EBS_CSI_DRIVER = "arn:aws:iam::aws:policy/AmazonEBSCSIDriverPolicyV2"
"""For its own volumes: https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverPolicyV2.html"""

_UPSTREAM = Path(__file__).parent / "iam"


def document(*statements: dict[str, Any]) -> str:
    """A policy document of these statements, compact, as IAM counts characters."""
    return _compact({"Version": "2012-10-17", "Statement": list(statements)})


def service_trust(service: str) -> str:
    """Lets an AWS service, such as `ec2.amazonaws.com`, take a role."""
    return document({"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"})


def service_account_trust(provider_arn: str, issuer: str, namespace: str, service_account: str) -> str:
    """Lets one Kubernetes service account take a role, through the cluster's OIDC provider.

    `issuer` is the provider's address without `https://`. Without the audience, tokens made for other systems would do
    too; without the subject, those of every service account in the cluster.
    """
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider_arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {
                    f"{issuer}:sub": f"system:serviceaccount:{namespace}:{service_account}",
                    f"{issuer}:aud": "sts.amazonaws.com",
                }
            },
        }
    )


def flow_log_delivery(log_group_arn: str) -> str:
    """Lets VPC flow logs write into one existing log group.

    Without `logs:CreateLogGroup`, so that a late delivery cannot bring a deleted group back.
    """
    return document(
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "Resource": [log_group_arn, f"{log_group_arn}:*"],
        },
        {"Effect": "Allow", "Action": "logs:DescribeLogGroups", "Resource": "*"},
    )


def aws_load_balancer_controller() -> str:
    """What the AWS Load Balancer Controller needs, as its project publishes it.

    https://github.com/kubernetes-sigs/aws-load-balancer-controller, docs/install/iam_policy.json at 225f4456
    (2026-08-17; unchanged since 2025-03-27).
    """
    return _compact(json.loads((_UPSTREAM / "aws_load_balancer_controller.json").read_text()))


def bucket_read(bucket_arn: str, key_arn: str) -> str:
    """Reads the objects of one bucket, which a key encrypts."""
    return document(
        {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": bucket_arn},
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"{bucket_arn}/*"},
        _decryption(key_arn, "s3"),
    )


def bucket_write(bucket_arn: str, key_arn: str) -> str:
    """Reads, writes and deletes the objects of one bucket, in parts too; old versions stay out of reach."""
    return document(
        {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:ListBucketMultipartUploads"], "Resource": bucket_arn},
        {
            "Effect": "Allow",
            "Action": [
                "s3:GetObject",
                "s3:PutObject",
                "s3:DeleteObject",
                "s3:AbortMultipartUpload",
                "s3:ListMultipartUploadParts",
            ],
            "Resource": f"{bucket_arn}/*",
        },
        _decryption(key_arn, "s3", "kms:GenerateDataKey"),
    )


def secret_read(secret_arn: str, key_arn: str) -> str:
    """Reads the values of one secret, which a key encrypts."""
    return document(
        {
            "Effect": "Allow",
            "Action": ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"],
            "Resource": secret_arn,
        },
        _decryption(key_arn, "secretsmanager"),
    )


def log_write(log_group_arn: str) -> str:
    """Writes into one existing log group."""
    return document(
        {
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            "Resource": [log_group_arn, f"{log_group_arn}:*"],
        }
    )


def email_send(identity_arn: str, domain: str) -> str:
    """Sends mail by one SES identity, and only from addresses of its domain."""
    return document(
        {
            "Effect": "Allow",
            "Action": ["ses:SendEmail", "ses:SendRawEmail"],
            "Resource": identity_arn,
            "Condition": {"StringLike": {"ses:FromAddress": f"*@{domain}"}},
        }
    )


def encrypted_volumes(key_arn: str) -> str:
    """Creates and attaches EBS volumes that a key encrypts, as the EBS CSI driver does.

    https://docs.aws.amazon.com/eks/latest/userguide/csi-iam-role.html, on custom keys.
    """
    return document(
        {
            "Effect": "Allow",
            "Action": ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"],
            "Resource": key_arn,
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
        {
            "Effect": "Allow",
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": key_arn,
        },
    )


def cluster_autoscaler(cluster_name: str) -> str:
    """Sees all groups of nodes, and changes those that EKS tagged as this cluster's.

    The actions are those of https://github.com/kubernetes/autoscaler, cluster-autoscaler/cloudprovider/aws/README.md
    (full feature set) at 55c37cd5 (2026-08-22).
    """
    return document(
        {
            "Effect": "Allow",
            "Action": [
                "autoscaling:DescribeAutoScalingGroups",
                "autoscaling:DescribeAutoScalingInstances",
                "autoscaling:DescribeLaunchConfigurations",
                "autoscaling:DescribeScalingActivities",
                "ec2:DescribeImages",
                "ec2:DescribeInstanceTypes",
                "ec2:DescribeLaunchTemplateVersions",
                "ec2:GetInstanceTypesFromInstanceRequirements",
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": "eks:DescribeNodegroup",
            "Resource": f"arn:aws:eks:*:*:nodegroup/{cluster_name}/*",
        },
        {
            "Effect": "Allow",
            "Action": ["autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"],
            "Resource": "arn:aws:autoscaling:*:*:autoScalingGroup:*",
            "Condition": {
                "StringEquals": {f"aws:ResourceTag/k8s.io/cluster-autoscaler/{cluster_name}": "owned"},
            },
        },
    )


def _decryption(key_arn: str, service: str, *more: str) -> dict[str, Any]:
    """Uses the key for what the service keeps, not for anything else that it encrypts."""
    region = key_arn.split(":")[3]
    return {
        "Effect": "Allow",
        "Action": ["kms:Decrypt", *more],
        "Resource": key_arn,
        "Condition": {"StringEquals": {"kms:ViaService": f"{service}.{region}.amazonaws.com"}},
    }


def _compact(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))
