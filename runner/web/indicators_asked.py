"""What the address of an indicators page asks for: period, unit, comparison, one value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from flask import request, url_for

from runner.reports.indicators.periods import (
    LONGEST_DAYS,
    UNITS,
    Period,
    named_period,
    unit_for,
)
from runner.store.indicators import DIMENSIONS
from runner.web.language import _
from runner.web.task_list_page import severity_word
from runner.web.visit import Vocabulary, this_site

PERIODS = (
    "6months", "12months", "month", "last_month", "quarter", "last_quarter", "week", "last_week",
    "year", "last_year",
)  # fmt: skip
EARLIEST, LATEST = 1900, 9000  # years; beyond them calendars cannot count
_VARIABLES = {"product": "product_name", "cause": "cause_category", "channel": "channel"}


@dataclass(frozen=True)
class Choices:
    """What the reader chose, and what there is to choose: (value, word, chosen)."""

    periods: tuple[tuple[str, str, bool], ...]
    units: tuple[tuple[str, str, bool], ...]
    dimensions: tuple[tuple[str, str, bool], ...]
    begins: str
    ends: str
    only: str


@dataclass(frozen=True)
class Asked:
    """What the address asks for. ``only``: a dimension and one value of it (None: without one)."""

    period: Period
    name: str
    unit: str
    dimension: str
    only: tuple[str, str | None] | None
    error: str

    def arguments(self) -> dict[str, str]:
        """Of an address that counts the same complaints."""
        found = {"from": self.period.begins.isoformat(), "to": self.period.ends.isoformat()}
        if self.only is not None:
            found |= {"of": self.only[0]} | valued(self.only[1])
        return found


def valued(value: str | None) -> dict[str, str]:
    return {"none": "1"} if value is None else {"value": value}


def asked(today: date) -> Asked:
    """Reads the address. What cannot be used is told and replaced by the last six months."""
    name = request.args.get("period", "")
    error = ""
    period = named_period(name, today) if name else None
    begins, ends = request.args.get("from", ""), request.args.get("to", "")
    if period is None and (begins or ends):
        try:
            period = Period(date.fromisoformat(begins), date.fromisoformat(ends))
            if not EARLIEST <= period.begins.year <= period.ends.year <= LATEST:
                raise ValueError(begins)
        except ValueError:
            period = None
            error = _("A period has two dates like 2026-11-20.")
        if period is not None and not 0 < period.days <= LONGEST_DAYS:
            period, error = None, _("A period ends after it begins, within ten years.")
    if period is None:
        name, period = "6months", named_period("6months", today)
        assert period is not None
    unit = request.args.get("unit", "")
    dimension = request.args.get("by", "")
    of = request.args.get("of", "")
    value = None if request.args.get("none") == "1" else request.args.get("value", "")[:200]
    return Asked(
        period,
        name,
        unit if unit in UNITS else unit_for(period),
        dimension if dimension in DIMENSIONS else "cause",
        (of, value) if of in DIMENSIONS else None,
        error,
    )


def today_here() -> date:
    site = this_site()
    return site.clock.now().astimezone(site.zone).date()


def counted_link(what: str, arguments: Mapping[str, str]) -> str:
    """The address that lists the complaints behind a number."""
    return f"{url_for('indicators.counted')}?{urlencode({'what': what, **arguments})}"


class Words:
    """What values of dimensions are called."""

    def __init__(self, vocabulary: Vocabulary, language: str) -> None:
        self._vocabulary = vocabulary
        self._language = language

    def value(self, dimension: str, value: str | None) -> str:
        if value is None:
            return _("not known yet")
        if value == "...":
            return _("all others")
        if dimension == "department":
            return self._vocabulary.group(value, self._language)
        if dimension == "severity":
            return severity_word(value)
        variable = _VARIABLES.get(dimension)
        if variable is None:
            return value
        return self._vocabulary.labels.option(variable, value, self._language)


def dimension_words() -> Mapping[str, str]:
    return {
        "cause": _("Cause"),
        "product": _("Product"),
        "department": _("Department"),
        "region": _("Region"),
        "severity": _("Severity"),
        "channel": _("Channel"),
    }


def choices(want: Asked, words: Words) -> Choices:
    periods = {
        "6months": _("last 6 months"), "12months": _("last 12 months"), "month": _("this month"),
        "last_month": _("last month"), "quarter": _("this quarter"),
        "last_quarter": _("last quarter"), "week": _("this week"), "last_week": _("last week"),
        "year": _("this year"), "last_year": _("last year"),
    }  # fmt: skip
    units = {"week": _("by week"), "month": _("by month"), "quarter": _("by quarter")}
    only = ""
    if want.only is not None:
        name = dimension_words()[want.only[0]]
        only = f"{name}: {words.value(*want.only)}"
    return Choices(
        tuple((name, periods[name], name == want.name) for name in PERIODS),
        tuple((name, units[name], name == want.unit) for name in UNITS),
        tuple((name, word, name == want.dimension) for name, word in dimension_words().items()),
        want.period.begins.isoformat(),
        want.period.ends.isoformat(),
        only,
    )
