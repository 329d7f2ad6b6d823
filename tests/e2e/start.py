"""Starts a test file from a deployed stack: deployed once in a session, by the first file that needs it, and saved."""

from pathlib import Path

import pytest

from emulator.snapshots.files import locked
from tests.e2e.checkout import Checkout


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the session's snapshots, which all of its workers use.

    A snapshot is never older than the session, so it is always of the program as it is.
    """
    base = factory.getbasetemp()
    # A worker of pytest-xdist has a folder of its own inside of the session's.
    session = base.parent if base.name.startswith("popen-") else base
    return session / "snapshots"


def deployed(checkout: Checkout, snapshots: Path, stack: str) -> None:
    """Bring the stack up in a checkout that has no account yet, and whose tracked files are unchanged.

    Whoever comes first deploys it from nothing, as a user does, while the others wait.
    """
    folder = {"OPENMARKET_EMULATOR_SNAPSHOTS": str(snapshots)}
    with locked(snapshots.with_name(f"{snapshots.name}-{stack}.lock")):
        if not (snapshots / stack).exists():
            checkout.make("up", f"STACK={stack}")
            checkout.emulator("save", stack, env=folder)
            return
    checkout.emulator("restore", stack, env=folder)
    # Otherwise the next command would say first that it starts the control plane.
    checkout.run("true")
