"""Measures the commands of a deployment, each against the same step of as many bare resources."""

import json
import re
import sys
import time
from pathlib import Path

from bench.trial import PROJECT, Trial, trial

FLOOR = PROJECT / "bench" / "floor"
Seconds = dict[str, float]

_PREVIEWS = ("preview", "preview with policies")
_OPERATIONS = ("up from nothing", "up, nothing changed", "preview --refresh", "destroy")
STEPS = (*_PREVIEWS, *_OPERATIONS)
_COUNT = re.compile(r"\+ (\d+) to create")


def resources() -> int:
    """Return how many resources the stack dev has, without the stack itself."""
    with trial() as account:
        preview = account.run("pulumi", "preview", "--stack", "dev", "--non-interactive")
        return created(preview.output) - 1


def created(printed: str) -> int:
    """Return how many resources a preview would create, with the stack itself."""
    return int(_COUNT.findall(printed)[-1])


def one_round(count: int) -> tuple[Seconds, Seconds]:
    """Return the seconds of each step of the shop, and of `count` bare resources, one after the other."""
    with trial(FLOOR, BENCH_RESOURCES=str(count)) as account:
        floor = _floor(account)
    with trial() as account:
        shop = _shop(account)
    return shop, floor


def _floor(account: Trial) -> Seconds:
    def pulumi(*words: str) -> float:
        return account.run("pulumi", *words, "--stack", "dev", "--non-interactive").seconds

    preview = pulumi("preview")
    return {
        **dict.fromkeys(_PREVIEWS, preview),
        "up from nothing": pulumi("up", "--yes"),
        "up, nothing changed": pulumi("up", "--yes", "--expect-no-changes"),
        "preview --refresh": pulumi("preview", "--refresh", "--expect-no-changes"),
        "destroy": pulumi("destroy", "--yes"),
    }


def _shop(account: Trial) -> Seconds:
    def ops(*words: str) -> float:
        return account.run(sys.executable, "-m", "ops", *words, "--stack", "dev").seconds

    return {
        "preview": account.run("pulumi", "preview", "--stack", "dev", "--non-interactive").seconds,
        "preview with policies": ops("preview"),
        "up from nothing": ops("up"),
        "up, nothing changed": ops("up"),
        "preview --refresh": ops("preview", "--refresh"),
        "destroy": ops("destroy"),
    }


def idle(seconds: float = 60) -> dict[str, float]:
    """Return the percent of a core that each process of the emulator uses while a deployed stack does nothing."""
    with trial() as account:
        account.run("pulumi", "up", "--yes", "--skip-preview", "--stack", "dev", "--non-interactive")
        time.sleep(30)  # until controllers and caches have settled
        before = _ticks(account.state)
        time.sleep(seconds)
        after = _ticks(account.state)
    return {name: (after.get(name, ticks) - ticks) / seconds for name, ticks in before.items()}


def _ticks(state: Path) -> dict[str, float]:
    """Return the percent-seconds of CPU that each recorded process has used: the kernel counts 100 ticks a second."""
    found: dict[str, float] = {}
    for file in (state / "processes").rglob("*.json"):
        record = json.loads(file.read_text())
        try:
            fields = Path(f"/proc/{record['pid']}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        found[record["name"].rpartition("/")[2]] = float(int(fields[11]) + int(fields[12]))
    return found
