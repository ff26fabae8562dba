"""Equality, order and membership of values, with FEEL's three-valued results.

true, false, or null (None) where the question makes no sense; then the evaluation has a warning.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from zoneinfo import ZoneInfo

from runner.feel.evaluation import Evaluation, used
from runner.feel.values import CONTEXT, Months, Range, Value, kind
from runner.feel.wide import (
    NANOS,
    Date,
    DateTime,
    Time,
    clock_nanos,
    duration_nanos,
    familiar,
    make_date,
    placed,
    utc_nanos,
)

_SCALARS = frozenset({str, Decimal, bool, Months, dt.date, dt.timedelta})
_COMPARABLE = frozenset({str, Decimal, Months, dt.date, dt.timedelta})
_ORDER: dict[str, Callable[[Value], Value]] = {
    "date": lambda value: value.toordinal(),
    "days and time duration": duration_nanos,
}


def equal(run: Evaluation, left: Value, right: Value) -> bool | None:
    """`left = right`: values of different types make null; null equals only null."""
    if type(left) is type(right) and type(left) in _SCALARS:
        return bool(left == right)
    used(left)
    used(right)
    if left is None or right is None:
        return left is right
    left_kind, right_kind = kind(left), kind(right)
    if left_kind != right_kind:
        run.warn("type", f"A {left_kind} cannot be compared with a {right_kind}")
        return None
    if left_kind == "list":
        return _equal_lists(run, left, right)
    if left_kind == "context":
        if left.keys() != right.keys():
            return False
        return _equal_lists(run, list(left.values()), [right[key] for key in left])
    if left_kind == "date and time":
        pair = _instants(run, left, right)
        return None if pair is None else pair[0] == pair[1]
    if left_kind == "time":
        return _clock(left) == _clock(right)
    if left_kind == "range":
        same_form = (left.low_closed, left.high_closed, left.operator) == (
            right.low_closed,
            right.high_closed,
            right.operator,
        )
        return same_form and _equal_lists(run, [left.low, left.high], [right.low, right.high])
    return bool(left == right)


def _equal_lists(run: Evaluation, left: list[Value], right: list[Value]) -> bool | None:
    if len(left) != len(right):
        return False
    unknown = False
    for one, other in zip(left, right, strict=True):
        run.spend()
        answer = equal(run, one, other)
        if answer is False:
            return False
        unknown = unknown or answer is None
    return None if unknown else True


def order(run: Evaluation, left: Value, right: Value) -> int | None:
    """Negative, zero or positive as left is below, equal to or above right; None if neither."""
    simple = type(left)
    if simple is type(right) and simple in _COMPARABLE:
        return -1 if left < right else int(left > right)
    used(left)
    used(right)
    if left is None or right is None:
        return None
    left_kind = kind(left)
    if left_kind != kind(right):
        run.warn("type", f"A {left_kind} cannot be ordered against a {kind(right)}")
        return None
    if left_kind == "date and time":
        pair = _instants(run, left, right)
        if pair is None:
            return None
        left, right = pair
    elif left_kind == "time":
        (left_place, left), (right_place, right) = _clock(left), _clock(right)
        if left_place != right_place:
            run.warn("type", "A time with an offset cannot be ordered against one without")
            return None
    elif left_kind in _ORDER:
        left, right = _ORDER[left_kind](left), _ORDER[left_kind](right)
    elif left_kind not in ("number", "string", "years and months duration"):
        run.warn("type", f"A {left_kind} has no order")
        return None
    return -1 if left < right else int(left > right)


def compare(run: Evaluation, operator: str, left: Value, right: Value) -> bool | None:
    """The answer of one of = != < <= > >=."""
    if operator in ("=", "!="):
        same = equal(run, left, right)
        return same if operator == "=" or same is None else not same
    sign = order(run, left, right)
    if sign is None:
        return None
    if operator == "<":
        return sign < 0
    if operator == "<=":
        return sign <= 0
    return sign > 0 if operator == ">" else sign >= 0


def _instants(run: Evaluation, left: DateTime, right: DateTime) -> tuple[int, int] | None:
    """Both as whole seconds; None if only one can be placed. FEEL compares times by their hour,
    minute and second, so that fractions of a second make no difference."""
    if (left.tzinfo is None) != (right.tzinfo is None) and run.calendar is None:
        run.warn("type", "A date and time with a zone cannot be compared with one without")
        return None
    if left.tzinfo is None and right.tzinfo is None:
        return utc_nanos(left) // NANOS, utc_nanos(right) // NANOS
    return instant(run, left) // NANOS, instant(run, right) // NANOS


def instant(run: Evaluation, value: DateTime) -> int:
    """Nanoseconds since 1970 in UTC; a date and time without a zone is read in the site's zone."""
    return utc_nanos(placed(value, run.zone) if value.tzinfo is None else value)


def _clock(value: Time) -> tuple[str, int]:
    """What the time counts from, and the whole seconds since then. Midnight in a zone whose offset
    depends on the date is known by the name of the zone only."""
    seconds = clock_nanos(value) // NANOS
    offset = value.utcoffset()
    if offset is not None:
        return "UTC", seconds - int(offset.total_seconds())
    return (value.tzinfo.key if isinstance(value.tzinfo, ZoneInfo) else ""), seconds


def contains(run: Evaluation, span: Range, value: Value) -> bool | None:
    """Whether the value lies in the range."""
    if used(value) is None:
        return None
    if span.low is not None:
        sign = order(run, value, span.low)
        if sign is None:
            return None
        if sign < 0 or (sign == 0 and not span.low_closed):
            return False
    if span.high is not None:
        sign = order(run, value, span.high)
        if sign is None:
            return None
        if sign > 0 or (sign == 0 and not span.high_closed):
            return False
    return True


def member(run: Evaluation, value: Value, test: Value) -> bool | None:
    """Whether the value is the test, in the range, or one of the list (of values and ranges)."""
    used(test)
    if isinstance(test, Range) and not isinstance(value, Range):
        return contains(run, test, value)
    if isinstance(test, list) and not isinstance(value, list):
        return any(_one_of(run, value, item) for item in test)
    if isinstance(test, list) and isinstance(value, list):
        if equal(run, value, test):
            return True
        return any(isinstance(item, list) and equal(run, value, item) is True for item in test)
    return equal(run, value, test)


def _one_of(run: Evaluation, value: Value, item: Value) -> bool:
    run.spend()
    used(item)
    if isinstance(item, Range) and value is not None and kind(value) == kind(_an_end(item)):
        return contains(run, item, value) is True
    return kind(item) == kind(value) and equal(run, value, item) is True


def _an_end(span: Range) -> Value:
    return span.high if span.low is None else span.low


def identity(run: Evaluation, value: Value) -> object:
    """A hashable key that is the same for equal values, for finding duplicates quickly."""
    run.spend()
    name = kind(value)
    if name == "list":
        return (name, tuple(identity(run, item) for item in value))
    if name == "context":
        return (name, frozenset((key, identity(run, item)) for key, item in value.items()))
    if name == "date and time":
        local = value.tzinfo is None and run.calendar is None
        return (name, local, (utc_nanos(value) if local else instant(run, value)) // NANOS)
    if name == "time":
        return (name, _clock(value))
    return (name, value)


def add_months(day: Date, months: int) -> Date | None:
    """The day with the same number so many months later, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        first = make_date(year, month + 1, 1)
        last = calendar.monthrange(familiar(first).year, month + 1)[1]
        return make_date(year, month + 1, min(day.day, last))
    except ValueError:
        return None


def whole(value: Decimal) -> int | None:
    """The number as an int if it is a whole number of reasonable size."""
    if value.adjusted() > 18 or value != value.to_integral_value(context=CONTEXT):
        return None
    return int(value)
