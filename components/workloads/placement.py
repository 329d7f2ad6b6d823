"""The nodes on which a service's pods run, where its stanza names a node group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_kubernetes as kubernetes

from components.cluster.cluster import Cluster
from components.config import ServiceConfig
from components.config.cluster import Taint
from components.config.placement import ANNOTATION

_LABEL = "eks.amazonaws.com/nodegroup"
"""EKS labels nodes with their group, and the Cluster Autoscaler knows that of groups without nodes too."""


@dataclass(frozen=True)
class Placement:
    """A node group to which pods are bound."""

    name: str
    """Its name in the stack file."""
    node_group: pulumi.Input[str]
    """Its name in EKS. A group that is replaced has another: pods move to it, and then the group before goes."""
    taints: Sequence[Taint]

    @classmethod
    def of(cls, stanza: ServiceConfig, cluster: Cluster) -> "Placement | None":
        """That of a service; None if its pods run on any node without a taint."""
        name = stanza.node_group
        if not name:
            return None
        return cls(name, cluster.node_group_names[name], cluster.settings.node_groups[name].taints)


def pod_annotations(placement: Placement | None) -> dict[str, str]:
    """The annotations of pods that are bound to the node group; none if they are bound to none."""
    return {ANNOTATION: placement.name} if placement else {}


def pod_fields(placement: Placement | None) -> dict[str, Any]:
    """The fields of the spec of pods that are bound to the node group; none if they are bound to none."""
    if placement is None:
        return {}
    tolerations = [
        kubernetes.core.v1.TolerationArgs(key=taint.key, operator="Equal", value=taint.value, effect=taint.effect.value)
        for taint in placement.taints
    ]
    return {"node_selector": {_LABEL: placement.node_group}, "tolerations": tolerations or None}
