"""The two fields of a cron pattern that name days: which days of a month each allows."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Collection

Days = Callable[[int, int], frozenset[int]]
"""The days of a month that a field allows, by year and month."""
_Numbers = Callable[[str], Collection[int]]
_Wrong = Callable[[], Exception]
_LAST = re.compile(r"L(?:-(\d{1,2}))?")
_NEAREST = re.compile(r"(\d{1,2})W")
_OF_WEEKDAY = re.compile(r"(\w+?)(?:#([1-5])|(L))")
_SATURDAY, _SUNDAY = 5, 6


def days_of_month(text: str, numbers: _Numbers, wrong: _Wrong) -> Days:
    """``numbers`` reads a part without letters of its own and raises; ``wrong`` makes the error."""
    return _any([_day(part.upper(), numbers, wrong) for part in text.split(",")])


def days_of_week(text: str, numbers: _Numbers, wrong: _Wrong) -> Days:
    return _any([_weekday(part.upper(), numbers, wrong) for part in text.split(",")])


def _any(parts: list[Days]) -> Days:
    return lambda year, month: frozenset[int]().union(*(part(year, month) for part in parts))


def _day(part: str, numbers: _Numbers, wrong: _Wrong) -> Days:
    if part == "LW":
        return lambda year, month: _nearest(year, month, _length(year, month))
    if match := _LAST.fullmatch(part):
        before = int(match[1] or 0)
        if before > 30:
            raise wrong()
        return lambda year, month: _existing(year, month, _length(year, month) - before)
    if match := _NEAREST.fullmatch(part):
        (wanted,) = numbers(match[1])
        return lambda year, month: _nearest(year, month, wanted)
    allowed = numbers(part)
    return lambda year, month: frozenset(
        day for day in range(1, _length(year, month) + 1) if day in allowed
    )


def _weekday(part: str, numbers: _Numbers, wrong: _Wrong) -> Days:
    if part == "L":
        raise wrong()  # the last of which weekday?
    if match := _OF_WEEKDAY.fullmatch(part):
        (wanted,) = numbers(match[1])
        place = int(match[2]) - 1 if match[2] else -1

        def chosen(year: int, month: int) -> frozenset[int]:
            found = sorted(_on(year, month, {wanted}))
            return frozenset(found[place : place + 1 or None])

        return chosen
    allowed = frozenset(numbers(part))
    return lambda year, month: _on(year, month, allowed)


def _on(year: int, month: int, weekdays: Collection[int]) -> frozenset[int]:
    """The days on these weekdays, Sunday being 0 and 7."""
    first, length = monthrange(year, month)
    wanted = {(weekday - 1) % 7 for weekday in weekdays}
    return frozenset(day for day in range(1, length + 1) if (first + day - 1) % 7 in wanted)


def _nearest(year: int, month: int, wanted: int) -> frozenset[int]:
    """The day from Monday to Friday nearest to a day of the month, in the same month."""
    first, length = monthrange(year, month)
    if not 1 <= wanted <= length:
        return frozenset()
    weekday = (first + wanted - 1) % 7
    if weekday == _SATURDAY:
        return frozenset({wanted - 1 if wanted > 1 else wanted + 2})
    if weekday == _SUNDAY:
        return frozenset({wanted + 1 if wanted < length else wanted - 2})
    return frozenset({wanted})


def _existing(year: int, month: int, day: int) -> frozenset[int]:
    return frozenset({day}) if day >= 1 else frozenset()


def _length(year: int, month: int) -> int:
    return monthrange(year, month)[1]
