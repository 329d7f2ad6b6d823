"""Replaces the state of an account in one step: either all of it is the new one afterwards, or nothing has changed.

What is replaced is moved aside first, with a plan of what belongs where. If the process is killed meanwhile, the next
command finds the plan and moves everything back.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from emulator.snapshots import contents, files

_ASIDE, _DISCARDED = ".replaced", ".discarded"
_PLAN = "plan.json"
_LOCK = "snapshots.lock"
NEW = ".restoring"
"""Folder in which the new state is prepared."""


def lock(state: Path) -> Path:
    """Return the path of the lock that one process at a time holds while it saves or restores a state."""
    return state / _LOCK


def replace(state: Path, check: Callable[[Path], None]) -> None:
    """Put what is in the folder `NEW` of the state in place of the account that is there, and delete that one.

    Args:
        state: The state folder.
        check: Raises an error if the state that was moved aside, where no process finds it any more, is in use.
    """
    aside, new = state / _ASIDE, state / NEW
    old, coming = list(contents.pieces(state)), list(contents.pieces(new))
    aside.mkdir()
    try:
        (aside / contents.CLUSTERS).mkdir()
        (state / contents.CLUSTERS).mkdir(exist_ok=True)
        plan = aside / f"{_PLAN}.tmp"
        plan.write_text(json.dumps({"old": old, "added": sorted({*coming} - {*old})}))
        plan.rename(aside / _PLAN)
        for piece in old:
            (state / piece).rename(aside / piece)
        check(aside)
        for piece in coming:
            (new / piece).rename(state / piece)
    except BaseException:
        _undo(state)
        raise
    aside.rename(state / _DISCARDED)
    tidy(state)


def recover(state: Path) -> None:
    """Undo a replacement that was interrupted, if there is one; wait for one that goes on."""
    if (state / _ASIDE).exists():
        with files.locked(lock(state)):
            if (state / _ASIDE).exists():
                _undo(state)
            tidy(state)


def tidy(state: Path) -> None:
    """Delete what replacements leave."""
    for name in (NEW, _DISCARDED):
        shutil.rmtree(state / name, ignore_errors=True)


def _undo(state: Path) -> None:
    aside = state / _ASIDE
    plan = aside / _PLAN
    if plan.exists():
        content = json.loads(plan.read_text())
        for piece in content["added"]:
            _remove(state / piece)
        for piece in content["old"]:
            if (aside / piece).exists():
                _remove(state / piece)
                (aside / piece).rename(state / piece)
    shutil.rmtree(aside)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
