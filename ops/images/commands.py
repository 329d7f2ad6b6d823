"""Other programs, shown before they run; in a rehearsal they are shown only."""

import json
import shlex
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class CommandError(Exception):
    """A command is missing or failed; the message names it and says why."""


@dataclass(frozen=True)
class Commands:
    """Runs commands in a folder. A rehearsal runs none, and answers what stands for their answers."""

    folder: Path
    rehearsal: bool

    def run(self, *words: str, stdin: str = "") -> None:
        """Run a command whose output is for people."""
        print(f"$ {shlex.join(words)}", flush=True)
        if not self.rehearsal:
            self._run(words, stdin, capture=False)

    def pipe(self, source: Sequence[str], sink: Sequence[str]) -> None:
        """Give what one command says to another. It may be a secret: it is on no command line and in no output."""
        print(f"$ {shlex.join(source)} | {shlex.join(sink)}", flush=True)
        if not self.rehearsal:
            self._run(sink, self._run(source, "", capture=True), capture=False)

    def ask(self, *words: str, rehearsed: str) -> str:
        """What a command says, or in a rehearsal `rehearsed`."""
        print(f"$ {shlex.join(words)}", flush=True)
        return rehearsed if self.rehearsal else self._run(words, "", capture=True).strip()

    def ask_json(self, *words: str, rehearsed: Any) -> Any:
        """The same for a command that answers in JSON."""
        answer = self.ask(*words, rehearsed=json.dumps(rehearsed))
        try:
            return json.loads(answer)
        except json.JSONDecodeError:
            raise CommandError(f"`{shlex.join(words)}` did not answer in JSON: {answer[:200]!r}") from None

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
