"""How points and ranges lie to each other."""

from __future__ import annotations

from runner.feel.builtins.table import builtin
from runner.feel.evaluation import Evaluation
from runner.feel.operators import contains, order
from runner.feel.values import Range, Value


def _span(value: Value) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _before(run: Evaluation, one: Range, other: Range) -> bool | None:
    if one.high is None or other.low is None:
        return None
    sign = order(run, one.high, other.low)
    if sign is None:
        return None
    return sign < 0 or (sign == 0 and not (one.high_closed and other.low_closed))


@builtin("before", "a: any, b: any", "Whether a ends before b starts.", result="boolean")
def _is_before(run: Evaluation, a: Value, b: Value) -> Value:
    return _before(run, _span(a), _span(b))


@builtin("after", "a: any, b: any", "Whether a starts after b ends.", result="boolean")
def _is_after(run: Evaluation, a: Value, b: Value) -> Value:
    return _before(run, _span(b), _span(a))


@builtin(
    "meets",
    "range1: range, range2: range",
    "Whether the first ends where the second starts.",
    result="boolean",
)
def _meets(run: Evaluation, range1: Range, range2: Range) -> Value:
    sign = order(run, range1.high, range2.low)
    return None if sign is None else sign == 0 and range1.high_closed and range2.low_closed


@builtin(
    "met by",
    "range1: range, range2: range",
    "Whether the second ends where the first starts.",
    result="boolean",
)
def _met_by(run: Evaluation, range1: Range, range2: Range) -> Value:
    return _meets(run, range2, range1)


@builtin(
    "overlaps",
    "range1: range, range2: range",
    "Whether the ranges have a value in common.",
    result="boolean",
)
def _overlaps(run: Evaluation, range1: Range, range2: Range) -> Value:
    first, second = _before(run, range1, range2), _before(run, range2, range1)
    return None if first is None or second is None else not first and not second


@builtin(
    "includes",
    "range: range, value: any",
    "Whether the range has the value, or the range.",
    result="boolean",
)
def _includes(run: Evaluation, span: Range, value: Value) -> Value:
    if not isinstance(value, Range):
        return contains(run, span, value)
    low, high = order(run, span.low, value.low), order(run, span.high, value.high)
    if low is None or high is None:
        return None
    low_inside = low < 0 or (low == 0 and (span.low_closed or not value.low_closed))
    high_inside = high > 0 or (high == 0 and (span.high_closed or not value.high_closed))
    return low_inside and high_inside


@builtin(
    "during",
    "value: any, range: range",
    "Whether the range has the value, or the range.",
    result="boolean",
)
def _during(run: Evaluation, value: Value, span: Range) -> Value:
    return _includes(run, span, value)


@builtin(
    "starts",
    "value: any, range: range",
    "Whether the range starts with the value or range.",
    result="boolean",
)
def _starts(run: Evaluation, value: Value, span: Range) -> Value:
    part = _span(value)
    sign = order(run, part.low, span.low)
    if sign is None:
        return None
    if not isinstance(value, Range):
        return sign == 0 and span.low_closed
    return sign == 0 and part.low_closed == span.low_closed and _includes(run, span, part) is True


@builtin(
    "finishes",
    "value: any, range: range",
    "Whether the range ends with the value or range.",
    result="boolean",
)
def _finishes(run: Evaluation, value: Value, span: Range) -> Value:
    part = _span(value)
    sign = order(run, part.high, span.high)
    if sign is None:
        return None
    if not isinstance(value, Range):
        return sign == 0 and span.high_closed
    return sign == 0 and part.high_closed == span.high_closed and _includes(run, span, part) is True


@builtin(
    "started by",
    "range: range, value: any",
    "Whether the range starts with the value.",
    result="boolean",
)
def _started_by(run: Evaluation, span: Range, value: Value) -> Value:
    return _starts(run, value, span)


@builtin(
    "finished by",
    "range: range, value: any",
    "Whether the range ends with the value.",
    result="boolean",
)
def _finished_by(run: Evaluation, span: Range, value: Value) -> Value:
    return _finishes(run, value, span)


@builtin(
    "coincides", "a: any, b: any", "Whether both are the same value or range.", result="boolean"
)
def _coincides(run: Evaluation, a: Value, b: Value) -> Value:
    one, other = _span(a), _span(b)
    low, high = order(run, one.low, other.low), order(run, one.high, other.high)
    if low is None or high is None:
        return None
    same_ends = (one.low_closed, one.high_closed) == (other.low_closed, other.high_closed)
    return low == 0 and high == 0 and same_ends
