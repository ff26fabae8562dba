"""Running a handler for a limited time, and keeping whatever it raises from its surroundings.

Python cannot stop a thread: one that does not return is left alone, and the hand that waited for it
is free again. What such a thread does at last is told to ``late``. Handlers that must really be
stopped run in processes (``isolated``).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class TookTooLong(Exception):
    """The work did not end within its time; it may still go on."""


class OddExit(Exception):
    """The work raised what is no error: SystemExit, KeyboardInterrupt and the like."""


class _Run(Generic[Result]):
    def __init__(self, work: Callable[[], Result], late: Callable[[Result], None]) -> None:
        self._work = work
        self._late = late
        self._lock = threading.Lock()
        self._given_up = False
        self.done = threading.Event()
        self.result: Result | None = None
        self.error: BaseException | None = None

    def run(self) -> None:
        result: Result | None = None
        error: BaseException | None = None
        try:
            result = self._work()
        except BaseException as raised:  # nobody else can catch it in this thread
            error = raised
        with self._lock:
            late = self._given_up
            if not late:
                self.result, self.error = result, error
                self.done.set()
        if late and error is None and result is not None:
            self._late(result)

    def give_up(self) -> bool:
        """False when it ended at the last moment."""
        with self._lock:
            self._given_up = not self.done.is_set()
            return self._given_up


def within(seconds: float, work: Callable[[], Result], late: Callable[[Result], None]) -> Result:
    """What ``work`` gives, in a thread of its own. Raises what it raises; ``OddExit`` for what is
    no ``Exception``; ``TookTooLong`` after ``seconds``, when its result goes to ``late``."""
    run = _Run(work, late)
    threading.Thread(target=run.run, name="handler", daemon=True).start()
    if not run.done.wait(seconds) and run.give_up():
        raise TookTooLong
    if run.error is not None:
        if not isinstance(run.error, Exception):
            raise OddExit(f"{type(run.error).__name__}: {run.error}") from run.error
        raise run.error
    return run.result  # type: ignore[return-value]  # it is set where there is no error
