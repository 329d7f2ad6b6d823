"""Follows a running operation by the events of the engine."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analysis.redaction import redacted_text
from analysis.timing.span import Span
from analysis.urns import STACK, name_of, type_of
from ops.deploy.engine import Event
from ops.deploy.unset_values import Unset
from ops.deploy.waiting import TELLING, Running

STARTING, COMPARING, PREVIEWING, UPDATING = "starting", "comparing", "previewing", "updating"

_MARKUP = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*m")
_EMPTY = re.compile(r"^(?:Has no \.|\{\.)(\S+?)(?:\} selected nothing)?$")
"""Matches the provider's message about a field that it waits for."""
_DIGEST = re.compile(r"(sha256:[0-9a-f]{12})[0-9a-f]{52}")
_FAILED = re.compile(r"^\S+ of resource \S+ failed: ")
"""Matches the words before a cause that name the resource once more."""
_NO_CHANGE = ("same", "read", "refresh")
_PARTS = ("create-replacement", "delete-replaced", "discard-replaced", "read-replacement", "import-replacement")
"""Steps that are a part of a replacement, which has a step of its own."""
_ONLY_THAT = re.compile(r"^(update|preview|destroy|refresh) failed$")
"""Errors that say only that there was another one."""


@dataclass(frozen=True)
class Failure:
    """An error. `name` and `type` are those of the resource, and empty if it is about none."""

    message: str
    name: str = ""
    type: str = ""

    @property
    def is_interruption(self) -> bool:
        """True if it says only that somebody stopped the operation."""
        return "context canceled" in self.message or "was cancelled" in self.message


@dataclass(frozen=True)
class Broken:
    """A rule of the policy pack that a resource breaks."""

    rule: str
    name: str
    message: str
    mandatory: bool


@dataclass
class Progress:
    """The progress of an operation.

    Attributes:
        stage: What the engine does now: starting, comparing, previewing or updating.
        updating: Whether the preview is over, and the update has begun.
        checked: Resources that the stage has come past.
        planned: By operation, how many resources the preview would change, as the engine counted; None before.
        changes: The steps that change something, in their order, by URN; of the preview, and then of the update.
        running: What the providers work on, by URN.
        spans: What the providers have worked on, in the order of its end.
        failures: What went wrong, in its order, in the stage so far.
        broken: Rules that resources break, without repetitions.
        results: By operation, how many resources the update changed or left, as the engine counted; None before.
        states: The resources after their last step, by URN.
        refreshed: By URN, the resource before and after it was compared with what is really there.
        warnings: What the program itself warns of, without repetitions.
        done: URNs of the resources that the update has changed.
        last_reasons: By name of a resource that failed, why it was not ready, as the provider last said.
        unset: Values of secrets that people have yet to set, for which resources waited that failed.
    """

    stage: str = STARTING
    updating: bool = False
    checked: int = 0
    planned: Mapping[str, int] | None = None
    changes: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    running: dict[str, Running] = field(default_factory=dict[str, Running])
    spans: list[Span] = field(default_factory=list[Span])
    failures: list[Failure] = field(default_factory=list[Failure])
    broken: dict[tuple[str, str, str], Broken] = field(default_factory=dict[tuple[str, str, str], Broken])
    results: Mapping[str, int] | None = None
    states: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    refreshed: dict[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    warnings: list[str] = field(default_factory=list[str])
    done: set[str] = field(default_factory=set[str])
    last_reasons: dict[str, str] = field(default_factory=dict[str, str])
    unset: list[Unset] = field(default_factory=list[Unset])
    _begun: int = 0

    def take(self, events: Iterable[Event], now: float) -> None:
        """Take in new events, at this second of the operation's clock."""
        for event in events:
            if metadata := event.get("resourcePreEvent", {}).get("metadata"):
                self._begins(metadata, now)
            elif metadata := event.get("resOutputsEvent", {}).get("metadata"):
                self._ends(metadata, now)
            elif metadata := event.get("resOpFailedEvent", {}).get("metadata"):
                self._gives_up(metadata["urn"], now)
            elif "diagnosticEvent" in event:
                self._hears(event["diagnosticEvent"], now)
            elif "policyEvent" in event:
                self._judges(event["policyEvent"])
            elif "summaryEvent" in event:
                self._sums_up(event["summaryEvent"])
            elif "preludeEvent" in event:
                self._begun += 1
                if self._begun == 2:
                    self._update_begins()

    @property
    def outputs(self) -> Mapping[str, Any]:
        """The stack outputs; empty before the engine has reported them."""
        found = [state["outputs"] for state in self.states.values() if state.get("type") == STACK]
        return found[0] or {} if found else {}

    @property
    def total(self) -> int:
        """The number of resources that the update is to change."""
        return counted(self.planned or {})

    @property
    def blocked(self) -> list[Broken]:
        """The broken rules that stop the operation."""
        return [each for each in self.broken.values() if each.mandatory]

    @property
    def slowest(self) -> list[Running]:
        """The resources that the providers work on, the longest at work first."""
        return sorted(self.running.values(), key=lambda each: each.since)

    def _begins(self, metadata: Mapping[str, Any], now: float) -> None:
        op, urn = metadata["op"], metadata["urn"]
        stage = COMPARING if op == "refresh" else UPDATING if self.updating else PREVIEWING
        if stage != self.stage:
            self.stage, self.checked = stage, 0
        self.checked += 1
        side: Mapping[str, Any] = metadata.get("new") or metadata.get("old") or {}
        # A component has no provider, and a replacement is shown by its parts.
        if self.updating and op not in _NO_CHANGE and op != "replace" and side.get("custom"):
            self.running[urn] = Running(name_of(urn), metadata["type"], op, now, inputs=side.get("inputs") or {})

    def _ends(self, metadata: Mapping[str, Any], now: float) -> None:
        op, urn = metadata["op"], metadata["urn"]
        self._stops(urn, now, failed=False)
        if op == "refresh":
            self.refreshed[urn] = metadata
            return
        if metadata.get("new") and op not in ("delete", "delete-replaced"):
            self.states[urn] = metadata["new"]
        elif op == "delete":
            self.states.pop(urn, None)
        if op not in (*_NO_CHANGE, *_PARTS):
            self.changes[urn] = metadata
            if self.updating:
                self.done.add(urn)

    def _stops(self, urn: str, now: float, failed: bool) -> Running | None:
        ended = self.running.pop(urn, None)
        if ended:
            self.spans.append(Span(urn, ended.op, ended.since, now, failed))
        return ended

    def _gives_up(self, urn: str, now: float) -> None:
        """A resource failed: what the provider said last may tell more than its error, which says that time is up."""
        ended = self._stops(urn, now, failed=True)
        if ended and ended.rank == TELLING:
            self.last_reasons[ended.name] = ended.reason
            self.unset += [ended.unset] if ended.unset else []

    def _hears(self, said: Mapping[str, Any], now: float) -> None:
        whole = _EMPTY.sub(r"has no \1 yet", readable(said["message"]))
        message = " ".join(whole.split())
        urn = said.get("urn") or ""
        if urn in self.running and message and said["severity"] != "error":
            self.running[urn].hears(message, now)
        if said["severity"] == "warning" and type_of(urn) in ("", STACK) and message not in self.warnings:
            self.warnings.append(message)
        if said["severity"] == "error" and message and not _ONLY_THAT.search(message.lower()):
            found = Failure(_FAILED.sub("", whole), name_of(urn), type_of(urn))
            if found not in self.failures:
                self.failures.append(found)

    def _judges(self, found: Mapping[str, Any]) -> None:
        name, rule = name_of(found.get("resourceUrn") or ""), found["policyName"]
        message = readable(found["message"])
        self.broken[rule, name, message] = Broken(rule, name, message, found["enforcementLevel"] == "mandatory")

    def _sums_up(self, summary: Mapping[str, Any]) -> None:
        counts = Counter[str](summary.get("resourceChanges") or {})
        if summary.get("isPreview") and summary.get("result") != "failed":
            self.planned, self.stage = counts, STARTING
        elif not summary.get("isPreview"):
            self.results = counts

    def _update_begins(self) -> None:
        # The update comes past everything again that the preview came past.
        self.updating, self.stage, self.checked = True, STARTING, 0
        self.changes, self.states = {}, {}


def counted(changes: Mapping[str, int]) -> int:
    """Return the number of resources that change, from the engine's counts by operation."""
    return sum(count for op, count in changes.items() if op not in (*_NO_CHANGE, *_PARTS))


def readable(message: str) -> str:
    """A message without colours and secrets, and with digests cut to what tells them apart."""
    return _DIGEST.sub(r"\1...", redacted_text(_MARKUP.sub("", message).strip()))
