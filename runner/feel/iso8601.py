"""Dates, times and durations as text, the way ISO 8601 and FEEL write them.

The functions read the attributes only, so that they serve the classes of datetime and those of
`runner.feel.wide` alike.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

_NANOS = 1_000_000_000


def format_date(value: Any) -> str:
    """2026-11-20, -0044-03-15 or 12026-11-20."""
    sign = "-" if value.year < 0 else ""
    return f"{sign}{abs(value.year):04}-{value.month:02}-{value.day:02}"


def format_time(value: Any) -> str:
    """10:00:00 with the fraction and zone it has."""
    nanos = getattr(value, "nanosecond", None)
    text = f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    return text + _fraction(value.microsecond * 1000 if nanos is None else nanos) + _zone(value)


def format_date_time(value: Any) -> str:
    """2026-11-20T10:00:00 with the fraction and zone it has."""
    return f"{format_date(value)}T{format_time(value)}"


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


def format_nanoseconds(nanos: int) -> str:
    """A days and time duration of so many nanoseconds: P1DT2H3M4.5S, PT0S for none."""
    sign = "-" if nanos < 0 else ""
    whole, fraction = divmod(abs(nanos), _NANOS)
    days, rest = divmod(whole, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    text = f"{days}D" if days else ""
    clock = f"{hours}H" if hours else ""
    clock += f"{minutes}M" if minutes else ""
    clock += f"{seconds}{_fraction(fraction)}S" if seconds or fraction else ""
    if clock:
        text += f"T{clock}"
    return f"{sign}P{text}" if text else "PT0S"


def format_months(value: Any) -> str:
    """P1Y2M, P0M for none."""
    sign = "-" if value.months < 0 else ""
    years, months = divmod(abs(value.months), 12)
    text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
    return f"{sign}P{text}" if text else "P0M"


def _fraction(nanos: int) -> str:
    return f".{nanos:09}".rstrip("0") if nanos else ""


def _zone(value: Any) -> str:
    return format_zone(value.tzinfo)
