"""The shop's one way in: an Application Load Balancer."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

NAME = "openmarket-ingress"

_PREFIX = "alb.ingress.kubernetes.io/"
_TIMEOUTS = pulumi.CustomTimeouts(create="20m", update="20m", delete="30m")
"""A load balancer takes minutes to come, and its controller deletes it before the Ingress goes."""


@dataclass(frozen=True)
class Backend:
    """Where requests for a host go."""

    service: pulumi.Input[str]
    port: int


@dataclass(frozen=True)
class LoadBalancer:
    """What of AWS the load balancer is put together from."""

    subnet_ids: Sequence[pulumi.Input[str]]
    """Public ones, in two zones at least."""
    security_group_id: pulumi.Input[str]
    certificate_arn: str
    """Empty for plain HTTP."""
    after: Sequence[pulumi.Resource]
    """What a load balancer needs to come and to go: its controller, and the rules that let it reach the pods."""


@dataclass(frozen=True)
class IngressArgs:
    """Inputs of `Ingress`."""

    namespace: pulumi.Input[str]
    backends: Mapping[str, Backend]
    """By full host name."""
    load_balancer: LoadBalancer


class Ingress(pulumi.ComponentResource):
    """Creates the Ingress `openmarket-ingress`, and with it one internet-facing load balancer for all hosts."""

    load_balancer_dns: pulumi.Output[str]
    """Empty only if the load balancer was lost after the Ingress had it."""
    ingress: kubernetes.networking.v1.Ingress

    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Ingress", name, {}, opts)
        self.ingress = kubernetes.networking.v1.Ingress(
            f"{name}-alb",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=NAME, namespace=args.namespace, annotations=_annotations(args.load_balancer)
            ),
            spec=kubernetes.networking.v1.IngressSpecArgs(
                ingress_class_name="alb", rules=[_rule(host, backend) for host, backend in args.backends.items()]
            ),
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=list(args.load_balancer.after), custom_timeouts=_TIMEOUTS
            ),
        )
        self.load_balancer_dns = self.ingress.status.apply(_hostname)
        self.register_outputs({"load_balancer_dns": self.load_balancer_dns})


def _hostname(status: kubernetes.networking.v1.outputs.IngressStatus | None) -> str:
    addresses = status.load_balancer.ingress if status and status.load_balancer else None
    return (addresses[0].hostname if addresses else None) or ""


def _annotations(args: LoadBalancer) -> dict[str, pulumi.Input[str]]:
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
        f"{_PREFIX}success-codes": "200",
        f"{_PREFIX}listen-ports": json.dumps([{"HTTP": 80}]),
    }
    if args.certificate_arn:
        annotations |= {
            f"{_PREFIX}listen-ports": json.dumps([{"HTTP": 80}, {"HTTPS": 443}]),
            f"{_PREFIX}ssl-redirect": "443",
            f"{_PREFIX}certificate-arn": args.certificate_arn,
            f"{_PREFIX}ssl-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        }
    return annotations


def _rule(host: str, backend: Backend) -> kubernetes.networking.v1.IngressRuleArgs:
    return kubernetes.networking.v1.IngressRuleArgs(
        host=host,
        http=kubernetes.networking.v1.HTTPIngressRuleValueArgs(
            paths=[
                kubernetes.networking.v1.HTTPIngressPathArgs(
                    path="/",
                    path_type="Prefix",
                    backend=kubernetes.networking.v1.IngressBackendArgs(
                        service=kubernetes.networking.v1.IngressServiceBackendArgs(
                            name=backend.service,
                            port=kubernetes.networking.v1.ServiceBackendPortArgs(number=backend.port),
                        )
                    ),
                )
            ]
        ),
    )
