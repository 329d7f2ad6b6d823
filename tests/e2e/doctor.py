"""Asks the doctor about the stack dev, and does what it says."""

import json
import shlex
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from emulator.store import Store, StoredObject
from tests.e2e.checkout import Checkout

NAMESPACE = "openmarket-dev"
NAMES = ("kubectl", "-n", NAMESPACE)
PATIENCE = 60.0
JSON = dict[str, Any]


def doctor(checkout: Checkout) -> JSON:
    """What the doctor says; its exit code has to say the same."""
    words = ("run", "--stack", "dev", "--", sys.executable, "-m", "ops", "doctor", "--stack", "dev", "--json")
    done = checkout.emulator(*words, check=False)
    found: JSON = json.loads(done.stdout[done.stdout.index("{") :])
    assert found["unread"] == []
    assert done.returncode == (1 if found["findings"] else 0)
    return found


def until(checkout: Checkout, right: Callable[[JSON], None], patience: float = PATIENCE) -> JSON:
    """Look until what the doctor says is right: the cluster needs a while until it shows what is wrong.

    `right` asserts it; what it asserted last is what the test fails with.
    """
    ends = time.monotonic() + patience
    while True:
        found = doctor(checkout)
        try:
            right(found)
        except (AssertionError, LookupError, ValueError):
            if time.monotonic() > ends:
                raise
            time.sleep(1)
        else:
            return found


def kinds(findings: list[JSON]) -> list[str]:
    return [each["kind"] for each in findings]


def healthy(checkout: Checkout, patience: float = PATIENCE) -> None:
    """The stack has no finding, at the latest after a while."""

    def right(found: JSON) -> None:
        assert kinds(found["findings"]) == []

    until(checkout, right, patience)


def follow(checkout: Checkout, command: str) -> None:
    """Run the next command as a person does."""
    words = shlex.split(command)
    if "recover" in words:
        words.append("--yes")  # it asks before it acts
    if words[0] == "make":
        checkout.make(*words[1:])
    else:
        assert words[:5] == ["./openmarket", "emulator", "run", "--stack", "dev"], command
        checkout.emulator(*words[2:])


def account(checkout: Checkout) -> Store:
    return Store(checkout.path / ".emulator" / "aws.sqlite")


def only(checkout: Checkout, type_: str, part: str = "") -> StoredObject:
    (found,) = [each for each in account(checkout).find(type_) if part in each.id]
    return found


@contextmanager
def without(checkout: Checkout, *objects: StoredObject) -> Generator[None]:
    """Meanwhile, AWS does not have these."""
    with account(checkout).transaction() as transaction:
        for each in objects:
            transaction.remove(each.type, each.id)
    yield
    with account(checkout).transaction() as transaction:
        for each in objects:
            transaction.put(each)
