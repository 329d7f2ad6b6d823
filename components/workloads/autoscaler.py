"""The autoscaler of a service: Kubernetes' own, or KEDA's for one that is scaled by more than CPU and memory."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.keda import AWS_IDENTITY
from components.config.services import DeployedConfig, WebConfig
from components.workloads.load_balancer_lookup import target_groups_of
from components.workloads.pod import object_metadata
from components.workloads.service_context import KedaContext, ServiceContext

_HPA = ("autoscaling/v2", "HorizontalPodAutoscaler")
_SCALED_OBJECT = ("keda.sh/v1alpha1", "ScaledObject")

_BEHAVIOR: Mapping[str, Any] = {
    # Twice as many at once, so that a rush is met within minutes.
    "scaleUp": {"policies": [{"type": "Percent", "value": 100, "periodSeconds": 60}]},
    # A tenth fewer, and only once five minutes needed no more: the next rush may follow, and each pod drains.
    "scaleDown": {
        "stabilizationWindowSeconds": 300,
        "selectPolicy": "Max",
        "policies": [
            {"type": "Percent", "value": 10, "periodSeconds": 60},
            {"type": "Pods", "value": 1, "periodSeconds": 60},
        ],
    },
}

_ASKING_AWS: Mapping[str, Any] = {
    # All that there is by the pods that there are: figures per pod follow their number late.
    "metricType": "AverageValue",
    "authenticationRef": {"name": AWS_IDENTITY, "kind": "ClusterTriggerAuthentication"},
    # Every answer costs, and the autoscaler asks twice as often as KEDA itself.
    "useCachedMetrics": True,
}
"""Of a trigger whose metric AWS has. While it cannot be read, the autoscaler only adds pods, by other metrics."""


def autoscaler(
    name: str,
    context: ServiceContext,
    settings: DeployedConfig,
    target: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
) -> pulumi.Resource:
    """Creates the HorizontalPodAutoscaler `<service>-hpa`, or the ScaledObject of which KEDA makes one.

    Each takes the other's place when the stanza changes, and the old one goes first: two of them at a Deployment scale
    it neither up nor down. Meanwhile it keeps its pods.

    Args:
        target: The name of the Deployment; KEDA has to find that.
    """
    service, namespace = context.service, context.namespace
    keda = context.keda if settings.scaled_by_keda else None
    if keda:
        (api_version, kind), other = _SCALED_OBJECT, _HPA
        annotations = {"pulumi.com/waitFor": "condition=Ready"}
        metadata = object_metadata(service, service, namespace, annotations)
        spec = _scaled_object(keda, context.namespace, settings, target)
    else:
        (api_version, kind), other = _HPA, _SCALED_OBJECT
        metadata = object_metadata(f"{service}-hpa", service, namespace)
        spec = _horizontal_pod_autoscaler(settings, target)
    return kubernetes.apiextensions.CustomResource(
        f"{name}-autoscaler",
        api_version=api_version,
        kind=kind,
        metadata=metadata,
        spec=spec,
        opts=pulumi.ResourceOptions.merge(
            opts,
            pulumi.ResourceOptions(
                # Only KEDA ends a ScaledObject.
                depends_on=[keda.addon] if keda else [],
                aliases=[pulumi.Alias(type_=f"kubernetes:{':'.join(other)}")],
                delete_before_replace=True,
            ),
        ),
    )


def _horizontal_pod_autoscaler(settings: DeployedConfig, target: pulumi.Input[str]) -> dict[str, Any]:
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
        "minReplicas": settings.replicas,
        "maxReplicas": settings.max_replicas,
        "behavior": _BEHAVIOR,
        "metrics": [
            {
                "type": "Resource",
                "resource": {"name": name, "target": {"type": "Utilization", "averageUtilization": percent}},
            }
            for name, percent in _targets(settings).items()
        ],
    }


def _scaled_object(
    keda: KedaContext, namespace: pulumi.Input[str], settings: DeployedConfig, target: pulumi.Input[str]
) -> dict[str, Any]:
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
        "minReplicaCount": settings.replicas,
        "maxReplicaCount": settings.max_replicas,
        "advanced": {"horizontalPodAutoscalerConfig": {"behavior": _BEHAVIOR}},
        "triggers": _triggers(keda, namespace, settings, target),
    }


def _targets(settings: DeployedConfig) -> dict[str, int]:
    return {"cpu": settings.cpu_target, "memory": settings.memory_target}


def _triggers(
    keda: KedaContext, namespace: pulumi.Input[str], settings: DeployedConfig, target: pulumi.Input[str]
) -> pulumi.Input[list[dict[str, Any]]]:
    known = list(_known_triggers(settings))
    if not isinstance(settings, WebConfig) or not settings.request_target:
        return known
    groups = target_groups_of(keda.stack.cluster_name, namespace, target, settings.port)
    region, requests = keda.stack.region, settings.request_target

    def counted(balancer: str, service: str, found: list[str]) -> list[dict[str, Any]]:
        if not found:
            pulumi.log.warn(f"{service} has no target group yet: the next `up` lets its requests be counted")
        # The one that counts is the one with the most requests: a deleted target group has none.
        return [*known, *(_requests(region, f"{balancer};{group}", requests) for group in found)]

    return pulumi.Output.all(keda.load_balancer, target, groups).apply(lambda values: counted(*values))


def _known_triggers(settings: DeployedConfig) -> Iterator[dict[str, Any]]:
    for name, percent in _targets(settings).items():
        yield {"type": name, "metricType": "Utilization", "metadata": {"value": str(percent)}}
    for each in settings.scheduled_replicas:
        times = {"timezone": each.time_zone, "start": each.start, "end": each.end}
        yield {"type": "cron", "metadata": {**times, "desiredReplicas": str(each.replicas)}}
    if settings.queue and settings.queue.messages_per_pod:
        yield {
            **_ASKING_AWS,
            "type": "aws-sqs-queue",
            "metadata": {
                "awsRegion": settings.queue.region,
                "queueURL": settings.queue.url,
                "queueLength": str(settings.queue.messages_per_pod),
                # Messages in work are work as well: without them, pods would go while all are busy.
                "scaleOnInFlight": "true",
            },
        }


def _requests(region: str, dimensions: str, target: int) -> dict[str, Any]:
    """The trigger of the requests that the load balancer passes to a target group of the service.

    CloudWatch has no value of a minute without requests. Five minutes without one are 0.
    """
    return {
        **_ASKING_AWS,
        "type": "aws-cloudwatch",
        "metadata": {
            "awsRegion": region,
            "namespace": "AWS/ApplicationELB",
            "metricName": "RequestCount",
            "dimensionName": "LoadBalancer;TargetGroup",
            "dimensionValue": dimensions,
            "metricStat": "Sum",
            "metricStatPeriod": "60",
            # The newest value of five minutes, of a minute that is complete.
            "metricCollectionTime": "300",
            "metricEndTimeOffset": "60",
            "targetMetricValue": str(target),
            "minMetricValue": "0",
        },
    }
