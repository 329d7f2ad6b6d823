"""How a pod leaves without losing a request. Pure arithmetic."""

from dataclasses import dataclass

_MARGIN_SECONDS = 10
"""For the process to end once it is told to."""


@dataclass(frozen=True)
class Drain:
    """Everything follows from the seconds that requests in flight may take.

    When a pod is to end, the load balancer stops sending new requests within `pre_stop_seconds`, during which the pod
    still serves, and lets those in flight finish within `deregistration_seconds`.
    """

    seconds: int

    @property
    def deregistration_seconds(self) -> int:
        """The target group's deregistration delay."""
        return self.seconds

    @property
    def pre_stop_seconds(self) -> int:
        """How long the container goes on as if nothing had happened: until its target is gone."""
        return self.seconds

    @property
    def grace_seconds(self) -> int:
        """After which the container is killed: `preStop`, then the requests that it still has, then its end."""
        return self.pre_stop_seconds + self.seconds + _MARGIN_SECONDS
