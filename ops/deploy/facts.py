"""Describes a stack's services and its monthly cost in a few words, for the end of an `up`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from analysis import stack_file
from analysis.cost.estimating import estimate
from analysis.cost.usage import Usage, usage_of
from analysis.preview import State


@dataclass(frozen=True)
class Facts:
    """The settings of a stack that its summary mentions.

    Attributes:
        images: The image of each service; empty for a placeholder.
        usage: What a month of the stack is assumed to use.
    """

    images: Mapping[str, str]
    usage: Usage

    @property
    def services(self) -> str:
        """The services in a few words, such as `2 services (placeholders: no images yet)`."""
        count = f"{len(self.images)} service{'' if len(self.images) == 1 else 's'}"
        without = [name for name, image in self.images.items() if not image]
        if not without:
            return count
        if len(without) == len(self.images):
            return f"{count} (placeholders: no images yet)"
        return f"{count} (a placeholder for {', '.join(without)}: no image yet)"

    def cost(self, states: Iterable[Mapping[str, Any]]) -> str:
        """Return the estimated cost, such as `about $296 a month`, of resources as the engine reports them.

        It is "at least" that in a preview, where some quantities are not known yet.
        """
        found = estimate([State.model_validate(state) for state in states], self.usage)
        pending = any(line.pending for line in found.unpriced)
        return f"{'at least' if pending else 'about'} ${found.total:,.0f} a month"


def facts(stack: str) -> Facts | None:
    """Read the stack's file; None if it cannot be read."""
    try:
        services = stack_file.settings(stack)["openmarket:services"]
        own = {name: each for name, each in services.items() if not each.get("imageOf")}
        return Facts({name: each.get("image") or "" for name, each in own.items()}, usage_of(stack))
    except (stack_file.BadStack, AttributeError, KeyError, TypeError):
        return None
