"""Lets operations on resources fail, or ends the engine in the middle of its work, to prove that a stack recovers.

`OPENMARKET_EMULATOR_FAULTS` names the faults, separated by commas, each as `<kind>:<operation>[:<patterns>]`:

- `refuse:create`: AWS or the cluster refuses the first creation of every resource, and does nothing;
- `throttle:update`: the same with the error of an API that gets too many requests, after the provider's own retries;
- `expire:create`: the first creation is done, but the provider's time is up before it sees that;
- `kill:10`: the engine is killed at the beginning of every tenth operation, and AWS goes on with the others;
- `kill-after:10`: the same at its end, before the engine hears of it;
- `kill:create:<patterns>` and `kill-after:create:<patterns>`: the same at the first creation of every such resource.

The operation is `create`, `update`, `delete` or `any`. The patterns select resources by name, separated by `|`; without
them a fault concerns every resource.
"""

import fcntl
import fnmatch
import hashlib
import os
import re
import signal
from dataclasses import dataclass
from functools import cache

from emulator.paths import STATE
from emulator.plugins.provider import ProviderError

VARIABLE = "OPENMARKET_EMULATOR_FAULTS"
OPERATIONS = ("create", "update", "delete")
_FOLDER = STATE / "faults"
_MESSAGES = {
    "refuse": "api error InternalFailure: the emulator refuses the first {operation} of {name}",
    "throttle": "api error ThrottlingException: Rate exceeded, when the emulator got the first {operation} of {name}",
    "expire": "timeout while waiting for {name} to become ready after its {operation}",
}
_RULE = re.compile(
    r"(refuse|throttle|expire):(create|update|delete|any)(?::(.+))?|(kill|kill-after):([1-9]\d*)"
    r"|(kill|kill-after):(create|update|delete|any):(.+)"
)


class Fault(ProviderError):
    """An operation fails. The message says so as AWS or the provider would, and that it is the emulator's doing."""


@dataclass(frozen=True)
class _Rule:
    kind: str
    operation: str = "any"
    patterns: tuple[str, ...] = ("*",)
    every: int = 0

    def concerns(self, operation: str, name: str) -> bool:
        chosen = any(fnmatch.fnmatchcase(name, pattern) for pattern in self.patterns)
        return self.operation in (operation, "any") and chosen


def active() -> bool:
    """Return whether there are any faults."""
    return bool(os.environ.get(VARIABLE))


def begin(operation: str, urn: str) -> None:
    """Note that an operation on the resource begins.

    Raises:
        Fault: It fails, and nothing may be done.
        ValueError: The variable is not as above.
    """
    for rule in _rules():
        if rule.kind == "kill" and _is_due(rule, "begun", operation, urn):
            _kill_engine(urn)
        if rule.kind in ("refuse", "throttle"):
            _fail(rule, operation, urn)


def end(operation: str, urn: str) -> None:
    """Note that an operation on the resource is done.

    Raises:
        Fault: It is to look as if it had failed.
    """
    for rule in _rules():
        if rule.kind == "kill-after" and _is_due(rule, "ended", operation, urn):
            _kill_engine(urn)
        if rule.kind == "expire":
            _fail(rule, operation, urn)


def _is_due(rule: _Rule, counter: str, operation: str, urn: str) -> bool:
    """Return whether this is the operation at which the engine is killed."""
    return _step(counter) % rule.every == 0 if rule.every else _concerned(rule, operation, urn)


def _concerned(rule: _Rule, operation: str, urn: str) -> bool:
    """Return whether the rule is about the operation, and it is the first one of its kind on the resource."""
    return rule.concerns(operation, urn.rpartition("::")[2]) and _first_time(f"{rule.kind} {operation} {urn}")


def _fail(rule: _Rule, operation: str, urn: str) -> None:
    name = urn.rpartition("::")[2]
    if _concerned(rule, operation, urn):
        raise Fault(_MESSAGES[rule.kind].format(operation=operation, name=name))


def _rules() -> tuple[_Rule, ...]:
    return _parsed(os.environ.get(VARIABLE, ""))


@cache
def _parsed(text: str) -> tuple[_Rule, ...]:
    rules: list[_Rule] = []
    for part in filter(None, text.split(",")):
        found = _RULE.fullmatch(part)
        if found is None:
            raise ValueError(
                f"{VARIABLE} has {part!r}; it must be refuse:, throttle: or expire: and create, update, delete or any, "
                "or kill: or kill-after: and a number or an operation and names, such as refuse:create or kill:10"
            )
        kind, operation, patterns, kill, every, killed, killed_at, killed_names = found.groups()
        if kill:
            rules.append(_Rule(kill, every=int(every)))
        else:
            names = tuple((patterns or killed_names or "*").split("|"))
            rules.append(_Rule(kind or killed, operation or killed_at, names))
    return tuple(rules)


def _first_time(what: str) -> bool:
    """Return whether this is the first call for it. Plugins are separate processes, so a file says so."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    try:
        (_FOLDER / hashlib.sha256(what.encode()).hexdigest()[:32]).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _step(counter: str) -> int:
    """Count an operation, and return its number among those of all plugins and runs."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    with (_FOLDER / counter).open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        number = int(file.read() or 0) + 1
        file.truncate(0)
        file.write(str(number))
    return number


def _kill_engine(urn: str) -> None:
    """Kill the engine, whose child this plugin is. Nobody is left to answer to, but AWS goes on with what has begun.

    Raises:
        Fault: Always, so that the operation goes no further.
    """
    engine = os.getppid()
    if engine != 1:  # Another plugin may have killed it.
        os.kill(engine, signal.SIGKILL)
    raise Fault(f"the emulator has killed the engine at {urn.rpartition('::')[2]}")
