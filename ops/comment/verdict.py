"""Renders the first line of a comment, and the reasons for it."""

from collections import Counter
from collections.abc import Iterator

from ops.comment.changes import Change, short_type
from ops.comment.costs import money, signed
from ops.comment.exposure_model import Exposure, most_severe_first, with_addresses
from ops.comment.facts import Removed
from ops.comment.finding import LOOK, STOP, Finding, Kind, Severity, grouped
from ops.comment.markdown import code, prose, shortened
from ops.comment.properties import ABSENT
from ops.comment.review import Review
from ops.comment.wording import REMOVAL, caused_by, describe, downtime_text, plain_error

LENGTH = 120
"""Maximum number of characters of the first line."""
_WORDS = {
    Severity.NOTE: "safe to merge",
    Severity.LOOK: "look before you merge",
    Severity.STOP: "do not merge without a plan",
}
_REASONS = 8
_WITH_COLON = {Kind.RESTART, Kind.SCALING, Kind.PROTECTION, Kind.UNKNOWN, Kind.IMPOSSIBLE}
"""Findings whose description follows the resource after a colon, because the resource is not its subject."""


def first_line(review: Review) -> str:
    """Return the verdict with the number of data stores that are removed and the change in monthly cost."""
    sign = review.severity.sign
    if review.preview.errors:
        stores = _stores(review)
        facts = f" · {' · '.join(stores)}" if stores else ", so its effects are unknown"
        return f"{sign} **{review.stack}: the preview failed**{facts}"
    if not (review.changes or review.outputs or review.preview.violations):
        return f"{sign} **{review.stack}: nothing changes**"
    word = "a policy stops it" if review.blocking else _WORDS[review.severity]
    facts = [*(_stores(review) or ["no data store replaced or deleted"]), *_cost(review)]
    line = f"{sign} **{review.stack}: {word}** · {' · '.join(facts)}"
    return line if len(line) <= LENGTH else line[: LENGTH - 1] + "…"


def _stores(review: Review) -> list[str]:
    removed = (finding.fact for finding in review.of(Kind.DATA))
    data = Counter(REMOVAL[fact.removal] for fact in removed if isinstance(fact, Removed))
    stranded = len(review.of(Kind.IMPOSSIBLE))
    said = [f"{number} data {_plural('store', number)} {verb}" for verb, number in sorted(data.items(), reverse=True)]
    return [*said, *([f"{stranded} data {_plural('store', stranded)} left in the old network"] if stranded else [])]


def reasons(review: Review) -> list[str]:
    """Return the reasons as lines of Markdown, the most severe first."""
    found = list(_reasons(review))
    if len(found) > _REASONS:
        more = len(found) - _REASONS
        found = [*found[:_REASONS], f"... and {more} more {_plural('reason', more)} below."]
    return found or [_harmless(review)]


def _reasons(review: Review) -> Iterator[str]:
    for error in review.preview.errors[:2]:
        yield f"{STOP} {prose(shortened(plain_error(error, review.names), 400))}"
    yield from (_sentence(finding) for finding in grouped(review.of(Kind.DATA)))
    yield from _outages(review)
    yield from (_sentence(finding) for finding in grouped(review.of(Kind.IMPOSSIBLE)))
    yield from (_sentence(finding) for finding in grouped(review.of(Kind.PROTECTION)))
    yield from _opened(review.opened)
    if review.blocking:
        rules = list(dict.fromkeys(violation.policy for violation in review.blocking))
        resources = {violation.urn for violation in review.blocking}
        listed = ", ".join(code(rule) for rule in rules[:4]) + _more(len(rules) - 4)
        stop = "stops" if len(rules) == 1 else "stop"
        stopped = f"{len(resources)} {_plural('resource', len(resources))}"
        yield f"{STOP} **Policies:** {listed} {stop} the update, for {stopped}."
    # Permissions of everybody are reported as exposures.
    gained = [grant for grant in review.permissions.gained if grant.who != "*"]
    if broad := [grant for grant in gained if grant.broad]:
        yield f"{STOP} **Permissions:** {code(broad[0].who)} gains {code(broad[0].action)}{_more(len(broad) - 1)}."
    if others := len(gained) - len(broad):
        yield f"{LOOK} **Permissions:** {others} {_plural('permission', others)} gained."
    if unknown := review.permissions.unknown:
        yield f"{LOOK} **Permissions** of {code(unknown[0])}{_more(len(unknown) - 1)} are known only after the update."
    if review.costs.notable and review.costs.before:
        total = money(review.costs.before.total + review.costs.total)
        yield f"{LOOK} **Cost:** {signed(review.costs.total)} a month, {total} in all."
    for finding in grouped(review.of(Kind.UNKNOWN, Kind.RECORDS, Kind.RESTART, Kind.SCALING, Kind.DELETION)):
        if finding.severity > Severity.NOTE:
            yield _sentence(finding)
    if removed := [each.name for each in review.outputs if each.new is ABSENT]:
        listed = ", ".join(code(name) for name in removed[:4]) + _more(len(removed) - 4)
        yield f"{LOOK} **Outputs:** {listed} removed from the stack: their readers fail."
    if advice := len(review.preview.violations) - len(review.blocking):
        yield f"{LOOK} **Policies:** {advice} {_plural('warning', advice)}."


def _opened(exposures: tuple[Exposure, ...]) -> Iterator[str]:
    """Yield a line for each of the three most severe exposures, and one with the number of others."""
    ranked = most_severe_first(exposures)
    for each in ranked[:3]:
        before = ", ".join(code(with_addresses(network)) for network in each.instead_of)
        from_ = f" from {before}" if before else ""
        yield (
            f"{each.severity.sign} **{each.verb.capitalize()}:** {code(each.what)}{from_} "
            f"to {code(with_addresses(each.open_to))}."
        )
    if len(ranked) > 3:
        more = len(ranked) - 3
        yield f"{ranked[3].severity.sign} **Opened:** {more} more {_plural('exposure', more)}."


def _outages(review: Review) -> Iterator[str]:
    """Yield a line per cause, with the number of its consequences."""
    found = grouped(review.of(Kind.OUTAGE))
    roots = [finding for finding in found if not finding.causes]
    for finding in roots:
        followers = sum(bool({*finding.subjects} & _cause_names(change, review)) for change in review.changes)
        consequences = f", and with it {followers} other {_plural('resource', followers)}" if followers else ""
        yield _sentence(finding, consequences)
    named = {subject for finding in [*roots, *review.of(Kind.DATA)] for subject in finding.subjects}
    others = [finding for finding in found if finding.causes and not named & set(finding.causes)]
    for finding in others[:3]:
        yield _sentence(finding)


def _cause_names(change: Change, review: Review) -> set[str]:
    names = {other.step.urn: other.name for other in review.changes}
    return {names[urn] for urn in change.causes if urn in names}


def _sentence(finding: Finding, consequences: str = "") -> str:
    because = f" (because of {code(caused_by(finding))})" if finding.causes else ""
    downtime = f" **Downtime:** {downtime_text(finding.downtime)}." if finding.downtime else ""
    colon = ":" if finding.kind in _WITH_COLON else ""
    names = ", ".join(code(each) for each in finding.subjects[:4]) + _more(len(finding.subjects) - 4)
    what = describe(finding, plural=bool(finding.others)) + consequences
    return f"{finding.severity.sign} {names} ({short_type(finding.type)}){colon} {what}{because}.{downtime}"


def _harmless(review: Review) -> str:
    kinds = Counter(change.kind for change in review.changes)
    said = [f"{number} {_KINDS[kind]}" for kind, number in kinds.items()]
    told = [*grouped(review.of(Kind.SCALING)), *grouped(review.of(Kind.RESTART))]
    listed = [f"{', '.join(map(code, finding.subjects))}: {describe(finding)}" for finding in told[:4]]
    restarted = f" {'; '.join(listed)}." if listed else ""
    if review.outputs:
        number = len(review.outputs)
        said.append(f"{number} {_plural('output', number)} of the stack new or changed")
    return f"{', '.join(said)}. No deletion, new exposure or new permission.{restarted}" if said else "Nothing changes."


_KINDS = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "new version": "in a new version",
    "left behind": "left behind",
    "no longer read": "no longer read",
}


def _cost(review: Review) -> list[str]:
    if review.costs.problem or review.preview.errors:
        return []
    change = review.costs.change
    unknown = f" and {len(change.unpriced)} unknown" if change and change.unpriced else ""
    return [f"{signed(review.costs.total)}/month{unknown}"]


def _more(number: int) -> str:
    return f" and {number} more" if number > 0 else ""


def _plural(word: str, number: int) -> str:
    return word if number == 1 else f"{word}s"
