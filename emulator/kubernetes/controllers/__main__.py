"""`python -m emulator.kubernetes.controllers <cluster>`: run until ended."""

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
    pod_starts,
    prometheus_operator,
    target_health,
    volumes,
)
from emulator.kubernetes.controllers.cluster_autoscaler import ClusterAutoscaler
from emulator.kubernetes.controllers.context import LOG, Context
from emulator.kubernetes.controllers.controller_logs import ControllerLogs
from emulator.kubernetes.controllers.load_balancers import LoadBalancers

_SECONDS = 0.5


def main() -> None:
    """Reconcile everything, again and again: a loop over lists is enough for a cluster of this size."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    cluster = sys.argv[1]
    logs = ControllerLogs(control_plane.container_logs(cluster))
    context = Context(cluster, control_plane.client(cluster), wiring.aws(), logs)
    certificate = control_plane.certificate(cluster)
    cluster_network.serve(context, certificate)
    listener.serve(context, control_plane.listener_port(cluster), certificate)
    steps: list[Callable[[Context], None]] = [
        network.reconcile,
        certificates.reconcile,
        pod_starts.reconcile,
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
                # Someone else changed the object, or the API server is on its way down: the next round will tell.
                LOG.info("%s: %s", step, error)
            except Exception:
                LOG.exception("%s failed", step)
        time.sleep(_SECONDS)


if __name__ == "__main__":
    main()
