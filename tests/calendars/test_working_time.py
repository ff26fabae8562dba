from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.calendars import Calendar, load_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
CN = load_calendar(
    yaml.safe_load((Path(__file__).parents[2] / "processes/calendars/cn.yaml").read_text("utf-8"))
)


def local(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[misc,arg-type]


def round_the_clock(zone: str = "Asia/Shanghai") -> Calendar:
    days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
    return load_calendar(
        {
            "id": "always",
            "version": "1",
            "time_zone": zone,
            "weekdays": {day: ["00:00-24:00"] for day in days},
        }
    )


def test_the_start_day_is_not_counted() -> None:
    assert CN.add_working_days(local(2026, 11, 18, 0, 1), 1) == local(2026, 11, 19, 17, 30)
    assert CN.add_working_days(local(2026, 11, 18, 23, 59), 1) == local(2026, 11, 19, 17, 30)


def test_holidays_and_make_up_days_count_as_the_state_council_says() -> None:
    # 1 to 7 October are holidays in 2026, Saturday 10 October is a working day
    assert CN.add_working_days(local(2026, 9, 30, 15), 1) == local(2026, 10, 8, 17, 30)
    assert CN.add_working_days(local(2026, 9, 30, 15), 3) == local(2026, 10, 10, 17, 30)
    assert CN.is_working_day(dt.date(2026, 10, 10))
    assert not CN.is_working_day(dt.date(2026, 10, 5))
    assert not CN.is_working_day(dt.date(2026, 10, 11))


def test_the_day_is_that_of_the_site_not_of_the_instant() -> None:
    evening = dt.datetime(2026, 11, 17, 20, 0, tzinfo=dt.UTC)  # Wednesday morning in Shanghai
    assert CN.add_working_days(evening, 1) == local(2026, 11, 19, 17, 30)


def test_no_working_time_is_the_start_itself() -> None:
    start = local(2026, 11, 21, 3, 0)
    assert CN.add_working_days(start, 0) == start
    assert CN.add_working_hours(start, 0) == start


@pytest.mark.parametrize(
    ("start", "hours", "expected"),
    [
        (local(2026, 11, 20, 9, 0), 2, local(2026, 11, 20, 11, 0)),
        (local(2026, 11, 20, 11, 0), 1, local(2026, 11, 20, 12, 0)),
        (local(2026, 11, 20, 11, 0), Decimal("1.5"), local(2026, 11, 20, 14, 0)),
        (local(2026, 11, 20, 12, 30), 1, local(2026, 11, 20, 14, 30)),
        (local(2026, 11, 20, 17, 0), 1, local(2026, 11, 23, 9, 0)),
        (local(2026, 11, 21, 10, 0), 1, local(2026, 11, 23, 9, 30)),
        (local(2026, 9, 30, 15, 0), 4, local(2026, 10, 8, 10, 0)),
        (local(2026, 11, 20, 6, 0), Decimal("7.5"), local(2026, 11, 20, 17, 30)),
    ],
)
def test_hours_count_only_while_work_is_done(
    start: dt.datetime, hours: Decimal, expected: dt.datetime
) -> None:
    assert CN.add_working_hours(start, hours) == expected


def test_working_time_between() -> None:
    assert CN.working_time_between(
        local(2026, 11, 20, 11, 0), local(2026, 11, 23, 9, 0)
    ) == dt.timedelta(hours=5.5)
    assert CN.working_time_between(
        local(2026, 11, 21, 11, 0), local(2026, 11, 22, 9, 0)
    ) == dt.timedelta(0)
    assert CN.working_time_between(
        local(2026, 11, 23, 9, 0), local(2026, 11, 20, 11, 0)
    ) == dt.timedelta(hours=-5.5)


def test_a_change_of_the_clocks_neither_adds_nor_loses_working_time() -> None:
    berlin = round_the_clock("Europe/Berlin")
    zone = ZoneInfo("Europe/Berlin")
    before = dt.datetime(2026, 10, 24, 12, 0, tzinfo=zone)
    assert berlin.add_working_hours(before, 24) == dt.datetime(2026, 10, 25, 11, 0, tzinfo=zone)
    spring = dt.datetime(2026, 3, 28, 12, 0, tzinfo=zone)
    assert berlin.add_working_hours(spring, 24) == dt.datetime(2026, 3, 29, 13, 0, tzinfo=zone)
    assert berlin.working_time_between(
        dt.datetime(2026, 3, 29, tzinfo=zone), dt.datetime(2026, 3, 30, tzinfo=zone)
    ) == dt.timedelta(hours=23)


def test_hours_that_the_change_of_the_clocks_skips_are_not_worked() -> None:
    night = load_calendar(
        {
            "id": "night",
            "version": "1",
            "time_zone": "Europe/Berlin",
            "weekdays": {"sunday": ["01:00-04:00"]},
        }
    )
    zone = ZoneInfo("Europe/Berlin")
    start = dt.datetime(2026, 3, 28, tzinfo=zone)
    assert night.working_time_between(start, start + dt.timedelta(days=2)) == dt.timedelta(hours=2)


def test_business_until_midnight_closes_on_the_day_itself() -> None:
    always = round_the_clock()
    assert always.add_working_days(local(2026, 11, 20, 9), 1) == local(2026, 11, 21, 23, 59, 59)
    assert always.add_working_hours(local(2026, 11, 20, 9), 24) == local(2026, 11, 21, 9)


def test_years_without_a_published_arrangement_are_provisional() -> None:
    assert not CN.is_provisional(dt.date(2026, 12, 31))
    assert CN.is_provisional(dt.date(2027, 1, 1))
    assert CN.is_provisional(dt.date(2040, 1, 1))
    assert not round_the_clock().is_provisional(dt.date(2040, 1, 1))


def test_days_have_the_names_of_their_holidays() -> None:
    assert CN.name_of(dt.date(2026, 10, 1)) == "国庆节 / National Day"
    assert CN.name_of(dt.date(2026, 11, 20)) is None
    assert CN.name_of(dt.date(2024, 10, 1))
    assert CN.reference == f"cn@{CN.version}"


@pytest.mark.parametrize("days", [-1, 10_001])
def test_counts_out_of_range_are_refused(days: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        CN.add_working_days(local(2026, 11, 20), days)
    with pytest.raises(ValueError, match="working hours"):
        CN.add_working_hours(local(2026, 11, 20), days * 9)


def test_instants_must_have_a_zone() -> None:
    naive = dt.datetime(2026, 11, 20)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        CN.add_working_days(naive, 1)


_STARTS = st.datetimes(
    dt.datetime(2025, 6, 1),  # noqa: DTZ001
    dt.datetime(2026, 11, 1),  # noqa: DTZ001
    timezones=st.sampled_from([SHANGHAI, ZoneInfo("UTC"), ZoneInfo("America/New_York")]),
)


@settings(max_examples=60, deadline=None)
@given(_STARTS, st.integers(1, 60 * 60))
def test_adding_working_time_and_measuring_it_agree(start: dt.datetime, minutes: int) -> None:
    end = CN.add_working_hours(start, Decimal(minutes) / 60)
    length = dt.timedelta(minutes=minutes)
    assert abs(CN.working_time_between(start, end) - length) <= dt.timedelta(microseconds=1)
    assert CN.is_working_day(end.date())


@settings(max_examples=60, deadline=None)
@given(_STARTS, st.integers(1, 40), st.integers(1, 40))
def test_working_days_add_up(start: dt.datetime, first: int, second: int) -> None:
    both = CN.add_working_days(start, first + second)
    assert CN.add_working_days(CN.add_working_days(start, first), second) == both
    assert both > start
