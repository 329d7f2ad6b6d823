"""The work of a provider on one resource. It imports nothing heavy: commands follow an operation from its start."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """The work of a provider on one resource. Times are in seconds since the operation began.

    Attributes:
        urn: URN of the resource.
        op: The operation of the engine, such as `create`.
        begun: When it began.
        ended: When it ended.
        failed: True if it failed.
    """

    urn: str
    op: str
    begun: float
    ended: float
    failed: bool = False
