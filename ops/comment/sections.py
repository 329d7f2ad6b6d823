"""Renders the parts of a comment below the verdict."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from analysis.preview.maintenance import waits_for
from analysis.redaction import redacted_text
from analysis.urns import name_of
from ops.comment.change_list import differences, overview
from ops.comment.changes import short_type
from ops.comment.costs import money, signed
from ops.comment.exposure_model import Exposure, most_severe_first, with_addresses
from ops.comment.finding import LOOK, STOP, Kind, grouped
from ops.comment.markdown import SHORT, Section, block, code, header, prose, row, shortened
from ops.comment.permissions import Grant
from ops.comment.properties import ABSENT, shown
from ops.comment.review import Review
from ops.comment.wording import caused_by, describe, downtime_text, plain_error

_ALWAYS_LISTED = {Kind.DATA, Kind.IMPOSSIBLE}
"""Findings about data stores, which have a row of their own even if another resource causes them."""


def sections(review: Review, full: bool) -> Iterator[Section]:
    """Yield the parts that are not empty, the most important first; `full` does not cut values."""
    for part in (errors, policies, losses, exposures, permissions, costs, outputs, waiting):
        if (section := part(review)) is not None:
            yield section
    if review.changes:
        yield overview(review)
        yield differences(review, None if full else SHORT)


def errors(review: Review) -> Section | None:
    """Return the errors of the engine or the program; None if there are none."""
    if not review.preview.errors:
        return None
    texts = [plain_error(error, review.names).splitlines() for error in review.preview.errors]
    return Section(("### What went wrong", ""), tuple(block(text) for text in texts), tight=False)


def policies(review: Review) -> Section | None:
    """Return the policy violations, those that stop the update first; None if there are none."""
    found = sorted(review.preview.violations, key=lambda each: (each.policy, each.urn, each.message))
    found.sort(key=lambda each: each.level != "mandatory")
    if not found:
        return None
    rows = [
        row(
            (
                f"{STOP} stops it" if each.level == "mandatory" else f"{LOOK} warns",
                code(each.policy),
                code(each.urn.rpartition("::")[2] or "the stack"),
                prose(shortened(review.names.readable(redacted_text(each.message)), 600)),
            )
        )
        for each in found
    ]
    return Section(
        ("### Policies", "", *header(("", "Rule", "Resource", "What is wrong, and what would be right"))), tuple(rows)
    )


def losses(review: Review) -> Section | None:
    """Return what is replaced, deleted, restarted or no longer protected; None if there is nothing."""
    found = review.of(*Kind)
    if not found:
        return None
    # Consequences are listed with their cause, except for data stores.
    listed_alone = grouped(each for each in found if not each.causes or each.kind in _ALWAYS_LISTED)
    rows = [
        row(
            (
                each.severity.sign if each.severity else "",
                f"{', '.join(code(subject) for subject in each.subjects)}<br>{short_type(each.type)}",
                describe(each) + (f" because of {code(caused_by(each))}" if each.causes else ""),
                downtime_text(each.downtime) or "none",
            )
        )
        for each in listed_alone
    ]
    followers: dict[str, list[str]] = {}
    for each in found:
        if each.causes and each.kind not in _ALWAYS_LISTED:
            followers.setdefault(caused_by(each), []).append(each.subject)
    for cause, subjects in followers.items():
        listed = ", ".join(code(subject) for subject in dict.fromkeys(subjects))
        rows.append(row(("", f"because of {code(cause)}", f"also: {listed}", "the same")))
    return Section(("### Data and downtime", "", *header(("", "Resource", "What happens", "Downtime"))), tuple(rows))


def exposures(review: Review) -> Section | None:
    """Return the exposures that are opened or closed; None if there are none."""
    rows = [
        row((f"{each.severity.sign} {each.verb}", code(each.what), _to_whom(each)))
        for each in most_severe_first(review.opened)
    ]
    rows += [row(("closed", code(each.what), _to_whom(each))) for each in review.closed]
    return Section(("### Exposure", "", *header(("", "What", "To whom"))), tuple(rows)) if rows else None


def _to_whom(exposure: Exposure) -> str:
    """Return to whom something is open, with what that was before if a network is widened or narrowed."""
    before = ", ".join(code(with_addresses(each)) for each in exposure.instead_of)
    return f"{before} → {code(with_addresses(exposure.open_to))}" if before else code(with_addresses(exposure.open_to))


def permissions(review: Review) -> Section | None:
    """Return the permissions that are gained or lost; None if there are none."""
    found = review.permissions
    rows = [*_grants(found.gained, "gained"), *_grants(found.lost, "lost")]
    rows += [row((f"{LOOK} changes", code(name), "known after the update", "", "")) for name in found.unknown]
    titles = ("", "Who", "May", "On", "If")
    return Section(("### Permissions", "", *header(titles)), tuple(rows)) if rows else None


def _grants(grants: Sequence[Grant], word: str) -> list[str]:
    """Return a row for all actions that a principal gains or loses on the same resource."""
    groups: dict[tuple[str, str, str, bool], list[Grant]] = {}
    for grant in grants:
        groups.setdefault((grant.who, grant.resource, grant.condition, grant.denied), []).append(grant)
    rows: list[str] = []
    for (who, resource, condition, denied), group in groups.items():
        broad = word == "gained" and any(grant.broad for grant in group)
        sign = f"{STOP if broad else LOOK} " if word == "gained" else ""
        label = f"{sign}{word}" + (f", as a denial is {'removed' if word == 'gained' else 'added'}" if denied else "")
        actions = ", ".join(code(grant.action) for grant in group)
        limit = code(shortened(condition, 300)) if condition else ""
        rows.append(row((label, code(who), actions, code(resource) if resource else "", limit)))
    return rows


def costs(review: Review) -> Section | None:
    """Return the cost by service, where it changes; None if it does not, or is unknown."""
    change, before = review.costs.change, review.costs.before
    if change is None or before is None or review.preview.errors:
        return None
    # Items of unknown cost are in no column: the cost after is the cost before plus the known differences.
    known = before.by_service
    rows = [
        row((prose(service), money(old := known.get(service, Decimal())), money(old + amount), signed(amount)))
        for service, amount in change.by_service.items()
        if amount
    ]
    if not rows and not change.unpriced:
        return None
    total = row(("**Total**", money(before.total), money(before.total + change.total), f"**{signed(change.total)}**"))
    notes = [
        f"- Not included, as the cost is unknown: {prose(each.what)} of {code(each.resource)} ({prose(each.service)})"
        for each in change.unpriced
    ]
    head = ("### Cost in USD a month", "", *header(("Service", "Before", "After", "Difference")))
    return Section(head, (*rows, total), ("", *notes) if notes else ())


def outputs(review: Review) -> Section | None:
    """Return the stack outputs that change; None if there are none."""
    rows: list[str] = []
    for each in review.outputs:
        label = f"{LOOK} {each.verb}" if each.severity else each.verb
        rows.append(row((label, code(each.name), _value(each.old), _value(each.new))))
    titles = ("", "Output", "Before", "After")
    return Section(("### Outputs of the stack", "", *header(titles)), tuple(rows)) if rows else None


def _value(value: Any) -> str:
    return "" if value is ABSENT else code(shortened(shown(value)))


def waiting(review: Review) -> Section | None:
    """Return what waits for a maintenance window since an earlier deployment; None if nothing does."""
    rows = [row((code(name_of(each.urn)), prose(waits_for(each.wanted, each.window)))) for each in review.waiting]
    head = ("### From an earlier deployment", "", *header(("Resource", "What waits for AWS")))
    return Section(head, tuple(rows)) if rows else None
