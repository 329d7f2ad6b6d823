"""Implements the commands `up`, `preview`, `destroy` and `repair`."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from analysis import stack_file
from ops import deployed
from ops.deploy import summary
from ops.deploy.display import Display
from ops.deploy.engine import Engine
from ops.deploy.logs import log_of, record_of
from ops.deploy.progress import Progress
from ops.deploy.summary import Target
from ops.deploy.unset_values import awaited, of_new_chat
from ops.deploy.waiting import stuck
from ops.errors import NotDeployed, fail

if TYPE_CHECKING:
    from ops.deploy.facts import Facts

POLICIES = ("--policy-pack", "policies")
_CREATED_LATER = "known-later"
"""The rule that only lists rules which wait for the update. Every preview of new resources violates it."""


class Operation:
    """One operation on a stack, shown while it runs.

    Attributes:
        target: The stack.
        command: The command of `pulumi`.
        now: Its progress so far.
        log: The file that gets what `pulumi` prints, as a person would name it.
        engine: Its run of `pulumi`.
        needs: By URN, what each resource needs; empty unless the stack's state has gone when the operation ends.
    """

    def __init__(self, stack: str, command: str, work: str, arguments: Sequence[str]) -> None:
        """Prepare `pulumi <command>` with these arguments; `work` is what it does, such as `updating`."""
        self.target = Target(stack)
        self.command = command
        self.now = Progress()
        log = log_of(stack, command)
        self.log = _relative(log)
        self.engine = Engine([command, "--stack", stack, *arguments], log)
        self.console = Console(soft_wrap=True, highlight=False)
        self.display = Display(self.console, work)
        self.needs: Mapping[str, Collection[str]] = {}
        self._at = datetime.now().astimezone()
        self._facts: Future[Facts | None] | None = None

    def say(self, *lines: str) -> None:
        """Print lines as they are."""
        for line in lines:
            self.console.print(line, markup=False)

    def select(self, create: bool) -> None:
        """Select the stack in Pulumi's backend.

        Raises:
            NotDeployed: The backend does not have it.
            typer.Exit: It cannot be selected, or there is no `pulumi`.
        """
        try:
            stack_file.settings(self.target.stack)
        except stack_file.BadStack as error:
            fail(str(error))
        self.display.say(f"{self.target.stack} {self.target.place}")
        words = ("--create",) if create else ()
        done = deployed.ask(self.target.stack, "stack", "select", *words)
        if done.returncode:
            said = [line.strip() for line in done.stderr.splitlines() if line.strip()]
            fail("\n".join(said).removeprefix("error: ") or "the stack cannot be selected")

    def run(self, between: Callable[[], Iterable[str]] = tuple) -> int:
        """Run the operation, showing its progress; `between` returns the lines to print after the preview.

        Returns:
            The exit code of `pulumi`.
        """
        told = interrupted = False
        with self.display.showing(), ThreadPoolExecutor(1) as later:
            for events in self.engine.events():
                self.now.take(events, self.display.seconds)
                if self.now.planned is not None and not told:
                    told = True
                    self.display.say(summary.planned(self.now))
                    self.say(*between())
                    # While the engine works, because their imports take longer than everything else here.
                    self._facts = later.submit(_facts, self.target.stack)
                if not self.engine.ended_early and (hopeless := stuck(self.now.slowest, self.display.seconds)):
                    self.display.say(f"stopping, as no waiting helps: {hopeless.name}: {hopeless.reason}")
                    self.engine.end_early()
                if self.engine.interruptions and not interrupted:
                    interrupted = True
                    self.display.say("stopping: what has begun is finished first (Ctrl-C again stops at once)")
                if not (told and self.command == "preview"):
                    self.display.show(self.now)
        if self.now.spans:
            self._record()
        return self.engine.exit_code or 0

    @property
    def known(self) -> "Facts | None":
        """The settings that the summary mentions; None if the stack's file cannot be read."""
        return self._facts.result() if self._facts else None

    def _record(self) -> None:
        """Leave for `timeline` how long each resource took."""
        from analysis.timing import record

        spans = tuple(self.now.spans)
        needs = {urn: tuple(sorted(needed)) for urn, needed in self.needs.items()}
        at, seconds = self._at.isoformat(timespec="seconds"), self.display.seconds
        made = record.Record(
            stack=self.target.stack, command=self.command, at=at, seconds=seconds, spans=spans, needs=needs
        )
        record.write(made, record_of(self.target.stack, self.command))

    def failed(self, work: str) -> int:
        """Print why it failed, with the cause and the next command last, and return the exit code."""
        code, interrupted = self.engine.exit_code or 1, self.engine.interruptions > 0
        text = "\n".join([*(each.message for each in self.now.failures), *self.engine.last_words])
        what = "interrupted" if interrupted else "failed"
        made = f"{len(self.now.done)} of {self.now.total} changes made"
        changed = made if self.now.updating else "nothing was changed"
        self.say("", f"{self.target.stack}: {what} after {self.display.seconds:.0f} s; {changed}.")
        broken = self.now.blocked
        if broken:
            self.say(*summary.rules(broken))
            self.say(
                "Next: change what violates the policies, or record an exception in policies/exceptions.yaml "
                f"(docs/policies.md), and run `{self.target.make(work)}` again."
            )
            return code
        failures = [each for each in self.now.failures if not (interrupted and each.is_interruption)]
        if failures or not interrupted:
            self.say(*summary.causes(failures, self.now.last_reasons, self.engine.last_words))
        self.say(f"Next: {summary.advice(self.target, self.now, work, self.log, text, interrupted)}")
        return code


def _comparing(refresh: bool) -> tuple[str, ...]:
    """The option by which Pulumi first compares its state with what is really there."""
    return ("--refresh",) if refresh else ()


def up(stack: str, create: bool, refresh: bool, further: Sequence[str] = ()) -> int:
    """Deploy the stack, with further options of `pulumi up` if there are some, and answer the exit code."""
    words = ("--yes", *POLICIES, *_comparing(refresh), *further)
    operation = Operation(stack, "up", "updating", words)
    operation.select(create)
    if operation.run():
        return operation.failed("up")
    _ready(operation, refresh)
    return 0


def preview(stack: str, create: bool, refresh: bool) -> int:
    """List what an update would change, and answer the exit code."""
    words = ("--diff", *POLICIES, *_comparing(refresh))
    operation = Operation(stack, "preview", "previewing", words)
    operation.select(create)
    code = operation.run()
    operation.say("", *summary.changes(operation.now.changes.values()))
    operation.say(*_notes(operation.now))
    warnings = [each for each in operation.now.broken.values() if not each.mandatory]
    if warnings:
        operation.say("Policies warn:", *summary.rules(warnings))
    if code:
        return operation.failed("preview")
    known = operation.known
    price = f"; {known.cost(operation.now.states.values())}" if known else ""
    target = operation.target
    operation.say(f"{stack}: {summary.planned(operation.now)}{price}.")
    if operation.now.total:
        steps, region = operation.now.changes.values(), stack_file.region(stack)
        operation.say(*awaited(steps, region, target.run), *of_new_chat(steps, region, target.run))
        operation.say(f"All values are in {operation.log}.")
        operation.say(f"Next: `{target.make('plan')}` reviews it, `{target.make('up')}` deploys it.")
    return 0


def repair(stack: str) -> int:
    """Put back what differs, list it, and answer the exit code."""
    from ops.deploy.differences import differences

    operation = Operation(stack, "up", "repairing", ("--yes", "--refresh", *POLICIES))
    operation.select(create=False)
    if operation.run(lambda: differences(operation.now)):
        return operation.failed("repair")
    _ready(operation, refresh=True)
    return 0


def destroy(stack: str, refresh: bool) -> int:
    """Delete the stack's resources and answer the exit code."""
    operation = Operation(stack, "destroy", "deleting", ("--yes", *_comparing(refresh)))
    operation.select(create=False)
    operation.needs = _needs(stack)
    if operation.run():
        return operation.failed("destroy")
    operation.say(f"{stack} is gone, in {operation.display.seconds:.0f} s: {summary.done(operation.now)}.")
    return 0


def _ready(operation: Operation, refresh: bool) -> None:
    """Say that the stack is up, what it is and costs, what to do next, and its outputs."""
    now, target, known = operation.now, operation.target, operation.known
    warnings = [each for each in now.broken.values() if not each.mandatory and each.rule != _CREATED_LATER]
    what = [summary.done(now)]
    if known:
        what += [known.services, known.cost(now.states.values())]
    operation.say("", f"{target.stack} is ready in {operation.display.seconds:.0f} s: {'; '.join(what)}.")
    if not now.done and not refresh:
        operation.say(f"Compared with the last deployment: `{target.make('drift')}` looks at what is really there.")
    if warnings:
        operation.say("", "Policies warn:", *summary.rules(warnings))
    if notes := _notes(now):
        operation.say("", *notes)
    operation.say("", "Outputs", *summary.outputs(target, now.outputs), "")
    operation.say(*of_new_chat(now.changes.values(), stack_file.region(target.stack), target.run))
    operation.say(f"Next: `{target.make('smoke')}` asks every public host.")


def _notes(now: Progress) -> list[str]:
    """Return lines about what AWS keeps for a maintenance window, and the program's warnings."""
    from analysis.preview import maintenance

    if now.updating:
        waiting = maintenance.after(now.states)
    else:
        waiting = maintenance.before(now.states, now.changes, now.refreshed)
    lines = [f"  {each}" for each in waiting]
    waits = ["Waits for AWS:", *lines] if lines else []
    return [*waits, *(f"Warning: {each}" for each in now.warnings)]


def _needs(stack: str) -> Mapping[str, Collection[str]]:
    """Return what each resource needs; nothing if the state cannot be read, because only a picture misses it."""
    from analysis.state import BadState
    from analysis.timing.timeline import needs_of
    from ops.exported import from_stack

    try:
        return needs_of(from_stack(stack))
    except (BadState, NotDeployed):
        return {}


def _facts(stack: str) -> "Facts | None":
    from ops.deploy.facts import facts

    return facts(stack)


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
