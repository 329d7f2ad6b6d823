"""The Service by which other pods and the load balancer reach a web service."""

import pulumi
import pulumi_kubernetes as kubernetes

from components.config import WebConfig
from components.config.services import ProtocolVersion
from components.workloads.drain import Drain
from components.workloads.ingress_annotations import PREFIX
from components.workloads.pod import selector_labels

GRPC_HEALTH = "/grpc.health.v1.Health/Check"
"""The method of gRPC's health checking protocol: https://github.com/grpc/grpc/blob/master/doc/health-checking.md"""


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
                **_health_check(settings),
                f"{PREFIX}target-group-attributes": _target_group(settings),
            },
        ),
        spec=kubernetes.core.v1.ServiceSpecArgs(
            type="ClusterIP",
            selector=selector_labels(service),
            # The same port outside and in: the VPC CNI's network policies do not translate.
            ports=[
                kubernetes.core.v1.ServicePortArgs(name=each, port=port, target_port=port, protocol="TCP")
                for each, port in settings.all_ports.items()
            ],
        ),
        opts=opts,
    )
    return created.metadata.apply(lambda metadata: str(metadata.name))


def _health_check(settings: WebConfig) -> dict[str, str]:
    """What the load balancer speaks to the pods, and how it asks whether they are ready.

    It asks at the path of the readiness probe, if that has one, or by gRPC's method for it. It can ask for nothing
    else: a service whose probes do otherwise only has to answer something that is no error of its own.
    """
    annotations = {f"{PREFIX}backend-protocol": "HTTPS", f"{PREFIX}healthcheck-protocol": "HTTPS"}
    annotations = annotations if settings.speaks_tls else {}
    if settings.spoken is not ProtocolVersion.HTTP1:
        annotations[f"{PREFIX}backend-protocol-version"] = settings.spoken.name
    if settings.spoken is ProtocolVersion.GRPC:
        # The status OK, where the Ingress says 200 for all others.
        return {**annotations, f"{PREFIX}healthcheck-path": GRPC_HEALTH, f"{PREFIX}success-codes": "0"}
    if settings.health.has_paths:
        return {**annotations, f"{PREFIX}healthcheck-path": settings.health.readiness}
    codes = {f"{PREFIX}success-codes": "200-499"} if settings.image else {}
    return {**annotations, f"{PREFIX}healthcheck-path": "/", **codes}


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
