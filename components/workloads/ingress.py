"""The shop's only Ingress, and with it its Application Load Balancer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_kubernetes as kubernetes

from components.workloads import ingress_annotations
from components.workloads.ingress_annotations import Backend, LoadBalancer

NAME = "openmarket-ingress"

_TIMEOUTS = pulumi.CustomTimeouts(create="20m", update="20m", delete="30m")
"""A load balancer takes minutes to create, and its controller deletes it before the Ingress can be deleted."""


@dataclass(frozen=True)
class IngressArgs:
    """Inputs of `Ingress`."""

    namespace: pulumi.Input[str]
    backends: Mapping[str, Backend]
    """The backends of the hosts, by full name."""
    load_balancer: LoadBalancer
    controller: pulumi.Resource
    """The load balancer controller, which the Ingress needs until the load balancer is deleted."""
    allowed_cidrs: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """The only networks that reach a host, by its full name. Others get the 404 of an unknown host."""


class Ingress(pulumi.ComponentResource):
    """Creates the Ingress `openmarket-ingress`, and with it one internet-facing load balancer for all hosts."""

    load_balancer_dns: pulumi.Output[str]
    """The load balancer's name in DNS; empty only if the load balancer was lost after the Ingress had it."""
    ingress: kubernetes.networking.v1.Ingress

    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Ingress", name, {}, opts)
        annotations = ingress_annotations.load_balancer(args.load_balancer)
        rules: list[kubernetes.networking.v1.IngressRuleArgs] = []
        for host, backend in args.backends.items():
            for rule, more in _rules(host, backend, args.allowed_cidrs.get(host, ())):
                rules.append(rule)
                annotations |= more
        self.ingress = kubernetes.networking.v1.Ingress(
            f"{name}-alb",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(name=NAME, namespace=args.namespace, annotations=annotations),
            spec=kubernetes.networking.v1.IngressSpecArgs(ingress_class_name="alb", rules=rules),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[args.controller], custom_timeouts=_TIMEOUTS),
        )
        self.load_balancer_dns = self.ingress.status.apply(_hostname)
        self.register_outputs({"load_balancer_dns": self.load_balancer_dns})


def _hostname(status: kubernetes.networking.v1.outputs.IngressStatus | None) -> str:
    addresses = status.load_balancer.ingress if status and status.load_balancer else None
    return (addresses[0].hostname if addresses else None) or ""


def _rules(
    host: str, backend: Backend, cidrs: Sequence[str]
) -> Iterator[tuple[kubernetes.networking.v1.IngressRuleArgs, dict[str, pulumi.Input[str]]]]:
    """The rules of one host, in order, each with the annotations that it needs."""
    if not cidrs:
        port = kubernetes.networking.v1.ServiceBackendPortArgs(number=backend.port)
        yield _rule(host, backend.service, port), {}
    # Conditions belong to a backend's name, and another host may have the same Service: hence names of their own.
    for action, annotations in ingress_annotations.restricted(host, backend, cidrs):
        port = kubernetes.networking.v1.ServiceBackendPortArgs(name="use-annotation")
        yield _rule(host, action, port), annotations


def _rule(
    host: str, service: pulumi.Input[str], port: kubernetes.networking.v1.ServiceBackendPortArgs
) -> kubernetes.networking.v1.IngressRuleArgs:
    return kubernetes.networking.v1.IngressRuleArgs(
        host=host,
        http=kubernetes.networking.v1.HTTPIngressRuleValueArgs(
            paths=[
                kubernetes.networking.v1.HTTPIngressPathArgs(
                    path="/",
                    path_type="Prefix",
                    backend=kubernetes.networking.v1.IngressBackendArgs(
                        service=kubernetes.networking.v1.IngressServiceBackendArgs(name=service, port=port)
                    ),
                )
            ]
        ),
    )
