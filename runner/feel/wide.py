"""Dates, times and durations beyond those of Python's datetime.

FEEL's years go from -999999999 to 999999999, its seconds to nine decimals and its days and time
durations beyond a million years. A value that datetime holds exactly is always one of datetime; the
classes here are for the others only, and the functions here decide which it is. So two values of
different classes are never the same value. Both kinds have the attributes that FEEL shows.

The Gregorian calendar is continued without end in both directions, with a year 0, and repeats after
400 years. A zone like Asia/Shanghai has in a year that datetime does not know the offset of the
year with the same calendar at that end of history: local mean time in the far past, today's rule of
summer time in the far future.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from runner.feel.iso8601 import format_date, format_date_time, format_nanoseconds, format_time

NANOS = 1_000_000_000
DAY = 86_400 * NANOS
MAX_YEAR = 999_999_999
MAX_DURATION = 2**63 * NANOS
"""The longest days and time duration, as long as there are seconds in 64 bits."""

_CYCLE_DAYS = 146_097  # in 400 years
_CYCLE_START = dt.date(400, 1, 1).toordinal()
_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_LAST_DAY = dt.date.max.toordinal()
_MICRO = dt.timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class WideDate:
    """A date before the year 1 or after the year 9999."""

    year: int
    month: int
    day: int

    def toordinal(self) -> int:
        """The number of the day, where day 1 is the first of January of the year 1."""
        return _ordinal(self.year, self.month, self.day)

    def isoweekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return familiar(self).isoweekday()

    def __str__(self) -> str:
        return format_date(self)


@dataclass(frozen=True, slots=True)
class WideTime:
    """A time of day with more than six decimals of a second."""

    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: dt.tzinfo | None = None

    def utcoffset(self) -> dt.timedelta | None:
        """The offset, None for a local time and for one whose offset depends on the date."""
        return None if self.tzinfo is None else self.tzinfo.utcoffset(None)

    def __str__(self) -> str:
        return format_time(self)


@dataclass(frozen=True, slots=True)
class WideDateTime:
    """A date and time with such a date or such a time. `fold` as in datetime."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: dt.tzinfo | None = None
    fold: int = 0

    def date(self) -> Date:
        """Its date."""
        return make_date(self.year, self.month, self.day)

    def timetz(self) -> Time:
        """Its time, with the zone."""
        return make_time(self.hour, self.minute, self.second, self.nanosecond, self.tzinfo)

    def toordinal(self) -> int:
        """The number of its day."""
        return _ordinal(self.year, self.month, self.day)

    def isoweekday(self) -> int:
        """1 for Monday to 7 for Sunday."""
        return familiar(self).isoweekday()

    def utcoffset(self) -> dt.timedelta | None:
        """The offset at that time, None for a local date and time."""
        if self.tzinfo is None:
            return None
        clock = dt.time(self.hour, self.minute, self.second, fold=self.fold)
        return dt.datetime.combine(familiar(self), clock, self.tzinfo).utcoffset()

    def __str__(self) -> str:
        return format_date_time(self)


@dataclass(frozen=True, slots=True)
class WideDuration:
    """A days and time duration beyond the length or the precision of timedelta."""

    nanoseconds: int

    def __str__(self) -> str:
        return format_nanoseconds(self.nanoseconds)


Date = dt.date | WideDate
Time = dt.time | WideTime
DateTime = dt.datetime | WideDateTime
Duration = dt.timedelta | WideDuration


def familiar(day: Date | DateTime) -> dt.date:
    """The date with the same place in the 400 years of the calendar that datetime knows: itself,
    or one in a year from 400 to 799 for the past and from 9200 to 9599 for the future."""
    return dt.date(_familiar_year(day.year), day.month, day.day)


def _familiar_year(year: int) -> int:
    if 400 <= year < 9600:
        return year
    return (400 if year < 400 else 9200) + year % 400


def _familiar_day(ordinal: int) -> dt.date:
    if _CYCLE_START <= ordinal < _CYCLE_START + 23 * _CYCLE_DAYS:
        return dt.date.fromordinal(ordinal)
    first = _CYCLE_START + (0 if ordinal < _CYCLE_START else 22 * _CYCLE_DAYS)
    return dt.date.fromordinal(first + (ordinal - _CYCLE_START) % _CYCLE_DAYS)


def _ordinal(year: int, month: int, day: int) -> int:
    known = _familiar_year(year)
    return dt.date(known, month, day).toordinal() + (year - known) // 400 * _CYCLE_DAYS


def make_date(year: int, month: int, day: int) -> Date:
    """The date with these parts. Raises ValueError where there is none."""
    if 1 <= year <= 9999:
        return dt.date(year, month, day)
    if abs(year) > MAX_YEAR:
        raise ValueError("year out of range")
    dt.date(_familiar_year(year), month, day)
    return WideDate(year, month, day)


def date_of(ordinal: int) -> Date:
    """The date with this number. Raises ValueError beyond the last year."""
    if 1 <= ordinal <= _LAST_DAY:
        return dt.date.fromordinal(ordinal)
    cycles, rest = divmod(ordinal - _CYCLE_START, _CYCLE_DAYS)
    day = dt.date.fromordinal(_CYCLE_START + rest)
    return make_date(day.year + 400 * cycles, day.month, day.day)


def make_time(hour: int, minute: int, second: int, nanos: int, zone: dt.tzinfo | None) -> Time:
    """The time with these parts. Raises ValueError where there is none."""
    micros, rest = divmod(nanos, 1000)
    time = dt.time(hour, minute, second, micros, zone)
    return WideTime(hour, minute, second, nanos, zone) if rest else time


def time_of(nanos: int, zone: dt.tzinfo | None) -> Time:
    """The time so long after midnight, less than a day."""
    seconds, fraction = divmod(nanos, NANOS)
    minutes, second = divmod(seconds, 60)
    return make_time(minutes // 60, minutes % 60, second, fraction, zone)


def make_date_time(day: Date | DateTime, time: Time) -> DateTime:
    """The date (of a date and time) and the time together, in the zone of the time."""
    if isinstance(time, dt.time) and 1 <= day.year <= 9999:
        return dt.datetime.combine(dt.date(day.year, day.month, day.day), time)
    parts = (day.year, day.month, day.day, time.hour, time.minute, time.second, nanosecond(time))
    return WideDateTime(*parts, time.tzinfo)


def make_duration(nanos: int) -> Duration:
    """The duration of so many nanoseconds. Raises OverflowError beyond the longest."""
    micros, rest = divmod(nanos, 1000)
    if not rest:
        try:
            return dt.timedelta(microseconds=micros)
        except OverflowError:
            pass
    if abs(nanos) >= MAX_DURATION:
        raise OverflowError("duration out of range")
    return WideDuration(nanos)


def duration_nanos(value: Duration) -> int:
    """The exact length in nanoseconds."""
    return value.nanoseconds if isinstance(value, WideDuration) else value // _MICRO * 1000


def nanosecond(value: Time | DateTime) -> int:
    """The fraction of the second, 0 to 999999999."""
    if isinstance(value, dt.time | dt.datetime):
        return value.microsecond * 1000
    return value.nanosecond


def clock_nanos(value: Time | DateTime) -> int:
    """The time of day as nanoseconds since midnight."""
    seconds = (value.hour * 60 + value.minute) * 60 + value.second
    return seconds * NANOS + nanosecond(value)


def local_nanos(value: DateTime) -> int:
    """What calendar and clock show, as nanoseconds since they showed 1970-01-01T00:00:00."""
    return (value.toordinal() - _EPOCH_DAY) * DAY + clock_nanos(value)


def utc_nanos(value: DateTime) -> int:
    """The instant as nanoseconds since 1970 in UTC; a local date and time is read as UTC."""
    offset = value.utcoffset()
    return local_nanos(value) - (0 if offset is None else duration_nanos(offset))


def at_local(nanos: int, zone: dt.tzinfo | None) -> DateTime:
    """The inverse of `local_nanos`, in a zone. Raises ValueError beyond the last year."""
    days, rest = divmod(nanos, DAY)
    return make_date_time(date_of(days + _EPOCH_DAY), time_of(rest, zone))


def at_instant(nanos: int, zone: dt.tzinfo | None) -> DateTime:
    """The inverse of `utc_nanos`: that instant as the zone shows it, UTC and without a zone for
    None. Raises ValueError beyond the last year."""
    if zone is None:
        return at_local(nanos, None)
    if nanos % 1000 == 0:
        try:
            return (_EPOCH + dt.timedelta(microseconds=nanos // 1000)).astimezone(zone)
        except OverflowError:
            pass
    days, rest = divmod(nanos, DAY)
    midnight = dt.datetime.combine(_familiar_day(days + _EPOCH_DAY), dt.time(), dt.UTC)
    shown = (midnight + dt.timedelta(seconds=rest // NANOS)).astimezone(zone)
    value = at_local(nanos + duration_nanos(shown.utcoffset() or dt.timedelta()), zone)
    return replace(value, fold=shown.fold) if isinstance(value, WideDateTime) else value


def placed(value: DateTime, zone: dt.tzinfo) -> DateTime:
    """The same calendar and clock, in that zone."""
    if isinstance(value, WideDateTime):
        return replace(value, tzinfo=zone)
    return value.replace(tzinfo=zone)
