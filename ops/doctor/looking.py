"""Applies every rule to a snapshot, and says in one sentence how the shop is."""

from collections.abc import Callable, Iterator

from ops.doctor import (
    autoscaling,
    changes_by_hand,
    database,
    engine_state,
    ingress,
    jobs,
    nodes,
    pods,
    releases,
    secrets,
    versions,
)
from ops.doctor.commands import Commands
from ops.doctor.finding import Diagnosis, Finding, Harm, diagnoses
from ops.doctor.services import services
from ops.doctor.snapshot import Snapshot
from ops.objects import is_true

RULES: tuple[Callable[[Snapshot], Iterator[Finding]], ...] = (
    engine_state.find, database.find, nodes.find, secrets.find, ingress.find, jobs.find, pods.find, autoscaling.find,
    releases.find, changes_by_hand.find, versions.find,
)  # fmt: skip
"""In the order in which findings of the same harm are told."""


def look(snapshot: Snapshot) -> list[Diagnosis]:
    """Return what is wrong, the most harmful first, and causes before their consequences."""
    return diagnoses(finding for rule in RULES for finding in rule(snapshot))


def verdict(snapshot: Snapshot, found: list[Diagnosis], commands: Commands) -> str:
    """Return one sentence on how the shop is."""
    if not found:
        return f"{snapshot.stack} is fine: {_counts(snapshot)}"
    harm = found[0].harm
    worst = next(each for each in (found[0].root, *found[0].consequences) if each.harm is harm)
    first = worst.cause.words(commands).what
    known = list(services(snapshot))
    if harm is Harm.DOWN:
        without = [each.name for each in known if not each.ready]
        if without:
            return f"The shop is down: no pod of {' and of '.join(without)} is ready"
        return f"The shop is down: {_continued(first)}"
    if harm is Harm.DEGRADED:
        short = [
            f"{each.ready} of {each.wanted} pods of {each.name} are ready" for each in known if each.ready < each.wanted
        ]
        return f"The shop is degraded: {'; '.join(short) or _continued(first)}"
    if harm is Harm.BLOCKED:
        return "The shop serves, but a release does not get through"
    return "The shop serves; something will hurt later"


def _continued(sentence: str) -> str:
    """Return a sentence as the second half of one: articles are written small, names are not."""
    head, _, rest = sentence.partition(" ")
    return f"{head.lower()} {rest}" if head in ("The", "Somebody", "Nothing", "No", "Changes", "A") else sentence


def _counts(snapshot: Snapshot) -> str:
    known = list(services(snapshot))
    ready, wanted = sum(each.ready for each in known), sum(each.wanted for each in known)
    nodes_ready = [is_true(each, "Ready") for each in snapshot.of_kind("Node")]
    plural = "" if len(known) == 1 else "s"
    return (
        f"{ready} of {wanted} pods of {len(known)} service{plural} and {sum(nodes_ready)} of {len(nodes_ready)} nodes "
        "are ready"
    )
