"""Ends orphaned pods, whose node does not exist any more: on AWS they end with their instance.

Kubernetes' own pod garbage collector waits 40 seconds for the node to return, which does not happen here.
"""

import queue
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from emulator.kubernetes.api import Api, ApiError, Object, Unreachable
from emulator.kubernetes.controllers.context import LOG
from emulator.kubernetes.watching import DELETED, Mirror

_WORKERS = 4


class OrphanedPods:
    """Ends the pods of one cluster whose node does not exist. `api` must read from the API server, not from mirrors."""

    def __init__(self, api: Api, pods: Mirror, nodes: Mirror) -> None:
        self._api, self._pods, self._nodes = api, pods, nodes
        self._suspected: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._workers = ThreadPoolExecutor(_WORKERS, "orphaned pods")
        nodes.listen(self._notice_node)
        pods.listen(self._notice_pod)

    def start(self) -> None:
        """Work in the background until the process ends."""
        threading.Thread(target=self._work, name="orphaned pods", daemon=True).start()

    def _notice_node(self, what: str, node: Object) -> None:
        if what == DELETED:
            self._suspected.put(node["metadata"]["name"])

    def _notice_pod(self, what: str, pod: Object) -> None:
        # The two watches are not synchronized, so `end` checks whether the node really does not exist.
        node = pod["spec"].get("nodeName")
        if what != DELETED and node and self._nodes.get("", node) is None:
            self._suspected.put(node)

    def _work(self) -> None:
        while True:
            name = self._suspected.get()
            try:
                self.end(name)
            except (ApiError, Unreachable) as error:
                # Kubernetes' garbage collector will end the pods later.
                LOG.info("pods of node %s: %s", name, error)
            except Exception:
                LOG.exception("pods of node %s", name)

    def end(self, node: str) -> None:
        """End the pods of the node unless it exists."""
        bound = [pod for pod in self._pods.all() if pod["spec"].get("nodeName") == node]
        if not bound or self._api.get("v1", "Node", "", node) is not None:
            return
        for _ in self._workers.map(self._end, bound):
            pass

    def _end(self, pod: Object) -> None:
        """End a pod as the garbage collector does: first Failed, so that its Job notices, then deleted."""
        try:
            if pod.get("status", {}).get("phase") not in ("Succeeded", "Failed"):
                status = {"phase": "Failed", "conditions": [_disrupted()]}
                body = {"metadata": {"uid": pod["metadata"]["uid"]}, "status": status}
                path, kind = self._api.path_of(pod, "status"), "application/strategic-merge-patch+json"
                self._api.request("PATCH", path, body, content_type=kind)
            self._api.delete(pod, "Background", at_once=True)
        except ApiError as error:
            # 404: the pod does not exist any more. 409: another pod has its name.
            if error.status not in (404, 409):
                raise


def _disrupted() -> Object:
    return {
        "type": "DisruptionTarget",
        "status": "True",
        "reason": "DeletionByPodGC",
        "message": "PodGC: node no longer exists",
        "lastTransitionTime": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
