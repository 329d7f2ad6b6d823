"""The one place where the simulated AWS and its clusters meet. Each process loads only what it asks for."""

from typing import TYPE_CHECKING

from emulator.contract import Aws, Clusters

if TYPE_CHECKING:
    from emulator.aws.account import AwsAccount


def clusters() -> Clusters:
    """The clusters: real control planes on loopback."""
    from emulator.kubernetes.clusters import LoopbackClusters

    return LoopbackClusters()


def account() -> "AwsAccount":
    """The simulated account of this project, whose EKS runs those clusters."""
    from emulator.aws.account import AwsAccount

    return AwsAccount(clusters())


def aws() -> Aws:
    """The simulated AWS, as the controllers of a cluster see it."""
    from emulator.aws.cluster_services import ClusterServices
    from emulator.cached_store import CachedStore

    return ClusterServices(CachedStore())
