"""Nodes that leave: their pods are evicted, which may take more than one try."""

from typing import Any

import pytest

from emulator.kubernetes import drain
from emulator.kubernetes.api import ApiError, Object

NODE: Object = {"kind": "Node", "metadata": {"name": "one"}}


def pod(name: str, **metadata: Any) -> Object:
    return {"kind": "Pod", "metadata": {"name": name, "namespace": "shop", **metadata}, "spec": {"nodeName": "one"}}


class FakeApi:
    """Holds the pods that each look finds, and answers evictions with these status codes."""

    def __init__(self, looks: list[list[Object]], *statuses: int) -> None:
        self._looks, self._statuses = looks, list(statuses)
        self.evicted: list[str] = []
        self.deleted: list[str] = []

    def patch(self, _node: Object, _change: Object) -> None:
        """Cordons."""

    def list(self, _version: str, _kind: str) -> list[Object]:
        return self._looks.pop(0) if self._looks else []

    def path_of(self, found: Object, _subresource: str) -> str:
        return found["metadata"]["name"]

    def request(self, _method: str, path: str, _body: Object) -> None:
        self.evicted.append(path)
        if status := self._statuses.pop(0) if self._statuses else 0:
            raise ApiError(status, "", "refused")

    def delete(self, found: Object, _policy: str) -> None:
        self.deleted.append(found["metadata"]["name"])


def removed(api: FakeApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain.time, "sleep", lambda _: None)
    drain.remove(api, [NODE])  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("status", [403, 404, 409, 429])
def test_an_eviction_that_has_to_wait_is_tried_again(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    api = FakeApi([[pod("web")], [pod("web")]], status)
    removed(api, monkeypatch)
    assert api.evicted == ["web", "web"]
    assert api.deleted == ["one"]


def test_a_pod_that_goes_already_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    api = FakeApi([[pod("web", deletionTimestamp="2026-01-01T00:00:00Z")]])
    removed(api, monkeypatch)
    assert api.evicted == []
    assert api.deleted == ["one"]


def test_other_errors_are_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ApiError):
        removed(FakeApi([[pod("web")]], 500), monkeypatch)
