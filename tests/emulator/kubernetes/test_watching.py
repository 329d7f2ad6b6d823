"""A mirror follows a watch, and starts anew where the server no longer knows what happened."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from emulator.kubernetes import watched_api, watching
from emulator.kubernetes.api import Api, ApiError, NoSuchKind, Object, Unreachable
from emulator.kubernetes.watched_api import Installations, WatchedApi
from emulator.kubernetes.watching import Mirror


def pod(name: str, version: int, **labels: str) -> Object:
    metadata = {"namespace": "ns", "name": name, "resourceVersion": str(version), "labels": labels}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata}


def gone() -> Object:
    return {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired", "message": "too old"}}


class Server:
    """Serves the pods, and each watch the next of the given answers, after which a watch lasts until the test ends."""

    def __init__(self) -> None:
        self.pods: list[Object] = []
        self.brought: list[Object] = []
        self.version = 1
        self.watches: list[list[Object]] = []
        self.asked: list[str] = []
        self.over = threading.Event()
        self.idle = threading.Event()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        query = parse_qs(url.query)
        handler.send_response(200)
        handler.end_headers()
        if url.path == "/apis/example.com/v1":
            self._write(handler, {"resources": self.brought})
        elif url.path == "/api/v1":
            resources = [{"name": "pods", "kind": "Pod", "namespaced": True}]
            self._write(handler, {"resources": resources})
        elif "watch" not in query:
            self.asked.append("list")
            self._write(handler, {"metadata": {"resourceVersion": str(self.version)}, "items": self.pods})
        else:
            self.asked.append(query["resourceVersion"][0])
            if not self.watches:
                self.idle.set()
                self.over.wait()
                return
            for event in self.watches.pop(0):
                self._write(handler, event)

    def _write(self, handler: BaseHTTPRequestHandler, body: Object) -> None:
        handler.wfile.write(json.dumps(body).encode() + b"\n")


@pytest.fixture
def server() -> Iterator[Server]:
    found = Server()
    yield found
    found.over.set()


@pytest.fixture
def api(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[WatchedApi]:
    """A client of the server, over plain HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    for module in (watching, watched_api):
        monkeypatch.setattr(module, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr("emulator.kubernetes.api.ssl.create_default_context", lambda **_: _Any())
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    threading.Thread(target=listening.serve_forever, daemon=True).start()
    yield WatchedApi(f"http://127.0.0.1:{listening.server_port}", "", lambda: "token")
    server.over.set()
    listening.shutdown()


class _Any:
    verify_flags = 0


def follow(api: Api, server: Server) -> tuple[Mirror, list[tuple[str, str]]]:
    """A mirror that has followed everything, and what it told."""
    told: list[tuple[str, str]] = []
    mirror = Mirror(api, "v1", "Pod")
    mirror.listen(lambda what, each: told.append((what, each["metadata"]["name"])))
    mirror.start()
    assert server.idle.wait(60)
    return mirror, told


def test_a_mirror_lists_and_then_follows(api: WatchedApi, server: Server) -> None:
    server.pods, server.version = [pod("a", 1), pod("b", 2)], 2
    server.watches = [
        [
            {"type": "MODIFIED", "object": pod("a", 3)},
            {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "7"}}},
            {"type": "DELETED", "object": pod("b", 8)},
        ]
    ]
    mirror, told = follow(api, server)
    assert told == [("ADDED", "a"), ("ADDED", "b"), ("MODIFIED", "a"), ("DELETED", "b")]
    assert [each["metadata"]["name"] for each in mirror.all()] == ["a"]
    assert mirror.get("ns", "b") is None
    # A watch that ends is taken up where it ended, without a list.
    assert server.asked == ["list", "2", "8"]


def test_what_happened_unseen_is_found_by_a_new_list(api: WatchedApi, server: Server) -> None:
    server.pods = [pod("same", 1), pod("gone", 1), pod("changed", 1)]
    server.watches = [[gone()]]
    first = server.answer

    def answer(handler: BaseHTTPRequestHandler) -> None:
        first(handler)
        if server.asked == ["list", "1"]:
            server.pods, server.version = [pod("same", 1), pod("changed", 5), pod("new", 6)], 6

    server.answer = answer  # type: ignore[method-assign]
    _, told = follow(api, server)
    assert told[3:] == [("DELETED", "gone"), ("MODIFIED", "changed"), ("ADDED", "new")]
    assert server.asked == ["list", "1", "list", "6"]


def test_a_kind_may_come_later(api: WatchedApi, server: Server) -> None:
    server.pods = [pod("a", 1)]
    mirror = api.mirror("example.com/v1", "Thing")
    mirror.start()
    while not mirror.listed:
        time.sleep(0.01)
    assert api.list("example.com/v1", "Thing") == []
    assert not server.idle.is_set()
    server.brought = [{"name": "things", "kind": "Thing", "namespaced": True}]
    assert server.idle.wait(60)
    assert [each["metadata"]["name"] for each in api.list("example.com/v1", "Thing")] == ["a"]


def test_a_kind_that_is_not_served_is_asked_for_when_a_crd_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    now, slept, waited, woken = [1000.0], list[float](), list[float](), list[bool]()
    clock = SimpleNamespace(monotonic=lambda: now[0], sleep=slept.append)
    monkeypatch.setattr(watched_api, "time", clock)
    installations = Installations()
    condition = installations._condition  # pyright: ignore[reportPrivateUsage]
    monkeypatch.setattr(condition, "wait", waited.append)
    monkeypatch.setattr(condition, "notify_all", lambda: woken.append(True))
    installations.wait()
    assert (len(slept), len(waited)) == (1, 0)
    now[0] += 60
    installations.wait()
    assert (len(slept), len(waited)) == (1, 1)
    installations.notice("ADDED", {})
    assert woken == [True]
    # Discovery knows the kind some time after the CRD, so it is asked for again and again.
    now[0] += 5
    installations.wait()
    assert (len(slept), len(waited)) == (2, 1)


def test_what_a_mirror_lacks_is_asked_for_if_it_must_be_certain(api: WatchedApi, server: Server) -> None:
    api.mirror("v1", "Pod").start()
    assert server.idle.wait(60)
    assert api.get("v1", "Pod", "ns", "a") is None
    assert server.asked.count("list") == 1
    # This server gives its list to whoever asks.
    assert api.get("v1", "Pod", "ns", "a", certain=True) is not None
    assert server.asked.count("list") == 2


def test_a_thread_knows_which_kinds_it_has_read(api: WatchedApi) -> None:
    api.mirror("v1", "Pod")
    api.mirror("v1", "Node")
    with api.reading() as read:
        with contextlib.suppress(NoSuchKind):
            api.get("v1", "Pod", "ns", "a")
        api.list("example.com/v1", "Thing")
        other = threading.Thread(target=lambda: api.list("v1", "Node"))
        other.start()
        other.join()
    api.list("v1", "Node")
    assert read == {("v1", "Pod"), ("example.com/v1", "Thing")}


def test_a_watch_says_why_it_ends(api: WatchedApi, server: Server) -> None:
    server.watches = [[gone()]]
    with pytest.raises(ApiError) as error:
        list(api.watch("v1", "Pod", "1"))
    assert error.value.status == 410
    nobody = Api.watch(WatchedApi("http://127.0.0.1:1", "", lambda: ""), "v1", "Pod", "1")
    with pytest.raises(Unreachable):
        list(nobody)


@pytest.mark.parametrize(
    ("query", "names", "asks"),
    [
        ({}, ["a", "b", "other"], False),
        ({"labelSelector": "app=web"}, ["a", "b"], False),
        ({"labelSelector": "app=web,tier=x"}, ["b"], False),
        ({"labelSelector": "app!=web"}, ["a", "b", "other"], True),
        ({"labelSelector": "app in (web)"}, ["a", "b", "other"], True),
        ({"labelSelector": "app"}, ["a", "b", "other"], True),
        ({"fieldSelector": "spec.nodeName=n"}, ["a", "b", "other"], True),
    ],
)
def test_what_is_watched_is_not_asked_for(
    api: WatchedApi, server: Server, query: dict[str, Any], names: list[str], asks: bool
) -> None:
    server.pods = [pod("a", 1, app="web"), pod("b", 1, app="web", tier="x"), pod("other", 1)]
    api.mirror("v1", "Pod").start()
    assert server.idle.wait(60)
    found = api.list("v1", "Pod", "ns", **query)
    # This server gives everything to whoever asks it.
    assert sorted(each["metadata"]["name"] for each in found) == names
    assert server.asked.count("list") == (2 if asks else 1)
    assert api.list("v1", "Pod", "elsewhere") == []
