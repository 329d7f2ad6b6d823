"""The Service by which other pods and the load balancer reach a web service."""

import pulumi
import pulumi_kubernetes as kubernetes

from components.config import WebConfig
from components.workloads.drain import Drain
from components.workloads.pod import selector_labels


def cluster_ip_service(
    name: str, service: str, namespace: pulumi.Input[str], settings: WebConfig, opts: pulumi.ResourceOptions
) -> pulumi.Output[str]:
    """Creates the Service of a web service, and answers its name.

    It says how the load balancer checks and drains the pods. The Ingress needs it and the pods need the Ingress: so it
    is not awaited, as it has no endpoints yet.
    """
    created = kubernetes.core.v1.Service(
        f"{name}-service",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(
            name=service,
            namespace=namespace,
            labels=selector_labels(service),
            annotations={
                "pulumi.com/skipAwait": "true",
                "alb.ingress.kubernetes.io/healthcheck-path": settings.health.readiness,
                "alb.ingress.kubernetes.io/target-group-attributes": _target_group(settings),
            },
        ),
        spec=kubernetes.core.v1.ServiceSpecArgs(
            type="ClusterIP",
            selector=selector_labels(service),
            # The same port outside and in: the VPC CNI's network policies do not translate.
            ports=[
                kubernetes.core.v1.ServicePortArgs(
                    name="http", port=settings.port, target_port=settings.port, protocol="TCP"
                )
            ],
        ),
        opts=opts,
    )
    return created.metadata.apply(lambda metadata: str(metadata.name))


def _target_group(settings: WebConfig) -> str:
    """The attributes, all of them: the controller keeps what it is not told."""
    attributes = {
        "deregistration_delay.timeout_seconds": Drain(settings.drain_seconds).deregistration_seconds,
        "stickiness.enabled": "true" if settings.stickiness_seconds else "false",
        "stickiness.type": "lb_cookie",
    }
    if settings.stickiness_seconds:
        attributes["stickiness.lb_cookie.duration_seconds"] = settings.stickiness_seconds
    return ",".join(f"{name}={value}" for name, value in attributes.items())
