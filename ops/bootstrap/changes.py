"""What a run changes, or would change."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Changes:
    """Makes changes one after the other and tells them; a rehearsal tells them only."""

    rehearsal: bool
    made: list[str] = field(default_factory=list[str])

    def create(self, what: str, call: Callable[[], Any]) -> None:
        """Something that is missing."""
        self._do(f"+ {what}", call)

    def correct(self, what: str, call: Callable[[], Any]) -> None:
        """Something that is there and different."""
        self._do(f"~ {what}", call)

    def _do(self, line: str, call: Callable[[], Any]) -> None:
        print(line)
        self.made.append(line)
        if not self.rehearsal:
            call()
