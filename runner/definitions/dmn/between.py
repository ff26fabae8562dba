"""Values strictly between two others: whether there is one, and a plain example of it."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_FLOOR, Decimal, DecimalException
from typing import Any

from runner.feel import Months, Value
from runner.feel.values import CONTEXT

_DAY = dt.timedelta(days=1)
_MICRO = dt.timedelta(microseconds=1)
_FIRST = {"date and time": dt.datetime.combine(dt.date(2026, 1, 1), dt.time())}
_STEPS = (_DAY, dt.timedelta(hours=1), dt.timedelta(minutes=1), dt.timedelta(seconds=1), _MICRO)
_STEPS_OF = {"date": _STEPS[:1], "date and time": _STEPS[:4]}


def between(kind: str, low: Value, high: Value, whole: bool = False) -> Value:
    """A value of the kind above `low` and below `high` (None: no such end), or None where there is
    none. `whole`: only whole numbers count.

    Dates go by days, times by seconds and months durations by months, as FEEL compares them;
    numbers, texts and days and time durations are dense.
    """
    if kind == "number":
        return _number(low, high, whole)
    if kind == "string":
        return _text(low, high)
    if kind == "years and months duration":
        return _months(low, high)
    if kind == "time":
        return _time(low, high)
    return _moment(kind, low, high)


def _number(low: Decimal | None, high: Decimal | None, whole: bool) -> Decimal | None:
    try:
        if low is None:
            return Decimal(0) if high is None else _whole_below(high)
        above = _whole_above(low)
        if above is not None and (high is None or above < high):
            return above
        if whole or high is None:
            return None
        middle = CONTEXT.divide(CONTEXT.add(low, high), Decimal(2))
        return middle if low < middle < high else None
    except DecimalException:  # at the edge of what decimal128 can hold
        return None


def _whole_above(value: Decimal) -> Decimal | None:
    step = Decimal(1)
    below = value.to_integral_value(rounding=ROUND_FLOOR)
    while (found := CONTEXT.add(below, step)) <= value:
        step = CONTEXT.multiply(step, Decimal(1000))
    return found


def _whole_below(value: Decimal) -> Decimal | None:
    above = _whole_above(value.copy_negate())
    return None if above is None else above.copy_negate()


def _text(low: str | None, high: str | None) -> str | None:
    """Texts are ordered by character; the empty text is the lowest."""
    if low is None:
        return "" if high != "" else None
    for more in ("a", "\x00"):
        if high is None or low + more < high:
            return low + more
    return None


def _months(low: Months | None, high: Months | None) -> Months | None:
    if low is None:
        return Months(0 if high is None else high.months - 1)
    found = Months(low.months + 1)
    return found if high is None or found < high else None


def _time(low: dt.time | None, high: dt.time | None) -> dt.time | None:
    day = dt.date(2000, 1, 1)
    if low is None:
        return dt.time.min if high is None or high > dt.time.min else None
    end = dt.datetime.combine(day + _DAY if high is None else day, high or dt.time.min)
    found = _moment("date and time", dt.datetime.combine(day, low), end)
    return None if found is None else found.time()


def _moment(kind: str, low: Any, high: Any) -> Any:
    """Dates, dates and times, days and time durations: what a step from an end leads to."""
    steps = _STEPS_OF.get(kind, _STEPS)
    if low is None and high is None:
        day = dt.date(2026, 1, 1)
        return day if kind == "date" else _FIRST.get(kind, dt.timedelta())
    for step in steps:
        try:
            found = high - step if low is None else low + step
        except OverflowError:
            continue
        if (low is None or low < found) and (high is None or found < high):
            return found
    return None
