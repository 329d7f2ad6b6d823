"""Renders sizes, numbers of pods and nodes, and maintenance windows as text."""

import re
from decimal import Decimal

from ops.comment.costs import signed
from ops.comment.facts import When
from ops.comment.markdown import code
from ops.comment.size_facts import GroupLimits, NodesNeeded, Pods, Resized, Scaled, Upgraded

_DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
_WINDOW = re.compile(r"([a-z]{3}):(\d\d:\d\d)-([a-z]{3}):(\d\d:\d\d)")


def resized(fact: Resized) -> str:
    """Return both sizes, with the memory if it is known."""
    text = f"{code(fact.old)} → {code(fact.new)}"
    if fact.gib is None:
        return f"{text}, whose memory this review does not know"
    before, after = fact.gib
    share = f", {round(100 * after / before)} % of before" if fact.smaller else ""
    memory = f"memory {_number(before)} → {_number(after)} GiB{share}"
    return f"{text}, {f'**{memory}**' if fact.smaller else memory}"


def when(time: When) -> str:
    """Return when AWS makes a change that could wait."""
    if not time.waits:
        return "at once, as the update runs"
    return f"it waits for the maintenance window{f', {_window(time.window)}' if time.window else ''}"


def scaled(fact: Scaled) -> str:
    """Return the pods of a service before and after."""
    before, after = fact.before, fact.after
    same = (before.cpu, before.memory) == (after.cpu, after.memory)
    first, second = (f"{each.least} to {each.most} pods" for each in (before, after))
    if same:
        return f"{first} → {second}, of {_size(after)} each"
    return f"{first} of {_size(before)} → {second} of {_size(after)}"


def nodes_needed(fact: NodesNeeded) -> str:
    """Return the nodes that the pods need before and after, and what they cost."""
    of = f" of {'/'.join(fact.types)}" if fact.types else ""
    if fact.least[0] == fact.least[1] and fact.most[0] == fact.most[1]:
        limits = f"{fact.least[0]} with every service at its minimum, {fact.most[0]} at its maximum"
        return f"as many nodes{of} as before: {limits}"
    parts = [
        f"{before} → {after} nodes{of} with every service at its {limit}{_cost(after - before, fact.monthly)}"
        for (before, after), limit in ((fact.least, "minimum"), (fact.most, "maximum"))
        if before != after
    ]
    return f"{', '.join(parts)}; it may have {fact.limit}"


def group_limits(fact: GroupLimits) -> str:
    """Return between how many nodes a group may have, and what the difference costs at the most."""
    (least_before, most_before), (least, most) = fact.before, fact.after
    cost = _cost(most - most_before, fact.monthly)
    return f"{least_before} to {most_before} nodes → {least} to {most} nodes{f'{cost} at the most' if cost else ''}"


def upgraded(fact: Upgraded) -> str:
    """Return what a new Kubernetes minor brings with it."""
    nodes = ", ".join(f"{number or 'all'} of {code(name)}" for name, number in fact.groups)
    moving = ", ".join(f"{code(name)} {old} → {new}" for name, old, new in fact.moving)
    staying = ", ".join(f"{code(name)} at {version or 'its version'}" for name, version in fact.staying)
    have = [name for name, minor in fact.earlier if minor == fact.new]
    others = [f"{name} ({minor})" for name, minor in fact.earlier if minor != fact.new]
    parts = [
        f"the control plane goes from {fact.old} to {fact.new}, and **there is no way back**: EKS has no downgrade",
        f"then its nodes are replaced one after another ({nodes})" if nodes else "its nodes keep the old minor",
        f"add-ons that follow: {moving}" if moving else "",
        f"EKS add-ons that do not, and may have to be raised: {staying}" if staying else "",
        f"by their files, {' and '.join(have)} {_have(have)} {fact.new} already" if have else "",
        f"by their files, {' and '.join(others)} {_have(others)} it not yet: upgrade there first" if others else "",
        "no stack comes before this one" if not fact.earlier else "",
    ]
    return "; ".join(filter(None, parts))


def _have(stacks: list[str]) -> str:
    return "has" if len(stacks) == 1 else "have"


def _size(pods: Pods) -> str:
    return f"{pods.cpu / 1000:g} CPU and {_number(Decimal(pods.memory) / 1024)} GiB"


def _cost(nodes: int, monthly: Decimal | None) -> str:
    return f" ({signed(nodes * monthly)} a month)" if monthly is not None and nodes else ""


def _number(amount: Decimal) -> str:
    return f"{round(amount, 2).normalize():f}"


def _window(window: str) -> str:
    """Return a window of AWS in words; the text as it is if it is none."""
    found = _WINDOW.fullmatch(window)
    if found is None or found[1] not in _DAYS or found[3] not in _DAYS:
        return code(window)
    end = found[4] if found[1] == found[3] else f"{_DAYS[found[3]]} {found[4]}"
    return f"{_DAYS[found[1]]} {found[2]} to {end} UTC"
