"""Periods people report by, and the buckets of a trend: days of the site's time zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

UNITS = ("week", "month", "quarter")
LONGEST_DAYS = 3_660


@dataclass(frozen=True, slots=True)
class Period:
    """From the day ``begins`` to the day ``ends``, both included."""

    begins: date
    ends: date

    @property
    def days(self) -> int:
        return (self.ends - self.begins).days + 1


@dataclass(frozen=True, slots=True)
class Bucket:
    """A week, month or quarter of a trend, cut to the period. ``partial``: not whole."""

    label: str
    period: Period
    partial: bool


def months_back(today: date, months: int) -> Period:
    """The first day ``months - 1`` months ago to today."""
    number = today.year * 12 + today.month - 1 - (months - 1)
    return Period(date(number // 12, number % 12 + 1, 1), today)


def named_period(name: str, today: date) -> Period | None:
    """``week``, ``month``, ``quarter``, ``year``: the running one; ``6months``, ``12months``; the
    ended ones are ``last_week``, ``last_month``, ``last_quarter``, ``last_year``."""
    if name in ("6months", "12months"):
        return months_back(today, int(name.removesuffix("months")))
    unit = name.removeprefix("last_")
    if unit not in (*UNITS, "year"):
        return None
    begins = first_day(today, unit)
    if name == unit:
        return Period(begins, today)
    return Period(first_day(begins - timedelta(1), unit), begins - timedelta(1))


def first_day(day: date, unit: str) -> date:
    """The first day of the week (Monday), month, quarter or year ``day`` is in."""
    if unit == "week":
        return day - timedelta(day.weekday())
    if unit == "month":
        return day.replace(day=1)
    if unit == "quarter":
        return date(day.year, day.month - (day.month - 1) % 3, 1)
    return date(day.year, 1, 1)


def buckets(period: Period, unit: str, today: date) -> list[Bucket]:
    """The weeks, months or quarters of a period, in order; the one that runs is partial."""
    return list(_buckets(period, unit, today))


def _buckets(period: Period, unit: str, today: date) -> Iterator[Bucket]:
    begins = first_day(period.begins, unit)
    while begins <= period.ends:
        after = first_day(begins + timedelta({"week": 7, "month": 31, "quarter": 92}[unit]), unit)
        last = after - timedelta(1)
        cut = Period(max(begins, period.begins), min(last, period.ends))
        partial = cut != Period(begins, last) or last >= today
        yield Bucket(_label(begins, unit), cut, partial)
        begins = after


def _label(begins: date, unit: str) -> str:
    if unit == "week":
        year, week, _ = begins.isocalendar()
        return f"{year}-W{week:02}"
    if unit == "quarter":
        return f"{begins.year}-Q{(begins.month + 2) // 3}"
    return f"{begins:%Y-%m}"


def unit_for(period: Period) -> str:
    """A unit that gives a trend between three and some two dozen points."""
    if period.days <= 92:
        return "week"
    return "month" if period.days <= 800 else "quarter"
