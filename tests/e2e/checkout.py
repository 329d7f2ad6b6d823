"""A copy of the project, and commands run in it as a user would run them."""

import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Checkout:
    """A copy of the tracked files, and commands run in it as a user would run them."""

    path: Path

    def run(
        self, *command: str, check: bool = True, timeout: float = 900, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command inside the emulator; stdout and stderr are captured together."""
        return self.emulator("run", "--", *command, check=check, timeout=timeout, env=env)

    def emulator(
        self, *arguments: str, check: bool = True, timeout: float = 900, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `python -m emulator` with these arguments."""
        result = subprocess.run(
            [sys.executable, "-m", "emulator", *arguments],
            cwd=self.path,
            env=_environment() | (env or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        print(f"$ {' '.join(arguments)}\n{result.stdout}")
        assert not check or result.returncode == 0, f"{' '.join(arguments)} ended with {result.returncode}"
        return result

    def make(self, *words: str, check: bool = True, env: Mapping[str, str] | None = None) -> str:
        """Run make as a user or a workflow does, which has to succeed, or else to fail, and answer what it printed."""
        kept = {key: value for key, value in _environment().items() if not key.startswith("MAKE")}
        result = subprocess.run(
            ["make", "-o", ".venv/installed", *words], cwd=self.path, env=kept | dict(env or {}),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=900, check=False,
        )  # fmt: skip
        print(f"$ make {' '.join(words)}\n{result.stdout}")
        assert (result.returncode == 0) == check
        return result.stdout

    def pulumi(self, command: str, stack: str, *arguments: str, check: bool = True, **options: Any) -> str:
        """Run `pulumi <command>` on the stack, creating the stack if need be, and answer what it printed."""
        self.run("pulumi", "stack", "select", "--create", "--stack", stack)
        words = ["pulumi", *command.split(), "--stack", stack, "--non-interactive", *arguments]
        return self.run(*words, check=check, **options).stdout

    def up(self, stack: str, *arguments: str, check: bool = True, **options: Any) -> str:
        """`pulumi up` without questions."""
        return self.pulumi("up", stack, "--yes", "--skip-preview", *arguments, check=check, **options)

    def destroy(self, stack: str, *arguments: str, check: bool = True, **options: Any) -> str:
        """`pulumi destroy` without questions. Its preview refuses what is protected before anything is deleted."""
        return self.pulumi("destroy", stack, "--yes", *arguments, check=check, **options)

    def outputs(self, stack: str) -> dict[str, Any]:
        """The stack's outputs."""
        return json.loads(self.pulumi("stack output", stack, "--json"))

    def cost(self, stack: str) -> dict[str, Any]:
        """What `python -m ops cost` says about the stack as it is."""
        return json.loads(self.run(sys.executable, "-m", "ops", "cost", "--stack", stack, "--json").stdout)

    def kubectl(self, stack: str, *arguments: str) -> dict[str, Any]:
        """Run `kubectl ... -o json` against the stack's cluster."""
        command = ("run", "--stack", stack, "--", "kubectl", *arguments, "-o", "json")
        return json.loads(self.emulator(*command).stdout)

    def stack_file(self, stack: str) -> dict[str, Any]:
        """The configuration in a stack's file."""
        return yaml.safe_load((self.path / f"Pulumi.{stack}.yaml").read_text())["config"]

    def configure(self, stack: str, section: str, **values: Any) -> str:
        """Give a section of `openmarket:` in the stack file other values; None takes a key out.

        It answers the text of the file before.
        """
        file = self.path / f"Pulumi.{stack}.yaml"
        before = file.read_text()
        settings = yaml.safe_load(before)
        content = settings["config"][f"openmarket:{section}"] | values
        settings["config"][f"openmarket:{section}"] = {k: value for k, value in content.items() if value is not None}
        file.write_text(yaml.safe_dump(settings, sort_keys=False))
        return before

    @contextmanager
    def configured(self, stack: str, section: str, **values: Any) -> Generator[None]:
        """Meanwhile, the stack file has other values in a section, as `configure` gives it."""
        before = self.configure(stack, section, **values)
        try:
            yield
        finally:
            (self.path / f"Pulumi.{stack}.yaml").write_text(before)

    def status(self) -> dict[str, Any]:
        """What the simulated account holds."""
        return json.loads(self.emulator("status", "--json").stdout)


def _environment() -> dict[str, str]:
    """The caller's environment without what would lead to another account or program; tools are where it says."""
    elsewhere = {f"OPENMARKET_EMULATOR_{name}" for name in ("STATE", "PROJECT", "SETTINGS", "SNAPSHOTS")}
    return {key: value for key, value in os.environ.items() if key not in elsewhere}
