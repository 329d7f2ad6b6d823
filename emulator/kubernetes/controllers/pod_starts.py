"""Stands in for kubelets at the start of pods: decides about each pod when it is bound, and again while it waits.

kwok carries the decision out (`stages/pods.yaml`), and starts no pod before it is made.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from emulator.kubernetes.api import ApiError, Object, Unreachable
from emulator.kubernetes.controllers import certificates
from emulator.kubernetes.controllers.context import LOG, Context
from emulator.kubernetes.controllers.pod_addresses import ADDRESS, PodAddresses
from emulator.kubernetes.controllers.pod_decisions import ALLOWED, START, UNREADY, UNSTARTED, Decision, decide, starting
from emulator.kubernetes.watching import DELETED, Mirror

_AGAIN_SECONDS = 0.5
"""Seconds between two checks of pods that wait for other objects or for AWS, if anything at all has changed."""
_RESYNC_SECONDS = 30.0
"""Seconds after which they are checked though nothing has changed."""
_WORKERS = 4

_Key = tuple[str, str]


class PodStarts:
    """Decides about the pods of one cluster."""

    def __init__(self, context: Context, pods: Mirror, state: Callable[[], object] = object) -> None:
        """Create it. `state` returns what differs after every change of the cluster or of AWS; by default always."""
        self._context, self._pods, self._state = context, pods, state
        self._addresses = PodAddresses(pods)
        self._looked_at: object = None
        self._resync = 0.0
        self._changed: queue.SimpleQueue[_Key] = queue.SimpleQueue()
        self._waiting: set[_Key] = set()
        # Decisions, and the messages that were recorded of failing probes, by uid of the pod.
        self._decided: dict[str, Decision] = {}
        self._recorded: dict[str, set[str]] = {}
        self._workers = ThreadPoolExecutor(_WORKERS, "pod starts")
        # A single worker keeps the events in order.
        self._events = ThreadPoolExecutor(1, "pod events")
        pods.listen(self._notice)

    def start(self) -> None:
        """Work in the background until the process ends."""
        threading.Thread(target=self._work, name="pod starts", daemon=True).start()

    def _notice(self, what: str, pod: Object) -> None:
        if what == DELETED:
            for known in (self._decided, self._recorded):
                known.pop(pod["metadata"]["uid"], None)
            return
        if undecided(pod):
            self._changed.put(_key(pod))
        if UNREADY in pod["metadata"].get("annotations", {}) and pod["status"].get("podIP"):
            self._events.submit(self._tell_failing, pod)

    def _work(self) -> None:
        # Addresses are free only if no pod has them that was there before this process.
        self._pods.wait_for_list()
        next_look = time.monotonic()
        while True:
            try:
                patience = max(0.0, next_look - time.monotonic()) if self._waiting else None
                keys = {self._changed.get(timeout=patience)}
                while not self._changed.empty():
                    keys.add(self._changed.get())
            except queue.Empty:
                keys = self.again()
                next_look = time.monotonic() + _AGAIN_SECONDS
            self.look(keys)

    def again(self) -> set[_Key]:
        """Return the waiting pods if anything has changed since the last call, and otherwise only now and then."""
        state = self._state()
        if state == self._looked_at and time.monotonic() < self._resync:
            return set()
        self._looked_at, self._resync = state, time.monotonic() + _RESYNC_SECONDS
        return set(self._waiting)

    def look(self, keys: Iterable[_Key]) -> None:
        """Decide about the pods with these namespaces and names."""
        found = ObjectCache(self._context)
        for key, waits in self._workers.map(lambda each: (each, self._look(each, found)), sorted(keys)):
            (self._waiting.add if waits else self._waiting.discard)(key)

    def _look(self, key: _Key, found: "ObjectCache") -> bool:
        """Decide about one pod, and return whether it has to be checked again."""
        pod = self._pods.get(*key)
        if pod is None or not undecided(pod):
            return False
        try:
            decision = decide(self._context, pod, found.get)
            if decision.state == ALLOWED:
                certificates.run(self._context.api, pod)
            self._carry_out(pod, decision)
        except (ApiError, Unreachable) as error:
            # The pod was deleted, or the API server is stopping: the next check repeats it.
            LOG.info("pod %s/%s: %s", *key, error)
            self._looked_at = None
            return True
        except Exception:
            LOG.exception("pod %s/%s", *key)
            self._looked_at = None
            return True
        return not decision.final

    def _carry_out(self, pod: Object, decision: Decision) -> None:
        uid, annotations = pod["metadata"]["uid"], pod["metadata"].get("annotations", {})
        known = self._decided.get(uid)
        wanted = decision.annotations()
        changes: dict[str, Any] = {key: wanted.get(key) for key in (START, UNREADY, UNSTARTED)}
        if known == decision or (known is None and all(annotations.get(key) == changes[key] for key in changes)):
            self._decided[uid] = decision
            return
        changes = {key: value for key, value in changes.items() if value is not None or known or key in annotations}
        if decision.state == ALLOWED and ADDRESS not in annotations and not pod["spec"].get("hostNetwork"):
            changes[ADDRESS] = self._addresses.free()
        self._decided[uid] = decision
        try:
            self._context.api.patch(pod, {"metadata": {"annotations": changes}})
        except (ApiError, Unreachable):
            del self._decided[uid]
            raise
        starts = decision.state == ALLOWED and (known is None or known.state != ALLOWED)
        self._events.submit(self._tell, pod, list(starting(pod)) if starts else [], list(decision.warnings))

    def _tell(self, pod: Object, normal: list[tuple[str, str]], warnings: list[tuple[str, str]]) -> None:
        for type_, events in (("Normal", normal), ("Warning", warnings)):
            for reason, message in events:
                self._record(pod, type_, reason, message)

    def _tell_failing(self, pod: Object) -> None:
        """Record the probes that fail, once the pod has an address, which the messages contain."""
        uid = pod["metadata"]["uid"]
        decision = self._decided.get(uid)
        for failure in decision.failing if decision else ():
            message = failure.message(pod["status"]["podIP"])
            recorded = self._recorded.setdefault(uid, set())
            if message not in recorded:
                recorded.add(message)
                self._record(pod, "Warning", "Unhealthy", message)

    def _record(self, pod: Object, type_: str, reason: str, message: str) -> None:
        try:
            self._context.event(pod, type_, reason, message, component="kubelet")
        except (ApiError, Unreachable) as error:
            LOG.info("event of pod %s: %s", pod["metadata"]["name"], error)


class ObjectCache:
    """Caches the objects that one round reads, as the pods of a Deployment reference the same ones."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[tuple[str, str, str], Object | None] = {}

    def get(self, kind: str, namespace: str, name: str) -> Object | None:
        """Return the object of API version v1; None if there is none."""
        key = (kind, namespace, name)
        if key not in self._known:
            self._known[key] = self._context.api.get("v1", kind, namespace, name, certain=True)
        return self._known[key]


def undecided(pod: Object) -> bool:
    """Return whether the pod is on a node and its state may have to change."""
    annotations = pod["metadata"].get("annotations", {})
    bound = bool(pod["spec"].get("nodeName")) and not pod["metadata"].get("deletionTimestamp")
    going = pod.get("status", {}).get("phase", "Pending") in ("Pending", "Running")
    return bound and going and (annotations.get(START) != ALLOWED or UNREADY in annotations)


def _key(pod: Object) -> _Key:
    return pod["metadata"]["namespace"], pod["metadata"]["name"]
