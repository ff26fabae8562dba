"""When a timer is due: computed once, as an instant in UTC, and stored.

Hours and seconds are time that passes; days, weeks, months and years of an ISO text are counted on
the calendar of the site's zone, so that what fires every day at nine goes on doing so when the
clocks change. The 31st becomes the last day of a shorter month and comes back after it; a local
time that a change of the clocks skips is the instant that follows it; of one that comes twice the
first counts. (A FEEL duration of a day is 24 hours, by the standard.) A cycle may be a cron pattern
as well, which ``calendars/cron.py`` reads.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from runner.calendars.cron import Cron, CronError, read_cron
from runner.clock import from_text, to_text
from runner.feel import Months, parse_temporal

SHORTEST_CYCLE = timedelta(minutes=1)  # a cycle of nothing would fire without end
_CYCLE = re.compile(r"R(?P<times>\d*)/(?:(?P<start>[^/]+)/)?(?P<period>P[^/]+)")
_PERIOD = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)


class NoTime(ValueError):
    """The value gives no time that a timer can wait for."""


@dataclass(frozen=True, slots=True)
class Due:
    """An instant in UTC, and the repeating interval that is left after it: ISO 8601 or cron."""

    at: datetime
    repeats: str | None = None


@dataclass(frozen=True, slots=True)
class _Length:
    months: int
    days: int
    rest: timedelta

    def after(self, start: datetime, zone: tzinfo) -> datetime:
        """Raises ``OverflowError`` beyond the year 9999."""
        if not self.months and not self.days:
            return start + self.rest
        local = start.astimezone(zone)
        month = local.month - 1 + self.months
        year, month = local.year + month // 12, month % 12 + 1
        for day in (local.day, 30, 29, 28):
            try:
                moved = local.replace(year=year, month=month, day=min(day, local.day), fold=0)
            except ValueError:
                continue
            moved = (moved.replace(tzinfo=None) + timedelta(days=self.days)).replace(tzinfo=zone)
            return moved.astimezone(UTC) + self.rest
        raise OverflowError("no calendar goes that far")


@dataclass(frozen=True, slots=True)
class _Cycle:
    """A cycle with ``left`` firings after this one (None: without end). Days and months are counted
    from ``start``, so that the 31st comes back after a shorter month."""

    left: int | None
    period: str
    start: datetime | None

    @property
    def length(self) -> _Length:
        return _length(self.period)

    def after(self, due: datetime, zone: tzinfo) -> datetime:
        """The firing after the one at ``due``. Raises ``OverflowError`` beyond the year 9999."""
        length = self.length
        if length.rest or (length.months and length.days) or self.start is None:
            return length.after(due, zone)
        first, last = self.start.astimezone(zone), due.astimezone(zone)
        if length.months:
            passed = (last.year - first.year) * 12 + last.month - first.month
            return replace(length, months=passed + length.months).after(self.start, zone)
        passed = (last.date() - first.date()).days
        return replace(length, days=passed + length.days).after(self.start, zone)

    def written(self) -> str | None:
        """As it is kept with a timer; None when this firing is the last."""
        if self.left is not None and self.left <= 0:
            return None
        times = "" if self.left is None else str(self.left)
        length = self.length
        if self.start is None or not (length.months or length.days):
            return f"R{times}/{self.period}"
        return f"R{times}/{to_text(self.start)}/{self.period}"


def first_due(kind: str, value: object, now: datetime, zone: tzinfo) -> Due:
    """When a timer of this kind (``date``, ``duration``, ``cycle``) is due first.

    ``value`` is a FEEL value or an ISO text. Raises ``NoTime``, ``OverflowError``.
    """
    if kind == "cycle":
        return _first_of_cycle(value, now, zone)
    if kind == "duration":
        length = _as_length(value)
        if length is not None:
            return Due(length.after(now, zone).astimezone(UTC))
    if kind == "date":
        found = parse_temporal(value) if isinstance(value, str) else value
        if isinstance(found, date):
            if not isinstance(found, datetime):
                found = datetime.combine(found, time(0), zone)
            if found.tzinfo is not None:
                return Due(found.astimezone(UTC))
    raise NoTime(str(value))


def missed_firings(due_at: datetime, repeats: str | None, now: datetime, zone: tzinfo) -> int:
    """How many firings after the one at ``due_at`` are already over at ``now``: they are skipped,
    not fired."""
    if repeats is None:
        return 0
    if not repeats.startswith("R"):
        return read_cron(repeats).count(due_at, now, zone)
    cycle = _read_cycle(repeats)
    missed = 0
    length = cycle.length
    if not length.months and not length.days:  # a minute's cycle may have been away for years
        passed = max(0, (now - due_at) // length.rest)
        return passed if cycle.left is None else min(passed, cycle.left)
    try:
        due = cycle.after(due_at, zone)
        while due <= now and (cycle.left is None or missed < cycle.left):
            missed += 1
            due = cycle.after(due, zone)
    except OverflowError:  # the next firing lies beyond the year 9999
        return missed
    return missed


def next_due(due_at: datetime, repeats: str | None, now: datetime, zone: tzinfo) -> Due | None:
    """The first firing of a cycle after ``now``; None where there is none."""
    if repeats is None:
        return None
    if not repeats.startswith("R"):
        return _next_of_cron(read_cron(repeats), max(due_at, now), zone)
    cycle = _read_cycle(repeats)
    skipped = missed_firings(due_at, repeats, now, zone)
    if cycle.left is not None and cycle.left <= skipped:
        return None
    due, length = due_at, cycle.length
    try:
        if not length.months and not length.days:
            due += length.rest * (skipped + 1)
        else:
            for _ in range(skipped + 1):
                due = cycle.after(due, zone)
    except OverflowError:
        return None
    left = None if cycle.left is None else cycle.left - skipped - 1
    return Due(due.astimezone(UTC), replace(cycle, left=left).written())


def _first_of_cycle(value: object, now: datetime, zone: tzinfo) -> Due:
    found = _CYCLE.fullmatch(value) if isinstance(value, str) else None
    if found is None and isinstance(value, str):
        try:
            cron = _next_of_cron(read_cron(value), now, zone)
        except CronError as error:
            raise NoTime(value) from error
        if cron is not None:
            return cron
    if found is None or _PERIOD.fullmatch(found["period"]) is None:
        raise NoTime(str(value))
    times = int(found["times"]) if found["times"] else None
    if times == 0 or _length(found["period"]).after(now, zone) < now + SHORTEST_CYCLE:
        raise NoTime(str(value))
    start = parse_temporal(found["start"]) if found["start"] else None
    given = start if isinstance(start, datetime) and start.tzinfo else None
    left = None if times is None else times - 1
    cycle = _Cycle(left, found["period"], given or now)
    due = given or _length(found["period"]).after(now, zone)
    return Due(due.astimezone(UTC), cycle.written())


def _next_of_cron(cron: Cron, moment: datetime, zone: tzinfo) -> Due | None:
    due = cron.after(moment, zone)
    return None if due is None else Due(due, cron.text)


def _as_length(value: object) -> _Length | None:
    if isinstance(value, str) and _PERIOD.fullmatch(value):
        return _length(value)
    found = parse_temporal(value) if isinstance(value, str) else value
    if isinstance(found, Months):
        return _Length(found.months, 0, timedelta())
    return _Length(0, 0, found) if isinstance(found, timedelta) else None


def _length(text: str) -> _Length:
    found = _PERIOD.fullmatch(text)
    if found is None:
        raise NoTime(text)
    years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups()[:6])
    rest = timedelta(hours=hours, minutes=minutes, seconds=float(found[7] or 0))
    return _Length(years * 12 + months, weeks * 7 + days, rest)


def _read_cycle(text: str) -> _Cycle:
    head, period = text.rsplit("/", 1)
    times, _, start = head[1:].partition("/")
    return _Cycle(int(times) if times else None, period, from_text(start) if start else None)
