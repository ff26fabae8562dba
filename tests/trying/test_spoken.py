"""Lengths and instants as people write them in a scenario."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from runner.calendars import Calendar, load_calendar
from runner.trying.spoken import NotATime, read_instant, read_length

FRIDAY = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai


@pytest.fixture
def calendar() -> Calendar:
    return load_calendar({
        "id": "t", "version": "1", "time_zone": "Asia/Shanghai",
        "weekly_working_days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
        "working_hours": [{"start": "08:30", "end": "17:30"}],
    })  # fmt: skip


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("30 minutes", "2026-03-06T01:30"),
        ("1 h", "2026-03-06T02:00"),
        ("PT90M", "2026-03-06T02:30"),
        ("P1DT1H", "2026-03-07T02:00"),
        ("2 weeks", "2026-03-20T01:00"),
        ("1 min", "2026-03-06T01:01"),
    ],
)
def test_a_length_is_counted(text: str, after: str) -> None:
    expected = datetime.fromisoformat(after).replace(tzinfo=UTC)
    assert read_length(text).after(FRIDAY, None) == expected


def test_working_time_is_counted_as_the_deadlines_of_diagrams_are(calendar: Calendar) -> None:
    monday = read_length("1 working day").after(FRIDAY, calendar)
    assert monday.astimezone(calendar.zone).strftime("%A") == "Monday"
    hours = read_length("9 working hours").after(FRIDAY, calendar)
    assert hours.astimezone(calendar.zone).strftime("%A %H:%M") == "Monday 09:00"


@pytest.mark.parametrize("text", ["", "soon", "3 fortnights", "P", "minutes", "-3 days"])
def test_what_is_no_length_is_told(text: str) -> None:
    with pytest.raises(NotATime, match="30 minutes"):
        read_length(text)


def test_an_instant_is_read_in_the_zone_of_the_site() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    assert read_instant("2026-03-06 09:00", zone) == FRIDAY
    assert read_instant("2026-03-06T02:00+01:00", zone) == FRIDAY
    with pytest.raises(NotATime, match="2026-03-02 09:30"):
        read_instant("tomorrow", zone)
