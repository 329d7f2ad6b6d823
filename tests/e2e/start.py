"""Starts a test file from a deployed stack: deployed once in a session, by the first file that needs it, and saved."""

import hashlib
from pathlib import Path

import pytest

from emulator.snapshots.files import locked
from tests.e2e.checkout import Checkout

_WITHOUT_EFFECT = {".ci", ".emulator", ".git", ".github", ".venv", "docs", "tests"}
"""Top-level folders of a checkout whose files change nothing in a deployment."""


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the session's snapshots, which all of its workers use."""
    base = factory.getbasetemp()
    # A worker of pytest-xdist has a folder of its own inside of the session's.
    session = base.parent if base.name.startswith("popen-") else base
    return session / "snapshots"


def deployed(checkout: Checkout, snapshots: Path, stack: str) -> None:
    """Bring the stack up in a checkout that has no account yet, and whose tracked files are unchanged.

    Whoever comes first deploys it from nothing, as a user does, while the others wait.
    """
    folder = {"OPENMARKET_EMULATOR_SNAPSHOTS": str(snapshots)}
    name = f"{stack}-{content(checkout.path)}"
    with locked(snapshots.with_name(f"{snapshots.name}-{name}.lock")):
        if not (snapshots / name).exists():
            checkout.make("up", f"STACK={stack}")
            checkout.emulator("save", name, env=folder)
            return
    checkout.emulator("restore", name, env=folder)
    # Otherwise the next command would say first that it starts the control plane.
    checkout.run("true")


def content(project: Path) -> str:
    """Return a digest of the files that decide what is deployed, which somebody may edit during a session."""
    found = hashlib.sha256()
    for path in sorted(project.rglob("*")):
        where = path.relative_to(project)
        if path.is_file() and where.parts[0] not in _WITHOUT_EFFECT and path.suffix not in (".md", ".pyc"):
            found.update(f"{where}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:12]
