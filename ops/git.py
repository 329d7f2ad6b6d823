"""Runs git in the project."""

import subprocess

from analysis import stack_file
from ops.errors import fail


def git(*words: str) -> subprocess.CompletedProcess[str]:
    """Run git and return the result, whatever its exit code; end the command if git is not installed."""
    try:
        return subprocess.run(["git", *words], cwd=stack_file.PROJECT, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        fail("there is no `git` on PATH")
