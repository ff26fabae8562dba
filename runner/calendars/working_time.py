"""A calendar of working time, and counting in it.

Counting follows the Civil Code of the PRC, articles 200 to 204: the day on which a period in days
starts is not counted, a period ends when business ends on its last day, and hours run from the
moment they start. All arithmetic on hours is done on instants, so a change of the clocks neither
adds nor loses working time.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from zoneinfo import ZoneInfo

import holidays

MAX_DAYS = 10_000
_DAY = dt.timedelta(days=1)
_MIDNIGHT = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Working hours of one day, in minutes after local midnight; `end` may be 1440."""

    start: int
    end: int


@dataclass(frozen=True)
class Calendar:
    """When work is done. Immutable; safe to share by threads.

    `weekly` has the hours of the seven weekdays, Monday first. A date in `rest_days` is no working
    day; a date in `work_days` is one, with the hours of its weekday, or where that has none those
    of the first working weekday (a make-up day). Both win over the public holidays of `country`.
    """

    id: str
    version: str
    zone: ZoneInfo
    weekly: tuple[tuple[Interval, ...], ...]
    country: str | None = None
    subdivision: str | None = None
    rest_days: Mapping[dt.date, str] = field(default_factory=lambda: MappingProxyType({}))
    work_days: Mapping[dt.date, str] = field(default_factory=lambda: MappingProxyType({}))
    provisional_years: frozenset[int] = frozenset()
    name: str = ""

    @property
    def reference(self) -> str:
        """`id@version`, as recorded with each due time."""
        return f"{self.id}@{self.version}"

    def hours_of(self, day: dt.date) -> tuple[Interval, ...]:
        """The working hours of the date, none where it is no working day."""
        weekly = self.weekly[day.weekday()]
        if day in self.work_days or self._is_public_work_day(day):
            return weekly or next(hours for hours in self.weekly if hours)
        if day in self.rest_days or not weekly or self._is_public_holiday(day):
            return ()
        return weekly

    def is_working_day(self, day: dt.date) -> bool:
        """Whether work is done on the date."""
        return bool(self.hours_of(day))

    def is_provisional(self, day: dt.date) -> bool:
        """Whether the holidays of the date's year are not published yet, so that it may change.

        True for the provisional years and for every year after the last of them.
        """
        years = self.provisional_years
        return bool(years) and (day.year in years or day.year > max(years))

    def name_of(self, day: dt.date) -> str | None:
        """The name of the holiday or make-up day, if the date is one."""
        named = self.work_days.get(day) or self.rest_days.get(day)
        if named or self.country is None:
            return named
        return _public_holidays(self.country, self.subdivision, day.year)[0].get(day)

    def add_working_days(self, start: dt.datetime, days: int) -> dt.datetime:
        """The close of business of the given working day after the start's date.

        `start` is aware; the result is in the calendar's zone. 0 days is the start itself. Where
        work goes on until midnight, close of business is 23:59:59. Raises ValueError for less than
        0 or more than 10,000 days.
        """
        local = self._local(start)
        if not 0 <= days <= MAX_DAYS:
            raise ValueError(f"Expected 0 to {MAX_DAYS} working days, found {days}")
        if days == 0:
            return local
        day = local.date()
        left = days
        while left:
            day += _DAY
            if self.is_working_day(day):
                left -= 1
        closing = self.hours_of(day)[-1].end
        if closing == _MIDNIGHT:
            return dt.datetime.combine(day, dt.time(23, 59, 59), self.zone)
        return self._at(day, closing)

    def add_working_hours(self, start: dt.datetime, hours: Decimal | float) -> dt.datetime:
        """The instant when so much working time has passed since the start.

        `start` is aware; the result is in the calendar's zone. 0 hours is the start itself. Time
        that is used up at the end of the morning ends there, not at the start of the afternoon.
        Raises ValueError for less than 0 or more than 80,000 hours.
        """
        local = self._local(start)
        if not 0 <= hours <= 8 * MAX_DAYS:
            raise ValueError(f"Expected 0 to {8 * MAX_DAYS} working hours, found {hours}")
        left = dt.timedelta(microseconds=int(Decimal(hours) * 3_600_000_000))
        if not left:
            return local
        begin = start.astimezone(dt.UTC)
        for opening, closing in self._spans(local.date()):
            since = max(opening, begin)
            if since >= closing:
                continue
            if since + left <= closing:
                return (since + left).astimezone(self.zone)
            left -= closing - since
        raise AssertionError("working days never end")

    def working_time_between(self, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
        """The working time from one aware instant to another; negative where `end` is earlier.

        Raises ValueError when they lie more than 10,000 days apart.
        """
        if end < start:
            return -self.working_time_between(end, start)
        first, last = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
        if last - first > MAX_DAYS * _DAY:
            raise ValueError(f"The instants lie more than {MAX_DAYS} days apart")
        total = dt.timedelta()
        for opening, closing in self._spans(self._local(start).date()):
            if opening >= last:
                break
            total += max(min(closing, last) - max(opening, first), dt.timedelta())
        return total

    def _spans(self, day: dt.date) -> Iterator[tuple[dt.datetime, dt.datetime]]:
        """The working hours from the date on, as instants in UTC, without end."""
        while True:
            for hours in self.hours_of(day):
                opening = self._at(day, hours.start).astimezone(dt.UTC)
                closing = self._at(day, hours.end).astimezone(dt.UTC)
                if opening < closing:
                    yield opening, closing
            day += _DAY

    def _at(self, day: dt.date, minute: int) -> dt.datetime:
        if minute == _MIDNIGHT:
            day, minute = day + _DAY, 0
        local = dt.datetime.combine(day, dt.time(minute // 60, minute % 60), self.zone)
        # A local time that a change of the clocks skips is read as that instant, normalised.
        return local.astimezone(dt.UTC).astimezone(self.zone)

    def _local(self, instant: dt.datetime) -> dt.datetime:
        if instant.tzinfo is None:
            raise ValueError("Expected a date and time with a zone")
        return instant.astimezone(self.zone)

    def _is_public_holiday(self, day: dt.date) -> bool:
        if self.country is None:
            return False
        return day in _public_holidays(self.country, self.subdivision, day.year)[0]

    def _is_public_work_day(self, day: dt.date) -> bool:
        if self.country is None or day in self.rest_days:
            return False
        return day in _public_holidays(self.country, self.subdivision, day.year)[1]


@functools.lru_cache(maxsize=512)
def _public_holidays(
    country: str, subdivision: str | None, year: int
) -> tuple[Mapping[dt.date, str], frozenset[dt.date]]:
    """The holidays of a year with their names, and its weekend days on which work is done."""
    found = holidays.country_holidays(country, subdiv=subdivision, years=year, expand=False)
    work_days = frozenset(day for day in getattr(found, "weekend_workdays", ()) if day.year == year)
    return MappingProxyType(dict(found)), work_days
