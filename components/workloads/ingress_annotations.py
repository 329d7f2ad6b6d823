"""Annotations for the AWS Load Balancer Controller.

https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
"""

import json

import pulumi

from components.edge.load_balancer import LoadBalancer

PREFIX = "alb.ingress.kubernetes.io/"

_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""TLS 1.3 and 1.2 with forward secrecy, and post-quantum key exchange with clients that can: AWS's recommendation.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""

_LOG_PREFIX = "alb"
"""The prefix below which the log bucket's policy lets load balancers write."""


def load_balancer(args: LoadBalancer) -> dict[str, pulumi.Input[str]]:
    """The annotations of the whole Ingress. What is off is written too: the controller keeps what it is not told."""
    annotations: dict[str, pulumi.Input[str]] = {
        # The address is there before the pods are: waiting for those would wait for ever.
        "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0].hostname}",
        f"{PREFIX}scheme": "internet-facing",
        f"{PREFIX}target-type": "ip",
        f"{PREFIX}subnets": pulumi.Output.all(*args.subnet_ids).apply(",".join),
        f"{PREFIX}security-groups": args.security_group_id,
        # The rules to the pods are this program's too.
        f"{PREFIX}manage-backend-security-group-rules": "false",
        f"{PREFIX}healthcheck-interval-seconds": "10",
        f"{PREFIX}healthcheck-timeout-seconds": "5",
        f"{PREFIX}healthy-threshold-count": "2",
        f"{PREFIX}unhealthy-threshold-count": "2",
        f"{PREFIX}success-codes": "200",
        f"{PREFIX}listen-ports": json.dumps([{"HTTP": 80}]),
        f"{PREFIX}load-balancer-attributes": pulumi.Output.from_input(args.log_bucket).apply(
            lambda bucket: _attributes(args, bucket)
        ),
        f"{PREFIX}wafv2-acl-arn": pulumi.Output.from_input(args.web_acl_arn).apply(lambda arn: arn or "none"),
        f"{PREFIX}shield-advanced-protection": _flag(args.shield),
    }
    if args.tls:
        annotations |= {
            f"{PREFIX}listen-ports": json.dumps([{"HTTP": 80}, {"HTTPS": 443}]),
            f"{PREFIX}ssl-redirect": "443",
            f"{PREFIX}certificate-arn": pulumi.Output.all(*args.certificates.values()).apply(",".join),
            f"{PREFIX}ssl-policy": _TLS_POLICY,
        }
    return annotations


def _attributes(args: LoadBalancer, bucket: str) -> str:
    attributes = {
        "access_logs.s3.enabled": _flag(True),
        "access_logs.s3.bucket": bucket,
        "access_logs.s3.prefix": _LOG_PREFIX,
        "deletion_protection.enabled": _flag(args.deletion_protection),
        "idle_timeout.timeout_seconds": str(args.idle_timeout_seconds),
        "routing.http.drop_invalid_header_fields.enabled": _flag(True),
        "routing.http2.enabled": _flag(True),
    }
    return ",".join(f"{name}={value}" for name, value in attributes.items())


def _flag(value: bool) -> str:
    return "true" if value else "false"
