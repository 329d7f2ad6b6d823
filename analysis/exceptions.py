"""Loads the accepted violations of policies: each names a rule and a resource, gives a reason, and expires."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

import yaml

from analysis import stack_file

FILE = stack_file.PROJECT / "policies" / "exceptions.yaml"


@dataclass(frozen=True)
class RuleException:
    """An entry of the file: the violation of one rule by one resource is accepted in the given stacks.

    Attributes:
        rule: The rule's id.
        resource: The resource's name in the program.
        stacks: Names of the stacks in which the entry applies.
        reason: Why the violation is acceptable.
        until: The last day on which the entry applies.
    """

    rule: str
    resource: str
    stacks: tuple[str, ...]
    reason: str
    until: date

    def covers(self, rule: str, resource: str, stack: str, today: date) -> bool:
        """Return whether the entry accepts a violation of the rule by the resource today."""
        return (self.rule, self.resource) == (rule, resource) and stack in self.stacks and today <= self.until


def load(rules: Iterable[str] | None = None, file: Path = FILE) -> tuple[list[RuleException], list[str]]:
    """Return the valid entries of the file, and a message for each problem with the others.

    `rules` are the ids that exist; None leaves them unchecked, for those who only show the entries.
    """
    try:
        entries = yaml.safe_load(file.read_text())
    except (OSError, ValueError, yaml.YAMLError) as error:
        # A date that does not exist, such as 2027-02-30, is a ValueError.
        return [], [f"{file.name} cannot be read: {' '.join(str(error).split())}"]
    if entries is None:
        return [], []
    if not isinstance(entries, list):
        return [], [f"{file.name} must be a list of entries, not {entries!r}"]
    known = None if rules is None else set(rules)
    found: list[RuleException] = []
    problems: list[str] = []
    for number, entry in enumerate(cast(list[Any], entries), start=1):
        wrong = _problem(entry, known)
        if wrong:
            problems.append(f"{file.name}, entry {number}: {wrong}")
        else:
            found.append(RuleException(**entry | {"stacks": tuple(entry["stacks"])}))
    return found, problems


def _problem(content: Any, rules: set[str] | None) -> str | None:
    entry = cast(dict[str, Any], content) if isinstance(content, dict) else {}
    fields = RuleException.__annotations__.keys()
    if entry.keys() != fields:
        return f"it needs exactly these keys: {', '.join(fields)}"
    rule, resource, stacks, until = (entry[key] for key in ("rule", "resource", "stacks", "until"))
    if not isinstance(rule, str) or (rules is not None and rule not in rules):
        return f"rule {rule!r} does not exist: docs/policies.md lists them"
    if not isinstance(resource, str) or not resource or "*" in resource:
        return f"resource must be the name of one resource, not {resource!r}"
    if not isinstance(stacks, list) or not stacks:
        return "stacks must be a list of stack names"
    unknown = [
        stack for stack in cast(list[Any], stacks) if not (stack_file.PROJECT / f"Pulumi.{stack}.yaml").is_file()
    ]
    if unknown:
        return f"stack {unknown[0]!r} has no Pulumi.{unknown[0]}.yaml"
    # `datetime` is a subclass of `date`, but the two cannot be compared.
    if not isinstance(until, date) or isinstance(until, datetime):
        return f"until must be a date such as 2027-06-30, not {str(until)!r}"
    if not str(entry["reason"] or "").strip():
        return "reason must say why this is acceptable"
    return None
