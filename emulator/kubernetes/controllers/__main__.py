"""Runs the controllers of a cluster until it is ended: `python -m emulator.kubernetes.controllers <cluster>`."""

import logging
import sys

from emulator import wiring
from emulator.kubernetes import control_plane
from emulator.kubernetes.controllers import (
    certificates,
    cluster_network,
    container_insights,
    external_secrets,
    keda,
    listener,
    network,
    prometheus_operator,
    target_health,
    volumes,
)
from emulator.kubernetes.controllers.cluster_autoscaler import ClusterAutoscaler
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.controller_logs import ControllerLogs
from emulator.kubernetes.controllers.load_balancers import LoadBalancers
from emulator.kubernetes.controllers.orphaned_pods import OrphanedPods
from emulator.kubernetes.controllers.pod_starts import PodStarts
from emulator.kubernetes.controllers.rounds import Rounds, Step
from emulator.kubernetes.watched_api import WatchedApi

WATCHED = (
    ("v1", "Node"), ("v1", "Pod"), ("v1", "ServiceAccount"), ("v1", "Service"), ("v1", "Secret"), ("v1", "ConfigMap"),
    ("v1", "PersistentVolumeClaim"), ("v1", "PersistentVolume"), ("storage.k8s.io/v1", "StorageClass"),
    *(("apps/v1", kind) for kind in ("Deployment", "DaemonSet", "StatefulSet")),
    *(("networking.k8s.io/v1", kind) for kind in ("Ingress", "IngressClass")),
    *((certificates.ADMISSION, kind) for kind in certificates.KINDS),
    ("elbv2.k8s.aws/v1beta1", "TargetGroupBinding"),
    *((external_secrets.VERSION, kind) for kind in ("ClusterSecretStore", "SecretStore", "ExternalSecret")),
    *((keda.API_VERSION, kind) for kind in ("ScaledObject", "ClusterTriggerAuthentication")),
    ("apiregistration.k8s.io/v1", "APIService"),
    ("autoscaling/v2", "HorizontalPodAutoscaler"),
    *((prometheus_operator.API_VERSION, kind) for kind in ("Prometheus", "Alertmanager")),
)  # fmt: skip
"""Kinds that steps read, and pods' starts. They are mirrored; reading them a little late does no harm."""


def steps() -> list[Step]:
    """Return the steps of a round in their order. They share nothing but the cluster and the account."""
    return [
        network.reconcile,
        certificates.reconcile,
        LoadBalancers().reconcile,
        target_health.reconcile,
        volumes.reconcile,
        external_secrets.reconcile,
        keda.reconcile,
        container_insights.reconcile,
        ClusterAutoscaler().reconcile,
        prometheus_operator.reconcile,
    ]


def main() -> None:
    """Run all reconcilers whenever something that they read has changed."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    cluster = sys.argv[1]
    logs = ControllerLogs(control_plane.container_logs(cluster))
    found = control_plane.reached(cluster)
    api = WatchedApi(found.endpoint, found.certificate_authority, lambda: control_plane.token(cluster))
    context = Context(cluster, api, wiring.aws(), logs)
    certificate = control_plane.certificate(cluster)
    cluster_network.serve(context, certificate)
    listener.serve(context, control_plane.listener_port(cluster), certificate)
    mirrors = {kind: api.mirror(version, kind) for version, kind in WATCHED}
    rounds = Rounds(context, api, steps())
    for mirror in mirrors.values():
        mirror.listen(rounds.wake)
    PodStarts(context, mirrors["Pod"], lambda: (context.aws.version(), api.changes())).start()
    OrphanedPods(control_plane.client(cluster), mirrors["Pod"], mirrors["Node"]).start()
    api.start()
    rounds.run()


if __name__ == "__main__":
    main()
