"""The namespace of the shop's workloads."""

from dataclasses import dataclass

import pulumi
import pulumi_kubernetes as kubernetes

_POD_SECURITY = "restricted"


@dataclass(frozen=True)
class NamespaceArgs:
    """Inputs of `Namespace`."""

    namespace: str


class Namespace(pulumi.ComponentResource):
    """Creates the namespace: it admits only pods of the restricted Pod Security Standard.

    Its label makes the load balancer controller add readiness gates to the pods.
    """

    name: pulumi.Output[str]

    def __init__(self, name: str, args: NamespaceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("openmarket:workloads:Namespace", name, {}, opts)
        created = kubernetes.core.v1.Namespace(
            f"{name}-restricted",
            metadata=kubernetes.meta.v1.ObjectMetaArgs(
                name=args.namespace,
                labels={
                    "pod-security.kubernetes.io/enforce": _POD_SECURITY,
                    "pod-security.kubernetes.io/warn": _POD_SECURITY,
                    "elbv2.k8s.aws/pod-readiness-gate-inject": "enabled",
                },
            ),
            opts=pulumi.ResourceOptions(parent=self, custom_timeouts=pulumi.CustomTimeouts(delete="20m")),
        )
        self.name = created.metadata.apply(lambda metadata: str(metadata.name))
        self.register_outputs({"name": self.name})
