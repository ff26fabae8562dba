"""Dates, times and durations from text and to text, as ISO 8601 and FEEL write them."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from runner.feel.values import Months

Temporal = dt.date | dt.time | dt.datetime | dt.timedelta | Months

_DATE = re.compile(r"(-?(?:\d{4}|[1-9]\d{4,8}))-(\d{2})-(\d{2})")
_TIME = re.compile(
    r"(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?"
    r"(?:(Z)|([+-]\d{2}):(\d{2})(?::(\d{2}))?|@([A-Za-z][\w+-]*(?:/[\w+-]+)*))?"
)
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,9})D)?(?:T(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,15})(?:\.(\d{1,9}))?S)?)?"
)
_WEEKS = re.compile(r"(-)?P(\d{1,8})W")
_MONTHS = re.compile(r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?")


def parse_temporal(text: str) -> Temporal | None:
    """The value of `@"text"`, or None when the text is no date, time or duration."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    if "T" in text and _DATE.match(text):
        return parse_date_time(text)
    return parse_date(text) or parse_time(text)


def parse_date(text: str) -> dt.date | None:
    """A date like 2026-11-20, years 1 to 9999."""
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def parse_time(text: str) -> dt.time | None:
    """A time like 10:00:00, 10:00:00.5Z, 10:00:00+08:00 or 10:00:00@Asia/Shanghai."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        return dt.time(
            int(match[1]), int(match[2]), int(match[3]), _micros(match[4]), tzinfo=_zone(match)
        )
    except (ValueError, ZoneInfoNotFoundError):
        return None


def parse_date_time(text: str) -> dt.datetime | None:
    """A date, optionally with T and a time; a date alone is midnight without a zone."""
    day_text, separator, time_text = text.partition("T")
    day = parse_date(day_text)
    if day is None:
        return None
    if not separator:
        return dt.datetime.combine(day, dt.time())
    if time_text.startswith("24:00:00"):
        time = parse_time("00" + time_text[2:])
        if time is None or time.replace(tzinfo=None) != dt.time() or day == dt.date.max:
            return None
        return dt.datetime.combine(day + dt.timedelta(days=1), time)
    time = parse_time(time_text)
    return None if time is None else dt.datetime.combine(day, time)


def parse_duration(text: str) -> dt.timedelta | Months | None:
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
    if match is None or text.endswith(("P", "T")):
        return None
    try:
        length = dt.timedelta(
            days=int(match[2] or 0),
            hours=int(match[3] or 0),
            minutes=int(match[4] or 0),
            seconds=int(match[5] or 0),
            microseconds=_micros(match[6]),
        )
    except OverflowError:
        return None
    return -length if match[1] else length


def _micros(fraction: str | None) -> int:
    return int(fraction[:6].ljust(6, "0")) if fraction else 0


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


def format_date(value: dt.date) -> str:
    """2026-11-20"""
    return f"{value.year:04}-{value.month:02}-{value.day:02}"


def format_time(value: dt.time) -> str:
    """10:00:00 with the fraction and zone it has."""
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    if value.microsecond:
        text += f".{value.microsecond:06}".rstrip("0")
    return text + format_zone(value.tzinfo)


def format_date_time(value: dt.datetime) -> str:
    """2026-11-20T10:00:00 with the fraction and zone it has."""
    return f"{format_date(value)}T{format_time(value.timetz())}"


def format_zone(zone: dt.tzinfo | None) -> str:
    """Z, +08:00, @Asia/Shanghai, or nothing."""
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return "Z" if zone.key == "UTC" else f"@{zone.key}"
    offset = zone.utcoffset(None)
    if offset is None:
        return ""
    seconds = int(offset.total_seconds())
    if seconds == 0:
        return "Z"
    sign = "-" if seconds < 0 else "+"
    hours, rest = divmod(abs(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{sign}{hours:02}:{minutes:02}" + (f":{left:02}" if left else "")


def format_duration(value: dt.timedelta) -> str:
    """P1DT2H3M4.5S, PT0S for none."""
    sign, length = ("-", -value) if value < dt.timedelta() else ("", value)
    hours, rest = divmod(length.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    text = f"{length.days}D" if length.days else ""
    fraction = f".{length.microseconds:06}".rstrip("0") if length.microseconds else ""
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    if clock:
        text += f"T{clock}"
    return f"{sign}P{text}" if text else "PT0S"


def format_months(value: Months) -> str:
    """P1Y2M, P0M for none."""
    sign = "-" if value.months < 0 else ""
    years, months = divmod(abs(value.months), 12)
    text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{sign}P{text}" if text else "P0M"
