"""Writes the text at the end of an operation."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from analysis import stack_file
from analysis.redaction import redacted
from analysis.urns import STACK, name_of
from ops.deploy.progress import Broken, Failure, Progress, counted
from ops.state_folder import on_the_emulator
from ops.texts import TO_DO, abridged

_SHOWN = 60
"""Changes that are listed one by one."""
_CAUSES = 5
"""Causes of a failure that are told."""
_LINES = 12
"""Lines of one cause, unless the program tells it: of its configuration it lists every problem."""
_DONE = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "same": "unchanged"}
_SIGNS = {"create": "+", "update": "~", "replace": "+-", "delete": "-"}
_PROPERTIES = 4
KUBECONFIG = "kubeconfig"
"""The output that a command writes to a file."""


@dataclass(frozen=True)
class Target:
    """The stack, and how its commands are written."""

    stack: str
    emulated: bool = field(default_factory=on_the_emulator)

    def make(self, target: str) -> str:
        """The make command of that target."""
        return f"make {target} STACK={self.stack}" + ("" if self.emulated else " ON=aws")

    def pulumi(self, words: str) -> str:
        """The `pulumi` command."""
        return self.run(f"pulumi {words} --stack {self.stack}")

    def run(self, words: str) -> str:
        """Any command, in the environment in which it finds the stack."""
        return f"./openmarket emulator run --stack {self.stack} -- {words}" if self.emulated else words

    @property
    def place(self) -> str:
        """The place of the stack, as a sentence continues: `on AWS` or `on the emulator`."""
        return "on the emulator" if self.emulated else "on AWS"


def counts(changes: Mapping[str, int], words: Mapping[str, str]) -> str:
    """Return counts as text, such as `3 created, 251 unchanged`."""
    return ", ".join(f"{changes[op]:,} {word}" for op, word in words.items() if changes.get(op))


def planned(now: Progress) -> str:
    """Return what the update would change, such as `3 to create`."""
    return counts(now.planned or {}, TO_DO) or "nothing to change"


def done(now: Progress) -> str:
    """Return what the update changed, such as `3 created`."""
    found = now.results or {}
    changed = {op: count for op, count in found.items() if op != "same"} if counted(found) else found
    return counts(changed, _DONE) or "nothing changed"


def changes(steps: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the changes, one per line: what is done, to what, and which properties differ."""
    listed = list(steps)
    for step in listed[:_SHOWN]:
        paths = sorted(step.get("detailedDiff") or ())
        what = f": {abridged(paths, _PROPERTIES)}" if paths else ""
        yield f"  {_SIGNS.get(step['op'], step['op']):<2} {name_of(step['urn'])} ({step['type']}){what}"
    if len(listed) > _SHOWN:
        yield f"  ... and {len(listed) - _SHOWN} more"


def rules(broken: Iterable[Broken]) -> Iterator[str]:
    """Yield violated rules, one per line."""
    for each in broken:
        yield f"  {each.name}: {' '.join(each.message.split())} [{each.rule}]"


def outputs(target: Target, found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the stack outputs: lists one entry per line, and instead of a kubeconfig the command that writes it."""
    width = max((len(name) for name in found), default=0)
    for name, value in sorted(cast(Mapping[str, Any], redacted(dict(found))).items()):
        if name == KUBECONFIG:
            lines = [f"{target.make(name)} OUT=FILE"]
        elif isinstance(value, Mapping):
            inner = cast(Mapping[str, Any], value)
            longest = max((len(key) for key in inner), default=0)
            lines = [f"{key:<{longest}}  {each}" for key, each in sorted(inner.items())]
        elif isinstance(value, list):
            lines = [str(each) for each in cast(list[Any], value)]
        else:
            lines = [str(value)]
        for number, line in enumerate(lines or ["(none)"]):
            yield f"  {name if number == 0 else '':<{width}}  {line}"


def causes(failures: Iterable[Failure], reasons: Mapping[str, str], last_words: Iterable[str]) -> Iterator[str]:
    """Yield why it failed, in order, with the last reason for which each failed resource was not ready."""
    found = list(failures) or [Failure(line) for line in last_words]
    for each in found[:_CAUSES]:
        lines = [line.rstrip() for line in each.message.removeprefix("error: ").splitlines() if line.strip()]
        whole = each.type.startswith(STACK) and not any(line.startswith("Traceback ") for line in lines)
        if each.name and not each.type.startswith(STACK):
            yield f"{each.name} ({each.type}):"
            lines = [f"  {line}" for line in lines]
        shown = len(lines) if whole else _LINES
        yield from lines[:shown]
        if more := len(lines[shown:]):
            yield f"  ... and {more} more {'line' if more == 1 else 'lines'}"
        if (reason := reasons.get(each.name)) and reason not in each.message:
            yield f"  {reason}"
    if len(found) > _CAUSES:
        yield f"... and {len(found) - _CAUSES} more"


def advice(target: Target, now: Progress, work: str, log: Path, text: str, interrupted: bool) -> str:
    """Return the next step after an operation that did not succeed; `text` has its errors."""
    again = target.make(work)
    recover = target.run(f"./openmarket ops recover --stack {target.stack}")
    if "currently locked" in text:
        return f"make sure that nobody else deploys, then `{recover}` and `{again}`"
    if "in progress" in text and "another operation" in text:
        return f'`{recover}` and `{again}` (docs/runbook.md, "An `up` that was killed")'
    if "uninstall: Release not loaded" in text:
        return f"`{again} REFRESH=yes`: Helm has uninstalled a release of which the engine did not hear"
    if "currently marked for protection" in text or "is protected" in text:
        return 'docs/runbook.md, "Take production down", says how the protection is taken away'
    if interrupted:
        return f"`{again}` goes on from here"
    if now.unset:
        # Those of one secret may be told twice, of several keys.
        steps = dict.fromkeys(each.next(stack_file.region(target.stack)) for each in now.unset)
        told = ", and ".join(f"{first}, run `{target.run(command)}`" for first, command in steps)
        return f"{told}, and `{again}` goes on from here"
    if not now.updating:
        return f"nothing was changed: correct it, and run `{again}` again (the engine's output: {log})"
    return f"correct it, and run `{again}` again: it goes on from here (the engine's output: {log})"
