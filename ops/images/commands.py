"""Prints external commands and runs them; a dry run only prints them."""

import json
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CommandError(Exception):
    """A command is missing or failed; the message names the command and the reason."""


@dataclass(frozen=True)
class Commands:
    """Runs commands in a folder; a dry run prints them and returns substitutes for their output.

    Attributes:
        folder: Working directory of the commands.
        dry_run: True if no command is run.
    """

    folder: Path
    dry_run: bool

    def run(self, *words: str, stdin: str = "") -> None:
        """Run a command and let it print to the terminal. What it gets on stdin is shown too, as a shell writes it."""
        print(f"$ {shlex.join(words)}{f' <<< ${stdin!r}' if stdin else ''}", flush=True)
        if not self.dry_run:
            self._run(words, stdin, capture=False)

    def pipe(self, source: Sequence[str], sink: Sequence[str]) -> None:
        """Pipe the output of one command into another. It may be a secret: it is neither printed nor an argument."""
        print(f"$ {shlex.join(source)} | {shlex.join(sink)}", flush=True)
        if not self.dry_run:
            self._run(sink, self._run(source, "", capture=True), capture=False)

    def output(self, *words: str, substitute: str) -> str:
        """Return a command's output without surrounding white space, or `substitute` in a dry run."""
        print(f"$ {shlex.join(words)}", flush=True)
        return substitute if self.dry_run else self._run(words, "", capture=True).strip()

    def json_output(self, *words: str, substitute: Any) -> Any:
        """Return the parsed output of a command that prints JSON, or `substitute` in a dry run."""
        output = self.output(*words, substitute=json.dumps(substitute))
        try:
            return json.loads(output)
        except json.JSONDecodeError:
            raise CommandError(f"`{shlex.join(words)}` did not print JSON: {output[:200]!r}") from None

    def _run(self, words: Sequence[str], stdin: str, capture: bool) -> str:
        output = subprocess.PIPE if capture else None
        try:
            done = subprocess.run(
                words, cwd=self.folder, input=stdin, stdout=output, stderr=output, text=True, check=False
            )
        except FileNotFoundError:
            raise CommandError(f"there is no `{words[0]}` on PATH") from None
        if done.returncode:
            reason = f": {done.stderr.strip()}" if capture else ""
            raise CommandError(f"`{shlex.join(words)}` ended with exit code {done.returncode}{reason}")
        return done.stdout or ""
