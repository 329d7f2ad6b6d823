"""Mirrors the objects of a kind with a watch, so that controllers read them without polling the API server."""

import re
import threading
import time
from collections.abc import Callable

from emulator.kubernetes.api import Api, ApiError, NoSuchKind, Object, Unreachable

DELETED = "DELETED"

_AGAIN_SECONDS = 0.5
_NOT_FOUND = 404
_GONE = 410
"""HTTP status if the resource version is too old for a watch, so that all objects have to be listed again."""

_EQUALITIES = re.compile(r"(([^=!, ()]+=[^=!, ()]+)(,(?!$)|$))*")
"""Matches label selectors that consist of equalities only."""

Listener = Callable[[str, Object], None]
"""Called with `ADDED`, `MODIFIED` or `DELETED` and the object, in the watching thread, so it must be quick."""


class Mirror:
    """Holds all objects of one kind, updated by a watch. It is safe to use from several threads."""

    def __init__(self, api: Api, api_version: str, kind: str) -> None:
        self._api, self._api_version, self._kind = api, api_version, kind
        self._objects: dict[tuple[str, str], Object] = {}
        self._listeners: list[Listener] = []
        self._lock = threading.Lock()
        self._listed = threading.Event()

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

    def all(self) -> list[Object]:
        """Return the objects. They are shared, so callers must not modify them."""
        with self._lock:
            return list(self._objects.values())

    def get(self, namespace: str, name: str) -> Object | None:
        """Return the object; None if there is none. `namespace` is empty for cluster-scoped kinds."""
        with self._lock:
            return self._objects.get((namespace, name))

    def _follow(self) -> None:
        version = ""
        while True:
            try:
                version = self._watch(version or self._list())
                continue
            except NoSuchKind:
                version = self._forget()
            except ApiError as error:
                if error.status == _NOT_FOUND:
                    version = self._forget()
                elif error.status == _GONE:
                    version = ""
            except Unreachable:
                pass  # A restarted API server on the same etcd knows the same resource versions.
            time.sleep(_AGAIN_SECONDS)

    def _forget(self) -> str:
        """Remove all objects, because the kind is not served (any more); a CRD may add it later."""
        for gone in self.all():
            self._apply(DELETED, gone)
        self._listed.set()
        return ""

    def _list(self) -> str:
        """List all objects, report the differences, and return the resource version from which to watch."""
        answer = self._api.request("GET", self._api.path(self._api_version, self._kind))
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
        self._listed.set()
        return str(answer["metadata"]["resourceVersion"])

    def _watch(self, version: str) -> str:
        """Follow a watch until the server ends it, and return the last resource version."""
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


class WatchedApi(Api):
    """Client that reads some kinds from mirrors: without a request, and a few milliseconds late.

    Objects that are read are shared, so callers must not modify them.
    """

    def __init__(self, server: str, certificate_authority: str, token: Callable[[], str]) -> None:
        """Create a client, as `Api` does."""
        super().__init__(server, certificate_authority, token)
        self._mirrors: dict[tuple[str, str], Mirror] = {}

    def mirror(self, api_version: str, kind: str) -> Mirror:
        """Create a mirror of the kind, from which it is read from now on. The caller starts the mirror."""
        self._mirrors[api_version, kind] = Mirror(self, api_version, kind)
        return self._mirrors[api_version, kind]

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> Object | None:
        """Return the object; None if it does not exist."""
        mirror = self._mirror(api_version, kind)
        return mirror.get(namespace, name) if mirror else super().get(api_version, kind, namespace, name)

    def list(self, api_version: str, kind: str, namespace: str = "", **query: str) -> list[Object]:
        """Return the objects, in one namespace or in all."""
        mirror = self._mirror(api_version, kind)
        selector = query.get("labelSelector", "")
        if mirror is None or query.keys() - {"labelSelector"} or not _EQUALITIES.fullmatch(selector):
            return super().list(api_version, kind, namespace, **query)
        labels = dict(pair.split("=", 1) for pair in selector.split(",") if pair)
        return [each for each in mirror.all() if _in(each, namespace) and labels.items() <= _labels(each).items()]

    def _mirror(self, api_version: str, kind: str) -> Mirror | None:
        found = self._mirrors.get((api_version, kind))
        return found if found and found.listed else None


def _in(each: Object, namespace: str) -> bool:
    return not namespace or each["metadata"].get("namespace") == namespace


def _labels(each: Object) -> dict[str, str]:
    return each["metadata"].get("labels") or {}


def _key(each: Object) -> tuple[str, str]:
    return each["metadata"].get("namespace", ""), each["metadata"]["name"]
