from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest

from runner.feel import UNSET, Result, UnsetValue, Value, compile_expression

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = dt.datetime(2026, 11, 20, 16, 0, tzinfo=SHANGHAI)


def local(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("amount", "unit", "expected"),
    [
        (0, "working_day", FRIDAY),
        (0, "day", FRIDAY),
        (90, "minute", local(2026, 11, 20, 17, 30)),
        (24, "hour", local(2026, 11, 21, 16, 0)),
        (0.5, "hour", local(2026, 11, 20, 16, 30)),
        (3, "day", local(2026, 11, 23, 23, 59, 59)),
        (1, "day", local(2026, 11, 23, 23, 59, 59)),  # the last day would be a Saturday
        (1, "week", local(2026, 11, 27, 23, 59, 59)),
        (1, "month", local(2026, 12, 21, 23, 59, 59)),  # 20 December is a Sunday
        (1, "year", local(2027, 11, 22, 23, 59, 59)),  # 20 November 2027 is a Saturday
        (1, "working_day", local(2026, 11, 23, 17, 30)),
        (5, "working_day", local(2026, 11, 27, 17, 30)),
        (2, "working_hour", local(2026, 11, 23, 9, 0)),
        (1.5, "working_hour", local(2026, 11, 20, 17, 30)),
    ],
)
def test_due_at_counts_as_the_civil_code_does(
    amount: float, unit: str, expected: dt.datetime, value: Callable[..., Value]
) -> None:
    limit = {"amount": amount, "unit": unit, "from": "received", "certainty": "stated"}
    due = value("due at(limit, clock)", limit=limit, clock={"received": FRIDAY})
    assert due == expected
    assert due.utcoffset() == dt.timedelta(hours=8)


def test_a_month_ends_on_the_last_day_where_it_has_no_such_day(value: Callable[..., Value]) -> None:
    clock = {"received": local(2026, 1, 31, 9)}
    limit = {"amount": 1, "unit": "month", "from": "received"}
    # 28 February 2026 is a Saturday
    assert value("due at(l, c)", l=limit, c=clock) == local(2026, 3, 2, 23, 59, 59)


def test_without_a_calendar_days_run_through_weekends() -> None:
    limit = {"amount": 1, "unit": "day", "from": "received"}
    scope = {"limit": limit, "clock": {"received": FRIDAY}}
    result = compile_expression("due at(limit, clock)").evaluate(scope, now=FRIDAY)
    assert result.value == local(2026, 11, 21, 23, 59, 59)


def test_without_a_calendar_working_days_are_null_with_a_warning() -> None:
    scope = {"limit": {"amount": 1, "unit": "working_day"}, "clock": {}}
    result = compile_expression("due at(limit, clock)").evaluate(scope, now=FRIDAY)
    assert result.value is None
    assert result.warnings[0].name == "calendar"


def test_no_limit_is_never_due(run: Callable[..., Result]) -> None:
    result = run("due at(null, clock)", clock={})
    assert (result.value, result.warnings) == (None, ())


def test_a_limit_without_a_start_counts_from_now(value: Callable[..., Value]) -> None:
    limit = {"amount": 1, "unit": "hour"}
    assert value("due at(l, c)", l=limit, c={"now": FRIDAY}) == local(2026, 11, 20, 17)
    assert value("due at(l, c)", l=limit, c={}) == local(2026, 11, 20, 17)


def test_a_missing_start_is_null_and_named(run: Callable[..., Result]) -> None:
    limit = {"amount": 1, "unit": "hour", "from": "seller_notified"}
    for clock in ({}, {"seller_notified": None}):
        result = run("due at(l, c)", l=limit, c=clock)
        assert result.value is None
        assert result.warnings[0].name == "seller_notified"


def test_a_date_starts_at_its_first_moment(value: Callable[..., Value]) -> None:
    limit = {"amount": 24, "unit": "hour", "from": "purchase"}
    due = value("due at(l, c)", l=limit, c={"purchase": dt.date(2026, 11, 20)})
    assert due == local(2026, 11, 21)


@pytest.mark.parametrize(
    "limit",
    [
        {"amount": -1, "unit": "day"},
        {"amount": 1.5, "unit": "day"},
        {"amount": 1, "unit": "fortnight"},
        {"amount": "two", "unit": "day"},
        {"unit": "day"},
        {"amount": 10**9, "unit": "day"},
        {"amount": 10**9, "unit": "working_day"},
        {"amount": 10**15, "unit": "hour"},
        {"amount": 10**9, "unit": "year"},
    ],
)
def test_a_limit_that_makes_no_sense_is_null_with_a_warning(
    limit: dict[str, object], run: Callable[..., Result]
) -> None:
    result = run("due at(l, c)", l=limit, c={})
    assert result.value is None
    assert result.warnings


def test_an_undecided_part_of_a_limit_raises(run: Callable[..., Result]) -> None:
    with pytest.raises(UnsetValue):
        run("due at(l, c)", l={"amount": UNSET("a.due"), "unit": "day"}, c={})


def test_due_times_know_the_change_of_the_clocks() -> None:
    zone = ZoneInfo("Europe/Berlin")
    start = dt.datetime(2026, 10, 24, 12, 0, tzinfo=zone)
    scope = {"l": {"amount": 24, "unit": "hour", "from": "s"}, "c": {"s": start}}
    due = compile_expression("due at(l, c)").evaluate(scope, now=start).value
    assert due == dt.datetime(2026, 10, 25, 11, 0, tzinfo=zone)


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ({"amount": 24, "unit": "hour"}, "R/PT24H"),
        ({"amount": 30, "unit": "minute"}, "R/PT30M"),
        ({"amount": 1, "unit": "day"}, "R/P1D"),
        ({"amount": 2, "unit": "week"}, "R/P14D"),
        ({"amount": 1, "unit": "month"}, "R/P1M"),
        (None, None),
        ({"amount": 0, "unit": "hour"}, None),
        ({"amount": 1, "unit": "working_day"}, None),
        ({"amount": 0.5, "unit": "day"}, None),
    ],
)
def test_cycle_is_a_repeating_interval(
    limit: object, expected: str | None, value: Callable[..., Value]
) -> None:
    assert value("cycle(l)", l=limit) == expected


def test_working_days_and_hours_after_take_a_number_or_a_limit(
    value: Callable[..., Value],
) -> None:
    scope = {"start": FRIDAY, "days": {"amount": 2, "unit": "working_day"}}
    assert value("working days after(start, days)", **scope) == local(2026, 11, 24, 17, 30)
    assert value("working days after(start, 2)", **scope) == local(2026, 11, 24, 17, 30)
    assert value("working days after(start, null)", **scope) is None
    assert value("working hours after(start, 4)", **scope) == local(2026, 11, 23, 11, 0)
    assert value("working hours after(start, days)", **scope) is None


def test_is_working_day(value: Callable[..., Value]) -> None:
    assert value('is working day(date("2026-11-20"))') is True
    assert value('is working day(date("2026-11-21"))') is False
    # Friday evening in UTC is Saturday morning in Shanghai
    assert value('is working day(date and time("2026-11-20T20:00:00Z"))') is False


def test_an_instant_of_the_case_has_the_date_of_the_site(value: Callable[..., Value]) -> None:
    evening = dt.datetime(2026, 11, 20, 20, 0, tzinfo=dt.UTC)
    assert value("date(received_at)", received_at=evening) == dt.date(2026, 11, 21)
    assert value("clock.received.hour", clock={"received": evening}) == 4
    assert value("received_at", received_at=evening) == evening
    assert value('date and time("2026-11-20T20:00:00Z").hour') == 20


def test_counting_from_nothing_is_null_with_a_warning(run: Callable[..., Result]) -> None:
    result = run("working days after(null, 2)")
    assert result.value is None
    assert "no instant to count" in result.warnings[0].message
