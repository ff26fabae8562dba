"""Making and reading dates, times and durations."""

from __future__ import annotations

import calendar
import datetime as dt
from decimal import ROUND_FLOOR, Decimal

from runner.feel.builtins.table import builtin
from runner.feel.evaluation import Evaluation
from runner.feel.operators import whole
from runner.feel.temporal import parse_date, parse_date_time, parse_duration, parse_time
from runner.feel.values import CONTEXT, Months, Value, kind
from runner.feel.wide import (
    NANOS,
    Date,
    DateTime,
    Time,
    WideDuration,
    at_instant,
    familiar,
    make_date,
    make_date_time,
    make_time,
    utc_nanos,
)

_LARGEST_OFFSET = dt.timedelta(hours=18)
_SECOND = dt.timedelta(seconds=1)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]


def _warned(run: Evaluation, name: str, value: Value, text: str) -> Value:
    if value is None:
        run.warn("function", f"'{text[:60]}' is no {name}", name)
    return value


@builtin("date", "from: string", "The date written like 2026-11-20.", result="date")
def _date_from_text(run: Evaluation, text: str) -> Value:
    return _warned(run, "date", parse_date(text), text)


@builtin("date", "from: day", "The date of a date and time.", result="date")
def _date_from_day(_run: Evaluation, day: Date | DateTime) -> Value:
    return day.date() if kind(day) == "date and time" else day  # type: ignore[union-attr]


@builtin(
    "date", "year: number, month: number, day: number", "The date with these parts.", result="date"
)
def _date_from_parts(run: Evaluation, year: Decimal, month: Decimal, day: Decimal) -> Value:
    parts = (whole(year), whole(month), whole(day))
    try:
        return make_date(*parts)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        run.warn("function", f"There is no date {year}-{month}-{day}", "date")
        return None


@builtin(
    "time",
    "from: string",
    "The time written like 10:00:00, with a zone if it has one.",
    result="time",
)
def _time_from_text(run: Evaluation, text: str) -> Value:
    return _warned(run, "time", parse_time(text.removeprefix("T")), text)


@builtin("time", "from: date_time", "The time of a date and time.", result="time")
def _time_from_date_time(_run: Evaluation, moment: DateTime) -> Value:
    return moment.timetz()


@builtin("time", "from: date", "Midnight UTC.", result="time")
def _time_from_date(_run: Evaluation, _day: Date) -> Value:
    return dt.time(tzinfo=dt.UTC)


@builtin("time", "from: time", "The time itself.", result="time")
def _time_itself(_run: Evaluation, time: Time) -> Value:
    return time


@builtin(
    "time",
    "hour: number, minute: number, second: number, offset?: days",
    "The time with these parts.",
    result="time",
)
def _time_from_parts(
    run: Evaluation,
    hour: Decimal,
    minute: Decimal,
    second: Decimal,
    offset: dt.timedelta | WideDuration | None,
) -> Value:
    hours, minutes = whole(hour), whole(minute)
    try:
        zone = None if offset is None else _zone(offset)
        started = second.to_integral_value(ROUND_FLOOR)
        nanos = int(CONTEXT.multiply(CONTEXT.subtract(second, started), Decimal(NANOS)))
        return make_time(hours, minutes, int(started), nanos, zone)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        run.warn("function", f"There is no time {hour}:{minute}:{second}", "time")
        return None


def _zone(offset: dt.timedelta | WideDuration) -> dt.timezone:
    if not isinstance(offset, dt.timedelta) or abs(offset) > _LARGEST_OFFSET or offset % _SECOND:
        raise ValueError("offset out of range")
    return dt.timezone(offset)


@builtin(
    "date and time",
    "from: string",
    "The date and time written like 2026-11-20T10:00:00Z.",
    result="date and time",
)
def _date_time_from_text(run: Evaluation, text: str) -> Value:
    return _warned(run, "date and time", parse_date_time(text), text)


@builtin("date and time", "from: date_time", "The date and time itself.", result="date and time")
def _date_time_itself(_run: Evaluation, moment: DateTime) -> Value:
    return moment


@builtin(
    "date and time",
    "date: day, time: time",
    "The date and the time together.",
    result="date and time",
)
def _date_time_of(_run: Evaluation, day: Date | DateTime, time: Time) -> Value:
    return make_date_time(day, time)


@builtin(
    "date and time",
    "date: date_time, timezone: string",
    "The same instant shown in a zone, such as Asia/Shanghai.",
    origin="Camunda",
    result="date and time",
)
def _date_time_in_zone(run: Evaluation, moment: DateTime, timezone: str) -> Value:
    time = parse_time(f"00:00:00@{timezone}")
    if time is None or moment.tzinfo is None:
        run.warn("function", f"There is no zone '{timezone[:40]}', or nothing to convert")
        return None
    try:
        return at_instant(utc_nanos(moment), time.tzinfo)
    except ValueError:
        run.warn("function", "The date and time is outside what can be represented")
        return None


@builtin(
    "date and time",
    "year: number, month: number, day: number, hour: number, minute: number, second: number",
    "The local date and time with these parts.",
    result="date and time",
)
def _date_time_from_parts(run: Evaluation, *parts: Decimal) -> Value:
    day = _date_from_parts(run, *parts[:3])
    time = _time_from_parts(run, *parts[3:], None)
    return None if day is None or time is None else make_date_time(day, time)


@builtin(
    "duration", "from: string", "The duration written like P3D, PT2H30M or P1Y6M.", result="any"
)
def _duration(run: Evaluation, text: str) -> Value:
    return _warned(run, "duration", parse_duration(text), text)


@builtin("duration", "from: duration", "The duration itself.", result="any")
def _duration_itself(_run: Evaluation, length: Value) -> Value:
    return length


@builtin(
    "years and months duration",
    "from: day, to: day",
    "The whole months from one day to another.",
    result="years and months duration",
)
def _months_between(_run: Evaluation, first: Date | DateTime, last: Date | DateTime) -> Value:
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and last.day < first.day:
        months -= 1
    elif months < 0 and last.day > first.day:
        months += 1
    return Months(months)


@builtin("now", "", "The instant of this evaluation, in the site's zone.", result="date and time")
def _now(run: Evaluation) -> Value:
    return run.now.astimezone(run.zone)


@builtin("today", "", "The date of this evaluation, in the site's zone.", result="date")
def _today(run: Evaluation) -> Value:
    return run.now.astimezone(run.zone).date()


@builtin("day of week", "date: day", "Monday to Sunday.", result="string")
def _day_of_week(_run: Evaluation, day: Date | DateTime) -> Value:
    return _WEEKDAYS[day.isoweekday() - 1]


@builtin("day of year", "date: day", "1 to 366.", result="number")
def _day_of_year(_run: Evaluation, day: Date | DateTime) -> Value:
    return Decimal(familiar(day).timetuple().tm_yday)


@builtin("week of year", "date: day", "The week of ISO 8601, 1 to 53.", result="number")
def _week_of_year(_run: Evaluation, day: Date | DateTime) -> Value:
    return Decimal(familiar(day).isocalendar().week)


@builtin("month of year", "date: day", "January to December.", result="string")
def _month_of_year(_run: Evaluation, day: Date | DateTime) -> Value:
    return _MONTHS[day.month - 1]


@builtin(
    "last day of month", "date: day", "The last date of the month.", origin="Camunda", result="date"
)
def _last_day_of_month(_run: Evaluation, day: Date | DateTime) -> Value:
    last = calendar.monthrange(familiar(day).year, day.month)[1]
    return make_date(day.year, day.month, last)
