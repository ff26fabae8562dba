from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from runner.calendars import CalendarError, load_calendar


def document(**changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": "site",
        "version": "2026.1",
        "time_zone": "Asia/Shanghai",
        "weekly_working_days": ["monday", "tuesday"],
        "working_hours": [{"start": "08:30", "end": "12:00"}, {"start": "13:00", "end": "17:00"}],
        "public_holidays": {"country": "none"},
        "overrides": [],
        "provisional_years": [2027],
        **changes,
    }
    return {key: value for key, value in made.items() if value is not ...}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"id": ...}, "id"),
        ({"version": ""}, "version"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"time_zone": "../../etc/passwd"}, "time_zone"),
        ({"weekly_working_days": ["montag"]}, "weekly_working_days"),
        ({"weekly_working_days": []}, "weekly_working_days"),
        ({"working_hours": []}, "working_hours"),
        ({"working_hours": [{"start": "12:00", "end": "08:30"}]}, "working_hours[0]"),
        ({"working_hours": [{"start": "8", "end": "9"}]}, "working_hours[0]"),
        ({"working_hours": [{"start": "08:00", "end": "24:30"}]}, "working_hours[0]"),
        (
            {"working_hours": [{"start": "08:00", "end": "12:00"}, "11:00-13:00"]},
            "working_hours[1]",
        ),
        ({"weekdays": {"monday": ["08:00-12:00"]}}, "weekdays"),
        ({"public_holidays": {"country": "ZZ"}}, "public_holidays.country"),
        (
            {"public_holidays": {"country": "CN", "subdivision": "XX"}},
            "public_holidays.subdivision",
        ),
        ({"overrides": [{"date": "2026-02-30", "kind": "work"}]}, "overrides[0].date"),
        ({"overrides": [{"date": "2026-02-01", "kind": "party"}]}, "overrides[0].kind"),
        (
            {"overrides": [{"date": "2026-02-01", "kind": "work"}] * 2},
            "overrides[1].date",
        ),
        ({"provisional_years": ["soon"]}, "provisional_years"),
        ({"holiday": []}, "holiday"),
    ],
)
def test_a_wrong_key_is_refused_and_named(changes: dict[str, Any], key: str) -> None:
    with pytest.raises(CalendarError) as caught:
        load_calendar(document(**changes))
    assert caught.value.key == key
    assert str(caught.value).startswith(f"{key}: expected ")


def test_hours_may_differ_by_weekday() -> None:
    calendar = load_calendar(
        document(
            weekly_working_days=...,
            working_hours=...,
            weekdays={"monday": ["08:00-12:00"], "saturday": ["10:00-11:00"]},
        )
    )
    assert calendar.is_working_day(dt.date(2026, 11, 21))
    assert not calendar.is_working_day(dt.date(2026, 11, 20))


def test_an_override_wins_over_the_public_holidays() -> None:
    calendar = load_calendar(
        document(
            weekly_working_days=["monday", "tuesday", "wednesday", "thursday", "friday"],
            public_holidays={"country": "CN"},
            overrides=[
                {"date": "2026-10-01", "kind": "work", "name": "值班"},
                {"date": dt.date(2026, 10, 9), "kind": "rest", "name": "公司假"},
            ],
        )
    )
    assert calendar.is_working_day(dt.date(2026, 10, 1))
    assert not calendar.is_working_day(dt.date(2026, 10, 2))
    assert not calendar.is_working_day(dt.date(2026, 10, 9))
    assert calendar.is_working_day(dt.date(2026, 10, 10)), "a make-up day of the country"


def test_a_make_up_day_has_the_hours_of_a_working_weekday() -> None:
    calendar = load_calendar(
        document(overrides=[{"date": "2026-11-22", "kind": "work", "name": "调休"}])
    )
    assert calendar.hours_of(dt.date(2026, 11, 22)) == calendar.hours_of(dt.date(2026, 11, 23))


def test_a_document_that_is_no_mapping_is_refused() -> None:
    with pytest.raises(CalendarError):
        load_calendar([])  # type: ignore[arg-type]
