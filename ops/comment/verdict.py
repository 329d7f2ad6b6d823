"""The first line of a comment, and the reasons for it."""

from collections import Counter
from collections.abc import Iterator

from ops.comment.changes import Change, short_type
from ops.comment.costs import money, signed
from ops.comment.errors import plain_error
from ops.comment.exposure_model import Exposure, widest_first
from ops.comment.facts import Gone
from ops.comment.finding import LOOK, STOP, Finding, Kind, Severity, together
from ops.comment.markdown import code, prose, shortened
from ops.comment.properties import ABSENT
from ops.comment.review import Review
from ops.comment.wording import HOW, away, caused_by, happens

LENGTH = 120
"""Characters of the first line, at most."""
_WORDS = {
    Severity.NOTE: "safe to merge",
    Severity.LOOK: "look before you merge",
    Severity.STOP: "do not merge without a plan",
}
_REASONS = 8
_WITH_COLON = {Kind.RESTART, Kind.PROTECTION, Kind.UNJUDGED, Kind.IMPOSSIBLE}
"""Findings that are told of a resource, rather than with it as the subject of a sentence."""


def first_line(review: Review) -> str:
    """The verdict, how many things that hold data go, and what a month costs more or less."""
    sign = review.severity.sign
    if review.preview.errors:
        stores = _stores(review)
        facts = f" · {' · '.join(stores)}" if stores else ", so nobody can say what this does"
        return f"{sign} **{review.stack}: the preview failed**{facts}"
    if not (review.changes or review.outputs or review.preview.violations):
        return f"{sign} **{review.stack}: nothing changes**"
    word = "a policy stops it" if review.blocking else _WORDS[review.severity]
    facts = [*(_stores(review) or ["no data store replaced or deleted"]), *_cost(review)]
    line = f"{sign} **{review.stack}: {word}** · {' · '.join(facts)}"
    return line if len(line) <= LENGTH else line[: LENGTH - 1] + "…"


def _stores(review: Review) -> list[str]:
    data = Counter(HOW[finding.fact.how] for finding in review.of(Kind.DATA) if isinstance(finding.fact, Gone))
    stranded = len(review.of(Kind.IMPOSSIBLE))
    said = [f"{number} data {_plural('store', number)} {verb}" for verb, number in sorted(data.items(), reverse=True)]
    return [*said, *([f"{stranded} data {_plural('store', stranded)} left in the old network"] if stranded else [])]


def reasons(review: Review) -> list[str]:
    """Why, the gravest first; lines of Markdown."""
    found = list(_reasons(review))
    if len(found) > _REASONS:
        more = len(found) - _REASONS
        found = [*found[:_REASONS], f"... and {more} more {_plural('reason', more)} below."]
    return found or [_harmless(review)]


def _reasons(review: Review) -> Iterator[str]:
    for error in review.preview.errors[:2]:
        yield f"{STOP} {prose(shortened(plain_error(error, review.names), 400))}"
    yield from (_sentence(finding) for finding in together(review.of(Kind.DATA)))
    yield from _outages(review)
    yield from (_sentence(finding) for finding in together(review.of(Kind.IMPOSSIBLE)))
    yield from (_sentence(finding) for finding in together(review.of(Kind.PROTECTION)))
    yield from _opened(review.opened)
    if review.blocking:
        rules = list(dict.fromkeys(violation.policy for violation in review.blocking))
        resources = {violation.urn for violation in review.blocking}
        listed = ", ".join(code(rule) for rule in rules[:4]) + _more(len(rules) - 4)
        stop = "stops" if len(rules) == 1 else "stop"
        stopped = f"{len(resources)} {_plural('resource', len(resources))}"
        yield f"{STOP} **Policies:** {listed} {stop} the update, for {stopped}."
    # What everybody may do is said as opened.
    gained = [grant for grant in review.permissions.gained if grant.who != "*"]
    if wide := [grant for grant in gained if grant.wide]:
        yield f"{STOP} **Permissions:** {code(wide[0].who)} gains {code(wide[0].action)}{_more(len(wide) - 1)}."
    if narrow := len(gained) - len(wide):
        yield f"{LOOK} **Permissions:** {narrow} {_plural('permission', narrow)} gained."
    if unknown := review.permissions.unknown:
        yield f"{LOOK} **Permissions** of {code(unknown[0])}{_more(len(unknown) - 1)} are known after the update only."
    if review.costs.notable and review.costs.before:
        total = money(review.costs.before.total + review.costs.total)
        yield f"{LOOK} **Cost:** {signed(review.costs.total)} a month, {total} in all."
    for finding in together(review.of(Kind.UNJUDGED, Kind.RECORDS, Kind.RESTART, Kind.DELETION)):
        if finding.severity > Severity.NOTE:
            yield _sentence(finding)
    if gone := [each.name for each in review.outputs if each.new is ABSENT]:
        listed = ", ".join(code(name) for name in gone[:4]) + _more(len(gone) - 4)
        yield f"{LOOK} **Outputs:** {listed} removed from the stack: whoever reads that, fails."
    if advice := len(review.preview.violations) - len(review.blocking):
        yield f"{LOOK} **Policies:** {advice} {_plural('warning', advice)}."


def _opened(ways: tuple[Exposure, ...]) -> Iterator[str]:
    """The widest first, and of the others how many."""
    ranked = widest_first(ways)
    for way in ranked[:3]:
        yield f"{way.severity.sign} **Opened:** {code(way.what)} to {code(way.open_to)}."
    if len(ranked) > 3:
        more = len(ranked) - 3
        yield f"{ranked[3].severity.sign} **Opened:** {more} more {_plural('way', more)} in."


def _outages(review: Review) -> Iterator[str]:
    """One line per cause, with what follows from it."""
    found = together(review.of(Kind.OUTAGE))
    roots = [finding for finding in found if not finding.causes]
    for finding in roots:
        followers = sum(bool({*finding.subjects} & _cause_names(change, review)) for change in review.changes)
        behind = f", and with it {followers} other {_plural('resource', followers)}" if followers else ""
        yield _sentence(finding, behind)
    named = {subject for finding in [*roots, *review.of(Kind.DATA)] for subject in finding.subjects}
    others = [finding for finding in found if finding.causes and not named & set(finding.causes)]
    for finding in others[:3]:
        yield _sentence(finding)


def _cause_names(change: Change, review: Review) -> set[str]:
    names = {other.step.urn: other.name for other in review.changes}
    return {names[urn] for urn in change.causes if urn in names}


def _sentence(finding: Finding, behind: str = "") -> str:
    because = f" (because of {code(caused_by(finding))})" if finding.causes else ""
    downtime = f" **Downtime:** {away(finding.downtime)}." if finding.downtime else ""
    colon = ":" if finding.kind in _WITH_COLON else ""
    names = ", ".join(code(each) for each in finding.subjects[:4]) + _more(len(finding.subjects) - 4)
    what = happens(finding, plural=bool(finding.others))
    return f"{finding.severity.sign} {names} ({short_type(finding.type)}){colon} {what}{behind}{because}.{downtime}"


def _harmless(review: Review) -> str:
    kinds = Counter(change.kind for change in review.changes)
    said = [f"{number} {_KINDS[kind]}" for kind, number in kinds.items()]
    restarts = together(review.of(Kind.RESTART))
    felt = [f"{', '.join(code(each) for each in finding.subjects)}: {happens(finding)}" for finding in restarts[:4]]
    pods = f" {'; '.join(felt)}." if felt else ""
    if review.outputs:
        number = len(review.outputs)
        said.append(f"{number} {_plural('output', number)} of the stack new or different")
    return (
        f"{', '.join(said)}. Nothing goes away, opens or gets more permissions.{pods}" if said else "Nothing changes."
    )


_KINDS = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "new version": "in a new version",
    "left behind": "left behind",
    "no longer read": "no longer looked up",
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
