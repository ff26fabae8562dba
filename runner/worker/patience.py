"""What cannot be done now is left alone for a while; what fails again and again is a person's."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from runner.errors import Refusal, Unavailable

ASIDE_SECONDS = 60.0  # how long what failed is left alone
TRIES = 3  # then a person is told

_log = logging.getLogger(__name__)


class Patience:
    """Of one worker, about one kind of due work. What is forgotten with the process is only when to
    try again."""

    def __init__(self, noun: str) -> None:
        self._noun = noun
        self._until: dict[str, float] = {}
        self._failed: dict[str, int] = {}

    @property
    def resting(self) -> int:
        """How many are left alone now: so many more have to be asked for."""
        now = time.monotonic()
        self._until = {key: until for key, until in self._until.items() if until > now}
        return len(self._until)

    def attempt(
        self, key: str, do: Callable[[], bool], hand_over: Callable[[Exception], bool]
    ) -> bool:
        """Does it, unless it is left alone now. Never raises: what failed ``TRIES`` times is handed
        to a person; a database that does not work now says nothing about it."""
        if key in self._until:
            return False
        done = False
        try:
            done = do()
        except Unavailable as error:
            _log.warning("%s %s: %s", self._noun, key, error.message)
        except Exception as error:
            if isinstance(error, Refusal):
                _log.warning("%s %s: %s", self._noun, key, error.message)
            else:
                _log.exception("%s %s failed; it is tried again", self._noun, key)
            done = self._again(key, error, hand_over)
        if done:
            self._failed.pop(key, None)
        else:
            self._until[key] = time.monotonic() + ASIDE_SECONDS
        return done

    def _again(self, key: str, error: Exception, hand_over: Callable[[Exception], bool]) -> bool:
        failed = self._failed[key] = self._failed.get(key, 0) + 1
        if failed < TRIES:
            return False
        try:
            return hand_over(error)
        except Exception:
            _log.exception("%s %s could not be handed to a person", self._noun, key)
            return False
