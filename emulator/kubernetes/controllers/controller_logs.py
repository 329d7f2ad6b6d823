"""Stores the logs of controllers' pods, which their stand-ins write."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

NAME_LABEL = "app.kubernetes.io/name"
"""Label of pods whose value is the name of the controller and of its log."""

_AGAIN_SECONDS = 300.0
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"


@dataclass(frozen=True)
class Line:
    """One line of a log. `time` is RFC 3339 with microseconds in UTC, so that times compare as text."""

    time: str
    text: str


@dataclass(frozen=True)
class ControllerLogs:
    """The logs of one cluster's controllers, one file each in `folder`. It is safe to use from several threads."""

    folder: Path
    _written: dict[tuple[str, str, str], float] = field(default_factory=dict[tuple[str, str, str], float])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def write(self, controller: str, level: str, about: str, message: str) -> None:
        """Add a line, unless it was written in the last five minutes, because failures repeat twice a second."""
        key, elapsed = (controller, about, message), time.monotonic()
        with self._lock:
            if elapsed - self._written.get(key, -_AGAIN_SECONDS) < _AGAIN_SECONDS:
                return
            self._written[key] = elapsed
            now = timestamp(datetime.now(UTC))
            text = json.dumps({"level": level, "ts": now, "msg": message, "object": about})
            self.folder.mkdir(parents=True, exist_ok=True)
            with self._path(controller).open("a") as file:
                file.write(f"{now} {text}\n")

    def lines(self, controller: str, since: str) -> Iterator[Line]:
        """Yield the lines that were written at or after a time."""
        if self._path(controller).exists():
            for line in self._path(controller).read_text().splitlines():
                time, _, text = line.partition(" ")
                if time >= since:
                    yield Line(time, text)

    def _path(self, controller: str) -> Path:
        return self.folder / f"{controller}.log"


def timestamp(time: datetime) -> str:
    """Format a time as in the logs, in UTC."""
    return time.astimezone(UTC).strftime(_TIME)
