"""Connects the simulated AWS and its clusters. Imports are inside of the functions, so processes load what they use."""

from typing import TYPE_CHECKING

from emulator.contract import Aws, Clusters

if TYPE_CHECKING:
    from emulator.aws.account import AwsAccount


def clusters() -> Clusters:
    """Return the clusters, which are real control planes on loopback."""
    from emulator.kubernetes.clusters import LoopbackClusters

    return LoopbackClusters()


def account() -> "AwsAccount":
    """Return the simulated account of this project, whose EKS runs the clusters."""
    from emulator.aws.account import AwsAccount

    return AwsAccount(clusters())


def aws() -> Aws:
    """Return the simulated AWS for the controllers of a cluster."""
    from emulator.aws.cluster_services import ClusterServices
    from emulator.store import CachedStore

    return ClusterServices(CachedStore())
