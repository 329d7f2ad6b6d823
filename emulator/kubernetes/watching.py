"""What an API server has of one kind, kept up to date by a watch, so that nobody has to ask for it again and again."""

import threading
import time
from collections.abc import Callable

from emulator.kubernetes.api import Api, ApiError, Object, Unreachable

DELETED = "DELETED"

_AGAIN_SECONDS = 0.5
_GONE = 410
"""The server no longer knows what happened since the resource version: everything has to be listed again."""

Listener = Callable[[str, Object], None]
"""Told what happened to an object: `ADDED`, `MODIFIED` or `DELETED`. It runs in the watching thread, so it is quick."""


class Mirror:
    """All objects of one kind as a watch tells of them. Safe to use from several threads."""

    def __init__(self, api: Api, api_version: str, kind: str) -> None:
        self._api, self._api_version, self._kind = api, api_version, kind
        self._objects: dict[tuple[str, str], Object] = {}
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._listed = threading.Event()

    def listen(self, listener: Listener) -> None:
        """Tell the listener of every change from now on, beginning with all that there is. Call it before `start`."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Watch in the background until the process ends."""
        threading.Thread(target=self._follow, name=f"watch {self._kind}", daemon=True).start()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the objects were listed once; False when `timeout` seconds passed before."""
        return self._listed.wait(timeout)

    def all(self) -> list[Object]:
        """The objects. They are shared: read them only."""
        with self._lock:
            return list(self._objects.values())

    def get(self, namespace: str, name: str) -> Object | None:
        """The object, or None; `namespace` is empty for kinds without."""
        with self._lock:
            return self._objects.get((namespace, name))

    def _follow(self) -> None:
        version = ""
        while True:
            try:
                version = version or self._list()
                version = self._watch(version)
            except ApiError as error:
                version = "" if error.status == _GONE else version
                time.sleep(_AGAIN_SECONDS)
            except Unreachable:
                # A new API server on the same etcd goes on where the old one ended.
                time.sleep(_AGAIN_SECONDS)

    def _list(self) -> str:
        """Bring everything up to date, and answer the resource version from which to watch."""
        answer = self._api.request("GET", self._api.path(self._api_version, self._kind))
        # Items of a list carry no kind of their own.
        items = [{"apiVersion": self._api_version, "kind": self._kind, **item} for item in answer.get("items") or []]
        present = {_key(item) for item in items}
        for gone in [each for each in self.all() if _key(each) not in present]:
            self._apply(DELETED, gone)
        for item in items:
            known = self.get(*_key(item))
            if known is None or known["metadata"]["resourceVersion"] != item["metadata"]["resourceVersion"]:
                self._apply("ADDED" if known is None else "MODIFIED", item)
        self._listed.set()
        return str(answer["metadata"]["resourceVersion"])

    def _watch(self, version: str) -> str:
        """Follow until the server ends the watch, and answer the last resource version."""
        for what, changed in self._api.watch(self._api_version, self._kind, version):
            version = str(changed["metadata"]["resourceVersion"])
            if what != "BOOKMARK":
                self._apply(what, changed)
        return version

    def _apply(self, what: str, changed: Object) -> None:
        with self._lock:
            if what == DELETED:
                self._objects.pop(_key(changed), None)
            else:
                self._objects[_key(changed)] = changed
        for listener in self._listeners:
            listener(what, changed)


def _key(each: Object) -> tuple[str, str]:
    return each["metadata"].get("namespace", ""), each["metadata"]["name"]
