"""The only source of "now". Everything that needs the time gets a clock handed in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Guarantees an aware UTC time that never runs backwards within one process."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock. A step backwards is held at the last time seen."""

    def __init__(self) -> None:
        self._last = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        self._last = max(self._last, datetime.now(UTC))
        return self._last


class SetClock:
    """A clock that somebody sets: simulated cases, tests. Its cases are marked simulated."""

    def __init__(self, start: datetime) -> None:
        self._now = _aware(start)

    def now(self) -> datetime:
        return self._now

    def set(self, moment: datetime) -> None:
        """Moves to ``moment`` (aware). Raises ``ValueError`` for a step backwards."""
        moment = _aware(moment)
        if moment < self._now:
            raise ValueError(f"expected a time after {self._now.isoformat()}, got {moment}")
        self._now = moment

    def advance(self, by: timedelta) -> None:
        self.set(self._now + by)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"expected an aware time, got {moment.isoformat()}")
    return moment.astimezone(UTC)


def to_text(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds and ``Z``: the one written form of an instant."""
    # not strftime: it writes the year 202 without its zero, and nobody can read that again
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def from_text(text: str) -> datetime:
    """Reads ``to_text``'s form, and any RFC 3339 time with an offset. Raises ``ValueError``."""
    return _aware(datetime.fromisoformat(text))
