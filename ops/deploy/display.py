"""Shows how far an operation is: live on a terminal, a line every few seconds elsewhere."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from ops.deploy import progress
from ops.deploy.progress import Progress, Running

_SHOWN = 5
"""Resources at work that a terminal shows."""
_WAITING = 10
"""Seconds at work after which a line names a resource and what it waits for."""
_INTERVALS = ((60, 5), (300, 10), (float("inf"), 30))
"""Up to a second of the operation, the seconds between two lines: the longer it takes, the rarer."""
_DOING = {"create": "creating", "update": "updating", "delete": "deleting"}


class Display:
    """Shows the progress of an operation, named by a word for its work such as `updating`."""

    def __init__(self, console: Console, work: str) -> None:
        """Prepare a display on that console; `work` is such a word."""
        self._console = console
        self._work = work
        self._started = time.monotonic()
        self._last_line = ""
        self._last_time = float("-inf")
        self._live = None
        if console.is_terminal and not console.is_dumb_terminal:
            self._live = Live(console=console, transient=True, refresh_per_second=4)

    def showing(self) -> AbstractContextManager[object]:
        """Return a context in which `show` may be called."""
        return self._live or nullcontext()

    @property
    def seconds(self) -> float:
        """The seconds since the operation began."""
        return time.monotonic() - self._started

    def say(self, text: str) -> None:
        """Print a line that stays, with the seconds so far."""
        self._console.print(f"{self.seconds:4.0f} s  {text}", markup=False, highlight=False, soft_wrap=True)

    def show(self, now: Progress) -> None:
        """Show how far the operation is. It may be called often: the display changes a few times a second at most."""
        if self._live is not None:
            self._live.update(self._picture(now))
            return
        interval = next(pause for until, pause in _INTERVALS if self.seconds < until)
        line = self._line(now)
        # A stage's first line at once, and otherwise one in a while, even if it is the same: it shows that it goes on.
        fresh = line.split(" ", 1)[0] != self._last_line.split(" ", 1)[0]
        if fresh or self.seconds - self._last_time >= interval:
            self._last_line, self._last_time = line, self.seconds
            self.say(line)

    def _line(self, now: Progress) -> str:
        where = headline(now, self._work)
        listed = now.slowest
        if not listed:
            return where
        longest, seconds = listed[0], self.seconds - listed[0].since
        others = f" and {len(listed) - 1} others" if len(listed) > 2 else f" and {listed[1].name}" if listed[1:] else ""
        if seconds < _WAITING:
            return f"{where}: {longest.name}{others}"
        why = f": {longest.reason}" if longest.reason else ""
        return f"{where}: waiting for {longest.name}{others} for {seconds:.0f} s{why}"

    def _picture(self, now: Progress) -> RenderableType:
        head = Table.grid(padding=(0, 1))
        row: list[RenderableType] = [Text(f"{self.seconds:4.0f} s "), Text(headline(now, self._work), style="bold")]
        if now.updating and now.total:
            row.append(ProgressBar(total=now.total, completed=min(len(now.done), now.total), width=30))
        head.add_row(*row)
        return Group(head, *self._at_work(now))

    def _at_work(self, now: Progress) -> Iterator[Text]:
        listed = now.slowest
        for each in listed[:_SHOWN]:
            yield Text(f"        {described(each, self.seconds)}", overflow="ellipsis", no_wrap=True)
        if len(listed) > _SHOWN:
            yield Text(f"        and {len(listed) - _SHOWN} others")


def headline(now: Progress, work: str) -> str:
    """Return the stage and its progress, such as `updating 31 of 254`."""
    match now.stage:
        case progress.STARTING:
            return "starting the engine and the policies" if now.planned is None else f"{work}: starting"
        case progress.COMPARING:
            return f"comparing with what is really there: {now.checked} so far"
        case progress.PREVIEWING:
            return f"previewing: {now.checked} so far"
        case _:
            return (
                f"{work} {min(len(now.done), now.total)} of {now.total}"
                if now.total
                else f"checking: {now.checked} so far"
            )


def described(each: Running, seconds: float) -> str:
    """Return a line about a resource: what is done to it, for how long, and what its provider last said."""
    doing = next((word for op, word in _DOING.items() if op in each.op), each.op)
    why = f": {each.reason}" if each.reason else ""
    return f"{doing} {each.name}, {seconds - each.since:.0f} s{why}"
