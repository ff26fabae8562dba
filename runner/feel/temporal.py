"""Dates, times and durations from text, as ISO 8601 and FEEL write them.

Every reader gives None for a text that is none, and never raises.
"""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runner.feel.values import Months
from runner.feel.wide import (
    NANOS,
    Date,
    DateTime,
    Duration,
    Time,
    clock_nanos,
    date_of,
    make_date,
    make_date_time,
    make_duration,
    make_time,
)

Temporal = Date | Time | DateTime | Duration | Months

_DATE = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(
    r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?"
    r"(?:(Z)|([+-]\d{2}):(\d{2})(?::(\d{2}))?|@([A-Za-z][\w+-]*(?:/[\w+-]+)*))?",
    re.ASCII,
)
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,15})D)?(?:T(?=\d)(?:(\d{1,18})H)?(?:(\d{1,18})M)?"
    r"(?:(\d{1,19})(?:\.(\d{0,9}))?S)?)?",
    re.ASCII,
)
_WEEKS = re.compile(r"(-)?P(\d{1,8})W", re.ASCII)
_MONTHS = re.compile(r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,11})M)?", re.ASCII)
_NO_ZONE = (ValueError, ZoneInfoNotFoundError, OSError)  # OSError: the name is that of a folder


def parse_temporal(text: str) -> Temporal | None:
    """The value of `@"text"`, or None when the text is no date, time or duration."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    if "T" in text and _DATE.match(text):
        return parse_date_time(text)
    return parse_date(text) or parse_time(text)


def parse_date(text: str) -> Date | None:
    """A date like 2026-11-20, years -999999999 to 999999999."""
    match = _DATE.fullmatch(text)
    if match is None or match[1] == "-0000":
        return None
    try:
        return make_date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_time(text: str) -> Time | None:
    """A time like 10:00:00, 10:00:00.5Z, 10:00:00+08:00 or 10:00:00@Asia/Shanghai."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        zone = _zone(match)
        return make_time(int(match[1]), int(match[2]), int(match[3]), _nanos(match[4]), zone)
    except _NO_ZONE:
        return None


def parse_date_time(text: str) -> DateTime | None:
    """A date, optionally with T and a time; a date alone is midnight without a zone."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not separator:
        return make_date_time(day, dt.time())
    if time_text.startswith("24:00:00"):
        time = parse_time("00" + time_text[2:])
        if time is None or clock_nanos(time):
            return None
        try:
            return make_date_time(date_of(day.toordinal() + 1), time)
        except ValueError:
            return None
    time = parse_time(time_text)
    return None if time is None else make_date_time(day, time)


def parse_duration(text: str) -> Duration | Months | None:
    """P1DT2H, P2W (days and time) or P1Y2M (years and months); weeks are an extension of ours."""
    weeks = _WEEKS.fullmatch(text)
    if weeks is not None:
        length = dt.timedelta(weeks=int(weeks[2]))
        return -length if weeks[1] else length
    match = _MONTHS.fullmatch(text)
    if match is not None and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return Months(-months if match[1] else months)
    match = _DAYS.fullmatch(text)
    if match is None or text.endswith("P"):
        return None
    days, hours, minutes, seconds = (int(match[part] or 0) for part in (2, 3, 4, 5))
    whole = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    nanos = whole * NANOS + _nanos(match[6])
    try:
        return make_duration(-nanos if match[1] else nanos)
    except OverflowError:
        return None


def _nanos(fraction: str | None) -> int:
    return int(fraction.ljust(9, "0")) if fraction else 0


def _zone(match: re.Match[str]) -> dt.tzinfo | None:
    if match[5]:
        return dt.UTC
    if match[6]:
        seconds = int(match[6][1:]) * 3600 + int(match[7]) * 60 + int(match[8] or 0)
        if abs(seconds) > 18 * 3600 or int(match[7]) > 59:
            raise ValueError("offset out of range")
        return dt.timezone(dt.timedelta(seconds=-seconds if match[6][0] == "-" else seconds))
    if match[9]:
        return ZoneInfo(match[9])
    return None
