"""Deploys, changes and deletes a stack while everything fails once, and counts what came of it."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.faults import VARIABLE
from tests.e2e.checkout import Checkout

_MOST_RUNS = 400
"""Runs after which a sweep gives up: more than a stack has resources that can fail."""
_PATIENCE_SECONDS, _PAUSE_SECONDS = 300, 0.2


@dataclass(frozen=True)
class Sweep:
    """What a sweep took: the runs until all was well, and the operations that failed on the way."""

    runs: int
    faults: int


def until_it_is_done(
    run: Callable[[dict[str, str]], bool], checkout: Checkout, fault: str, most: int = _MOST_RUNS
) -> Sweep:
    """Repeat a command, which answers whether it succeeded, until the fault has nothing left to do.

    Each run goes on from the state that the one before has left, as the text of the failed command says.
    """
    before = _marks(checkout)
    for number in range(1, most):
        if run({VARIABLE: fault}):
            return Sweep(number, _marks(checkout) - before)
    raise AssertionError(f"{fault}: not done after {most} runs")


def _marks(checkout: Checkout) -> int:
    folder = checkout.path / ".emulator" / "faults"
    return sum(1 for _ in folder.iterdir()) if folder.exists() else 0


def up(checkout: Checkout) -> Callable[[dict[str, str]], bool]:
    """`up`, as often as it takes."""
    return lambda env: _succeeds(checkout, env, "up", "--skip-preview")


def destroy(checkout: Checkout, *options: str) -> Callable[[dict[str, str]], bool]:
    """`destroy`, as often as it takes."""
    return lambda env: _succeeds(checkout, env, "destroy", *options)


def _succeeds(checkout: Checkout, env: dict[str, str], *command: str) -> bool:
    """Run the command on dev; the exit code decides, as an engine that is killed prints no error."""
    checkout.run("pulumi", "stack", "select", "--create", "--stack", "dev")
    words = ("pulumi", *command, "--stack", "dev", "--non-interactive", "--yes")
    return checkout.run(*words, check=False, env=env).returncode == 0


def recovering(command: Callable[[dict[str, str]], bool], checkout: Checkout) -> Callable[[dict[str, str]], bool]:
    """The command, after a failure behind the one that puts in order what a killed engine left, as the runbook says."""
    failed = False

    def run(env: dict[str, str]) -> bool:
        nonlocal failed
        if failed:
            recover(checkout)
        failed = not command(env)
        return not failed

    return run


def recover(checkout: Checkout) -> str:
    """What `recover` does and prints, once AWS has done what was begun when the engine was killed."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while _plugins(checkout):
        assert time.monotonic() < give_up, "plugins of a killed engine do not end"
        time.sleep(_PAUSE_SECONDS)
    return checkout.run(sys.executable, "-m", "ops", "recover", "--stack", "dev", "--yes").stdout


def _plugins(checkout: Checkout) -> list[int]:
    """The provider plugins that work in the checkout: those of a killed engine end when they have nothing to do."""
    state = f"OPENMARKET_EMULATOR_STATE={checkout.path / '.emulator'}".encode()
    found: list[int] = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (process / "cmdline").read_bytes()
            if b"emulator.plugins" in command and state in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found


def real_resources(checkout: Checkout) -> list[dict[str, Any]]:
    """The resources of the state that a provider works on."""
    exported = json.loads(checkout.pulumi("stack export", "dev"))
    listed: list[dict[str, Any]] = exported["deployment"].get("resources") or []
    return [
        each
        for each in listed
        if each.get("custom") and not each.get("external") and not each["type"].startswith("pulumi:")
    ]


def account(checkout: Checkout) -> Mapping[str, int]:
    """How many objects of each type the account holds."""
    return Counter({type_: len(objects) for type_, objects in checkout.status()["objects"].items()})
