"""Which of the drawn stanzas the configuration accepts, and sets of them that it accepts together."""

from collections.abc import Sequence

from hypothesis import Phase, given, seed, settings

from components.config.services.kinds import stanza
from components.config.uses import CALLS_AWS
from tests.drawn_services import Stanza, Stanzas, stanzas

_MANY = 100
_TOO_LARGE = {"64", "900Gi"}
_DRAWS = 5
"""Drawn for each that is needed, as many are wrong."""


def refused(name: str, each: Stanza) -> str:
    """What is wrong with the stanza by itself; empty if nothing is."""
    try:
        stanza("dev", f"openmarket:services.{name}", each)
    except ValueError as refusal:
        return str(refusal)
    return ""


def agreeing(drawn: Stanzas) -> Stanzas:
    """The stanzas that fit on the nodes, without calls of who does not answer and uses that have no way to AWS."""
    fitting = {name: each for name, each in drawn.items() if not {each["cpu"], each["memory"]} & _TOO_LARGE}
    fitting = {name: each for name, each in fitting.items() if each.get("maxReplicas", 1) < _MANY}
    web = {name for name, each in fitting.items() if each.get("kind", "web") == "web"}
    return {name: each | _agreeing(each, web) for name, each in fitting.items()}


def sets(count: int, size: int) -> list[Stanzas]:
    """So many sets, the same ones each time, of `size` drawn stanzas that the configuration accepts together.

    A service of the same name is another one in each set, often of another kind.
    """
    names = [f"s{number}" for number in range(size)]
    found = {name: _drawn(name, names, count) for name in names}
    return [agreeing({name: found[name][number] for name in names}) for number in range(count)]


def _drawn(name: str, names: Sequence[str], count: int) -> list[Stanza]:
    """So many stanzas of this service which are right and fit."""
    found: list[Stanza] = []

    # One stanza at a time: of whole batches Hypothesis draws many that differ in little.
    @seed(names.index(name))
    @settings(max_examples=_DRAWS * (count + _DRAWS), database=None, deadline=None, phases=(Phase.generate,))
    @given(stanzas(name, [other for other in names if other != name]))
    def draw(each: Stanza) -> None:
        right = agreeing({name: each})
        if right and not refused(name, each) and each not in found:
            found.append(each)

    draw()
    assert len(found) >= count, f"{len(found)} drawn stanzas are right"
    return found[-count:]


def _agreeing(each: Stanza, web: set[str]) -> Stanza:
    calls = [other for other in each.get("calls", []) if other in web]
    without = CALLS_AWS if not each.get("internet", True) else ()
    queue = {"queue": None} if without and "queue" in each else {}
    return {"calls": calls, "uses": [use for use in each.get("uses", []) if use not in without], **queue}
