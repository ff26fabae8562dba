"""From the mapping of a calendar's YAML file to a `Calendar`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from runner.calendars.working_time import Calendar, Interval

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KEYS = frozenset(
    {
        "id",
        "name",
        "version",
        "time_zone",
        "weekly_working_days",
        "working_hours",
        "weekdays",
        "public_holidays",
        "overrides",
        "provisional_years",
    }
)
_TIME = re.compile(r"([01]\d|2[0-4]):([0-5]\d)")


class CalendarError(ValueError):
    """The file cannot be used; the message names the key, what was found and what was expected."""

    def __init__(self, key: str, found: object, expected: str) -> None:
        self.key = key
        super().__init__(f"{key}: expected {expected}, found {found!r}")


def load_calendar(mapping: Mapping[str, Any]) -> Calendar:
    """The calendar that the file describes. Raises CalendarError naming the key at fault.

    Keys: `id`, `version`, `time_zone` (IANA); the hours either as `weekly_working_days` (a list of
    weekdays) with `working_hours` (a list of {start, end}), or as `weekdays`
    ({monday: ["08:30-12:00", "13:30-17:30"], ...}) where they differ by weekday. Optional: `name`,
    `public_holidays` ({country, subdivision}, country `none` for none), `overrides` (a list of
    {date, kind: work or rest, name}), `provisional_years`.
    """
    if not isinstance(mapping, Mapping):
        raise CalendarError("calendar", mapping, "a mapping")
    for key in mapping:
        if key not in _KEYS:
            raise CalendarError(
                str(key), mapping[key], f"one of the keys {', '.join(sorted(_KEYS))}"
            )
    country, subdivision = _country(mapping.get("public_holidays"))
    rest_days, work_days = _overrides(mapping.get("overrides") or [])
    return Calendar(
        id=_text(mapping, "id"),
        version=_text(mapping, "version"),
        zone=_zone(_text(mapping, "time_zone")),
        weekly=_weekly(mapping),
        country=country,
        subdivision=subdivision,
        rest_days=MappingProxyType(rest_days),
        work_days=MappingProxyType(work_days),
        provisional_years=_years(mapping.get("provisional_years") or []),
        name=str(mapping.get("name") or ""),
    )


def _text(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool) and key == "version":
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise CalendarError(key, value, "a text")
    return value


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise CalendarError("time_zone", name, "a zone such as Asia/Shanghai") from None


def _weekly(mapping: Mapping[str, Any]) -> tuple[tuple[Interval, ...], ...]:
    if "weekdays" in mapping:
        if "weekly_working_days" in mapping or "working_hours" in mapping:
            raise CalendarError(
                "weekdays", "both", "either weekdays, or weekly_working_days with working_hours"
            )
        weekly = _by_weekday(mapping["weekdays"])
    else:
        weekly = _the_same(mapping.get("weekly_working_days"), mapping.get("working_hours"))
    if not any(weekly):
        key = "weekdays" if "weekdays" in mapping else "working_hours"
        raise CalendarError(key, "none", "working hours on at least one weekday")
    return weekly


def _by_weekday(days: object) -> tuple[tuple[Interval, ...], ...]:
    if not isinstance(days, Mapping):
        raise CalendarError("weekdays", days, "a mapping of weekdays to lists of hours")
    for name in days:
        _weekday("weekdays", name)
    return tuple(_hours(f"weekdays.{name}", days.get(name) or []) for name in WEEKDAYS)


def _the_same(days: object, hours: object) -> tuple[tuple[Interval, ...], ...]:
    if not isinstance(days, list) or not days:
        raise CalendarError("weekly_working_days", days, "a list of weekdays")
    for name in days:
        _weekday("weekly_working_days", name)
    every = _hours("working_hours", hours)
    return tuple(every if name in days else () for name in WEEKDAYS)


def _weekday(key: str, name: object) -> None:
    if name not in WEEKDAYS:
        raise CalendarError(key, name, f"one of {', '.join(WEEKDAYS)}")


def _hours(key: str, value: object) -> tuple[Interval, ...]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise CalendarError(key, value, 'a list of hours such as "08:30-12:00"')
    made: list[Interval] = []
    for index, item in enumerate(value):
        place = f"{key}[{index}]"
        interval = _interval(place, item)
        if made and interval.start < made[-1].end:
            raise CalendarError(place, item, "hours in order that do not overlap")
        made.append(interval)
    return tuple(made)


def _interval(key: str, item: object) -> Interval:
    if isinstance(item, Mapping):
        ends: list[object] = [item.get("start"), item.get("end")]
    else:
        ends = [part.strip() for part in str(item).split("-")]
    minutes = [_minute(end) for end in ends]
    if len(minutes) != 2 or None in minutes or not minutes[0] < minutes[1]:  # type: ignore[operator]
        raise CalendarError(key, item, "a start and a later end, from 00:00 to 24:00")
    return Interval(*minutes)  # type: ignore[arg-type]


def _minute(text: object) -> int | None:
    match = _TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    minute = int(match[1]) * 60 + int(match[2])
    return minute if minute <= 24 * 60 else None


def _country(value: object) -> tuple[str | None, str | None]:
    if value is None:
        return None, None
    if not isinstance(value, Mapping) or not isinstance(value.get("country"), str):
        raise CalendarError("public_holidays", value, "a mapping with a country")
    country, subdivision = value["country"], value.get("subdivision")
    if country == "none":
        return None, None
    supported = holidays.list_supported_countries()
    if country not in supported:
        raise CalendarError(
            "public_holidays.country", country, "a known country such as CN, or none"
        )
    if subdivision is not None and subdivision not in supported[country]:
        known = ", ".join(supported[country]) or "none"
        raise CalendarError("public_holidays.subdivision", subdivision, f"one of {known}")
    return country, subdivision


def _overrides(value: object) -> tuple[dict[dt.date, str], dict[dt.date, str]]:
    rest: dict[dt.date, str] = {}
    work: dict[dt.date, str] = {}
    if not isinstance(value, list):
        raise CalendarError("overrides", value, "a list of {date, kind, name}")
    for index, item in enumerate(value):
        place = f"overrides[{index}]"
        if not isinstance(item, Mapping):
            raise CalendarError(place, item, "a mapping with date, kind and name")
        day = _date(f"{place}.date", item.get("date"))
        if day in rest or day in work:
            raise CalendarError(f"{place}.date", item.get("date"), "each date once")
        if item.get("kind") not in ("work", "rest"):
            raise CalendarError(f"{place}.kind", item.get("kind"), "work or rest")
        days = work if item["kind"] == "work" else rest
        days[day] = str(item.get("name") or "")
    return rest, work


def _date(key: str, value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        return dt.date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise CalendarError(key, value, "a date such as 2026-10-01") from None


def _years(value: object) -> frozenset[int]:
    if not isinstance(value, list) or not all(
        isinstance(year, int) and not isinstance(year, bool) and 1900 <= year <= 9999
        for year in value
    ):
        raise CalendarError("provisional_years", value, "a list of years")
    return frozenset(value)
