"""Annotations for the AWS Load Balancer Controller.

https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pulumi

from components.edge.load_balancer import LoadBalancer

_PREFIX = "alb.ingress.kubernetes.io/"

_TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"
"""TLS 1.3 and 1.2 with forward secrecy, and post-quantum key exchange with clients that can: AWS's recommendation.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""

_LOG_PREFIX = "alb"
"""The prefix below which the log bucket's policy lets load balancers write."""

_CIDRS_PER_RULE = 3
"""A rule has five values at most: these, its host and its path.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
"""


@dataclass(frozen=True)
class Backend:
    """The Service that gets the requests for a host."""

    service: pulumi.Input[str]
    port: int


def load_balancer(args: LoadBalancer) -> dict[str, pulumi.Input[str]]:
    """The annotations of the whole Ingress. What is off is written too: the controller keeps what it is not told."""
    annotations: dict[str, pulumi.Input[str]] = {
        # The address is there before the pods are: waiting for those would wait for ever.
        "pulumi.com/waitFor": "jsonpath={.status.loadBalancer.ingress[0].hostname}",
        f"{_PREFIX}scheme": "internet-facing",
        f"{_PREFIX}target-type": "ip",
        f"{_PREFIX}subnets": pulumi.Output.all(*args.subnet_ids).apply(",".join),
        f"{_PREFIX}security-groups": args.security_group_id,
        # The rules to the pods are this program's too.
        f"{_PREFIX}manage-backend-security-group-rules": "false",
        f"{_PREFIX}healthcheck-interval-seconds": "10",
        f"{_PREFIX}healthcheck-timeout-seconds": "5",
        f"{_PREFIX}healthy-threshold-count": "2",
        f"{_PREFIX}unhealthy-threshold-count": "2",
        f"{_PREFIX}success-codes": "200",
        f"{_PREFIX}listen-ports": json.dumps([{"HTTP": 80}]),
        f"{_PREFIX}load-balancer-attributes": pulumi.Output.from_input(args.log_bucket).apply(
            lambda bucket: _attributes(args, bucket)
        ),
        f"{_PREFIX}wafv2-acl-arn": pulumi.Output.from_input(args.web_acl_arn).apply(lambda arn: arn or "none"),
        f"{_PREFIX}shield-advanced-protection": _flag(args.shield),
    }
    if args.tls:
        annotations |= {
            f"{_PREFIX}listen-ports": json.dumps([{"HTTP": 80}, {"HTTPS": 443}]),
            f"{_PREFIX}ssl-redirect": "443",
            f"{_PREFIX}certificate-arn": args.certificate_arn,
            f"{_PREFIX}ssl-policy": _TLS_POLICY,
        }
    return annotations


def restricted(host: str, backend: Backend, cidrs: Sequence[str]) -> Iterator[tuple[str, dict[str, pulumi.Input[str]]]]:
    """Names of actions, each with its annotations, that together let the requests from `cidrs` through to a host."""
    action = pulumi.Output.from_input(backend.service).apply(
        lambda service: json.dumps(
            {
                "type": "forward",
                "forwardConfig": {"targetGroups": [{"serviceName": service, "servicePort": backend.port}]},
            }
        )
    )
    for number, first in enumerate(range(0, len(cidrs), _CIDRS_PER_RULE), 1):
        # Kubernetes allows 63 characters after the prefix, and a host may have more.
        name = f"{host.partition('.')[0][:30]}-{hashlib.sha256(host.encode()).hexdigest()[:8]}-{number}"
        values = list(cidrs[first : first + _CIDRS_PER_RULE])
        conditions = json.dumps([{"field": "source-ip", "sourceIpConfig": {"values": values}}])
        yield name, {f"{_PREFIX}actions.{name}": action, f"{_PREFIX}conditions.{name}": conditions}


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
