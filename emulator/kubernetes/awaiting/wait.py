"""Waiting on a live API server."""

import time
from collections.abc import Callable, Iterator, Sequence

from emulator import clock
from emulator.kubernetes.api import Api, Object
from emulator.kubernetes.awaiting import explain, readiness
from emulator.kubernetes.awaiting.readiness import READY, Progress
from emulator.kubernetes.awaiting.wait_for import Condition
from emulator.kubernetes.readiness import describe

_FIRST_POLL_SECONDS, _LAST_POLL_SECONDS = 0.03, 0.3


class NotReady(Exception):
    """The object exists but did not become ready; `live` is its last state, None when it vanished."""

    def __init__(self, reason: str, live: Object | None) -> None:
        super().__init__(reason)
        self.live = live


def until_ready(
    api: Api,
    target: Object,
    timeout: float,
    conditions: Sequence[Condition] = (),
    report: Callable[[str], None] = lambda _: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Object:
    """Wait until the object is ready and answer its last state. `conditions` replace the kind's own rule.

    Raises:
        NotReady: It failed, vanished, or `timeout` emulated seconds passed.
    """
    give_up, reported, live, pauses = clock.deadline(timeout), "", target, _pauses()
    metadata = target["metadata"]
    while True:
        found = api.get(target["apiVersion"], target["kind"], metadata.get("namespace", ""), metadata["name"])
        if found is None:
            raise NotReady(f"{describe(target)} was deleted while it was waited for", None)
        live = found
        progress = _progress(api, live, conditions)
        if progress.ready:
            return live
        if progress.message != reported:
            reported = progress.message
            report(reported)
        reason = "it failed" if progress.failed else "the run was cancelled" if cancelled() else ""
        if not reason and clock.passed(give_up):
            reason = f"it was not ready within {timeout:.0f} s"
        if reason:
            lines = [f"{describe(live)}: {reason}: {progress.message}", *explain.details(api, live)]
            raise NotReady("\n    ".join(lines), live)
        time.sleep(next(pauses))


def until_deleted(api: Api, target: Object, timeout: float, cancelled: Callable[[], bool] = lambda: False) -> None:
    """Wait until the object is gone, or another one has taken its name.

    Raises:
        NotReady: It is still there after `timeout` emulated seconds.
    """
    give_up, pauses = clock.deadline(timeout), _pauses()
    metadata = target["metadata"]
    while True:
        live = api.get(target["apiVersion"], target["kind"], metadata.get("namespace", ""), metadata["name"])
        if live is None or live["metadata"]["uid"] != metadata["uid"]:
            return
        if clock.passed(give_up) or cancelled():
            reason = f"it is still there after {timeout:.0f} s" if clock.passed(give_up) else "the run was cancelled"
            finalizers = ", ".join(live["metadata"].get("finalizers", [])) or "no finalizer"
            lines = [f"{describe(live)} is being deleted, but {reason}: held by {finalizers}"]
            raise NotReady("\n    ".join([*lines, *_deletion_problems(live), *explain.details(api, live)]), live)
        time.sleep(next(pauses))


def _pauses() -> Iterator[float]:
    """Seconds between polls: most things happen at once, the rest takes a while."""
    pause = _FIRST_POLL_SECONDS
    while True:
        yield pause
        pause = min(pause * 1.5, _LAST_POLL_SECONDS)


def _progress(api: Api, live: Object, conditions: Sequence[Condition]) -> Progress:
    if conditions:
        pending = [progress for progress in (each.of(live) for each in conditions) if not progress.ready]
        return pending[0] if pending else READY
    namespace, name = live["metadata"].get("namespace", ""), live["metadata"]["name"]
    kind = (readiness.group_of(live), live["kind"])
    if kind == ("", "Service"):
        label = f"kubernetes.io/service-name={name}"
        return readiness.service(live, api.list("discovery.k8s.io/v1", "EndpointSlice", namespace, labelSelector=label))
    if kind == ("networking.k8s.io", "Ingress"):
        names = readiness.backends_of(live)
        return readiness.ingress(live, {each: api.get("v1", "Service", namespace, each) for each in names})
    if kind == ("", "PersistentVolumeClaim") and _waits_for_consumer(api, live):
        return READY
    return readiness.of(live)


def _waits_for_consumer(api: Api, claim: Object) -> bool:
    """A volume whose class waits for a pod cannot be bound before there is one."""
    storage_class = api.get("storage.k8s.io/v1", "StorageClass", "", claim["spec"].get("storageClassName", ""))
    return bool(storage_class) and storage_class.get("volumeBindingMode") == "WaitForFirstConsumer"


def _deletion_problems(live: Object) -> list[str]:
    conditions = live.get("status", {}).get("conditions") or []
    return [
        str(condition["message"])
        for condition in conditions
        if live["kind"] == "Namespace" and condition.get("status") == "True" and condition.get("message")
    ]
