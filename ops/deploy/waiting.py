"""Resources that the providers work on, and why they are not ready."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ops.deploy.unset_values import Unset

TELLING = 2
"""Rank of a message that says why a resource is not ready."""
PATIENCE = 90
"""Seconds for which an operation goes on while all that it waits for is stuck: an image may be pushed meanwhile, or the
value of a secret be set."""

_GENERIC = re.compile(r"^\[MinimumReplicasUnavailable\]|^has no \S+ yet$")
"""Messages that say no more than that something is not ready yet."""
_SPECIFIC = re.compile(r"\[\w+\] |^(Failed|BackOff|Unhealthy)")
_STUCK = re.compile(
    r"\[(ImagePullBackOff|ErrImagePull|ErrImageNeverPull|InvalidImageName|CreateContainerConfigError)\]"
)
"""Reasons that stay until somebody changes the image, or a Secret or ConfigMap that a container names."""


@dataclass
class Running:
    """A resource that the provider works on. `since` is in seconds of the operation's clock."""

    name: str
    type: str
    op: str
    since: float
    reason: str = ""
    """The last message of the provider about it."""
    rank: int = 0
    """The detail of `reason`: 0 only that it is not ready, 1 what it waits for, 2 why."""
    stuck_since: float | None = None
    """Second from which on `reason` is one that no waiting changes; None if it is not."""
    inputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    unset: Unset | None = None
    """The values of a secret that it waits for people to set; None if it does not."""

    def hears(self, message: str, now: float) -> None:
        """Keep the message unless it tells less than the last one: a reason stays until the next."""
        unset = Unset.of(message, self.inputs)
        rank = 0 if _GENERIC.search(message) else TELLING if unset or _SPECIFIC.search(message) else 1
        if rank < self.rank and self.reason:
            return
        self.reason, self.rank, self.unset = str(unset or message), rank, unset
        if not (unset or _STUCK.search(message)):
            self.stuck_since = None
        elif self.stuck_since is None:
            self.stuck_since = now


def stuck(running: Sequence[Running], now: float) -> Running | None:
    """The first of the resources if none of them can become ready by waiting, and that for `PATIENCE`; None otherwise.

    A single one that still may, such as a database, is worth waiting for.
    """
    if all(each.stuck_since is not None and now - each.stuck_since >= PATIENCE for each in running):
        return next(iter(running), None)
    return None
