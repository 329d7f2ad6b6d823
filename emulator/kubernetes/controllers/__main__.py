"""`python -m emulator.kubernetes.controllers <cluster>`: run until ended."""

import logging
import sys
import time
from collections.abc import Callable

from emulator.cached_store import CachedStore
from emulator.kubernetes import control_plane
from emulator.kubernetes.api import ApiError, Unreachable
from emulator.kubernetes.controllers import (
    container_insights,
    external_secrets,
    listener,
    network,
    prometheus_operator,
    target_health,
    volumes,
    webhooks,
)
from emulator.kubernetes.controllers.cluster_autoscaler import ClusterAutoscaler
from emulator.kubernetes.controllers.context import LOG, Context
from emulator.kubernetes.controllers.controller_logs import ControllerLogs
from emulator.kubernetes.controllers.load_balancers import LoadBalancers
from emulator.kubernetes.controllers.lost_pods import LostPods
from emulator.kubernetes.controllers.pod_starts import PodStarts
from emulator.kubernetes.watching import WatchedApi

_SECONDS = 0.5
_WATCHED = (
    ("v1", "Node"), ("v1", "Pod"), ("v1", "ServiceAccount"), ("apps/v1", "DaemonSet"),
    ("networking.k8s.io/v1", "IngressClass"), ("storage.k8s.io/v1", "StorageClass"),
    *((external_secrets.VERSION, kind) for kind in ("ClusterSecretStore", "SecretStore", "ExternalSecret")),
    *((prometheus_operator.API_VERSION, kind) for kind in ("Prometheus", "Alertmanager")),
)  # fmt: skip
"""What every round looks at, and what may be read a little late: nothing is created twice because of it."""


def main() -> None:
    """Reconcile everything, again and again: a loop over lists is enough for a cluster of this size."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    cluster = sys.argv[1]
    logs = ControllerLogs(control_plane.container_logs(cluster))
    found = control_plane.reached(cluster)
    api = WatchedApi(found.endpoint, found.certificate_authority, lambda: control_plane.token(cluster))
    context = Context(cluster, api, CachedStore(), logs)
    certificate = control_plane.certificate(cluster)
    webhooks.serve(context, control_plane.webhook_port(cluster), certificate, certificate.with_suffix(".key"))
    listener.serve(context, control_plane.listener_port(cluster), certificate)
    mirrors = {kind: api.mirror(version, kind) for version, kind in _WATCHED}
    PodStarts(context, mirrors["Pod"]).start()
    LostPods(control_plane.client(cluster), mirrors["Pod"], mirrors["Node"]).start()
    for mirror in mirrors.values():
        mirror.start()
    steps: list[Callable[[Context], None]] = [
        network.reconcile,
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
