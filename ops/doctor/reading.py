"""Reads everything that the doctor looks at, once: Pulumi's state, the cluster, AWS."""

import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from analysis import stack_file
from analysis.state import BadState, resources
from ops import deployed, helm
from ops.cluster import Cluster, ClusterError, connected
from ops.doctor import aws_reading
from ops.doctor.engine_locks import locks
from ops.doctor.finding import Ref
from ops.doctor.objects import owner, ref_of, waits
from ops.doctor.snapshot import Snapshot
from ops.objects import Object, container_statuses, exit_code, part, parts

KINDS = {
    "pods": "Pod", "deployments.apps": "Deployment", "nodes": "Node", "events": "Event", "namespaces": "Namespace",
    "services": "Service", "configmaps": "ConfigMap", "serviceaccounts": "ServiceAccount",
    "daemonsets.apps": "DaemonSet", "jobs.batch": "Job",
    "horizontalpodautoscalers.autoscaling": "HorizontalPodAutoscaler", "ingresses.networking.k8s.io": "Ingress",
    "networkpolicies.networking.k8s.io": "NetworkPolicy", "poddisruptionbudgets.policy": "PodDisruptionBudget",
    "storageclasses.storage.k8s.io": "StorageClass", "externalsecrets.external-secrets.io": "ExternalSecret",
    "clustersecretstores.external-secrets.io": "ClusterSecretStore", "scaledobjects.keda.sh": "ScaledObject",
    "persistentvolumeclaims": "PersistentVolumeClaim",
}  # fmt: skip
"""Kinds of the cluster that are read. Secrets are not among them."""
_NEEDED = {"Pod", "Deployment"}
"""Kinds without which there is nothing to say."""
_LOG_LINES = 5
_LOOP = "CrashLoopBackOff"
_LOGS = 6
"""Pods whose logs are read."""
_FORBIDDEN = "orbidden"


class CannotLook(Exception):
    """The stack cannot be looked at; the message says why."""


def read(stack: str) -> Snapshot:
    """Read a stack.

    Raises:
        NotDeployed: The stack is not deployed.
        CannotLook: There is no such stack, or its cluster does not answer.
    """
    try:
        region = stack_file.region(stack)
    except stack_file.BadStack as error:
        raise CannotLook(str(error)) from None
    snapshot = Snapshot(stack, region, datetime.now(UTC))
    with ThreadPoolExecutor(8) as pool:
        held = pool.submit(locks, stack)
        exported = _exported(stack)
        snapshot = _with_state(snapshot, exported)
        try:
            with connected(stack) as cluster:
                asked = pool.submit(aws_reading.first, snapshot, pool)
                snapshot = _with_cluster(snapshot, cluster, pool)
        except ClusterError as error:
            raise CannotLook(f"the cluster does not answer: {error}") from None
        snapshot = asked.result().onto(snapshot)
        snapshot = aws_reading.roles(snapshot, pool).onto(snapshot)
        return replace(snapshot, locks=held.result())


def _exported(stack: str) -> dict[str, Any]:
    done = deployed.ask(stack, "stack", "export")
    if done.returncode:
        said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise CannotLook((said or ["the engine does not export the stack's state"])[-1].removeprefix("error: "))
    return json.loads(done.stdout)


def _with_state(snapshot: Snapshot, exported: dict[str, Any]) -> Snapshot:
    try:
        state = resources(exported, "`pulumi stack export`")
    except BadState as error:
        raise CannotLook(str(error)) from None
    pending = parts(exported, "deployment", "pending_operations")
    if not state and not pending:
        raise deployed.not_deployed(snapshot.stack)
    urns = tuple(str(part(each, "resource").get("urn", "")) for each in pending)
    return replace(snapshot, state=state, pending=urns)


def _with_cluster(snapshot: Snapshot, cluster: Cluster, pool: ThreadPoolExecutor) -> Snapshot:
    hanging = pool.submit(_hanging, cluster)
    objects, unread = _objects(cluster)
    hidden = frozenset(KINDS[kind] for kind in unread)
    notes = [*snapshot.unread, *unread.values()]
    try:
        records = hanging.result()
    except ClusterError as error:
        records = ()
        notes.append(str(error))
    moment = datetime.now(UTC)
    snapshot = replace(snapshot, now=moment, objects=objects, helm=records, hidden=hidden, unread=tuple(notes))
    wanted = list(_failed(snapshot))[:_LOGS]
    lines = pool.map(partial(_log, cluster), wanted)
    return replace(snapshot, logs={ref_of(pod): log for pod, log in zip(wanted, lines, strict=True) if log})


def _objects(cluster: Cluster) -> tuple[tuple[Object, ...], dict[str, str]]:
    """Return the cluster's objects, and of the kinds that the caller may not list, why.

    Raises:
        ClusterError: The cluster does not answer, or the caller may not even list pods.
    """
    try:
        return tuple(cluster.objects(list(KINDS))), {}
    except ClusterError as error:
        if _FORBIDDEN not in str(error):
            raise
    found: list[Object] = []
    unread: dict[str, str] = {}
    for kind, name in KINDS.items():
        try:
            found += cluster.objects([kind])
        except ClusterError as error:
            if _FORBIDDEN not in str(error) or name in _NEEDED:
                raise
            unread[kind] = str(error)
    return tuple(found), unread


def _hanging(cluster: Cluster) -> tuple[Object, ...]:
    """Return the metadata of the records of releases that hang. Their content is not read."""
    path = "{range .items[*]}{.metadata}{'\\n'}{end}"
    printed = cluster.run("get", "secrets", "-A", "-l", helm.selector(*helm.PENDING), "-o", f"jsonpath={path}")
    return tuple(json.loads(line) for line in printed.splitlines() if line.strip())


def _failed(snapshot: Snapshot) -> Iterable[Object]:
    """Yield pods with a container that ended badly, the newest of each workload."""
    seen: set[Ref] = set()
    pods = snapshot.of_kind("Pod")
    for pod in sorted(pods, key=lambda each: str(each["metadata"].get("creationTimestamp")), reverse=True):
        if broken(pod) and owner(pod) not in seen:
            seen.add(owner(pod))
            yield pod


def broken(pod: Object) -> str:
    """Return the name of the container of a pod that ended with an error; empty if none did."""
    return next((str(each["name"]) for each in container_statuses(pod) if exit_code(each) or waits(each) == _LOOP), "")


def _log(cluster: Cluster, pod: Object) -> tuple[str, ...]:
    """Return the last lines of the container that ended; nothing if there is no log."""
    ref, container = ref_of(pod), broken(pod)
    words = ("logs", ref.name, "--namespace", ref.namespace, "--container", container, f"--tail={_LOG_LINES}")
    again = any(waits(each) == _LOOP for each in container_statuses(pod))
    try:
        printed = cluster.run(*words, *(("--previous",) if again else ()))
    except ClusterError:
        return ()
    return tuple(line.rstrip() for line in printed.splitlines() if line.strip())
