"""Cron patterns as Camunda 8 reads them: six fields, second first, or a macro such as ``@hourly``.

A moment fires when every field matches, days and weekdays both. Days know ``L`` (the last),
``L-3``, ``15W`` (the working day, Monday to Friday, nearest to the 15th in its month) and ``LW``;
weekdays ``FRI#2`` (the second Friday) and ``FRIL`` (the last); Sunday is 0 or 7.

Patterns are read on the clock of a zone. One that fires in every hour of the day fires in every
hour that passes, also in the hour that a change of the clocks repeats, and not in the one it skips.
Of others a local time that is skipped is the instant that follows it, and of one that comes twice
the first counts: no day is left out and none fires twice.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import partial

from runner.calendars.cron_days import Days, days_of_month, days_of_week

LONGEST = 100
MACROS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
FIELDS = (
    ("秒", "second", 0, 59),
    ("分", "minute", 0, 59),
    ("时", "hour", 0, 23),
    ("日", "day of the month", 1, 31),
    ("月", "month", 1, 12),
    ("星期", "day of the week", 0, 7),
)
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_WEEKDAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_NAMES = {4: {n: i for i, n in enumerate(_MONTHS, 1)}, 5: {n: i for i, n in enumerate(_WEEKDAYS)}}
_PART = re.compile(r"(?:(\*)|(\w+)(?:-(\w+))?)(?:/(\d{1,3}))?")
_YEARS = 100  # a pattern that fires at all does so within 40
_DAY = timedelta(days=1)


class CronError(ValueError):
    """What is wrong with a pattern, as a sentence without its subject in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Cron:
    """A pattern that fires at most once a minute, and does fire. ``text`` is it, without blanks too
    many."""

    text: str
    second: int
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    days: Days
    weekdays: Days

    def after(self, moment: datetime, zone: tzinfo) -> datetime | None:
        """The first firing after the moment, in UTC; None where none is left before the year
        9999 ends."""
        first = moment.astimezone(zone).date()
        best: datetime | None = None
        for day in self._days(first - _DAY if first > date.min else first):
            if best is not None and _at(day, time(0), zone) > best:
                break
            found = self._on(day, moment, zone)
            if found is not None and (best is None or found < best):
                best = found
        return best

    def count(self, start: datetime, end: datetime, zone: tzinfo) -> int:
        """How many firings come after ``start`` until ``end``, that one included."""
        if end <= start:
            return 0
        first, last = start.astimezone(zone).date(), end.astimezone(zone).date()
        whole, found = 0, set[datetime]()
        for day in self._days(first - _DAY if first > date.min else first):
            if day > last:
                break
            if first < day < last and _ordinary(day, zone):
                whole += len(self.hours) * len(self.minutes)
            else:
                found.update(at for at in self._all(day, zone) if start < at <= end)
        return whole + len(found)

    def _days(self, start: date) -> Iterator[date]:
        """The days from ``start`` on at which it fires, at most ``_YEARS`` of them looked at."""
        for number in range(start.year * 12 + start.month - 1, (start.year + _YEARS) * 12):
            year, month = number // 12, number % 12 + 1
            if year > date.max.year - 1:
                return
            if month not in self.months:
                continue
            fitting = self.days(year, month) & self.weekdays(year, month)
            for day in sorted(fitting):
                found = date(year, month, day)
                if found >= start:
                    yield found

    def _on(self, day: date, moment: datetime, zone: tzinfo) -> datetime | None:
        """The first firing of the day after the moment."""
        if not _ordinary(day, zone):
            return min((at for at in self._all(day, zone) if at > moment), default=None)
        local = moment.astimezone(zone)
        if local.date() > day:
            return None
        if local.date() < day:
            return _at(day, time(self.hours[0], self.minutes[0], self.second), zone)
        passed = local.minute + (local.second >= self.second)  # minutes below this are over
        hour = local.hour
        place = bisect_left(self.minutes, passed)
        if hour not in self.hours or place == len(self.minutes):
            later = bisect_right(self.hours, hour)
            if later == len(self.hours):
                return None
            hour, place = self.hours[later], 0
        return _at(day, time(hour, self.minutes[place], self.second), zone)

    def _all(self, day: date, zone: tzinfo) -> set[datetime]:
        """Every firing of the day."""
        times = [time(hour, minute, self.second) for hour in self.hours for minute in self.minutes]
        if len(self.hours) < 24:
            return {_at(day, at, zone) for at in times}
        both = {_at(day, at.replace(fold=fold), zone) for at in times for fold in (0, 1)}
        return {at for at in both if self._reads(at.astimezone(zone), day)}

    def _reads(self, local: datetime, day: date) -> bool:
        """Whether the clock shows a firing of the day then: not where it skips one."""
        return local.date() == day and local.minute in self.minutes


def read_cron(text: str) -> Cron:
    """The pattern. Raises ``CronError``, which names the field."""
    written = " ".join(text.split())
    if len(written) > LONGEST:
        raise CronError(f"的长度超过 {LONGEST} 个字符", f"is longer than {LONGEST} characters")
    parts = MACROS.get(written.lower(), written).split()
    if written.startswith("@") and len(parts) == 1:
        known = ", ".join(MACROS)
        raise CronError(f"不认识，应为 {known} 之一", f"is unknown; expected one of {known}")
    if len(parts) != len(FIELDS):
        raise CronError(
            f"有 {len(parts)} 个字段，应有 6 个：秒 分 时 日 月 星期",
            f"has {len(parts)} fields; expected 6: second minute hour day month weekday",
        )
    plain = [_numbers(part, at) for at, part in enumerate(parts[:3])]
    if len(plain[0]) > 1:
        raise CronError(
            "一分钟内多次触发：“秒”应是一个数", "fires several times a minute: give one second"
        )
    cron = Cron(
        text=written,
        second=min(plain[0]),
        minutes=tuple(sorted(plain[1])),
        hours=tuple(sorted(plain[2])),
        months=_numbers(parts[4], 4),
        days=days_of_month(parts[3], partial(_numbers, at=3), partial(_wrong, parts[3], 3)),
        weekdays=days_of_week(parts[5], partial(_numbers, at=5), partial(_wrong, parts[5], 5)),
    )
    if next(cron._days(date(2000, 1, 1)), None) is None:
        raise CronError("永远不会触发：没有这样的日子", "never fires: there is no such day")
    return cron


def _numbers(text: str, at: int) -> frozenset[int]:
    """What a field of numbers, names, ranges and steps allows."""
    _, _, low, high = FIELDS[at]
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch("*" if part == "?" and at in (3, 5) else part)
        if match is None:
            raise _wrong(text, at)
        star, first, last, step = match.groups()
        begin = low if star else _number(first, text, at)
        end = high if star or (step and not last) else begin
        if last:
            end = _number(last, text, at)
            begin = 0 if at == 5 and begin == 7 else begin
        if begin > end or (step and int(step) == 0):
            raise _wrong(text, at)
        found.update(range(begin, end + 1, int(step or 1)))
    return frozenset(found)


def _number(written: str, text: str, at: int) -> int:
    _, _, low, high = FIELDS[at]
    number = _NAMES.get(at, {}).get(written.upper())
    if number is None and written.isascii() and written.isdecimal() and len(written) <= 2:
        number = int(written)
    if number is None or not low <= number <= high:
        raise _wrong(text, at)
    return number


def _wrong(text: str, at: int) -> CronError:
    zh, en, low, high = FIELDS[at]
    return CronError(
        f"的“{zh}”字段“{text}”读不懂，应在 {low} 到 {high} 之间",
        f'has the {en} "{text}", which cannot be read; expected {low} to {high}',
    )


def _at(day: date, at: time, zone: tzinfo) -> datetime:
    return datetime.combine(day, at, zone).astimezone(UTC)


def _ordinary(day: date, zone: tzinfo) -> bool:
    """Whether the clocks do not change on the day."""
    first = datetime.combine(day, time(0), zone)
    return first.utcoffset() == datetime.combine(day + _DAY, time(0), zone).utcoffset()
