"""Fills the page of indicators from its reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from runner.reports.indicators.charts import (
    Column,
    Point,
    Stack,
    ageing_chart,
    pareto_chart,
    trend_chart,
)
from runner.reports.indicators.figures import INDICATORS, OpenReport, PeriodReport, Row, Share
from runner.reports.indicators.periods import Period
from runner.store.case_lists import CaseLine
from runner.web.case_reading import case_title
from runner.web.indicators_asked import (
    Asked,
    Choices,
    Words,
    choices,
    counted_link,
    dimension_words,
    valued,
)
from runner.web.language import _
from runner.web.moments import Moments
from runner.web.visit import choose_language

AGES = (5, 10, 15, 30)  # days: 0-5, 6-10, 11-15, 16-30, more
ALL_ROWS = 60


@dataclass(frozen=True)
class Figure:
    """A share as shown: percentage, fraction, and where its cases are listed."""

    percent: str
    numerator: int
    denominator: int
    of_numerator: str
    of_denominator: str


@dataclass(frozen=True)
class Tile:
    name: str
    formula: str
    figure: Figure
    before: str


@dataclass(frozen=True)
class FigureRow:
    """A row of a table: a bucket of time or a value of a dimension, with all its shares."""

    label: str
    all: int
    link: str
    figures: tuple[Figure, ...]
    partial: bool


@dataclass(frozen=True)
class LateRow:
    case_id: str
    number: str
    title: str
    owner: str
    late: str


@dataclass(frozen=True)
class WorkRow:
    group: str
    open: int
    late: int


@dataclass(frozen=True)
class IndicatorsPage:
    """``columns`` are the heads of all tables of shares."""

    choices: Choices
    span: str
    tiles: tuple[Tile, ...]
    all: int
    columns: tuple[str, ...]
    pareto: Markup
    pareto_note: str
    trend: Markup
    by_time: tuple[FigureRow, ...]
    by_value: tuple[FigureRow, ...]
    more: int
    ageing: Markup
    ages: tuple[Stack, ...]
    open: int
    late: tuple[LateRow, ...]
    work: tuple[WorkRow, ...]
    error: str


def indicator_words() -> Mapping[str, tuple[str, str]]:
    """Name and formula of each indicator."""
    return {
        "satisfaction": (_("Satisfaction"), _("(very satisfied + satisfied) / followed up")),
        "resolution": (_("Resolved"), _("resolved / all complaints")),
        "in_time": (_("Resolved in time"), _("resolved by the due date / resolved with one")),
        "response_in_time": (
            _("First response in time"),
            _("first responses by the due date / with one"),
        ),
        "recurrence": (_("Recurred"), _("complaints that come back after closing / all")),
    }


def page_of(
    want: Asked, report: PeriodReport, current: OpenReport, words: Words, moments: Moments
) -> IndicatorsPage:
    names = indicator_words()
    dimension = dimension_words()[want.dimension]
    bars = tuple(
        Column(words.value(want.dimension, bar.key), bar.count, bar.cumulated.percent or 0)
        for bar in report.pareto
    )
    known = sum(bar.count for bar in bars)
    points = tuple(_point(bucket.label, bucket.partial, row) for bucket, row in report.trend)
    stacks = tuple(
        Stack(label, age.in_time, age.paused, age.late)
        for label, age in zip(_age_labels(), current.ages, strict=True)
    )
    rows = report.by_dimension
    return IndicatorsPage(
        choices=choices(want, words),
        span=f"{moments.day(want.period.begins)} – {moments.day(want.period.ends)}",
        tiles=tuple(
            Tile(
                names[name][0],
                names[name][1],
                _figure(name, share, want.arguments()),
                _before(report.before.shares[name]),
            )
            for name, share in report.total.shares.items()
        ),
        all=report.total.all,
        columns=tuple(names[name][0] for name in INDICATORS),
        pareto=pareto_chart(
            _("Complaints by %(what)s", what=dimension.lower()),
            "; ".join(f"{bar.label}: {bar.count}" for bar in bars),
            bars,
        ),
        pareto_note=_(
            "Bars count complaints (left), the line adds up their share (right). Left out: %(n)s "
            "complaints for which it is not known yet.",
            n=report.total.all - known,
        ),
        trend=trend_chart(
            _("Resolved, of the complaints received"),
            "; ".join(f"{p.label}: {p.numerator}/{p.denominator}" for p in points),
            points,
        ),
        by_time=tuple(
            _time_row(bucket.label, bucket.period, row, bucket.partial, want)
            for bucket, row in report.trend
        ),
        by_value=tuple(_value_row(row, want, words) for row in rows[:ALL_ROWS]),
        more=max(0, len(rows) - ALL_ROWS),
        ageing=ageing_chart(
            _("Open complaints by age"),
            "; ".join(f"{s.label}: {s.in_time + s.paused + s.late}" for s in stacks),
            stacks,
        ),
        ages=stacks,
        open=current.open,
        late=tuple(_late(line, words, moments) for line in current.late),
        work=tuple(
            WorkRow(words.value("department", load.group), load.open, load.late)
            for load in current.work
        ),
        error=want.error,
    )


def _point(label: str, partial: bool, row: Row) -> Point:
    share = row.shares["resolution"]
    return Point(label, share.percent, share.numerator, share.denominator, partial)


def _age_labels() -> tuple[str, ...]:
    first = (0, *(age + 1 for age in AGES[:-1]))
    spans = [_("%(a)s–%(b)s days", a=a, b=b) for a, b in zip(first, AGES, strict=True)]
    return (*spans, _("over %(n)s days", n=AGES[-1]))


def _figure(name: str, share: Share, arguments: Mapping[str, str]) -> Figure:
    numerator, denominator = INDICATORS[name]
    return Figure(
        "–" if share.percent is None else f"{share.percent:.0f}%",
        share.numerator,
        share.denominator,
        counted_link(numerator, arguments),
        counted_link(denominator, arguments),
    )


def _before(share: Share) -> str:
    if share.percent is None:
        return _("nothing to compare in the time before")
    return _(
        "as long before: %(p)s%% (%(a)s / %(b)s)",
        p=f"{share.percent:.0f}", a=share.numerator, b=share.denominator,
    )  # fmt: skip


def _time_row(label: str, period: Period, row: Row, partial: bool, want: Asked) -> FigureRow:
    arguments = want.arguments() | {
        "from": period.begins.isoformat(), "to": period.ends.isoformat(),
    }  # fmt: skip
    return _figure_row(label, row, arguments, partial)


def _value_row(row: Row, want: Asked, words: Words) -> FigureRow:
    arguments = {
        "from": want.period.begins.isoformat(),
        "to": want.period.ends.isoformat(),
        "of": want.dimension,
        **valued(row.key),
    }
    return _figure_row(words.value(want.dimension, row.key), row, arguments, partial=False)


def _figure_row(label: str, row: Row, arguments: dict[str, str], partial: bool) -> FigureRow:
    return FigureRow(
        label,
        row.all,
        counted_link("all", arguments),
        tuple(_figure(name, share, arguments) for name, share in row.shares.items()),
        partial,
    )


def _late(line: CaseLine, words: Words, moments: Moments) -> LateRow:
    return LateRow(
        line.id,
        line.complaint_number or "",
        case_title(line, choose_language()),
        words.value("department", line.owner_group) if line.owner_group else "",
        moments.due(line.due_at).left,
    )
