"""Violations that are accepted: by name, for a reason, until a date."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, cast

import yaml

FILE = Path(__file__).with_name("exceptions.yaml")


@dataclass(frozen=True)
class RuleException:
    """One entry of the file: a resource, by its name in the program, that may break one rule in some stacks."""

    rule: str
    resource: str
    stacks: tuple[str, ...]
    reason: str
    until: date
    """The last day on which it counts."""

    def covers(self, rule: str, resource: str, stack: str, today: date) -> bool:
        """Whether it accepts this violation today."""
        return (self.rule, self.resource) == (rule, resource) and stack in self.stacks and today <= self.until


def load(rules: Iterable[str], file: Path = FILE) -> list[RuleException]:
    """Read the file.

    Raises:
        ValueError: An entry is incomplete or names no rule; every problem is in the message.
    """
    entries = cast(list[Any], yaml.safe_load(file.read_text()) or [])
    known = set(rules)
    problems: list[str] = []
    found: list[RuleException] = []
    for number, entry in enumerate(entries, start=1):
        wrong = _problem(entry, known)
        if wrong:
            problems.append(f"{file.name}, entry {number}: {wrong}")
        else:
            found.append(RuleException(**entry | {"stacks": tuple(entry["stacks"])}))
    if problems:
        raise ValueError("\n".join(problems))
    return found


def _problem(content: Any, rules: set[str]) -> str | None:
    entry = cast(dict[str, Any], content) if isinstance(content, dict) else {}
    fields = RuleException.__annotations__.keys()
    if entry.keys() != fields:
        return f"it needs exactly these keys: {', '.join(fields)}"
    if entry["rule"] not in rules:
        return f"rule {entry['rule']!r} does not exist: docs/policies.md lists them"
    if not isinstance(entry["stacks"], list) or not entry["stacks"]:
        return "stacks has to be a list of stack names"
    if not isinstance(entry["until"], date):
        return f"until has to be a date such as 2027-06-30, not {entry['until']!r}"
    if not str(entry["reason"] or "").strip():
        return "reason must say why this is acceptable"
    return None
