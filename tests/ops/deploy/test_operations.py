"""What a person reads of `up`, `preview`, `repair` and `destroy`, and the exit code."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from analysis.redaction import UNKNOWN
from ops.__main__ import app
from ops.deploy.engine import Engine
from tests.ops.deploy.events import PRELUDE, Event, FakePulumi, begins, breaks, ends, fails, outputs, says, sums_up, urn

ONE, TWO = urn("one"), urn("two", "kubernetes:apps/v1:Deployment")
PREVIEW: list[Event] = [PRELUDE, begins("create", ONE), ends("create", ONE), sums_up(True, create=1, same=2)]
UPDATE: list[Event] = [
    PRELUDE, begins("create", ONE), ends("create", ONE),
    outputs(alb_dns="shop.example.com", urls=["http://a", "http://b"], kubeconfig={"users": []}, password="[secret]"),
    sums_up(False, create=1, same=2),
]  # fmt: skip


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--stack", "dev"])


def test_up_ends_with_what_there_is_and_the_next_command(pulumi: FakePulumi) -> None:
    pulumi.answers(PREVIEW, UPDATE)
    done = run("up")
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert "dev on AWS" in lines[0]
    (ready,) = (line for line in lines if line.startswith("dev is ready in "))
    assert "1 created; 2 services (placeholders: no images yet); about $" in ready
    assert lines[-1] == "Next: `make smoke STACK=dev ON=aws` asks every public host."
    shown = lines[lines.index("Outputs") + 1 : -2]
    assert shown == [
        "  alb_dns     shop.example.com",
        "  kubeconfig  make kubeconfig STACK=dev ON=aws OUT=FILE",
        "  password    [secret]",
        "  urls        http://a",
        "              http://b",
    ]


def test_up_previews_with_the_policies_in_the_same_run(pulumi: FakePulumi) -> None:
    pulumi.answers(PREVIEW, UPDATE)
    run("up", "--create", "--refresh")
    select, up = pulumi.asked
    assert select[:3] == ["stack", "select", "--create"]
    assert {"up", "--yes", "--refresh", "--policy-pack"} <= set(up)
    assert "--skip-preview" not in up


def test_an_unchanged_stack_says_what_it_was_compared_with(pulumi: FakePulumi) -> None:
    pulumi.answers([PRELUDE, sums_up(True, same=3)], [PRELUDE, outputs(alb_dns="a"), sums_up(False, same=3)])
    told = run("up").output
    assert "3 unchanged" in told
    assert "Compared with the last deployment: `make drift STACK=dev ON=aws`" in told
    assert "Compared with" not in run("up", "--refresh").output


def test_what_waits_for_a_maintenance_window_is_told_after_an_update_and_in_previews(pulumi: FakePulumi) -> None:
    of = urn("database-a", "aws:rds/clusterInstance:ClusterInstance")
    inputs = {"instanceClass": "db.r7g.xlarge", "preferredMaintenanceWindow": "sun:18:30-sun:19:30"}
    left = {"urn": of, "type": of.split("::")[2], "custom": True, "inputs": inputs}
    left |= {"outputs": {"instanceClass": "db.r7g.large"}}
    planned = left | {"outputs": inputs}
    update, waits = ends("update", of, old=left, new=left), ends("update", of, old=left, new=planned)
    sentence = (
        "Waits for AWS:\n  database-a: instanceClass db.r7g.xlarge waits for the maintenance window of "
        "sun:18:30-sun:19:30 UTC\n"
    )
    pulumi.answers([PRELUDE, waits, sums_up(True, update=1)], [PRELUDE, update, sums_up(False, update=1)])
    assert run("up").output.count(sentence) == 1
    pulumi.answers([PRELUDE, waits, sums_up(True, update=1)])
    assert sentence in run("preview").output
    now = left | {"inputs": inputs | {"instanceClass": "db.r7g.large"}}
    refreshed = ends("refresh", of, old=left, new=now)
    pulumi.answers([PRELUDE, refreshed, waits, sums_up(True, update=1)], [PRELUDE, update, sums_up(False, update=1)])
    told = run("repair").output
    assert "Nothing differs from the last deployment." in told
    assert "database-a (aws:rds/clusterInstance:ClusterInstance): instanceClass db.r7g.xlarge waits for" in told


def test_a_violated_policy_is_the_cause_and_nothing_was_changed(pulumi: FakePulumi) -> None:
    broken = [breaks("own-key", ONE), breaks("tags", ONE, "advisory")]
    pulumi.answers([PRELUDE, *broken], printed="error: preview failed", code=255)
    done = run("up")
    assert done.exit_code == 255
    assert done.output.splitlines()[-3:] == [
        f"dev: failed after {done.output.split('failed after ')[1].split(' ')[0]} s; nothing was changed.",
        "  one: not so. Right: so. [own-key]",
        "Next: change what violates the policies, or record an exception in policies/exceptions.yaml "
        "(docs/policies.md), and run `make up STACK=dev ON=aws` again.",
    ]


def test_a_failed_update_names_the_cause_last(pulumi: FakePulumi) -> None:
    why = "[Pod shop/two-1]: [ImagePullBackOff] Back-off pulling image"
    failed = [
        PRELUDE, begins("create", ONE), ends("create", ONE), begins("update", TWO), says(why, TWO),
        says(f'update of resource "{TWO}" failed: time is up', TWO, "error"), fails("update", TWO), outputs(a="b"),
    ]  # fmt: skip
    pulumi.answers([PRELUDE, sums_up(True, create=1, update=1)], failed, code=1)
    done = run("up")
    assert done.exit_code == 1
    *_, resource, message, reason, advice = done.output.splitlines()
    assert (resource, message, reason) == ("two (kubernetes:apps/v1:Deployment):", "  time is up", f"  {why}")
    assert advice.startswith("Next: correct it, and run `make up STACK=dev ON=aws` again")
    assert "dev-up.log" in advice
    assert "1 of 2 changes made" in done.output
    assert "Outputs" not in done.output


@pytest.mark.parametrize(
    ("printed", "advice"),
    [
        ("error: the stack is currently locked by 1 lock(s)", "then `./openmarket ops recover --stack dev` and"),
        ("error: unable to delete resource: it is currently marked for protection", '"Take production down"'),
        ("error: another operation (install/upgrade/rollback) is in progress", '"An `up` that was killed"'),
        ("error: uninstall: Release not loaded: eso: release: not found", "REFRESH=yes`: Helm has uninstalled"),
        ("error: no credentials", "nothing was changed: correct it"),
    ],
)
def test_an_error_that_is_no_event_is_told_with_its_remedy(pulumi: FakePulumi, printed: str, advice: str) -> None:
    pulumi.answers([], printed=printed, code=255)
    *_, cause, last = run("up").output.splitlines()
    assert cause == printed.removeprefix("error: ")
    assert advice in last


def test_what_failed_because_somebody_stopped_it_is_no_cause(
    pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = says("failed to run remediation: context canceled", ONE, "error")
    # It waits: a signal to a Python that is about to exit ends it before it can answer with a code.
    pulumi.answers([PRELUDE, sums_up(True, create=1)], [PRELUDE, begins("create", ONE), stopped], waits=True, code=1)

    def events(engine: Engine) -> Iterator[list[Event]]:
        for found in as_it_is(engine):
            yield found
            if any("preludeEvent" in event for event in found) and not engine.interruptions:
                os.kill(os.getpid(), signal.SIGINT)

    as_it_is = Engine.events
    monkeypatch.setattr(Engine, "events", events)
    done = run("up")
    assert done.exit_code == 1
    *_, summary, advice = done.output.splitlines()
    assert summary.endswith("0 of 1 changes made.")
    assert "interrupted" in summary
    assert advice == "Next: `make up STACK=dev ON=aws` goes on from here"


def test_a_preview_lists_changes_and_warnings(pulumi: FakePulumi) -> None:
    update = ends("update", TWO, detailedDiff={"spec.replicas": {}, "spec.paused": {}})
    warned = breaks("tags", ONE, "advisory")
    pulumi.answers([PRELUDE, ends("create", ONE), update, warned, sums_up(True, create=1, update=1)])
    told = run("preview").output
    assert "  +  one (aws:s3/bucket:Bucket)\n" in told
    assert "  ~  two (kubernetes:apps/v1:Deployment): spec.paused, spec.replicas\n" in told
    assert "  one: not so. Right: so. [tags]\n" in told
    assert "dev: 1 to create, 1 to update" in told


def test_a_repair_lists_what_differs_before_it_changes_anything(pulumi: FakePulumi) -> None:
    gone = [begins("refresh", TWO), ends("refresh", TWO, new=None), ends("create", TWO), ends("update", ONE)]
    preview = [PRELUDE, *gone, sums_up(True, create=1, update=1)]
    pulumi.answers(preview, UPDATE)
    told = run("repair").output
    assert "--refresh" in pulumi.asked[-1]
    before = told[: told.index("dev is ready")]
    assert "Differs from the last deployment:\n  two (kubernetes:apps/v1:Deployment) is gone\n" in before
    assert "Changes of the program, deployed with the repair:\n  one (aws:s3/bucket:Bucket) to update\n" in before


def test_destroy_says_that_it_is_gone(pulumi: FakePulumi) -> None:
    pulumi.answers([PRELUDE, sums_up(True, delete=2)], [PRELUDE, sums_up(False, delete=2)])
    assert run("destroy").output.splitlines()[-1].endswith("2 deleted.")


def test_a_stack_that_cannot_be_selected_is_refused(pulumi: FakePulumi, tmp_path: Path) -> None:
    pulumi.answers()
    (tmp_path / "bin" / "pulumi").write_text("#!/bin/sh\necho 'error: the bucket does not answer' >&2\nexit 1\n")
    done = run("up")
    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == "Error: the bucket does not answer"


def test_a_cost_that_depends_on_the_update_is_a_lower_bound(pulumi: FakePulumi) -> None:
    group = urn("nodes", "aws:eks/nodeGroup:NodeGroup")
    inputs = {"instanceTypes": ["m7g.large"], "capacityType": "ON_DEMAND", "scalingConfig": UNKNOWN}
    state = {"urn": group, "type": "aws:eks/nodeGroup:NodeGroup", "custom": True, "inputs": inputs, "outputs": {}}
    pulumi.answers([PRELUDE, ends("create", group, new=state), sums_up(True, create=1)])
    assert "dev: 1 to create; at least $" in run("preview").output


def test_waiting_ends_where_it_is_pointless(pulumi: FakePulumi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ops.deploy.waiting.PATIENCE", 0)
    why = "[Pod shop/two-1]: [ImagePullBackOff] Back-off pulling image"
    # The preview and the update in one log: this `pulumi` waits for an interruption after each.
    pulumi.answers(
        [PRELUDE, sums_up(True, update=1), PRELUDE, begins("update", TWO), says(why, TWO)], waits=True, code=1
    )
    done = run("up")
    assert done.exit_code == 1
    assert f"stopping, as no waiting helps: two: {why}" in done.output
    assert "failed after" in done.output
    assert done.output.splitlines()[-1].startswith("Next: correct it, and run `make up STACK=dev ON=aws` again")
