"""Policies of resources themselves: who besides the account's own roles may use a key or a bucket. Pure functions."""

from collections.abc import Collection
from typing import Any

from components.iam.permissions import document

CLOUDFRONT_REGION = "us-east-1"
"""The region of CloudFront's certificates, web ACLs and log deliveries, wherever its origins are."""


_PUBLISHERS = ("cloudwatch.amazonaws.com", "budgets.amazonaws.com", "costalerts.amazonaws.com")
"""Services that publish to the topics of alarms: CloudWatch, AWS Budgets and Cost Anomaly Detection."""


def key(account_id: str, region: str, stores: Collection[str]) -> str:
    """IAM policies decide on a key, and the AWS services that cannot have a role use it for what is the account's.

    These are CloudWatch Logs, and what publishes alarms, if the key is for `logs`; CloudFront if it is for `objects`.
    """
    statements: list[dict[str, Any]] = [
        {
            "Sid": "Account",
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{account_id}:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ]
    if "logs" in stores:
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        statements.append(
            {
                "Sid": "LogGroups",
                "Effect": "Allow",
                "Principal": {"Service": f"logs.{region}.amazonaws.com"},
                "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
                "Resource": "*",
                "Condition": {
                    "ArnLike": {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{region}:{account_id}:log-group:*"}
                },
            }
        )
        # Whose alarms may use it is for the topic's policy to say, as not every service tells KMS:
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        statements.append(
            {
                "Sid": "Alarms",
                "Effect": "Allow",
                "Principal": {"Service": list(_PUBLISHERS)},
                "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
                "Resource": "*",
            }
        )
    if "objects" in stores:
        # By pattern, as a distribution exists only after the bucket that the key encrypts:
        # https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html
        statements.append(
            {
                "Sid": "CloudFrontOrigins",
                "Effect": "Allow",
                "Principal": {"Service": "cloudfront.amazonaws.com"},
                "Action": "kms:Decrypt",
                "Resource": "*",
                "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudfront::{account_id}:distribution/*"}},
            }
        )
    return document(*statements)


def alarm_topic(topic_arn: str, account_id: str, region: str) -> str:
    """This account's alarms, budgets and cost anomalies are published to a topic. Roles need permission of their own.

    Alarms: https://repost.aws/knowledge-center/cloudwatch-receive-sns-for-alarm-trigger
    Budgets: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html
    Anomalies: https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html
    """
    conditions: dict[str, dict[str, Any]] = {
        "Alarms": {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:{region}:{account_id}:alarm:*"}},
        "Budgets": {"ArnLike": {"aws:SourceArn": f"arn:aws:budgets::{account_id}:*"}},
        "CostAnomalies": {"StringEquals": {"aws:SourceAccount": account_id}},
    }
    return document(
        *(
            {
                "Sid": sid,
                "Effect": "Allow",
                "Principal": {"Service": service},
                "Action": "sns:Publish",
                "Resource": topic_arn,
                "Condition": condition,
            }
            for service, (sid, condition) in zip(_PUBLISHERS, conditions.items(), strict=True)
        )
    )


def bucket(bucket_arn: str, *statements: dict[str, Any]) -> str:
    """A bucket's policy: nothing over plain HTTP, and what the statements say."""
    return document(
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [bucket_arn, f"{bucket_arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        *statements,
    )


def distribution_read(bucket_arn: str, distribution_arn: str, prefix: str) -> dict[str, Any]:
    """One CloudFront distribution reads what is below a prefix."""
    return {
        "Sid": "CloudFrontReads",
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": f"{bucket_arn}/{prefix}*",
        "Condition": {"StringEquals": {"AWS:SourceArn": distribution_arn}},
    }


def log_delivery(bucket_arn: str, account_id: str, region: str) -> tuple[dict[str, Any], ...]:
    """Log services write about this account's resources, each below a prefix of its own.

    CloudFront: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html
    Load balancers: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
    S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
    """
    writers: dict[str, tuple[str, str, dict[str, Any]]] = {
        "CloudFront": (
            "delivery.logs",
            "cloudfront",
            {"ArnLike": {"aws:SourceArn": f"arn:aws:logs:{CLOUDFRONT_REGION}:{account_id}:delivery-source:*"}},
        ),
        "LoadBalancers": (
            "logdelivery.elasticloadbalancing",
            "alb",
            {"ArnLike": {"aws:SourceArn": f"arn:aws:elasticloadbalancing:{region}:{account_id}:loadbalancer/*"}},
        ),
        # A bucket's ARN does not say whose it is.
        "Buckets": ("logging.s3", "s3", {"StringEquals": {"aws:SourceAccount": account_id}}),
    }
    return tuple(
        {
            "Sid": f"{writer}Write",
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": f"{bucket_arn}/{prefix}/*",
            "Condition": condition,
        }
        for writer, (service, prefix, condition) in writers.items()
    )
