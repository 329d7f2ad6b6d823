"""Runs the controllers' steps when something that they read has changed, so that an idle cluster costs nothing."""

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from emulator.kubernetes.api import ApiError, Object, Unreachable
from emulator.kubernetes.controllers.context import LOG, Context
from emulator.kubernetes.watched_api import KindKey, WatchedApi

Step = Callable[[Context], float | None]
"""Part of a round. It returns the seconds after which it runs again though nothing has changed; None if it need not."""

AGAIN_SECONDS = 0.5
"""Seconds after which a step is repeated that failed, or that read what has no mirror and so may change unnoticed."""
RESYNC_SECONDS = 30.0
"""Seconds after which every step runs again, whether something has changed or not, as a controller's resync does."""
_LOOK_SECONDS = 0.2
"""Seconds between two looks at the account's version, which no event announces."""
_GATHER_SECONDS = 0.05
"""Pause after a round, so that changes that come together are handled together."""


@dataclass
class _Run:
    """A step, and what its last run saw: the account's version, and the number of changes of each kind that it read."""

    step: Step
    account: int | None = None
    read: dict[KindKey, int] = field(default_factory=dict[KindKey, int])
    due: float = 0.0


class Rounds:
    """The steps of one cluster's controllers."""

    def __init__(self, context: Context, api: WatchedApi, steps: Iterable[Step]) -> None:
        self._context, self._api = context, api
        self._runs = [_Run(step) for step in steps]
        self._woken = threading.Event()

    def wake(self, _what: str, _changed: Object) -> None:
        """Look at once at what has to run. It is a listener of the mirrors."""
        self._woken.set()

    def run(self) -> None:
        """Run the steps until the process ends."""
        while True:
            self._woken.wait(_LOOK_SECONDS)
            self._woken.clear()
            if self.round():
                time.sleep(_GATHER_SECONDS)

    def round(self) -> int:
        """Run the steps that have a reason to, each once, and return their number."""
        return sum(self._look(each) for each in self._runs)

    def _look(self, run: _Run) -> bool:
        # What changes while the step runs is not in these numbers, so it is a reason to run again.
        account, changes, now = self._context.aws.version(), self._api.changes(), time.monotonic()
        if now < run.due and run.account == account and run.read.items() <= changes.items():
            return False
        wait: float | None = None
        with self._api.reading() as read:
            try:
                wait = run.step(self._context)
            except (ApiError, Unreachable) as error:
                # The object was changed meanwhile, or the API server is stopping.
                LOG.info("%s: %s", run.step, error)
                wait = AGAIN_SECONDS
            except Exception:
                LOG.exception("%s failed", run.step)
                wait = AGAIN_SECONDS
        if not read <= changes.keys():
            wait = AGAIN_SECONDS
        run.account, run.read = account, {kind: changes[kind] for kind in read if kind in changes}
        run.due = time.monotonic() + min(RESYNC_SECONDS, max(AGAIN_SECONDS, RESYNC_SECONDS if wait is None else wait))
        return True
