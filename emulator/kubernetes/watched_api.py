"""Client of the Kubernetes API that reads from mirrors, and tells which kinds a reader has read."""

import re
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from emulator.kubernetes.api import Api, Object
from emulator.kubernetes.watching import AGAIN_SECONDS, Mirror

_CRDS = ("apiextensions.k8s.io/v1", "CustomResourceDefinition")
_SETTLING_SECONDS = 10.0
"""Time after a change of a CRD in which kinds are asked for again and again: discovery follows the CRD late."""
_PATIENCE_SECONDS = 30.0

_EQUALITIES = re.compile(r"(([^=!, ()]+=[^=!, ()]+)(,(?!$)|$))*")
"""Matches label selectors that consist of equalities only."""

KindKey = tuple[str, str]
"""API version and kind."""


class Installations:
    """Lets mirrors of kinds that are not served wait for a change of a CRD, in place of asking twice a second."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._last = time.monotonic()

    def notice(self, _what: str, _definition: Object) -> None:
        """Note that a CRD was installed, changed or removed."""
        with self._condition:
            self._last = time.monotonic()
            self._condition.notify_all()

    def wait(self) -> None:
        """Wait until it is worth asking for a kind again that is not served."""
        with self._condition:
            if time.monotonic() - self._last > _SETTLING_SECONDS:
                self._condition.wait(_PATIENCE_SECONDS)
                return
        time.sleep(AGAIN_SECONDS)


class WatchedApi(Api):
    """Client that reads some kinds from mirrors: without a request, and a few milliseconds late.

    What it writes itself it reads at once. Objects that are read are shared, so callers must not modify them.
    """

    def __init__(self, server: str, certificate_authority: str, token: Callable[[], str]) -> None:
        """Create a client, as `Api` does."""
        super().__init__(server, certificate_authority, token)
        self._mirrors: dict[KindKey, Mirror] = {}
        self._installations = Installations()
        self._reader = threading.local()

    def mirror(self, api_version: str, kind: str) -> Mirror:
        """Create a mirror of the kind, from which it is read from now on. `start` starts it."""
        mirror = Mirror(self, api_version, kind, self._installations.wait)
        self._mirrors[api_version, kind] = mirror
        return mirror

    def start(self) -> None:
        """Start all mirrors, and watch the CRDs, which bring kinds that do not exist yet."""
        definitions = Mirror(self, *_CRDS, names_only=True)
        definitions.listen(self._installations.notice)
        for mirror in (definitions, *self._mirrors.values()):
            mirror.start()

    @contextmanager
    def reading(self) -> Generator[set[KindKey]]:
        """Collect the kinds that this thread reads in the block."""
        self._reader.kinds = read = set[KindKey]()
        try:
            yield read
        finally:
            self._reader.kinds = None

    def changes(self) -> dict[KindKey, int]:
        """Return the number of changes so far of every kind that has a mirror."""
        return {key: mirror.changes for key, mirror in self._mirrors.items()}

    def request(self, method: str, path: str, body: Any = None, *arguments: Any, **options: Any) -> Object:
        """Send one request, as `Api` does, and let the mirrors learn what it wrote."""
        answer = super().request(method, path, body, *arguments, **options)
        mirror = self._mirrors.get((str(answer.get("apiVersion")), str(answer.get("kind"))))
        if mirror and method in ("POST", "PATCH", "PUT") and answer["metadata"].get("resourceVersion"):
            mirror.learn(answer)
        return answer

    def get(self, api_version: str, kind: str, namespace: str, name: str, certain: bool = False) -> Object | None:
        """Return the object; None if it does not exist."""
        mirror = self._mirror(api_version, kind)
        found = mirror.get(namespace, name) if mirror else None
        return super().get(api_version, kind, namespace, name) if found is None and (certain or not mirror) else found

    def list(self, api_version: str, kind: str, namespace: str = "", **query: str) -> list[Object]:
        """Return the objects, in one namespace or in all."""
        mirror = self._mirror(api_version, kind)
        selector = query.get("labelSelector", "")
        if mirror is None or query.keys() - {"labelSelector"} or not _EQUALITIES.fullmatch(selector):
            return super().list(api_version, kind, namespace, **query)
        labels = dict(pair.split("=", 1) for pair in selector.split(",") if pair)
        return [each for each in mirror.all() if _in(each, namespace) and labels.items() <= _labels(each).items()]

    def _mirror(self, api_version: str, kind: str) -> Mirror | None:
        read = getattr(self._reader, "kinds", None)
        if read is not None:
            read.add((api_version, kind))
        found = self._mirrors.get((api_version, kind))
        return found if found and found.listed else None


def _in(each: Object, namespace: str) -> bool:
    return not namespace or each["metadata"].get("namespace") == namespace


def _labels(each: Object) -> dict[str, str]:
    return each["metadata"].get("labels") or {}
