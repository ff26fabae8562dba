"""+ - * / ** over numbers, texts, dates, times and durations. What makes no sense is null."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal, DecimalException, DivisionByZero

from runner.feel.evaluation import Evaluation, used
from runner.feel.operators import add_months, instant, whole
from runner.feel.values import CONTEXT, Months, Value, kind
from runner.feel.wide import (
    DAY,
    Date,
    DateTime,
    Duration,
    Time,
    WideDuration,
    at_instant,
    clock_nanos,
    date_of,
    duration_nanos,
    local_nanos,
    make_date_time,
    make_duration,
    time_of,
    utc_nanos,
)

_POWER = 50  # steps: with a fraction as exponent it takes that much longer than a product


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
    if isinstance(value, dt.timedelta | WideDuration):
        return _negative(value)
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
        run.spend(_POWER)
        if not left and right < 0:
            raise DivisionByZero  # decimal gives infinity here, which is no number of FEEL
        return CONTEXT.power(left, right) if right else Decimal(1)
    except DecimalException:
        run.warn("type", f"The result of '{operator}' is no number (division by zero, overflow)")
        return None


def _shift(value: DateTime, length: Duration) -> DateTime:
    """So much elapsed time later, shown in the same zone."""
    return at_instant(utc_nanos(value) + duration_nanos(length), value.tzinfo)


def _shift_date(day: Date, length: Duration) -> Date:
    return date_of(day.toordinal() + duration_nanos(length) // DAY)


def _shift_time(value: Time, length: Duration) -> Time:
    return time_of((clock_nanos(value) + duration_nanos(length)) % DAY, value.tzinfo)


def _months_later(value: Value, months: int) -> Value:
    day = add_months(value, months)
    if day is None:
        raise OverflowError
    return make_date_time(day, value.timetz()) if kind(value) == _DATE_TIME else day


def _difference(run: Evaluation, left: DateTime, right: DateTime) -> Duration | None:
    if left.tzinfo is None and right.tzinfo is None:
        return make_duration(local_nanos(left) - local_nanos(right))
    if (left.tzinfo is None or right.tzinfo is None) and run.calendar is None:
        run.warn("type", "A date and time with a zone minus one without has no meaning")
        return None
    return make_duration(instant(run, left) - instant(run, right))


def _midnight(run: Evaluation, day: Date, like: DateTime) -> DateTime:
    """FEEL reads a date in arithmetic as midnight UTC; where there is a site, a date beside a local
    time is midnight there."""
    local = like.tzinfo is None and run.calendar is not None
    return make_date_time(day, dt.time(tzinfo=None if local else dt.UTC))


def _time_difference(run: Evaluation, left: Time, right: Time) -> Duration | None:
    offsets = (left.utcoffset(), right.utcoffset())
    if (offsets[0] is None) != (offsets[1] is None):
        run.warn("type", "A time with an offset minus one without has no meaning")
        return None
    apart = make_duration(clock_nanos(left) - clock_nanos(right))
    if offsets[0] is None or offsets[1] is None:
        return apart
    return _add(apart, offsets[1] - offsets[0])


def _add(left: Duration, right: Duration) -> Duration:
    return make_duration(duration_nanos(left) + duration_nanos(right))


def _negative(length: Duration) -> Duration:
    return make_duration(-duration_nanos(length))


def _duration_of(nanos: Decimal, like: Duration) -> Duration:
    """The duration rounded half even, to the microsecond where what it came from needs no more."""
    unit = 1 if isinstance(like, WideDuration) else 1000
    units = CONTEXT.divide(nanos, Decimal(unit)).to_integral_value(ROUND_HALF_EVEN)
    return make_duration(int(units) * unit)


def _scale(length: Duration, factor: Decimal) -> Duration:
    return _duration_of(CONTEXT.multiply(Decimal(duration_nanos(length)), factor), length)


def _divide(length: Duration, divisor: Decimal) -> Duration:
    return _duration_of(CONTEXT.divide(Decimal(duration_nanos(length)), divisor), length)


def _scale_months(length: Months, factor: Decimal) -> Months:
    return _months_of(CONTEXT.multiply(Decimal(length.months), factor))


def _divide_months(length: Months, divisor: Decimal) -> Months:
    return _months_of(CONTEXT.divide(Decimal(length.months), divisor))


def _months_of(count: Decimal) -> Months:
    months = whole(count.to_integral_value(ROUND_DOWN))
    if months is None:
        raise OverflowError
    return Months(months)


def _ratio(left: int, right: int) -> Decimal:
    return CONTEXT.divide(Decimal(left), Decimal(right))


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
    ("+", _DAYS, _DAYS): lambda _run, left, right: _add(left, right),
    ("+", _MONTHS, _MONTHS): lambda _run, left, right: Months(left.months + right.months),
    ("-", _DATE, _DAYS): lambda _run, left, right: _shift_date(left, _negative(right)),
    ("-", _DATE, _MONTHS): lambda _run, left, right: _months_later(left, -right.months),
    ("-", _DATE_TIME, _DAYS): lambda _run, left, right: _shift(left, _negative(right)),
    ("-", _DATE_TIME, _MONTHS): lambda _run, left, right: _months_later(left, -right.months),
    ("-", _TIME, _DAYS): lambda _run, left, right: _shift_time(left, _negative(right)),
    ("-", _DAYS, _DAYS): lambda _run, left, right: _add(left, _negative(right)),
    ("-", _MONTHS, _MONTHS): lambda _run, left, right: Months(left.months - right.months),
    ("-", _DATE, _DATE): lambda _run, left, right: make_duration(
        (left.toordinal() - right.toordinal()) * DAY
    ),
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
    ("/", _DAYS, _DAYS): lambda _run, left, right: _ratio(
        duration_nanos(left), duration_nanos(right)
    ),
    ("/", _MONTHS, _MONTHS): lambda _run, left, right: _ratio(left.months, right.months),
}
