"""What a service's pods should ask for."""

import pulumi
import pulumi_kubernetes as kubernetes

from components.workloads.pod import selector_labels


def recommendation(
    name: str,
    service: str,
    namespace: pulumi.Input[str],
    recommender: pulumi.Resource,
    opts: pulumi.ResourceOptions,
) -> None:
    """Creates the VerticalPodAutoscaler of a Deployment. It recommends, in its status, and changes no pod."""
    kubernetes.apiextensions.CustomResource(
        f"{name}-recommendation",
        api_version="autoscaling.k8s.io/v1",
        kind="VerticalPodAutoscaler",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=service, namespace=namespace, labels=selector_labels(service)),
        spec={
            "targetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": service},
            "updatePolicy": {"updateMode": "Off"},
        },
        # The kind comes with the recommender.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[recommender])),
    )
