"""Mirrors the objects of a kind with a watch, so that controllers read them without polling the API server."""

import threading
import time
from collections.abc import Callable

from emulator.kubernetes.api import JSON, Api, ApiError, NoSuchKind, Object, Unreachable

DELETED = "DELETED"

AGAIN_SECONDS = 0.5
"""Seconds after which a request is repeated that failed or whose kind was not served."""

_NOT_FOUND = 404
_NAMES_ONLY = "application/json;as={};g=meta.k8s.io;v=v1"
"""Media type of responses with the objects' metadata only, as
https://kubernetes.io/docs/reference/using-api/api-concepts/ describes it for lists, and for watches."""

Listener = Callable[[str, Object], None]
"""Called with `ADDED`, `MODIFIED` or `DELETED` and the object, in the watching thread, so it must be quick."""


class Mirror:
    """Holds all objects of one kind, updated by a watch. It is safe to use from several threads.

    Resource versions are compared as numbers, which they are in every API server on etcd.
    """

    def __init__(
        self,
        api: Api,
        api_version: str,
        kind: str,
        until_served: Callable[[], None] = lambda: time.sleep(AGAIN_SECONDS),
        names_only: bool = False,
    ) -> None:
        """Create a mirror of a kind.

        `until_served` waits until a kind that is not served may be. With `names_only`, the objects have nothing but
        their metadata.
        """
        self._api, self._api_version, self._kind = api, api_version, kind
        self._until_served, self._names_only = until_served, names_only
        self._objects: dict[tuple[str, str], Object] = {}
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._listed = threading.Event()
        self._changes = 0
        self._seen = 0

    def listen(self, listener: Listener) -> None:
        """Register a listener for all changes, which starts with the existing objects. Call it before `start`."""
        self._listeners.append(listener)

    def start(self) -> None:
        """Watch in the background until the process ends."""
        threading.Thread(target=self._follow, name=f"watch {self._kind}", daemon=True).start()

    @property
    def listed(self) -> bool:
        """True if all existing objects have been listed."""
        return self._listed.is_set()

    def wait_for_list(self) -> None:
        """Wait until all existing objects have been listed."""
        self._listed.wait()

    @property
    def changes(self) -> int:
        """Number of changes so far, by which readers notice that they have to read again."""
        return self._changes

    def all(self) -> list[Object]:
        """Return the objects. They are shared, so callers must not modify them."""
        with self._lock:
            return list(self._objects.values())

    def get(self, namespace: str, name: str) -> Object | None:
        """Return the object; None if there is none. `namespace` is empty for cluster-scoped kinds."""
        with self._lock:
            return self._objects.get((namespace, name))

    def learn(self, written: Object) -> None:
        """Store an object as the API server returned it for a write, unless the watch has already passed it.

        So whoever writes an object reads it as it was written. The watch counts the change and tells the listeners.
        """
        with self._lock:
            known = self._objects.get(_key(written))
            if _version(written) > max(self._seen, _version(known) if known else 0):
                self._objects[_key(written)] = written

    def _follow(self) -> None:
        version = ""
        while True:
            try:
                version = self._watch(version or self._list())
                continue
            except NoSuchKind:
                version = self._forget()
                self._until_served()
                continue
            except ApiError as error:
                # 404: the kind is not served any more. 410: the version is too old. Whatever it is, a list helps.
                version = self._forget() if error.status == _NOT_FOUND else ""
                if error.status == _NOT_FOUND:
                    self._until_served()
                    continue
            except Unreachable:
                pass  # A restarted API server on the same etcd knows the same resource versions.
            time.sleep(AGAIN_SECONDS)

    def _forget(self) -> str:
        """Remove all objects, because the kind is not served (any more); a CRD may add it later."""
        for gone in self.all():
            self._apply(DELETED, gone)
        self._listed.set()
        return ""

    def _list(self) -> str:
        """List all objects, report the differences, and return the resource version from which to watch."""
        path = self._api.path(self._api_version, self._kind)
        answer = self._api.request("GET", path, accept=self._accept("PartialObjectMetadataList"))
        # Items of a list carry no kind of their own.
        listed: list[Object] = answer.get("items") or []
        items: list[Object] = [{"apiVersion": self._api_version, "kind": self._kind, **item} for item in listed]
        present = {_key(item) for item in items}
        for gone in [each for each in self.all() if _key(each) not in present]:
            self._apply(DELETED, gone)
        for item in items:
            known = self.get(*_key(item))
            if known is None or known["metadata"]["resourceVersion"] != item["metadata"]["resourceVersion"]:
                self._apply("ADDED" if known is None else "MODIFIED", item)
        version = str(answer["metadata"]["resourceVersion"])
        self._seen = int(version)
        self._listed.set()
        return version

    def _watch(self, version: str) -> str:
        """Follow a watch until the server ends it, and return the last resource version."""
        accept = self._accept("PartialObjectMetadata")
        for what, changed in self._api.watch(self._api_version, self._kind, version, accept):
            version = str(changed["metadata"]["resourceVersion"])
            if what != "BOOKMARK":
                self._apply(what, changed, int(version))
            self._seen = int(version)
        return version

    def _accept(self, form: str) -> str:
        return _NAMES_ONLY.format(form) if self._names_only else JSON

    def _apply(self, what: str, changed: Object, newest: int = 0) -> None:
        """Store or remove an object. One that a writer has brought is kept if it is newer than the event `newest`."""
        with self._lock:
            known = self._objects.get(_key(changed))
            if newest and known and _version(known) > newest:
                pass
            elif what == DELETED:
                self._objects.pop(_key(changed), None)
            else:
                self._objects[_key(changed)] = changed
            self._seen = max(self._seen, newest)
            self._changes += 1
        for listener in self._listeners:
            listener(what, changed)


def _version(each: Object) -> int:
    return int(each["metadata"]["resourceVersion"])


def _key(each: Object) -> tuple[str, str]:
    return each["metadata"].get("namespace", ""), each["metadata"]["name"]
