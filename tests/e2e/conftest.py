"""A checkout of its own for every test module, with its own simulated account and control planes."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import start
from tests.e2e.checkout import Checkout

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def snapshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the snapshots that the session's tests share."""
    return start.shared_folder(tmp_path_factory)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A fresh copy of the project; its processes end with the module."""
    path = tmp_path_factory.mktemp("checkout")
    fill(path)
    checkout = Checkout(path)
    yield checkout
    checkout.emulator("down")


@pytest.fixture(scope="module")
def deployed(checkout: Checkout, snapshots: Path) -> Checkout:
    """The stack dev after its first `up`, which another file may have done."""
    start.deployed(checkout, snapshots, "dev")
    return checkout


def fill(path: Path) -> None:
    """Copy the project's files into a folder, as a checkout has them."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listing.stdout.splitlines():
        if (PROJECT / name).exists():
            target = path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / name, target)
    (path / ".venv").symlink_to(Path(sys.prefix))
