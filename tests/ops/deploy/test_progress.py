"""What is known of an operation follows from the engine's events."""

from io import StringIO

from rich.console import Console

from ops.deploy import progress
from ops.deploy.display import Display, headline
from ops.deploy.progress import Progress
from tests.ops.deploy.events import PRELUDE, Event, begins, breaks, ends, fails, outputs, says, sums_up, urn

ONE, TWO = urn("one"), urn("two", "kubernetes:apps/v1:Deployment")
PREVIEW: list[Event] = [
    PRELUDE, begins("create", ONE), ends("create", ONE), begins("update", TWO), ends("update", TWO),
    sums_up(True, create=1, update=1, same=5),
]  # fmt: skip


def taken(*events: Event) -> Progress:
    now = Progress()
    for second, event in enumerate(events):
        now.take([event], second)
    return now


def test_a_preview_counts_what_an_update_would_change() -> None:
    now = taken(*PREVIEW)
    assert (now.stage, now.updating, now.total) == (progress.STARTING, False, 2)
    assert list(now.changes) == [ONE, TWO]
    assert now.running == {}


def test_an_update_counts_what_it_has_changed() -> None:
    now = taken(*PREVIEW, PRELUDE)
    assert headline(now, "updating") == "updating: starting"
    now.take([begins("create", ONE), begins("update", TWO)], 10)
    assert headline(now, "updating") == "updating 0 of 2"
    assert [each.name for each in now.slowest] == ["one", "two"]
    now.take([ends("create", ONE)], 12)
    assert headline(now, "updating") == "updating 1 of 2"
    assert [each.name for each in now.slowest] == ["two"]


def test_a_refresh_is_shown_as_a_comparison_and_remembered() -> None:
    now = taken(PRELUDE, begins("refresh", ONE), ends("refresh", ONE, new=None))
    assert headline(now, "updating") == "comparing with what is really there: 1 so far"
    assert now.refreshed[ONE]["new"] is None
    assert now.changes == {}


def test_parts_of_a_replacement_are_not_counted_beside_it() -> None:
    steps = [each(op, ONE) for op in ("create-replacement", "replace", "delete-replaced") for each in (begins, ends)]
    now = taken(*PREVIEW, PRELUDE, *steps)
    assert now.done == {ONE}
    assert now.running == {}


def test_a_reason_stays_until_a_better_one() -> None:
    now = taken(*PREVIEW, PRELUDE, begins("update", TWO))
    told: list[str] = []
    for message in (
        "Waiting for app ReplicaSet to be available (0/2 Pods available)",
        "[MinimumReplicasUnavailable] Deployment does not have minimum availability.",
        "[Pod shop/web-1]: [ImagePullBackOff] Back-off pulling image",
        "Waiting for app ReplicaSet to be available (1/2 Pods available)",
    ):
        now.take([says(f"{message}\n", TWO)], 30)
        told.append(now.running[TWO].reason.split(" ")[0])
    assert told == ["Waiting", "Waiting", "[Pod", "[Pod"]


def test_a_field_that_is_waited_for_is_named() -> None:
    now = taken(*PREVIEW, PRELUDE, begins("update", TWO))
    for message, told in {
        "{.status.loadBalancer.ingress[0].hostname} selected nothing": "status.loadBalancer.ingress[0].hostname",
        "Has no .status.conditions": "status.conditions",
    }.items():
        now.take([says(f"{message}\n", TWO)], 30)
        assert now.running[TWO].reason == f"has no {told} yet"


def test_a_failed_resource_keeps_its_last_reason() -> None:
    why = "[Pod shop/web-1]: [ImagePullBackOff] Back-off pulling image"
    failed = says(f'update of resource "{TWO}" failed: time is up', TWO, "error")
    now = taken(*PREVIEW, PRELUDE, begins("update", TWO), says(why, TWO), failed, fails("update", TWO))
    assert now.last_reasons == {"two": why}
    assert [(each.name, each.message) for each in now.failures] == [("two", "time is up")]


def test_the_engines_last_sentence_is_no_cause() -> None:
    now = taken(says("cannot", ONE, "error"), says("cannot", ONE, "error"), says("update failed", ONE, "error"))
    assert [each.message for each in now.failures] == ["cannot"]


def test_secrets_and_colours_are_not_told() -> None:
    now = taken(says("<{%fg 1%}>password=hunter2<{%reset%}> is wrong", ONE, "error"))
    assert now.failures[0].message == "password=[secret] is wrong"


def test_policies_and_outputs_are_read() -> None:
    now = taken(
        breaks("own-key", ONE), breaks("own-key", ONE), breaks("tags", ONE, "advisory"), outputs(url="http://a")
    )
    assert [each.rule for each in now.blocked] == ["own-key"]
    assert len(now.broken) == 2
    assert now.outputs == {"url": "http://a"}


def test_lines_come_at_once_for_a_new_stage_and_seldom_within_one() -> None:
    console = Console(file=StringIO(), width=200)
    display = Display(console, "updating")
    now = Progress()
    for event in [*PREVIEW, PRELUDE, begins("update", TWO), says("[Pod a]: [ImagePullBackOff] no", TWO)]:
        now.take([event], display.seconds)
        for _ in range(20):
            display.show(now)
    assert isinstance(console.file, StringIO)
    printed = [line.split("s  ", 1)[1] for line in console.file.getvalue().splitlines()]
    stages = ["previewing: 1 so far", "updating: starting", "updating 0 of 2: two"]
    assert printed == ["starting the engine and the policies", *stages]
