"""Dates, times and durations: what datetime cannot hold, zones, parts, and what is refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from runner.feel import Result, Value, compile_expression, kind, parse_temporal
from runner.feel.wide import WideDate, WideDateTime, WideDuration, WideTime, make_date_time
from tests.feel.conftest import NOW

# Each text is an equation that must be true.
TRUE = [
    'date("9999-12-31") + duration("P1D") = date("10000-01-01")',
    'date("10000-01-01") - duration("P1D") = date("9999-12-31")',
    'date("0001-01-01") - duration("P1D") = date("0000-12-31")',
    'date("-0004-02-28") + duration("P1D") = date("-0004-02-29")',
    'date("-0001-03-01") - duration("P1D") = date("-0001-02-28")',
    'date("12026-01-31") + duration("P1M") = date("12026-02-28")',
    'date("-2021-01-31") + duration("P4Y1M") = date("-2017-02-28")',
    'date("999999999-12-31") - date("-999999999-01-01") = duration("P730484999633D")',
    'date("10000-01-01") - date("9999-12-31") = duration("P1D")',
    'date("-0044-03-15") < date("2026-01-01")',
    'date("12026-01-01") > date("2026-01-01")',
    'date("12026-11-20").year = 12026',
    'date("-0044-03-15").month = 3',
    'day of week(date("12026-11-20")) = "Friday"',
    'date("-0044-03-15").weekday = 4',
    'day of year(date("-0004-12-31")) = 366',
    'week of year(date("12026-11-20")) = 47',
    'month of year(date("-0044-03-15")) = "March"',
    'last day of month(date("-0004-02-01")) = date("-0004-02-29")',
    "date(-2021, 1, 2) = date(year: -2021, month: 1, day: 2)",
    'date(date and time("-2021-01-01T10:00:00Z")) = date("-2021-01-01")',
    'time(date and time("12026-01-01T10:00:00Z")) = time("10:00:00Z")',
    'date and time(date("12026-01-01"), time("10:00:00")) = date and time("12026-01-01T10:00:00")',
    'date and time(date("2026-01-01"), time("10:00:00.123456789")).second = 0',
    'date(date and time("2026-01-01T10:00:00.123456789")) = date("2026-01-01")',
    'date and time("9999-12-31T23:30:00Z") + duration("PT1H") ='
    ' date and time("10000-01-01T00:30:00Z")',
    'date and time("9999-12-31T24:00:00") = date and time("10000-01-01T00:00:00")',
    'date and time("0001-01-01T00:00:00+08:00") = date and time("0000-12-31T16:00:00Z")',
    'date and time("12026-07-01T10:00:00@Europe/Paris") ='
    ' date and time("12026-07-01T10:00:00+02:00")',
    'date and time("12026-01-01T10:00:00@Europe/Paris").time offset = duration("PT1H")',
    'date and time("-2026-07-01T10:00:00@Europe/Paris").timezone = "Europe/Paris"',
    'date and time("2026-03-29T01:30:00.000000001@Europe/Paris") + duration("PT1H") ='
    ' date and time("2026-03-29T03:30:00@Europe/Paris")',
    'years and months duration(date("-0001-12-31"), date("10001-01-01")) = duration("P10001Y")',
    'time("23:59:59.999999999") + duration("PT0.000000001S") = time("00:00:00")',
    'duration("PT0.000000001S") * 1000000000 = duration("PT1S")',
    'duration("PT1S") != duration("PT1.000000001S")',
    'duration("PT0.000000001S") < duration("PT1S")',
    'duration("PT0.000000003S") / duration("PT0.000000001S") = 3',
    'abs(-duration("PT0.000000001S")) = duration("PT0.000000001S")',
    'duration("P2000000000D").days = 2000000000',
    'sum([duration("P1Y"), duration("P1M")]) = duration("P13M")',
    'max(date("10000-01-01"), date("2026-01-01"), date("-0001-01-01")) = date("10000-01-01")',
    'count(distinct values([date("10000-01-01"), date("10000-01-01")])) = 1',
    # equality and order know hour, minute and second only
    'time("10:30:00.0001") = time("10:30:00.0002")',
    'not(time("10:30:00.1") < time("10:30:00.2"))',
    'date and time("2026-01-01T00:00:00.1Z") = date and time("2026-01-01T08:00:00.2+08:00")',
    'not(is(time("10:30:00.0001"), time("10:30:00.0002")))',
    'is(date and time("2026-01-01T00:00:00.123456789Z"),'
    ' date and time("2026-01-01T00:00:00.123456789+00:00"))',
    'not(is(@"2026-01-01T00:00:00@Asia/Shanghai", @"2026-01-01T00:00:00+08:00"))',
    'time("10:00:00@Europe/Paris") != time("10:00:00@Asia/Dhaka")',
    'time("10:00:00Z") != time("10:00:00")',
    'time(11, 59, 45.5, duration("-PT2H")) = time("11:59:45-02:00")',
    "time(11, 59, 45, null) = time(hour: 11, minute: 59, second: 45)",
    'duration("PT0.S") = duration("PT0S")',
    # with a calendar, what has no zone is in the site's
    'date and time("2026-01-02T00:00:00") - date("2026-01-01") = duration("P1D")',
    'date and time("2026-01-01T08:00:00") = date and time("2026-01-01T00:00:00Z")',
]


@pytest.mark.parametrize("text", TRUE)
def test_it_is_true(text: str, run: Callable[..., Result]) -> None:
    result = run(text)
    assert result.value is True, result.warnings


@pytest.mark.parametrize(
    "text",
    [
        'date("999999999-12-31") + duration("P1D")',
        'date("-999999999-01-01") - duration("P1D")',
        'date("999999999-12-31") + duration("P1M")',
        'date("1000000000-01-01")',
        'date("-0000-01-01")',
        'date("-2021-02-29")',
        'date("٢٠٢٦-01-01")',
        "date(1e9, 1, 1)",
        "date(2026.5, 1, 1)",
        'duration("PT99999999999999999999S")',
        'duration("P999999999D") * 1e9',
        'duration("PT")',
        'duration("P1DT")',
        'time(11, 59, 45, duration("PT19H"))',
        "time(24, 0, 0)",
        'time("10:00:00@Africa")',
        'time("10:00:00@Europe/Paris") < time("10:00:00@Asia/Dhaka")',
        'is working day(date("12026-01-01"))',
        'working days after(date("-2026-01-01"), 1)',
        'date and time("999999999-12-31T23:59:59Z") + duration("PT1S")',
    ],
)
def test_what_does_not_exist_is_null_with_a_warning(text: str, run: Callable[..., Result]) -> None:
    result = run(text)
    assert result.value is None
    assert result.warnings


def test_without_a_site_a_date_is_midnight_utc_and_has_no_difference_to_a_local_time() -> None:
    text = 'date and time("2026-01-02T00:00:00") - date("2026-01-01")'
    result = compile_expression(text).evaluate({}, now=NOW)
    assert result.value is None
    assert result.warnings


@pytest.mark.parametrize(
    "text",
    [
        "-999999999-12-31",
        "0000-02-29",
        "12026-11-20",
        "10:00:00.000000001",
        "10:00:00.123456789@Europe/Paris",
        "-2021-01-01T10:10:10@Australia/Melbourne",
        "999999999-12-31T23:59:59.999999999-02:00",
        "2026-11-20T10:00:00.123456789Z",
        "-P1DT2H3M4.123456789S",
        "P2000000000D",
    ],
)
def test_it_is_written_as_it_is_read(text: str, value: Callable[..., Value]) -> None:
    assert value(f'string(@"{text}")') == text
    assert str(parse_temporal(text)) == text


@pytest.mark.parametrize(
    ("text", "wide", "plain"),
    [
        ('date("10000-01-01")', WideDate, 'date("10000-01-01") - duration("P1D")'),
        ('time("10:00:00.0000001")', WideTime, 'time("10:00:00.0000010")'),
        (
            'date and time("2026-01-01T10:00:00.0000001Z")',
            WideDateTime,
            'date and time(date and time("2026-01-01T10:00:00.0000001Z"), time("10:00:00"))',
        ),
        ('duration("PT0.0000001S")', WideDuration, '10 * duration("PT0.0000001S")'),
    ],
)
def test_a_value_is_of_datetime_wherever_that_holds_it(
    text: str, wide: type, plain: str, value: Callable[..., Value]
) -> None:
    assert type(value(text)) is wide
    assert type(value(plain)).__module__ == "datetime"
    assert kind(value(text)) == kind(value(plain))


def test_the_repeated_hour_of_autumn_is_counted_in_nanoseconds_too() -> None:
    first = parse_temporal("2026-10-25T02:30:00.000000001@Europe/Paris")
    scope = {"first": first, "hour": dt.timedelta(hours=1)}
    expression = compile_expression("first + hour - first")
    assert expression.evaluate(scope, now=NOW).value == dt.timedelta(hours=1)
    expression = compile_expression("(first + hour).time offset")
    assert expression.evaluate(scope, now=NOW).value == dt.timedelta(hours=1)


def test_dates_are_counted_over_the_end_of_the_year_9999(value: Callable[..., Value]) -> None:
    text = 'for d in date("9999-12-30")..date("10000-01-02") return d.day'
    assert value(text) == [30, 31, 1, 2]


def test_a_moment_of_a_wide_date_and_time_is_a_plain_one() -> None:
    wide = parse_temporal("2026-01-01T10:00:00.123456789")
    assert isinstance(wide, WideDateTime)
    assert make_date_time(wide, dt.time(9)) == dt.datetime.combine(dt.date(2026, 1, 1), dt.time(9))
