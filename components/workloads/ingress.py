"""The shop's only Ingress, and with it its Application Load Balancer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.listener_rules import ListenerRule
from components.edge.load_balancer import LoadBalancer
from components.workloads import ingress_annotations
from components.workloads.ingress_rules import Backend, ingress_rules

NAME = "openmarket-ingress"

_TIMEOUTS = pulumi.CustomTimeouts(create="20m", update="20m", delete="30m")
"""A load balancer takes minutes to create, and its controller deletes it before the Ingress can be deleted."""


@dataclass(frozen=True)
class IngressArgs:
    """Inputs of `Ingress`."""

    namespace: pulumi.Input[str]
    rules: Sequence[ListenerRule]
    """The load balancer's rules, in order."""
    backends: Mapping[str, Backend]
    """The backends, by service."""
    page: str
    """The maintenance page, in HTML."""
    load_balancer: LoadBalancer
    controller: pulumi.Resource
    """The load balancer controller, which the Ingress needs until the load balancer is deleted."""


class Ingress(pulumi.ComponentResource):
    """Creates the Ingress `openmarket-ingress`, and with it one internet-facing load balancer for all hosts."""

    load_balancer_dns: pulumi.Output[str]
    """The load balancer's name in DNS; empty only if the load balancer was lost after the Ingress had it."""
    ingress: kubernetes.networking.v1.Ingress

    def __init__(self, name: str, args: IngressArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Ingress", name, {}, opts)
        rules, annotations = ingress_rules(list(args.rules), args.backends, args.page)
        annotations = ingress_annotations.load_balancer(args.load_balancer) | annotations
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
