"""Rounds of controllers before an API server that counts its requests."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from emulator.kubernetes.api import Object
from emulator.kubernetes.controllers import rounds as rounds_module
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.rounds import Rounds, Step
from emulator.kubernetes.watched_api import KindKey, WatchedApi

POD, NODE = ("v1", "Pod"), ("v1", "Node")


def thing(kind: KindKey, name: str, version: int, **more: Any) -> Object:
    metadata = {"name": name, "namespace": "ns", "uid": name, "resourceVersion": str(version)}
    return {"apiVersion": kind[0], "kind": kind[1], "metadata": metadata, "spec": {}, **more}


class Bench:
    """Steps before an API server that counts its requests, with mirrors that a test fills, and a clock to turn."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, kinds: list[KindKey], *steps: Step) -> None:
        self.now, self.account, self.requests = 1000.0, 1, list[str]()
        self.contents: dict[str, list[Object]] = {}
        tls = SimpleNamespace(verify_flags=0)
        monkeypatch.setattr("emulator.kubernetes.api.ssl.create_default_context", lambda **_: tls)
        monkeypatch.setattr(rounds_module, "time", SimpleNamespace(monotonic=lambda: self.now))
        monkeypatch.setattr("emulator.kubernetes.api.Api.request", self._request)
        monkeypatch.setattr("emulator.kubernetes.api.Api.path", lambda _, version, kind, *__: f"{version} {kind}")
        self.api = WatchedApi("https://127.0.0.1:1", "", lambda: "token")
        self.mirrors = {kind: self.api.mirror(*kind) for kind in kinds}
        aws = SimpleNamespace(version=lambda: self.account, node_groups=lambda _: [])
        self.aws = vars(aws)
        self.rounds = Rounds(Context("c", self.api, cast(Any, aws)), self.api, steps)
        self.relist()

    def _request(self, method: str, path: str, *_: Any, **__: Any) -> Object:
        self.requests.append(f"{method} {path}")
        return {"metadata": {"resourceVersion": "1"}, "items": self.contents.get(path, [])}

    def relist(self) -> None:
        """Let every mirror see what the server has, as its watch would."""
        for mirror in self.mirrors.values():
            mirror._list()  # pyright: ignore[reportPrivateUsage]
        self.requests.clear()

    def change(self, kind: KindKey, *found: Object) -> None:
        self.contents[" ".join(kind)] = list(found)
        self.relist()
