"""What the tests of FEEL share: one instant, one calendar, and short ways to evaluate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from runner.calendars import Calendar, load_calendar
from runner.feel import Result, Value, compile_expression

NOW = dt.datetime(2026, 11, 20, 8, 0, tzinfo=dt.UTC)  # Friday, 16:00 in Shanghai


@pytest.fixture
def calendar() -> Calendar:
    return load_calendar(
        {
            "id": "test",
            "version": "1",
            "time_zone": "Asia/Shanghai",
            "weekly_working_days": ["monday", "tuesday", "wednesday", "thursday", "friday"],
            "working_hours": [
                {"start": "08:30", "end": "12:00"},
                {"start": "13:30", "end": "17:30"},
            ],
        }
    )


@pytest.fixture
def run(calendar: Calendar) -> Callable[..., Result]:
    """Evaluate a text; keyword arguments are the scope."""

    def evaluate(text: str, **scope: object) -> Result:
        return compile_expression(text).evaluate(scope, now=NOW, calendar=calendar)

    return evaluate


@pytest.fixture
def value(run: Callable[..., Result]) -> Callable[..., Value]:
    """The value of a text; keyword arguments are the scope."""
    return lambda text, **scope: run(text, **scope).value
