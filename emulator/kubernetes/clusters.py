"""Implements `contract.Clusters`, with which the simulated AWS runs emulated EKS clusters.

Imports are inside of the functions, because most runs of the `aws` plugin never start a cluster.
"""

from collections.abc import Mapping
from typing import Any

from emulator.contract import ControlPlane, NodeGroup
from emulator.plugins.provider import Call


class LoopbackClusters:
    """Clusters whose control planes run on loopback."""

    def start(self, cluster: str, version: str, service_cidr: str) -> ControlPlane:
        from emulator.kubernetes import control_plane

        return control_plane.start(cluster, version, service_cidr)

    def stop(self, cluster: str) -> None:
        from emulator.kubernetes import control_plane

        control_plane.stop(cluster)

    def join(self, group: NodeGroup, call: Call) -> None:
        from emulator.kubernetes import nodes

        nodes.join(group, call)

    def leave(self, cluster: str, group: str) -> None:
        from emulator.kubernetes import nodes

        nodes.leave(cluster, group)

    def install_addon(
        self, cluster: str, addon: str, role_arn: str, configuration: Mapping[str, Any], call: Call
    ) -> None:
        from emulator.kubernetes import addons

        addons.install(cluster, addon, role_arn, configuration, call)

    def addon_issues(self, cluster: str, addon: str, configuration: Mapping[str, Any]) -> list[str]:
        from emulator.kubernetes import addons

        return addons.issues(cluster, addon, configuration)

    def remove_addon(self, cluster: str, addon: str) -> None:
        from emulator.kubernetes import addons

        addons.remove(cluster, addon)
