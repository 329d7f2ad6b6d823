"""Runs the controllers of a cluster until it is ended: `python -m emulator.kubernetes.controllers <cluster>`."""

import logging
import sys
import time
from collections.abc import Callable

from emulator import wiring
from emulator.kubernetes import control_plane
from emulator.kubernetes.api import ApiError, Unreachable
from emulator.kubernetes.controllers import (
    certificates,
    cluster_network,
    container_insights,
    external_secrets,
    listener,
    network,
    prometheus_operator,
    target_health,
    volumes,
)
from emulator.kubernetes.controllers.cluster_autoscaler import ClusterAutoscaler
from emulator.kubernetes.controllers.context import LOG, Context
from emulator.kubernetes.controllers.controller_logs import ControllerLogs
from emulator.kubernetes.controllers.load_balancers import LoadBalancers
from emulator.kubernetes.controllers.orphaned_pods import OrphanedPods
from emulator.kubernetes.controllers.pod_starts import PodStarts
from emulator.kubernetes.watching import WatchedApi

_SECONDS = 0.5
_WATCHED = (
    ("v1", "Node"), ("v1", "Pod"), ("v1", "ServiceAccount"), ("apps/v1", "DaemonSet"),
    ("networking.k8s.io/v1", "IngressClass"), ("storage.k8s.io/v1", "StorageClass"),
    *((external_secrets.VERSION, kind) for kind in ("ClusterSecretStore", "SecretStore", "ExternalSecret")),
    *((prometheus_operator.API_VERSION, kind) for kind in ("Prometheus", "Alertmanager")),
)  # fmt: skip
"""Kinds that are read in every round from mirrors. Reading them a little late does no harm."""


def main() -> None:
    """Run all reconcilers in a loop twice a second, which is enough for a cluster of this size."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    cluster = sys.argv[1]
    logs = ControllerLogs(control_plane.container_logs(cluster))
    found = control_plane.reached(cluster)
    api = WatchedApi(found.endpoint, found.certificate_authority, lambda: control_plane.token(cluster))
    context = Context(cluster, api, wiring.aws(), logs)
    certificate = control_plane.certificate(cluster)
    cluster_network.serve(context, certificate)
    listener.serve(context, control_plane.listener_port(cluster), certificate)
    mirrors = {kind: api.mirror(version, kind) for version, kind in _WATCHED}
    PodStarts(context, mirrors["Pod"]).start()
    OrphanedPods(control_plane.client(cluster), mirrors["Pod"], mirrors["Node"]).start()
    for mirror in mirrors.values():
        mirror.start()
    steps: list[Callable[[Context], None]] = [
        network.reconcile,
        certificates.reconcile,
        LoadBalancers().reconcile,
        target_health.reconcile,
        volumes.reconcile,
        external_secrets.reconcile,
        container_insights.reconcile,
        ClusterAutoscaler().reconcile,
        prometheus_operator.reconcile,
    ]
    while True:
        for step in steps:
            try:
                step(context)
            except (ApiError, Unreachable) as error:
                # The object was changed meanwhile, or the API server is stopping: the next round repeats the step.
                LOG.info("%s: %s", step, error)
            except Exception:
                LOG.exception("%s failed", step)
        time.sleep(_SECONDS)


if __name__ == "__main__":
    main()
