"""Keeps what rehearsals have deployed of a base, as snapshots of the emulator, so that the next one starts from there.

A base is known by its commit, the stack, and whatever else decides what its deployment looks like: the installed Python
packages and the variables of the emulator.
"""

import hashlib
import importlib.metadata
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ops.state_folder import state_folder

KEPT = 4
"""Number of bases that are kept. One takes 13 (dev) to 25 MB (prod)."""

_PREFIX = "rehearsal-"
_VARIABLES = "OPENMARKET_EMULATOR_"
_PLACES = {f"{_VARIABLES}{name}" for name in ("CACHE", "PROJECT", "SETTINGS", "SNAPSHOTS", "STATE")}
"""Variables that decide where something is, and not what it is."""


class EmulatorFailed(Exception):
    """A command of the emulator failed; the message is what it printed."""


Emulator = Callable[..., str]
"""Runs a command of the working tree's emulator and returns its output, or raises `EmulatorFailed`."""


@dataclass(frozen=True)
class RehearsedBase:
    """The deployment of a base that may be kept.

    Attributes:
        stack: Name of the stack.
        commit: Hash of the commit.
        shown: The commit as the user named it, with its short hash.
        emulator: Runs commands of the emulator on the account of the rehearsal.
    """

    stack: str
    commit: str
    shown: str
    emulator: Emulator

    @property
    def name(self) -> str:
        """Name of the snapshot, which contains a digest of everything that decides what it looks like."""
        packages = sorted(f"{each.name}=={each.version}" for each in importlib.metadata.distributions())
        digest = hashlib.sha256(json.dumps([self.commit, packages, _variables(os.environ)]).encode())
        return f"{_PREFIX}{self.stack}-{self.commit[:12]}-{digest.hexdigest()[:8]}"

    def restored(self) -> str:
        """Restore the deployment; return in a line where it came from, or why not, for the deployment that follows."""
        saved = self._kept().get(self.name)
        if saved is None:
            return ""
        try:
            self.emulator("restore", self.name)
        except EmulatorFailed as error:
            # It would be in the way of the one that is going to be deployed.
            self.emulator("snapshots", "--remove", self.name)
            raise EmulatorFailed(f"the kept base cannot be used, so it is deployed again: {error}") from None
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(saved["created"])) if "created" in saved else "before"
        return f"{self.stack}: taking {self.shown}, deployed {when}, from the snapshot {self.name}"

    def keep(self) -> str:
        """Save the deployment and remove the oldest ones; return in a line what was done, or why it was not."""
        try:
            self.emulator("save", self.name)
            oldest_first = [name for name in self._kept() if name.startswith(_PREFIX)]
            for name in oldest_first[:-KEPT]:
                self.emulator("snapshots", "--remove", name)
        except EmulatorFailed as error:
            return f"{self.stack}: the next rehearsal deploys {self.shown} again: {error}"
        return f"{self.stack}: the next rehearsal finds {self.shown} in the snapshot {self.name}"

    def _kept(self) -> dict[str, dict[str, Any]]:
        """Return the snapshots by name, the oldest first."""
        return json.loads(self.emulator("snapshots", "--json"))


def folder() -> Path:
    """Return the folder of the working tree's snapshots, which outlive the account of a rehearsal."""
    if named := os.environ.get(f"{_VARIABLES}SNAPSHOTS"):
        return Path(named).absolute()
    return state_folder() / "snapshots"


def _variables(environment: Mapping[str, str]) -> dict[str, str]:
    return {
        key: value for key, value in sorted(environment.items()) if key.startswith(_VARIABLES) and key not in _PLACES
    }
