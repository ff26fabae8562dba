"""+ - * / ** over numbers, texts, dates, times and durations. What makes no sense is null."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, DecimalException

from runner.feel.evaluation import Evaluation, used
from runner.feel.operators import add_months, instant, whole
from runner.feel.values import CONTEXT, Months, Value, kind

_MICRO = dt.timedelta(microseconds=1)


def calculate(run: Evaluation, operator: str, left: Value, right: Value) -> Value:
    """`left operator right`, or null with a warning."""
    used(left)
    used(right)
    if left is None or right is None:
        return None
    if type(left) is Decimal and type(right) is Decimal:
        return _numbers(run, operator, left, right)
    kinds = (kind(left), kind(right))
    operation = _OPERATIONS.get((operator, *kinds))
    if operation is None:
        run.warn("type", f"'{operator}' has no meaning for a {kinds[0]} and a {kinds[1]}")
        return None
    try:
        result = operation(run, left, right)
    except (OverflowError, ValueError, ZeroDivisionError, DecimalException):
        run.warn("type", f"The result of '{operator}' is outside what can be represented")
        return None
    run.spend_on(result)
    return result


def negate(run: Evaluation, value: Value) -> Value:
    """`-value`, or null with a warning."""
    used(value)
    if type(value) is Decimal:
        return CONTEXT.minus(value)
    if isinstance(value, dt.timedelta):
        return -value
    if isinstance(value, Months):
        return Months(-value.months)
    if value is not None:
        run.warn("type", f"'-' has no meaning for a {kind(value)}")
    return None


def _numbers(run: Evaluation, operator: str, left: Decimal, right: Decimal) -> Decimal | None:
    try:
        if operator == "+":
            return CONTEXT.add(left, right)
        if operator == "-":
            return CONTEXT.subtract(left, right)
        if operator == "*":
            return CONTEXT.multiply(left, right)
        if operator == "/":
            return CONTEXT.divide(left, right)
        return CONTEXT.power(left, right)
    except DecimalException:
        run.warn("type", f"The result of '{operator}' is no number (division by zero, overflow)")
        return None


def microseconds(value: dt.timedelta) -> int:
    """The exact length."""
    return value // _MICRO


def _shift(value: dt.datetime, length: dt.timedelta) -> dt.datetime:
    """So much elapsed time later, shown in the same zone."""
    if value.tzinfo is None:
        return value + length
    return (value.astimezone(dt.UTC) + length).astimezone(value.tzinfo)


def _shift_date(day: dt.date, length: dt.timedelta) -> dt.date:
    return (dt.datetime.combine(day, dt.time()) + length).date()


def _shift_time(value: dt.time, length: dt.timedelta) -> dt.time:
    moment = dt.datetime.combine(dt.date(2000, 1, 2), value.replace(tzinfo=None))
    whole_days = dt.timedelta(days=length.days)
    return (moment + (length - whole_days)).time().replace(tzinfo=value.tzinfo)


def _months_later(value: Value, months: int) -> Value:
    day = add_months(value.date() if isinstance(value, dt.datetime) else value, months)
    if day is None:
        raise OverflowError
    return dt.datetime.combine(day, value.timetz()) if isinstance(value, dt.datetime) else day


def _difference(run: Evaluation, left: dt.datetime, right: dt.datetime) -> dt.timedelta | None:
    if left.tzinfo is None and right.tzinfo is None:
        return left - right
    if (left.tzinfo is None or right.tzinfo is None) and run.calendar is None:
        run.warn("type", "A date and time with a zone minus one without has no meaning")
        return None
    return instant(run, left) - instant(run, right)


def _midnight(run: Evaluation, day: dt.date, like: dt.datetime) -> dt.datetime:
    """FEEL reads a date in arithmetic as midnight UTC; beside a local time, as local midnight."""
    return dt.datetime.combine(day, dt.time(), None if like.tzinfo is None else dt.UTC)


def _time_difference(run: Evaluation, left: dt.time, right: dt.time) -> dt.timedelta | None:
    offsets = (left.utcoffset(), right.utcoffset())
    if (offsets[0] is None) != (offsets[1] is None):
        run.warn("type", "A time with an offset minus one without has no meaning")
        return None
    base = dt.date(2000, 1, 1)
    first = dt.datetime.combine(base, left.replace(tzinfo=None)) - (offsets[0] or dt.timedelta())
    second = dt.datetime.combine(base, right.replace(tzinfo=None)) - (offsets[1] or dt.timedelta())
    return first - second


def _scale(length: dt.timedelta, factor: Decimal) -> dt.timedelta:
    micros = CONTEXT.multiply(Decimal(microseconds(length)), factor)
    return _MICRO * int(micros.to_integral_value(ROUND_HALF_EVEN))


def _scale_months(length: Months, factor: Decimal) -> Months:
    product = CONTEXT.multiply(Decimal(length.months), factor)
    months = whole(product.to_integral_value(ROUND_DOWN))
    if months is None:
        raise OverflowError
    return Months(months)


def _ratio(left: int, right: int) -> Decimal:
    return CONTEXT.divide(Decimal(left), Decimal(right))


def _divide(length: dt.timedelta, divisor: Decimal) -> dt.timedelta:
    micros = CONTEXT.divide(Decimal(microseconds(length)), divisor)
    return _MICRO * int(micros.to_integral_value(ROUND_HALF_EVEN))


def _divide_months(length: Months, divisor: Decimal) -> Months:
    quotient = CONTEXT.divide(Decimal(length.months), divisor)
    months = whole(quotient.to_integral_value(ROUND_DOWN))
    if months is None:
        raise OverflowError
    return Months(months)


_NUMBER, _STRING, _DATE, _TIME = "number", "string", "date", "time"
_DATE_TIME = "date and time"
_DAYS, _MONTHS = "days and time duration", "years and months duration"
_Operation = Callable[[Evaluation, Value, Value], Value]
_OPERATIONS: dict[tuple[str, str, str], _Operation] = {
    ("+", _STRING, _STRING): lambda _run, left, right: left + right,
    ("+", _DATE, _DAYS): lambda _run, left, right: _shift_date(left, right),
    ("+", _DAYS, _DATE): lambda _run, left, right: _shift_date(right, left),
    ("+", _DATE, _MONTHS): lambda _run, left, right: _months_later(left, right.months),
    ("+", _MONTHS, _DATE): lambda _run, left, right: _months_later(right, left.months),
    ("+", _DATE_TIME, _DAYS): lambda _run, left, right: _shift(left, right),
    ("+", _DAYS, _DATE_TIME): lambda _run, left, right: _shift(right, left),
    ("+", _DATE_TIME, _MONTHS): lambda _run, left, right: _months_later(left, right.months),
    ("+", _MONTHS, _DATE_TIME): lambda _run, left, right: _months_later(right, left.months),
    ("+", _TIME, _DAYS): lambda _run, left, right: _shift_time(left, right),
    ("+", _DAYS, _TIME): lambda _run, left, right: _shift_time(right, left),
    ("+", _DAYS, _DAYS): lambda _run, left, right: left + right,
    ("+", _MONTHS, _MONTHS): lambda _run, left, right: Months(left.months + right.months),
    ("-", _DATE, _DAYS): lambda _run, left, right: _shift_date(left, -right),
    ("-", _DATE, _MONTHS): lambda _run, left, right: _months_later(left, -right.months),
    ("-", _DATE_TIME, _DAYS): lambda _run, left, right: _shift(left, -right),
    ("-", _DATE_TIME, _MONTHS): lambda _run, left, right: _months_later(left, -right.months),
    ("-", _TIME, _DAYS): lambda _run, left, right: _shift_time(left, -right),
    ("-", _DAYS, _DAYS): lambda _run, left, right: left - right,
    ("-", _MONTHS, _MONTHS): lambda _run, left, right: Months(left.months - right.months),
    ("-", _DATE, _DATE): lambda _run, left, right: left - right,
    ("-", _DATE_TIME, _DATE_TIME): _difference,
    ("-", _DATE_TIME, _DATE): lambda run, left, right: _difference(
        run, left, _midnight(run, right, left)
    ),
    ("-", _DATE, _DATE_TIME): lambda run, left, right: _difference(
        run, _midnight(run, left, right), right
    ),
    ("-", _TIME, _TIME): _time_difference,
    ("*", _DAYS, _NUMBER): lambda _run, left, right: _scale(left, right),
    ("*", _NUMBER, _DAYS): lambda _run, left, right: _scale(right, left),
    ("*", _MONTHS, _NUMBER): lambda _run, left, right: _scale_months(left, right),
    ("*", _NUMBER, _MONTHS): lambda _run, left, right: _scale_months(right, left),
    ("/", _DAYS, _NUMBER): lambda _run, left, right: _divide(left, right),
    ("/", _MONTHS, _NUMBER): lambda _run, left, right: _divide_months(left, right),
    ("/", _DAYS, _DAYS): lambda _run, left, right: _ratio(microseconds(left), microseconds(right)),
    ("/", _MONTHS, _MONTHS): lambda _run, left, right: _ratio(left.months, right.months),
}
