"""The autoscaler of a service: Kubernetes' own, or KEDA's for one that is scaled by more than CPU and memory."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.addons.keda import AWS_IDENTITY
from components.config.services import DeployedConfig, WebConfig
from components.workloads.load_balancer_lookup import target_group_of
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
        "triggers": list(_triggers(keda, namespace, settings, target)),
    }


def _targets(settings: DeployedConfig) -> dict[str, int]:
    return {"cpu": settings.cpu_target, "memory": settings.memory_target}


def _triggers(
    keda: KedaContext, namespace: pulumi.Input[str], settings: DeployedConfig, target: pulumi.Input[str]
) -> Iterator[dict[str, Any]]:
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
                # A pod that has all messages in work is not to go.
                "scaleOnInFlight": "true",
            },
        }
    if isinstance(settings, WebConfig) and settings.request_target:
        group = target_group_of(keda.stack.cluster_name, namespace, target, settings.port)
        yield _requests(keda, settings.request_target, group)


def _requests(keda: KedaContext, target: int, target_group: pulumi.Input[str]) -> dict[str, Any]:
    """The trigger of the requests that the load balancer passes to the service.

    CloudWatch has no value of a minute without requests: that is 0.
    """
    return {
        **_ASKING_AWS,
        "type": "aws-cloudwatch",
        "metadata": {
            "awsRegion": keda.stack.region,
            "namespace": "AWS/ApplicationELB",
            "metricName": "RequestCount",
            "dimensionName": "LoadBalancer;TargetGroup",
            "dimensionValue": pulumi.Output.format("{};{}", keda.load_balancer, target_group),
            "metricStat": "Sum",
            "metricStatPeriod": "60",
            # The newest value of five minutes, of a minute that is complete.
            "metricCollectionTime": "300",
            "metricEndTimeOffset": "60",
            "targetMetricValue": str(target),
            "minMetricValue": "0",
        },
    }
