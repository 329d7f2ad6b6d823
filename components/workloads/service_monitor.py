"""Which of a service's metrics Prometheus reads."""

import pulumi
import pulumi_kubernetes as kubernetes

from components.workloads.pod import selector_labels


def service_monitor(
    name: str,
    service: str,
    namespace: pulumi.Input[str],
    path: str,
    prometheus: pulumi.Resource,
    opts: pulumi.ResourceOptions,
) -> None:
    """Creates the ServiceMonitor of a web service, whose pods serve metrics at this path of their port.

    By the Service, so that the metrics have its name in the label `service`.
    """
    kubernetes.apiextensions.CustomResource(
        f"{name}-service-monitor",
        api_version="monitoring.coreos.com/v1",
        kind="ServiceMonitor",
        metadata=kubernetes.meta.v1.ObjectMetaArgs(name=service, namespace=namespace, labels=selector_labels(service)),
        spec={
            "selector": {"matchLabels": selector_labels(service)},
            "endpoints": [{"port": "http", "path": path}],
        },
        # The kind comes with Prometheus.
        opts=pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[prometheus])),
    )
