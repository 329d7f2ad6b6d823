"""What reviewers are told about four changes: the comments in `docs/pull-requests/`, from the engine's own previews.

With OPENMARKET_WRITE_SAMPLES set, the files are written instead of compared.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout

pytestmark = pytest.mark.e2e

PROJECT = Path(__file__).resolve().parents[2]
SAMPLES = {"harmless": "dev", "leaky": "dev", "costly": "prod", "dangerous": "prod"}
"""Changes, each with the stack that it is previewed on."""


@pytest.fixture(scope="module")
def both(deployed: Checkout) -> Checkout:
    """A checkout whose stacks are as the main branch has them: dev, and prod beside it."""
    deployed.up("prod")
    return deployed


def patch(checkout: Checkout, sample: str, *options: str) -> None:
    file = Path(__file__).parent / "samples" / f"{sample}.patch"
    subprocess.run(["patch", "-p1", "--silent", *options, "-i", str(file)], cwd=checkout.path, check=True)


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_comment_says_what_the_change_does(both: Checkout, sample: str) -> None:
    stack = SAMPLES[sample]
    patch(both, sample)
    try:
        python = str(both.path / ".venv" / "bin" / "python")
        plan = ("plan", "--stack", stack, "--out", "previews")
        both.emulator("run", "--stack", stack, "--", python, "-m", "ops", *plan, check=sample != "dangerous")
        comment = ("comment", f"previews/{stack}.preview.json", "--out", "comment.md")
        subprocess.run([python, "-m", "ops", *comment], cwd=both.path, check=True)
    finally:
        patch(both, sample, "--reverse")
    said, kept = (both.path / "comment.md").read_text(), PROJECT / "docs" / "pull-requests" / f"{sample}.md"
    if os.environ.get("OPENMARKET_WRITE_SAMPLES"):
        kept.write_text(said)
    assert said == kept.read_text()
