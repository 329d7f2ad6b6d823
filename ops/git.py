"""Runs git on the project."""

import subprocess

from analysis import stack_file
from ops.errors import fail


def git(*words: str) -> subprocess.CompletedProcess[str]:
    """What git answered, whatever it was. Without git the command that asks ends and says so."""
    try:
        return subprocess.run(["git", *words], cwd=stack_file.PROJECT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        fail("there is no `git` on PATH")
