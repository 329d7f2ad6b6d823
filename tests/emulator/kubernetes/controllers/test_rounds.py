"""A step runs when something that it reads has changed, when it is due, and never otherwise."""

import pytest

from emulator.kubernetes.api import ApiError, Object
from emulator.kubernetes.controllers.context import Context
from emulator.kubernetes.controllers.rounds import AGAIN_SECONDS, RESYNC_SECONDS
from emulator.kubernetes.watching import Mirror
from tests.emulator.kubernetes.controllers.rounds_bench import NODE, POD, Bench, thing


def test_a_step_runs_when_what_it_reads_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[str] = []

    def pods(context: Context) -> None:
        ran.append(f"pods {len(context.api.list(*POD))}")

    def nodes(context: Context) -> None:
        ran.append(f"nodes {context.api.get(*NODE, 'ns', 'a') is not None}")

    bench = Bench(monkeypatch, [POD, NODE], pods, nodes)
    assert bench.rounds.round() == 2
    assert bench.rounds.round() == 0
    bench.change(POD, thing(POD, "a", 1))
    assert bench.rounds.round() == 1
    bench.change(NODE, thing(NODE, "a", 1))
    assert bench.rounds.round() == 1
    bench.account += 1
    assert bench.rounds.round() == 2
    assert ran == ["pods 0", "nodes False", "pods 1", "nodes True", "pods 1", "nodes True"]
    assert bench.requests == []


def test_what_changes_while_a_step_runs_is_not_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def step(context: Context) -> None:
        seen.append(len(context.api.list(*POD)))
        if len(seen) == 1:
            bench.change(POD, thing(POD, "a", 1))

    bench = Bench(monkeypatch, [POD], step)
    assert [bench.rounds.round() for _ in range(3)] == [1, 1, 0]
    assert seen == [0, 1]


@pytest.mark.parametrize(
    ("wait", "after"),
    [(None, RESYNC_SECONDS), (5.0, 5.0), (-1.0, AGAIN_SECONDS), (1e6, RESYNC_SECONDS)],
)
def test_a_step_runs_when_it_is_due(monkeypatch: pytest.MonkeyPatch, wait: float | None, after: float) -> None:
    bench = Bench(monkeypatch, [POD], lambda context: (context.api.list(*POD), wait)[1])
    assert bench.rounds.round() == 1
    bench.now += after - 0.01
    assert bench.rounds.round() == 0
    bench.now += 0.02
    assert bench.rounds.round() == 1


@pytest.mark.parametrize("error", [ApiError(409, "Conflict", "changed meanwhile"), ValueError("a mistake")])
def test_a_step_that_failed_is_repeated(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fails(_: Context) -> None:
        raise error

    bench = Bench(monkeypatch, [], fails, lambda _: None)
    assert bench.rounds.round() == 2
    bench.now += AGAIN_SECONDS + 0.01
    assert bench.rounds.round() == 1


def test_what_has_no_mirror_is_read_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def unwatched(context: Context) -> None:
        context.api.list(*NODE)

    bench = Bench(monkeypatch, [POD], unwatched)
    bench.rounds.round()
    bench.now += AGAIN_SECONDS + 0.01
    assert bench.rounds.round() == 1
    assert bench.requests == ["GET v1 Node"] * 2


def test_what_was_written_is_read_at_once_and_an_older_event_does_not_undo_it(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, [POD])
    mirror = bench.mirrors[POD]
    _event(mirror, "ADDED", thing(POD, "a", 5))
    mirror.learn(thing(POD, "a", 7, status={"phase": "Running"}))
    assert bench.api.get(*POD, "ns", "a") == thing(POD, "a", 7, status={"phase": "Running"})
    _event(mirror, "MODIFIED", thing(POD, "a", 6))
    assert mirror.all() == [thing(POD, "a", 7, status={"phase": "Running"})]
    _event(mirror, "MODIFIED", thing(POD, "a", 8))
    assert mirror.all() == [thing(POD, "a", 8)]


def test_a_response_that_comes_late_does_not_bring_back_what_was_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench(monkeypatch, [POD])
    mirror = bench.mirrors[POD]
    _event(mirror, "ADDED", thing(POD, "a", 5))
    _event(mirror, "DELETED", thing(POD, "a", 9))
    mirror.learn(thing(POD, "a", 7))
    assert mirror.all() == []


def _event(mirror: Mirror, what: str, changed: Object) -> None:
    mirror._apply(what, changed, int(changed["metadata"]["resourceVersion"]))  # pyright: ignore[reportPrivateUsage]
