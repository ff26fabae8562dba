"""A worker whose machine's clock is far off would fire deadlines too early, or never: it does
nothing until the clock is right again. The database's clock is the one all processes share."""

from __future__ import annotations

import logging
import time
from datetime import timedelta

from runner.clock import SystemClock
from runner.engine.jobs import CLOCKS_APART
from runner.engine.site import Site

CHECK_SECONDS = 30.0

_log = logging.getLogger(__name__)


class ClockGuard:
    """Of one worker. Asks only where there is another clock to compare with: on PostgreSQL, and
    where time is not set by somebody."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._asks = not site.database.is_sqlite
        self._next = 0.0
        self._right = True

    def right(self) -> bool:
        """Whether the machine's clock is good enough to work by. Raises ``Unavailable``."""
        if not self._asks or not isinstance(self._site.clock, SystemClock):
            return True
        if time.monotonic() >= self._next:
            apart = self._site.clock.now() - self._site.database.now()
            self._right = abs(apart) <= CLOCKS_APART
            self._next = time.monotonic() + CHECK_SECONDS
            if not self._right:
                _log.error("%s", _sentence(apart))
        return self._right


def _sentence(apart: timedelta) -> str:
    minutes = round(abs(apart).total_seconds() / 60)
    zh, en = ("快", "ahead of") if apart > timedelta() else ("慢", "behind")
    return (
        f"这台机器的时钟比数据库的{zh}了 {minutes} 分钟，这个执行程序暂停工作。请校准时钟。 / "
        f"This machine's clock is {minutes} minutes {en} the database's; this worker stands still. "
        "Set the clock right."
    )
