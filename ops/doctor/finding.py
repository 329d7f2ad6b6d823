"""What the doctor finds: data first, and words for a person only when somebody asks for them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple, Protocol

from ops.doctor.commands import Commands


class Harm(IntEnum):
    """What a finding does to the shop; the worst comes first."""

    DOWN = 0
    """Customers cannot use the shop, or a part of it."""
    DEGRADED = 1
    """The shop serves with less than it needs."""
    BLOCKED = 2
    """The shop serves, but a release or another change does not come through."""
    LATER = 3
    """Nothing is wrong yet."""


class Ref(NamedTuple):
    """An object of the cluster or of AWS. `namespace` is empty for what has none."""

    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind} {'/'.join(part for part in (self.namespace, self.name) if part)}"


@dataclass(frozen=True)
class Words:
    """A finding for a person on call.

    Attributes:
        what: What is wrong, in a sentence without a full stop.
        why: The evidence, a line each: an event's message, a key's name, arithmetic.
        next: The next command.
        first: What to do before it, such as a change in the stack's file; empty if nothing.
        note: What the next command does, if its name does not say that.
    """

    what: str
    why: tuple[str, ...]
    next: str
    first: str = ""
    note: str = ""


class Cause(Protocol):
    """What is wrong, as data: a frozen dataclass whose name is the finding's kind."""

    def words(self, commands: Commands) -> Words:
        """Say it, with the commands of the stack."""
        ...


@dataclass(frozen=True)
class Finding:
    """Something that is wrong.

    Attributes:
        harm: What it does to the shop by itself.
        cause: What is wrong.
        about: The object that it is wrong with.
        because: Objects of which a finding explains this one: it comes after theirs, as a consequence.
        also: Further objects that it is about.
    """

    harm: Harm
    cause: Cause
    about: Ref
    because: tuple[Ref, ...] = ()
    also: tuple[Ref, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """A root cause and what follows from it.

    Attributes:
        root: The finding to act on.
        consequences: Findings that it explains, the worst first.
    """

    root: Finding
    consequences: tuple[Finding, ...] = ()

    @property
    def harm(self) -> Harm:
        """The worst harm that the cause does, by itself or by what follows from it."""
        return min(finding.harm for finding in (self.root, *self.consequences))


def diagnoses(findings: Iterable[Finding]) -> list[Diagnosis]:
    """Arrange findings: what explains others before them, and the most harmful first.

    A finding that several explain is listed once, with the first of them.
    """
    listed = sorted(findings, key=lambda each: each.harm)
    by_object: dict[Ref, list[Finding]] = {}
    for each in listed:
        for ref in (each.about, *each.also):
            by_object.setdefault(ref, []).append(each)
    explained: dict[int, Finding] = {}
    for each in listed:
        reasons = [reason for ref in each.because for reason in by_object.get(ref, []) if reason is not each]
        if reasons:
            explained[id(each)] = reasons[0]
    groups: dict[int, list[Finding]] = {id(each): [] for each in listed if id(each) not in explained}
    for each in listed:
        if id(each) in explained:
            root = _root(each, explained)
            groups.setdefault(id(root), []).append(each)
    found = [Diagnosis(each, tuple(groups[id(each)])) for each in _without(listed, groups)]
    return sorted(found, key=lambda each: each.harm)


def _root(finding: Finding, explained: dict[int, Finding]) -> Finding:
    """Follow the explanations to the first one. Findings that explain each other end at where they began."""
    seen = {id(finding)}
    while id(finding) in explained and id(explained[id(finding)]) not in seen:
        finding = explained[id(finding)]
        seen.add(id(finding))
    return finding


def _without(listed: Iterable[Finding], groups: dict[int, list[Finding]]) -> Iterator[Finding]:
    """Yield the roots, each once."""
    members = {id(each) for group in groups.values() for each in group}
    for each in listed:
        if id(each) in groups and id(each) not in members:
            yield each
