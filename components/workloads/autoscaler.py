"""The autoscaler of a service: Kubernetes' own, or KEDA's for one that is scaled by more than CPU and memory."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.config.services import DeployedConfig
from components.workloads.pod import object_metadata
from components.workloads.service_context import ServiceContext

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
    keda = [context.keda] if context.keda and settings.scaled_by_keda else []
    if keda:
        (api_version, kind), other = _SCALED_OBJECT, _HPA
        annotations = {"pulumi.com/waitFor": "condition=Ready"}
        metadata = object_metadata(service, service, namespace, annotations)
        spec = _scaled_object(settings, target)
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
                depends_on=keda,
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


def _scaled_object(settings: DeployedConfig, target: pulumi.Input[str]) -> dict[str, Any]:
    return {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
        "minReplicaCount": settings.replicas,
        "maxReplicaCount": settings.max_replicas,
        "advanced": {"horizontalPodAutoscalerConfig": {"behavior": _BEHAVIOR}},
        "triggers": list(_triggers(settings)),
    }


def _targets(settings: DeployedConfig) -> dict[str, int]:
    return {"cpu": settings.cpu_target, "memory": settings.memory_target}


def _triggers(settings: DeployedConfig) -> Iterator[dict[str, Any]]:
    for name, percent in _targets(settings).items():
        yield {"type": name, "metricType": "Utilization", "metadata": {"value": str(percent)}}
    for each in settings.scheduled_replicas:
        times = {"timezone": each.time_zone, "start": each.start, "end": each.end}
        yield {"type": "cron", "metadata": {**times, "desiredReplicas": str(each.replicas)}}
