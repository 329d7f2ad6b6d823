"""Applies and reports the changes of a run."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Changes:
    """Prints each change and applies it; a dry run only prints.

    Attributes:
        dry_run: True if nothing is applied.
        reported: The lines that were printed, one per change.
    """

    dry_run: bool
    reported: list[str] = field(default_factory=list[str])

    def create(self, what: str, call: Callable[[], Any]) -> None:
        """Create something that is missing."""
        self._do(f"+ {what}", call)

    def correct(self, what: str, call: Callable[[], Any]) -> None:
        """Correct something that exists with another value."""
        self._do(f"~ {what}", call)

    def _do(self, line: str, call: Callable[[], Any]) -> None:
        print(line)
        self.reported.append(line)
        if not self.dry_run:
            call()
