"""Working time: when an organisation works, and counting deadlines in it."""

from __future__ import annotations

from runner.calendars.loading import CalendarError, load_calendar
from runner.calendars.working_time import Calendar, Interval

WorkingTime = Calendar
"""The calendar by the name its contract has in `runner.feel`."""

__all__ = ["Calendar", "CalendarError", "Interval", "WorkingTime", "load_calendar"]
