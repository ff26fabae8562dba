"""Arithmetic of dates and durations, ranges to each other, types, and texts of values."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.feel import Months, Result, Value, kind, parse_temporal, to_feel
from runner.feel.iso8601 import format_months, format_nanoseconds
from runner.feel.wide import duration_nanos

# Each text is an equation that must be true.
TRUE = [
    'date("2026-01-31") + duration("P1D") = date("2026-02-01")',
    'duration("P1D") + date("2026-01-31") = date("2026-02-01")',
    'date("2026-01-31") + duration("PT36H") = date("2026-02-01")',
    'date("2026-01-01") - duration("PT1H") = date("2025-12-31")',
    'duration("P1M") + date("2026-01-31") = date("2026-02-28")',
    'date("2026-03-31") - duration("P1M") = date("2026-02-28")',
    'date and time("2026-01-31T10:00:00Z") + duration("P1M") ='
    ' date and time("2026-02-28T10:00:00Z")',
    'duration("P1M") + date and time("2026-01-31T10:00:00Z") ='
    ' date and time("2026-02-28T10:00:00Z")',
    'date and time("2026-01-31T10:00:00Z") - duration("P1Y") ='
    ' date and time("2025-01-31T10:00:00Z")',
    'duration("PT1H") + date and time("2026-01-31T10:00:00") ='
    ' date and time("2026-01-31T11:00:00")',
    'date and time("2026-01-31T10:00:00") - duration("PT11H") ='
    ' date and time("2026-01-30T23:00:00")',
    'time("23:30:00") + duration("PT1H") = time("00:30:00")',
    'duration("PT1H") + time("23:30:00Z") = time("00:30:00Z")',
    'time("00:30:00") - duration("P2DT1H") = time("23:30:00")',
    'time("10:00:00") - time("09:30:00") = duration("PT30M")',
    'time("10:00:00Z") - time("10:00:00+08:00") = duration("PT8H")',
    'date and time("2026-01-02T00:00:00Z") - date and time("2026-01-01T08:00:00+08:00") ='
    ' duration("P1D")',
    'date and time("2026-01-02T10:00:00") - date and time("2026-01-02T09:00:00") ='
    ' duration("PT1H")',
    'date and time("2026-01-02T00:00:00") - date("2026-01-01") = duration("P1D")',
    'date("2026-01-02") - date and time("2026-01-01T00:00:00Z") = duration("P1D")',
    'duration("P1D") + duration("PT12H") = duration("PT36H")',
    'duration("P1D") - duration("PT12H") = duration("PT12H")',
    'duration("P1Y") + duration("P1M") = duration("P13M")',
    'duration("P1Y") - duration("P1M") = duration("P11M")',
    '2 * duration("PT12H") = duration("P1D")',
    'duration("P1D") / 2 = duration("PT12H")',
    'duration("P1Y") * 2.5 = duration("P30M")',
    '0.5 * duration("P1Y") = duration("P6M")',
    'duration("P1Y") / 5 = duration("P2M")',
    'duration("P1Y") / duration("P6M") = 2',
    '-duration("P1D") = duration("-P1D")',
    '-duration("P1Y") = duration("-P12M")',
    'abs(duration("-P1D")) = duration("P1D")',
    'abs(duration("-P1Y")) = duration("P1Y")',
    'sum([duration("PT1H"), duration("PT2H")]) = duration("PT3H")',
    'max(duration("PT1H"), duration("PT2H")) = duration("PT2H")',
    'duration("P2W") = duration("P14D")',
    'duration("-PT1.5S").seconds = -1',
    'duration("P1DT2H3M4S").days = 1',
    'duration("P1DT2H3M4S").hours = 2',
    'duration("P1DT2H3M4S").minutes = 3',
    'duration("-P1Y2M").months = -2',
    'duration("P1Y2M").years = 1',
    'date and time("2026-01-01T10:00:00.25@Asia/Shanghai").timezone = "Asia/Shanghai"',
    'time("10:20:30Z").minute = 20',
    'time(10, 20, 30, duration("PT8H")) = time("10:20:30+08:00")',
    'time(date and time("2026-01-01T10:00:00Z")) = time("10:00:00Z")',
    'date and time(2026, 1, 1, 10, 0, 0) = date and time("2026-01-01T10:00:00")',
    'date and time(date("2026-01-01"), time("10:00:00Z")) = date and time("2026-01-01T10:00:00Z")',
    'date(date and time("2026-01-01T10:00:00Z")) = date("2026-01-01")',
    'date(year: 2026, month: 1, day: 2) = date("2026-01-02")',
    'years and months duration(date("2026-03-15"), date("2025-03-20")) = duration("-P11M")',
    'time("10:00:00Z") < time("09:00:00-08:00")',
    'date and time("2026-01-01T00:00:00Z") < date and time("2026-01-01T09:00:00+08:00")',
    "[1..3] = [1..3]",
    "[1..3] != [1..3)",
    "[1..3].start = 1",
    "[1..3).end included = false",
    "(<= 3).end included",
    "5 in (> 3)",
    "includes((> 3), 5)",
    "before(1, 2)",
    "after([6..9], 5)",
    "before([1..5], (5..9])",
    "not(before([1..5], [5..9]))",
    "met by([5..9], [1..5])",
    "overlaps([1..5], [3..9])",
    "not(overlaps([1..5), [5..9]))",
    "includes([1..9], [2..9])",
    "not(includes([1..9), [2..9]))",
    "during([2..3], [1..9])",
    "starts(1, [1..5])",
    "starts([1..3], [1..5])",
    "started by([1..5], 1)",
    "finishes(5, [1..5])",
    "finishes([3..5], [1..5])",
    "finished by([1..5], 5)",
    "not(finishes(5, [1..5)))",
    "coincides([1..5], [1..5])",
    "coincides(5, 5)",
    "[1..5] instance of range<number>",
    "{a: 1} instance of context<a: number>",
    'not({a: "x"} instance of context<a: number>)',
    "(function(x) x) instance of function<Any> -> Any",
    "1 instance of Any",
    'duration("P1Y") instance of years and months duration',
    'not([1, "a"] instance of list<number>)',
    'string(duration("PT0S")) = "PT0S"',
    'string(duration("-P1DT1.5S")) = "-P1DT1.5S"',
    'string(duration("P14M")) = "P1Y2M"',
    'string(time("10:00:00.5+08:30")) = "10:00:00.5+08:30"',
    'string([1..3)) = "[1..3)"',
    'string({"a b": "x\\"y"}) = "{\\"a b\\": \\"x\\\\\\"y\\"}"',
]


@pytest.mark.parametrize("text", TRUE)
def test_it_is_true(text: str, run: Callable[..., Result]) -> None:
    result = run(text)
    assert result.value is True, result.warnings


def test_dates_can_be_counted_through(value: Callable[..., Value]) -> None:
    text = 'for d in date("2026-02-27")..date("2026-03-01") return d.day'
    assert value(text) == to_feel([27, 28, 1])


@pytest.mark.parametrize(
    "text",
    [
        'date("2026-01-01") + 1',
        'date("2026-01-01") + date("2026-01-01")',
        '"a" - "b"',
        'duration("P1D") / 0',
        'duration("P1D") * "x"',
        'duration("P999999D") * 1000000000',
        'date("999999999-12-31") + duration("P1D")',
        'date("-999999999-01-01") - duration("P1M")',
        '-"a"',
        "10 ** 7000",
        '1 < "a"',
        "[1] < [2]",
        'time("10:00:00") < time("10:00:00Z")',
        'time("10:00:00") - time("10:00:00Z")',
        "true and 1",
        "[1..5][1]",
        'for x in 1.."a" return x',
        "for x in 1.5..3 return x",
        "1 instance of banana",
        '[1.."a"]',
        "sort([2, 1], function(x) true)",
        "sort([3, null, 1], function(x, y) x < y)",
        "list replace([1, 2], function(x, y) 1, 3)",
        '1 between "a" and 2',
        "round up(1, 99999)",
        "date(2026, 13, 1)",
        'time("25:00:00")',
        'date and time("2026-01-01T10:00:00@Mars/Olympus")',
        'context([{key: "a"}])',
        "{f: function(a) a, x: f(1, 2)}.x",
        "{f: function(a) a, x: f(b: 1)}.x",
    ],
)
def test_what_makes_no_sense_is_null_with_a_warning(text: str, run: Callable[..., Result]) -> None:
    result = run(text)
    assert result.value is None
    assert result.warnings


def test_what_is_no_feel_value_is_refused_at_the_border() -> None:
    with pytest.raises(TypeError):
        to_feel(object())
    with pytest.raises(TypeError):
        kind({1, 2})


@settings(max_examples=80, deadline=None)
@given(st.timedeltas(), st.integers(-(10**6), 10**6))
def test_durations_survive_the_way_through_text(length: dt.timedelta, months: int) -> None:
    assert parse_temporal(format_nanoseconds(duration_nanos(length))) == length
    assert parse_temporal(format_months(Months(months))) == Months(months)
