"""The numbers of a period: every share with its numerator and denominator.

Satisfaction is (very satisfied + satisfied) / followed up (KP-01): customers nobody reached were
not followed up. Resolution is resolved / all (KP-02), by the day the complaint was received.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from runner.reports.indicators.periods import Bucket, Period, buckets
from runner.store.case_lists import CaseLine, Visible
from runner.store.indicators import (
    Aged,
    Chosen,
    Sums,
    Workload,
    longest_late,
    open_ages,
    sums_by,
    sums_by_day,
    workloads,
)

INDICATORS = {  # name: (numerator, denominator), each one of the store's COUNTED
    "satisfaction": ("satisfied", "followed_up"),
    "resolution": ("resolved", "all"),
    "in_time": ("in_time", "ended"),
    "response_in_time": ("responses_in_time", "responses"),
    "recurrence": ("recurred", "all"),
}
MOST_BARS = 7


@dataclass(frozen=True, slots=True)
class Share:
    """A share that shows what it was counted from; undefined where nothing was counted."""

    numerator: int
    denominator: int

    @property
    def percent(self) -> float | None:
        """0 to 100, or None: nothing to divide by."""
        return None if self.denominator == 0 else 100 * self.numerator / self.denominator


@dataclass(frozen=True, slots=True)
class Row:
    """Shares of one bucket or one value of a dimension (``key`` None: those without a value)."""

    key: str | None
    all: int
    shares: dict[str, Share]


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a Pareto chart. ``cumulated`` is the share of this and all before it; the last
    may gather the rest, whose ``key`` is ``...``."""

    key: str | None
    count: int
    cumulated: Share


@dataclass(frozen=True, slots=True)
class PeriodReport:
    """What was counted for a period. ``before``: the same for as many days before it."""

    period: Period
    unit: str
    total: Row
    before: Row
    trend: tuple[tuple[Bucket, Row], ...]
    dimension: str
    by_dimension: tuple[Row, ...]
    pareto: tuple[Bar, ...]


def chosen(period: Period, dimension: str = "", value: str | None = "") -> Chosen:
    """The complaints of a period, where a dimension has this value; None: where it has none."""
    return Chosen(
        period.begins.isoformat(),
        period.ends.isoformat(),
        dimension,
        value or "",
        nothing=value is None,
    )


def period_report(
    connection: Connection,
    who: Visible,
    period: Period,
    *,
    unit: str,
    dimension: str,
    today: date,
    only: tuple[str, str | None] | None = None,
) -> PeriodReport:
    """Counts a period for whoever may see its cases. ``only``: a dimension and its value."""
    limited = only or ("", "")
    days = sums_by_day(connection, who, chosen(period, *limited))
    values = sums_by(connection, who, chosen(period, *limited), dimension)
    earlier = Period(period.begins - (period.ends - period.begins) - _DAY, period.begins - _DAY)
    before = sums_by_day(connection, who, chosen(earlier, *limited))
    return PeriodReport(
        period=period,
        unit=unit,
        total=_row(None, days),
        before=_row(None, before),
        trend=tuple(_trend(days, buckets(period, unit, today))),
        dimension=dimension,
        by_dimension=tuple(_row(sums.key, [sums]) for sums in values),
        pareto=tuple(pareto([(sums.key, sums.all) for sums in values])),
    )


_DAY = date(2000, 1, 2) - date(2000, 1, 1)


def _row(key: str | None, sums: Sequence[Sums]) -> Row:
    shares = {
        name: Share(
            sum(getattr(one, numerator) for one in sums),
            sum(getattr(one, denominator) for one in sums),
        )
        for name, (numerator, denominator) in INDICATORS.items()
    }
    return Row(key, sum(one.all for one in sums), shares)


def _trend(days: Sequence[Sums], found: Iterable[Bucket]) -> Iterable[tuple[Bucket, Row]]:
    for bucket in found:
        begins, ends = bucket.period.begins.isoformat(), bucket.period.ends.isoformat()
        inside = [day for day in days if begins <= (day.key or "") <= ends]
        yield bucket, _row(bucket.label, inside)


def pareto(counts: Sequence[tuple[str | None, int]]) -> Iterable[Bar]:
    """The most frequent first; what has no value yet is not compared; the rest is one bar."""
    known = sorted(((k, n) for k, n in counts if k is not None), key=lambda one: (-one[1], one[0]))
    total = sum(number for _, number in known)
    shown = known if len(known) <= MOST_BARS else known[: MOST_BARS - 1]
    sofar = 0
    for key, number in shown:
        sofar += number
        yield Bar(key, number, Share(sofar, total))
    if len(shown) < len(known):
        yield Bar("...", total - sofar, Share(total, total))


@dataclass(frozen=True, slots=True)
class OpenReport:
    """What is open now: by age, the longest late, and the work of each group."""

    ages: tuple[Aged, ...]
    late: tuple[CaseLine, ...]
    work: tuple[Workload, ...]

    @property
    def open(self) -> int:
        return sum(age.in_time + age.paused + age.late for age in self.ages)


def open_report(
    connection: Connection, who: Visible, now: datetime, since: Sequence[datetime]
) -> OpenReport:
    """``since`` are the instants that part the ages, falling: see ``open_ages``."""
    return OpenReport(
        tuple(open_ages(connection, who, now, since)),
        tuple(longest_late(connection, who, now, 5)),
        tuple(workloads(connection, now)),
    )
