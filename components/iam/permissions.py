"""IAM policy documents. Pure functions: the same arguments give the same text."""

import json
from collections.abc import Sequence
from typing import Any


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


def topic_publish(topic_arns: Sequence[str], key_arn: str) -> str:
    """Publishes to SNS topics, which a key encrypts."""
    return document(
        {"Effect": "Allow", "Action": "sns:Publish", "Resource": list(topic_arns)},
        _decryption(key_arn, "sns", "kms:GenerateDataKey"),
    )


def queue_work(queue_arn: str, key_arn: str) -> str:
    """Takes messages from one queue, which a key encrypts unless its ARN is empty, and sends none."""
    taking = {
        "Effect": "Allow",
        "Action": [
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:ChangeMessageVisibility",
            "sqs:GetQueueAttributes",
            "sqs:GetQueueUrl",
        ],
        "Resource": queue_arn,
    }
    return document(taking, *([_decryption(key_arn, "sqs")] if key_arn else []))


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
