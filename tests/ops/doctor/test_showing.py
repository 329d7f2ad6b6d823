"""What is printed: the verdict first, then what, why and the next command; the same as JSON; the exit code."""

import io
import json
from typing import Any

import pytest
from rich.console import Console

from ops.doctor import showing
from ops.doctor.looking import look, verdict
from ops.doctor.reading import CannotLook
from ops.doctor.snapshot import Snapshot
from tests.ops.doctor.world import COMMANDS, GROUP, INGRESS, node_group, pod, waiting, world

BROKEN = world(pods=[pod("web", number, status=waiting("ImagePullBackOff", "it is not found")) for number in (1, 2)])


def printed(snapshot: Snapshot, terminal: bool = False) -> list[str]:
    output = io.StringIO()
    console = Console(file=output, soft_wrap=True, highlight=False, force_terminal=terminal)
    found = look(snapshot)
    showing.text(console, verdict(snapshot, found, COMMANDS), snapshot, found, COMMANDS)
    return output.getvalue().splitlines()


def test_a_healthy_stack_is_one_line() -> None:
    (line,) = printed(world())
    assert line == "dev is fine: 2 of 2 pods of 1 service and 1 of 1 nodes are ready."


def test_the_first_line_is_how_the_shop_is_and_the_last_what_to_do() -> None:
    lines = printed(BROKEN)
    assert lines[0] == "The shop is down: no pod of web is ready."
    assert lines[2].split(maxsplit=1) == ["DOWN", "The image of web does not exist"]
    assert "it is not found" in " ".join(lines)
    assert lines[-1].split(maxsplit=1) == ["next", "make images SERVICES=web STACK=dev ON=aws"]


@pytest.mark.parametrize("variable", ["NO_COLOR", ""])
def test_colours_are_for_terminals_that_want_some(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert "\x1b" not in "".join(printed(BROKEN))
    if variable:
        monkeypatch.setenv(variable, "1")
    assert ("\x1b[1;31m" in "".join(printed(BROKEN, terminal=True))) is not bool(variable)


@pytest.mark.parametrize(
    ("snapshot", "sentence"),
    [
        (world(pods=[pod("web", 1)]), ""),
        (
            world(node_groups={GROUP: node_group(2, 3)}),
            "The shop is degraded: 1 of 2 nodes of the node group",
        ),
        (world(INGRESS | {"status": {}}), "The shop is down: the shop has no load balancer"),
        (world(locks=("ann",)), "The shop serves, but a release does not get through"),
    ],
)
def test_the_verdict_says_how_the_shop_is(snapshot: Snapshot, sentence: str) -> None:
    assert verdict(snapshot, look(snapshot), COMMANDS).startswith(sentence)


def test_json_has_the_same_and_the_data() -> None:
    document = showing.document("It is down", BROKEN, look(BROKEN), COMMANDS)
    read: dict[str, Any] = json.loads(json.dumps(document))
    assert read["harm"] == "down"
    (finding,) = read["findings"]
    assert finding["kind"] == "MissingImage"
    assert finding["data"]["image"] == "shop:1"
    assert finding["object"] == {"kind": "Deployment", "namespace": "openmarket-dev", "name": "web"}


@pytest.mark.parametrize(
    ("snapshot", "code"), [(world(), 0), (BROKEN, 1), (world(unread=("no",)), 2)], ids=["fine", "wrong", "unseen"]
)
def test_the_exit_code_says_whether_something_is_wrong(
    snapshot: Snapshot, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(showing, "read", lambda *_: snapshot)
    assert showing.show("dev", as_json=True) == code
    assert json.loads(capsys.readouterr().out)["unread"] == list(snapshot.unread)
    assert showing.show("dev", as_json=False) == code
    assert all(line in capsys.readouterr().out for line in snapshot.unread)


def test_a_stack_that_cannot_be_looked_at_is_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> Snapshot:
        raise CannotLook("no stack named 'dev' found")

    monkeypatch.setattr(showing, "read", refuse)
    assert showing.show("dev", as_json=False) == 2
    assert capsys.readouterr().err == "Cannot look at dev: no stack named 'dev' found\n"
    assert showing.show("dev", as_json=True) == 2
    assert json.loads(capsys.readouterr().out)["error"] == "no stack named 'dev' found"
