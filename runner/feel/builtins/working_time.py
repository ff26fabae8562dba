"""Deadlines: functions beyond the standard, over the calendar of the evaluation."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, DecimalException

from runner.feel.builtins.table import builtin
from runner.feel.evaluation import Evaluation, WorkingTime, used
from runner.feel.operators import add_months, instant, whole
from runner.feel.text import format_number
from runner.feel.values import CONTEXT, Value, kind
from runner.feel.wide import Date, WideDateTime, at_instant, utc_nanos

_ELAPSED = {"minute": 60_000_000, "hour": 3_600_000_000}  # microseconds
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_LAST_SECOND = dt.time(23, 59, 59)
_MOST_COUNTED = 10_000  # a calendar counts no further


@builtin(
    "due at",
    "T?: context, clock: context",
    "The instant at which a time value of the policy, counted from its clock entry, is over.",
    origin="ours",
    result="date and time",
)
def due_at(run: Evaluation, limit: dict[str, Value] | None, clock: dict[str, Value]) -> Value:
    """The instant by which something is due, or null where there is no limit.

    `limit` is `{amount, unit, from}`; null means no limit. It is counted from `clock[from]`, or
    from `clock.now` where `from` is absent. An amount of 0 is that instant itself. As in the Civil
    Code of the PRC (articles 200-204), the day or hour in which a period starts is not counted:

    - minute, hour: elapsed time, running through nights and holidays;
    - day, week, month, year: the last day is so many days, weeks, months or years after the date of
      the start (the last of the month where it has no such day); where the calendar says it is no
      working day, the next working day. The instant is the last second of that day, in the site's
      zone, so that it is shown with the date of that day;
    - working_day: the close of business of that many working days after the start;
    - working_hour: that much time within working hours.

    A missing start makes null and a warning, as does a unit that needs a calendar without one.
    """
    if limit is None:
        return None
    start = _start(run, limit, clock)
    if start is None:
        return None
    return _after(run, start, used(limit.get("amount")), used(limit.get("unit")))


def _start(run: Evaluation, limit: dict[str, Value], clock: dict[str, Value]) -> Value:
    name = used(limit.get("from"))
    if name is None:
        return clock.get("now") or run.now.astimezone(run.zone)
    start = used(clock.get(name))
    if start is None:
        run.warn("function", f"The clock has no instant '{name}' to count from", str(name))
        return None
    placed = _placed(run, start)
    if placed is None:
        run.warn("function", f"'{name}' is no date and time to count from", str(name))
    return placed


def _placed(run: Evaluation, start: Value) -> dt.datetime | None:
    """The instant, in the site's zone and to the microsecond; a date is its first moment. None for
    a year that no calendar knows."""
    if isinstance(start, dt.datetime):
        return start.replace(tzinfo=run.zone) if start.tzinfo is None else start
    if isinstance(start, dt.date):
        return dt.datetime.combine(start, dt.time(), run.zone)
    if isinstance(start, WideDateTime):
        moment = at_instant(instant(run, start) // 1000 * 1000, start.tzinfo or run.zone)
        return moment if isinstance(moment, dt.datetime) else None
    return None


def _after(run: Evaluation, start: dt.datetime, amount: Value, unit: Value) -> Value:
    if type(amount) is not Decimal or amount < 0 or not isinstance(unit, str):
        run.warn("function", "A time value needs an amount of at least 0 and a unit", "due at")
        return None
    if amount == 0:
        return start
    try:
        if unit in _ELAPSED:
            micros = CONTEXT.multiply(amount, Decimal(_ELAPSED[unit])).to_integral_value()
            length = dt.timedelta(microseconds=int(micros))
            return (start.astimezone(dt.UTC) + length).astimezone(run.zone)
        if unit == "working_hour":
            calendar = _calendar(run)
            run.spend(_MOST_COUNTED if amount > _MOST_COUNTED else int(amount))
            return calendar and calendar.add_working_hours(start, amount)
        count = whole(amount)
        if count is None:
            run.warn("function", f"An amount of {unit} must be a whole number", "due at")
            return None
        if unit == "working_day":
            calendar = _calendar(run)
            run.spend(min(count, _MOST_COUNTED))
            return calendar and calendar.add_working_days(start, count)
        return _last_second(run, start, count, unit)
    except (OverflowError, ValueError, DecimalException):
        run.warn("function", "The time value is outside what can be represented", "due at")
        return None


def _last_second(run: Evaluation, start: dt.datetime, count: int, unit: str) -> Value:
    first = start.astimezone(run.zone).date()
    if unit in _DAYS:
        last: Date | None = first + dt.timedelta(days=count * _DAYS[unit])
    elif unit in _MONTHS:
        last = add_months(first, count * _MONTHS[unit])
    else:
        run.warn("function", f"There is no unit of time '{unit}'", "due at")
        return None
    if not isinstance(last, dt.date):
        raise OverflowError
    if run.calendar is not None:
        for _ in range(60):  # the longest holiday is shorter
            if run.calendar.is_working_day(last):
                break
            last += dt.timedelta(days=1)
    return dt.datetime.combine(last, _LAST_SECOND, run.zone)


def _calendar(run: Evaluation) -> WorkingTime | None:
    if run.calendar is None:
        run.warn("function", "Working time needs a calendar, and there is none", "calendar")
    return run.calendar


@builtin(
    "cycle",
    "T?: context",
    "A time value of the policy as a repeating interval like R/PT24H; null for no limit.",
    origin="ours",
    result="string",
)
def _cycle(run: Evaluation, limit: dict[str, Value] | None) -> Value:
    if limit is None:
        return None
    amount, unit = used(limit.get("amount")), used(limit.get("unit"))
    if type(amount) is not Decimal or amount <= 0 or unit not in _CYCLES:
        run.warn("function", "A cycle needs an amount above 0 and a unit of elapsed time", "cycle")
        return None
    prefix, factor, letter = _CYCLES[unit]
    count = CONTEXT.multiply(amount, Decimal(factor))
    if whole(count) is None:
        run.warn("function", f"A cycle needs a whole number of {unit}s", "cycle")
        return None
    return f"R/{prefix}{format_number(count.to_integral_value())}{letter}"


_CYCLES = {
    "minute": ("PT", 1, "M"),
    "hour": ("PT", 1, "H"),
    "day": ("P", 1, "D"),
    "week": ("P", 7, "D"),
    "month": ("P", 1, "M"),
    "year": ("P", 1, "Y"),
}


def _amount_of(run: Evaluation, limit: Value, unit: str) -> Decimal | None:
    if type(limit) is Decimal:
        return limit
    if isinstance(limit, dict):
        amount, found = used(limit.get("amount")), used(limit.get("unit"))
        if type(amount) is Decimal and (found == unit or amount == 0):
            return amount
    run.warn("function", f"Expected a number or a time value in {unit}s", unit)
    return None


def _counted(run: Evaluation, start: Value, limit: Value, unit: str) -> Value:
    if limit is None:
        return None
    if start is None:
        run.warn("function", f"There is no instant to count {unit}s from", unit)
        return None
    amount = _amount_of(run, limit, unit)
    placed = _placed(run, start)
    if placed is None:
        run.warn("function", "Working time cannot be counted from there", unit)
    if amount is None or placed is None:
        return None
    return _after(run, placed, amount, unit)


@builtin(
    "working days after",
    "start?: day, T?: any",
    "The close of business so many working days after the start.",
    origin="ours",
    result="date and time",
)
def _working_days_after(run: Evaluation, start: Value, limit: Value) -> Value:
    return _counted(run, start, limit, "working_day")


@builtin(
    "working hours after",
    "start?: day, T?: any",
    "The instant when so much working time has passed since the start.",
    origin="ours",
    result="date and time",
)
def _working_hours_after(run: Evaluation, start: Value, limit: Value) -> Value:
    return _counted(run, start, limit, "working_hour")


@builtin(
    "is working day",
    "date: day",
    "Whether the calendar says that work is done on that day.",
    origin="ours",
    result="boolean",
)
def _is_working_day(run: Evaluation, day: Value) -> Value:
    calendar = _calendar(run)
    if calendar is None:
        return None
    placed = _placed(run, day)
    if placed is None:
        run.warn("function", "No calendar knows that year", "is working day")
        return None
    if kind(day) == "date and time" and day.tzinfo is not None:
        shown = at_instant(utc_nanos(placed), calendar.zone).date()
        return calendar.is_working_day(shown) if isinstance(shown, dt.date) else None
    return calendar.is_working_day(placed.date())
