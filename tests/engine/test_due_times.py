"""Due times over changes of the clocks, short months, leap days and downtime."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from runner.engine.due_times import NoTime, first_due, missed_firings, next_due
from runner.feel import Months

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def berlin(*when: int) -> datetime:
    return datetime(*when, tzinfo=BERLIN).astimezone(UTC)  # type: ignore[arg-type]


def firings(text: str, start: datetime, count: int, zone: ZoneInfo = BERLIN) -> list[str]:
    """The local times of the first firings, each fired when it is due."""
    due = first_due("cycle", text, start, zone)
    found = []
    while len(found) < count:
        found.append(due.at.astimezone(zone).isoformat()[:16])
        following = next_due(due.at, due.repeats, due.at, zone)
        if following is None:
            break
        assert following.at > due.at
        due = following
    return found


def test_what_fires_daily_keeps_its_local_time_when_the_clocks_change() -> None:
    spring = firings("R/P1D", berlin(2027, 3, 26, 9), 4)
    assert spring == ["2027-03-27T09:00", "2027-03-28T09:00", "2027-03-29T09:00",
                      "2027-03-30T09:00"]  # fmt: skip
    autumn = firings("R/P1D", berlin(2026, 10, 23, 9), 3)
    assert autumn == ["2026-10-24T09:00", "2026-10-25T09:00", "2026-10-26T09:00"]


def test_a_skipped_local_time_is_the_instant_after_and_a_double_one_comes_once() -> None:
    gap = firings("R/P1D", datetime(2027, 3, 26, 2, 30, tzinfo=BERLIN), 4)
    assert gap == ["2027-03-27T02:30", "2027-03-28T03:30", "2027-03-29T02:30", "2027-03-30T02:30"]
    double = firings("R/P1D", datetime(2026, 10, 23, 2, 30, tzinfo=BERLIN), 3)
    assert double == ["2026-10-24T02:30", "2026-10-25T02:30", "2026-10-26T02:30"]


def test_hours_are_time_that_passes() -> None:
    assert firings("R/PT24H", berlin(2027, 3, 27, 9), 2) == ["2027-03-28T10:00", "2027-03-29T10:00"]
    due = first_due("duration", timedelta(days=1), berlin(2027, 3, 27, 9), BERLIN)
    assert due.at == berlin(2027, 3, 28, 10)
    assert first_due("duration", "P1D", berlin(2027, 3, 27, 9), BERLIN).at == berlin(2027, 3, 28, 9)


def test_the_31st_comes_back_after_shorter_months() -> None:
    start = datetime(2026, 10, 31, 9, tzinfo=SHANGHAI)
    assert [day[:10] for day in firings("R/P1M", start, 5, SHANGHAI)] == [
        "2026-11-30", "2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31",
    ]  # fmt: skip


def test_the_29th_of_february_comes_back_in_leap_years() -> None:
    start = datetime(2028, 2, 29, 9, tzinfo=SHANGHAI)
    assert [day[:10] for day in firings("R/P1Y", start, 4, SHANGHAI)] == [
        "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29",
    ]  # fmt: skip
    leap = first_due("duration", Months(12), start, SHANGHAI)
    assert leap.at.astimezone(SHANGHAI).date().isoformat() == "2029-02-28"


def test_days_and_hours_together() -> None:
    due = first_due("duration", "P1DT2H", berlin(2027, 3, 27, 9), BERLIN)
    assert due.at == berlin(2027, 3, 28, 11)
    assert first_due("duration", "P1M2D", berlin(2027, 1, 31, 9), BERLIN).at == berlin(
        2027, 3, 2, 9
    )


@pytest.mark.parametrize("text", ["R/PT1M", "R/P1D", "R9/PT1H"])
def test_missed_firings_are_counted_once(text: str) -> None:
    start = berlin(2026, 10, 20, 9)
    due = first_due("cycle", text, start, BERLIN)
    later = start + timedelta(days=8)
    missed = missed_firings(due.at, due.repeats, later, BERLIN)
    following = next_due(due.at, due.repeats, later, BERLIN)
    if text == "R9/PT1H":
        assert (missed, following) == (8, None)
        return
    assert missed == {"R/PT1M": 8 * 24 * 60 - 1, "R/P1D": 6}[text]
    assert following is not None
    assert following.at > later
    assert missed_firings(due.at, due.repeats, following.at, BERLIN) == missed + 1


def test_years_of_downtime_cost_nothing() -> None:
    start = berlin(2026, 10, 20, 9)
    due = first_due("cycle", "R/PT1M", start, BERLIN)
    assert missed_firings(due.at, due.repeats, berlin(2046, 10, 20, 9), BERLIN) > 10_000_000


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("cycle", "R0/PT1H"), ("cycle", "R/PT1S"), ("cycle", "0 8 * * *"), ("cycle", "PT1H"),
        ("duration", "P"), ("duration", "PT"), ("duration", 1), ("date", "tomorrow"),
        ("date", "2026-11-20T08:00:00"), ("date", timedelta(1)), ("", "PT1H"),
    ],
)  # fmt: skip
def test_nonsense_is_no_time(kind: str, value: object) -> None:
    with pytest.raises(NoTime):
        first_due(kind, value, berlin(2026, 1, 1), BERLIN)
