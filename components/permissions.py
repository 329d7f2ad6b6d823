"""IAM policy documents. Pure functions: the same arguments give the same text."""

import json
from pathlib import Path
from typing import Any

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


def _compact(content: Any) -> str:
    return json.dumps(content, separators=(",", ":"))
