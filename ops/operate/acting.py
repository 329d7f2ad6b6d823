"""Says what a command is going to do, asks, does it, and leaves a line about it. All commands that act use it."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import typer

from ops.caller import Caller, caller
from ops.deploy.summary import Target
from ops.errors import fail
from ops.operate.audit import AuditTrail


class NotDone(Exception):
    """What was to be done failed; the message says how far it got and what to do next."""


@dataclass(frozen=True)
class Consent:
    """How a command gets leave to act: by an answer, by `--yes`, or not at all (`--dry-run`)."""

    yes: bool
    dry_run: bool

    @classmethod
    def given(cls, yes: bool, dry_run: bool) -> "Consent":
        """Return the caller's consent.

        Raises:
            typer.Exit: Nobody can be asked, and the reason has been printed.
        """
        if not (yes or dry_run or can_ask()):
            fail(
                "this asks before it acts, and there is no terminal to ask on: add --yes to act, "
                "or --dry-run to see what it would do"
            )
        return cls(yes, dry_run)


@dataclass(frozen=True)
class Act:
    """What is going to be done.

    Attributes:
        stack: Name of the stack.
        command: The command with its arguments, as the audit line has it.
        lines: What it will do, in sentences.
    """

    stack: str
    command: str
    lines: Sequence[str]

    def perform(self, consent: Consent, do: Callable[[Caller], str]) -> None:
        """Print what will be done and as whom, ask, do it, and print how it ended, which `do` answers in a sentence.

        Raises:
            typer.Exit: It was declined, or it failed, and the reason has been printed.
            AwsError, BadStack: The caller is unknown, or the stack may not be in the account.
        """
        who = caller(self.stack)
        print(f"{self.stack} {Target(self.stack).place}, account {who.account}, as {who.arn}:")
        for line in self.lines:
            print(f"  {line}")
        if consent.dry_run:
            print("Nothing was done, because of --dry-run.")
            return
        if not (consent.yes or typer.confirm("Do it?")):
            fail("declined: nothing was done")
        try:
            trail = AuditTrail()
        except OSError as error:
            fail(f"nothing was done, because its audit line cannot be written: {error}")
        self._do(who, trail, do)

    def _do(self, who: Caller, trail: AuditTrail, do: Callable[[Caller], str]) -> None:
        outcome, says = "interrupted", ""
        sys.stdout.flush()
        try:
            says = do(who)
            outcome = "done"
        except NotDone as error:
            outcome, says = "failed", str(error)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            outcome, says = "failed", str(error)
            raise
        finally:
            trail.leave(who, self.stack, self.command, outcome, says)
        if outcome == "failed":
            fail(says)
        print(says)


def can_ask() -> bool:
    """Return whether there is a terminal that could answer."""
    return sys.stdin.isatty()
