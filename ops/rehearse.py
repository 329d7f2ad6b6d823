"""The command `rehearse`: previews a change on the emulator, with no access to AWS."""

import io
import os
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from analysis import stack_file
from ops import rehearsed_base
from ops.errors import fail
from ops.git import git
from ops.objects import part
from ops.rehearsed_base import Emulator, EmulatorFailed, RehearsedBase


class RehearsalFailed(Exception):
    """A step of the rehearsal failed; the message says which, and why."""


def rehearse(
    out: Annotated[Path, typer.Option(help="Folder for `<stack>.preview.json`.")],
    stack: Annotated[str, typer.Option(help="The stack: dev, staging or prod.")] = "dev",
    base: Annotated[str, typer.Option(help="The commit, branch or tag to compare with.")] = "origin/main",
    strict: Annotated[bool, typer.Option("--strict", help="Fail if a policy would stop the update.")] = False,
) -> None:
    """Deploy the stack of `base` to an emulated account of its own, and preview the working tree on top of it.

    The base runs with the Python packages that are installed here. The emulated account is deleted afterwards. A base
    that was deployed before comes from a snapshot; the last few are kept.
    """
    if stack not in stack_file.names():
        fail(f"there is no stack {stack!r}: the stacks are {', '.join(stack_file.names())}")
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as folder:
        account = {
            "OPENMARKET_EMULATOR_STATE": str(Path(folder) / "account"),
            "OPENMARKET_EMULATOR_SNAPSHOTS": str(rehearsed_base.folder()),
        }
        try:
            commit = _commit(base)
        except RehearsalFailed as error:
            fail(str(error))
        try:
            shown = f"{base} ({commit[:7]})" if not commit.startswith(base) else commit[:7]
            kept = RehearsedBase(stack, commit, shown, _quietly(account))
            _say(_restored(kept) or _deployed(kept, Path(folder) / "base", account))
            _say(f"{stack}: previewing the change")
            _existing_network(stack_file.PROJECT, stack, account)
            plan = (sys.executable, "-m", "ops", "plan", "--stack", stack, "--out", str(out.absolute()))
            plan += ("--strict",) if strict else ()
            _emulator(stack_file.PROJECT, account, "run", "--stack", stack, "--", *plan, show=True)
        except RehearsalFailed as error:
            fail(str(error))
        finally:
            subprocess.run(_command("down"), cwd=stack_file.PROJECT, env=_with(account), check=False, stdout=sys.stderr)


def _restored(kept: RehearsedBase) -> str:
    """Return where the base was taken from; empty if it has to be deployed."""
    try:
        return kept.restored()
    except EmulatorFailed as error:
        _say(str(error))
        return ""


def _deployed(kept: RehearsedBase, checkout: Path, account: Mapping[str, str]) -> str:
    """Deploy the base and keep it; return whether the next rehearsal finds it."""
    stack = kept.stack
    _say(f"{stack}: deploying {kept.shown} to an emulated account")
    _check_out(kept.commit, checkout)
    _existing_network(checkout, stack, account)
    _emulator(checkout, account, "run", "--stack", stack, "--", "pulumi", "stack", "init", "--stack", stack)
    _emulator(checkout, account, "run", "--stack", stack, "--", *_up(stack))
    return kept.keep()


def _existing_network(checkout: Path, stack: str, account: Mapping[str, str]) -> None:
    """Put the VPC of the stack's `network.existing`, if it names one, into the account, with the same ids.

    What its routes and addresses are in AWS is not known here: the rehearsal says nothing of them.
    """
    try:
        settings = stack_file.settings(stack, checkout)
    except stack_file.BadStack:
        return  # what is wrong with it is for the program to say
    existing = part(part(settings, "openmarket:network"), "existing")
    kinds = {"public": "public", "private": "private", "data": "isolated"}
    subnets = [
        f"{kinds[kind]}/{settings.get('aws:region')}{zone}/{subnet}"
        for zone, each in part(existing, "subnets").items()
        for kind, subnet in each.items()
        if kind in kinds
    ]
    if subnets:
        options = [word for each in subnets for word in ("--subnet", each)]
        _emulator(checkout, account, "vpc", str(existing.get("vpcId")), *options)


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def _up(stack: str) -> tuple[str, ...]:
    return ("pulumi", "up", "--stack", stack, "--yes", "--skip-preview", "--non-interactive", "--suppress-outputs")


def _commit(name: str) -> str:
    """Return the hash of the commit with a name."""
    # `--end-of-options` keeps git from taking the commit's name for an option.
    named = git("rev-parse", "--verify", "--end-of-options", f"{name}^{{commit}}")
    if named.returncode:
        raise RehearsalFailed(f"{name!r} is not a commit of this repository: {named.stderr.strip()}")
    return named.stdout.strip()


def _check_out(commit: str, into: Path) -> None:
    """Extract the tracked files of a commit, without changing the working tree or git's own files."""
    command = ["git", "archive", "--format=tar", commit]
    done = subprocess.run(command, cwd=stack_file.PROJECT, capture_output=True, check=False)
    if done.returncode:
        raise RehearsalFailed(f"{commit!r} cannot be read: {done.stderr.decode().strip()}")
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        archive.extractall(into, filter="data")
    installed = stack_file.PROJECT / ".venv"
    if installed.exists():
        (into / ".venv").symlink_to(installed)


def _emulator(where: Path, account: Mapping[str, str], *arguments: str, show: bool = False) -> None:
    """Run an emulator command in a checkout with the account's state; `show` passes its output through."""
    output = None if show else subprocess.PIPE
    done = subprocess.run(
        _command(*arguments), cwd=where, env=_with(account), text=True, stdout=output,
        stderr=None if show else subprocess.STDOUT, check=False,
    )  # fmt: skip
    if done.returncode:
        output_end = "" if show else "\n" + "\n".join(done.stdout.splitlines()[-40:])
        raise RehearsalFailed(
            f"`{' '.join(arguments[4:] or arguments)}` ended with exit code {done.returncode}{output_end}"
        )


def _quietly(account: Mapping[str, str]) -> Emulator:
    """Return what runs commands of the working tree's emulator on the account."""

    def run(*arguments: str) -> str:
        done = subprocess.run(
            _command(*arguments), cwd=stack_file.PROJECT, env=_with(account), text=True, capture_output=True,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise EmulatorFailed(done.stderr.strip() or done.stdout.strip())
        return done.stdout

    return run


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "emulator", *arguments]


def _with(account: Mapping[str, str]) -> dict[str, str]:
    # Each command runs in its own checkout, and these variables of the caller would point it to another one.
    callers = {"PYTHONPATH", "OPENMARKET_EMULATOR_PROJECT", "OPENMARKET_EMULATOR_SETTINGS"}
    return {key: value for key, value in os.environ.items() if key not in callers} | dict(account)
