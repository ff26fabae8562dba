"""How points and ranges lie to each other.

A point is any value with an order. The parameters are named as in the standard, which has other
names for a point than for a range. Where an end is open without limit, what depends on it is null.
"""

from __future__ import annotations

from runner.feel.builtins.table import builtin
from runner.feel.evaluation import Evaluation
from runner.feel.operators import contains, order
from runner.feel.values import Range, Value

_RANGES = "range1: range, range2: range"
_POINTS = "point1: any, point2: any"
_POINT_FIRST = "point: any, range: range"
_RANGE_FIRST = "range: range, point: any"


def _span(value: Value) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _before(run: Evaluation, one: Range, other: Range) -> bool | None:
    """Whether no value of the one is above or equal to any of the other."""
    sign = order(run, one.high, other.low)
    if sign is None:
        return None
    return sign < 0 or (sign == 0 and not (one.high_closed and other.low_closed))


_BEFORE = "Whether the first ends before the second starts."


@builtin("before", _POINTS, _BEFORE, result="boolean")
@builtin("before", _RANGE_FIRST, _BEFORE, result="boolean")
@builtin("before", _POINT_FIRST, _BEFORE, result="boolean")
@builtin("before", _RANGES, _BEFORE, result="boolean")
def _is_before(run: Evaluation, a: Value, b: Value) -> Value:
    return _before(run, _span(a), _span(b))


_AFTER = "Whether the first starts after the second ends."


@builtin("after", _POINTS, _AFTER, result="boolean")
@builtin("after", _RANGE_FIRST, _AFTER, result="boolean")
@builtin("after", _POINT_FIRST, _AFTER, result="boolean")
@builtin("after", _RANGES, _AFTER, result="boolean")
def _is_after(run: Evaluation, a: Value, b: Value) -> Value:
    return _before(run, _span(b), _span(a))


@builtin(
    "meets",
    _RANGES,
    "Whether the first ends with the value the second starts with.",
    result="boolean",
)
def _meets(run: Evaluation, range1: Range, range2: Range) -> Value:
    sign = order(run, range1.high, range2.low)
    return None if sign is None else sign == 0 and range1.high_closed and range2.low_closed


@builtin(
    "met by",
    _RANGES,
    "Whether the first starts with the value the second ends with.",
    result="boolean",
)
def _met_by(run: Evaluation, range1: Range, range2: Range) -> Value:
    return _meets(run, range2, range1)


@builtin("overlaps", _RANGES, "Whether the ranges have a value in common.", result="boolean")
def _overlaps(run: Evaluation, range1: Range, range2: Range) -> Value:
    first, second = _before(run, range1, range2), _before(run, range2, range1)
    return None if first is None or second is None else not first and not second


@builtin(
    "overlaps before",
    _RANGES,
    "Whether the first starts before the second, and ends in it.",
    result="boolean",
)
def _overlaps_before(run: Evaluation, range1: Range, range2: Range) -> Value:
    starts, ends = order(run, range1.low, range2.low), order(run, range1.high, range2.high)
    apart = _before(run, range1, range2)
    if starts is None or ends is None or apart is None:
        return None
    starts_first = starts < 0 or (starts == 0 and range1.low_closed and not range2.low_closed)
    ends_first = ends < 0 or (ends == 0 and (not range1.high_closed or range2.high_closed))
    return starts_first and ends_first and not apart


@builtin(
    "overlaps after",
    _RANGES,
    "Whether the first starts in the second, and ends after it.",
    result="boolean",
)
def _overlaps_after(run: Evaluation, range1: Range, range2: Range) -> Value:
    return _overlaps_before(run, range2, range1)


_INCLUDES = "Whether the first has the second in it."


@builtin("includes", _RANGE_FIRST, _INCLUDES, result="boolean")
@builtin("includes", _RANGES, _INCLUDES, result="boolean")
def _includes(run: Evaluation, span: Range, value: Value) -> Value:
    if not isinstance(value, Range):
        return contains(run, span, value)
    low, high = order(run, span.low, value.low), order(run, span.high, value.high)
    if low is None or high is None:
        return None
    low_inside = low < 0 or (low == 0 and (span.low_closed or not value.low_closed))
    high_inside = high > 0 or (high == 0 and (span.high_closed or not value.high_closed))
    return low_inside and high_inside


_DURING = "Whether the second has the first in it."


@builtin("during", _POINT_FIRST, _DURING, result="boolean")
@builtin("during", _RANGES, _DURING, result="boolean")
def _during(run: Evaluation, value: Value, span: Range) -> Value:
    return _includes(run, span, value)


_STARTS = "Whether the first is where the second starts."


@builtin("starts", _POINT_FIRST, _STARTS, result="boolean")
@builtin("starts", _RANGES, _STARTS, result="boolean")
def _starts(run: Evaluation, value: Value, span: Range) -> Value:
    part = _span(value)
    sign = order(run, part.low, span.low)
    if sign is None:
        return None
    if not isinstance(value, Range):
        return sign == 0 and span.low_closed
    return sign == 0 and part.low_closed == span.low_closed and _includes(run, span, part)


_STARTED_BY = "Whether the second is where the first starts."


@builtin("started by", _RANGE_FIRST, _STARTED_BY, result="boolean")
@builtin("started by", _RANGES, _STARTED_BY, result="boolean")
def _started_by(run: Evaluation, span: Range, value: Value) -> Value:
    return _starts(run, value, span)


_FINISHES = "Whether the first is where the second ends."


@builtin("finishes", _POINT_FIRST, _FINISHES, result="boolean")
@builtin("finishes", _RANGES, _FINISHES, result="boolean")
def _finishes(run: Evaluation, value: Value, span: Range) -> Value:
    part = _span(value)
    sign = order(run, part.high, span.high)
    if sign is None:
        return None
    if not isinstance(value, Range):
        return sign == 0 and span.high_closed
    return sign == 0 and part.high_closed == span.high_closed and _includes(run, span, part)


_FINISHED_BY = "Whether the second is where the first ends."


@builtin("finished by", _RANGE_FIRST, _FINISHED_BY, result="boolean")
@builtin("finished by", _RANGES, _FINISHED_BY, result="boolean")
def _finished_by(run: Evaluation, span: Range, value: Value) -> Value:
    return _finishes(run, value, span)


_COINCIDES = "Whether both are the same point or range."


@builtin("coincides", _POINTS, _COINCIDES, result="boolean")
@builtin("coincides", _RANGES, _COINCIDES, result="boolean")
def _coincides(run: Evaluation, a: Value, b: Value) -> Value:
    one, other = _span(a), _span(b)
    low, high = order(run, one.low, other.low), order(run, one.high, other.high)
    if low is None or high is None:
        return None
    same_ends = (one.low_closed, one.high_closed) == (other.low_closed, other.high_closed)
    return low == 0 and high == 0 and same_ends
