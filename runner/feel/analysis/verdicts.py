"""Comparisons whose answer is known from the types of both sides."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from runner.feel.analysis.sampling import ordered
from runner.feel.analysis.static_types import Type
from runner.feel.values import Value

Verdict = Literal["mismatch", "never", "always"] | None
"""None: nothing is certain. `mismatch`: the two can never be compared. `always` and `never` are
said of values that are not null on the right side."""

_NUMBER = frozenset({"number"})


def compared(operator: str, left: Type, right: Type) -> Verdict:
    """What is certain about `left operator right`."""
    if not left.kinds or not right.kinds:
        return None
    if operator in ("=", "!="):
        if not left.kinds & right.kinds:
            return "mismatch"
        if _apart(left, right):
            return "never" if operator == "=" else "always"
        return None
    if not any(ordered(one, other) for one in left.kinds for other in right.kinds):
        return "mismatch"
    if left.kinds == right.kinds == _NUMBER and _never_ordered(operator, left, right):
        return "never"
    return None


def within(value: Type, ends: Type) -> Verdict:
    """What is certain about `value in [low..high]`, where `ends` is the type of both ends."""
    if not value.kinds or not ends.kinds:
        return None
    if not any(ordered(one, other) for one in value.kinds for other in ends.kinds):
        return "mismatch"
    if value.kinds != _NUMBER or ends.kinds != _NUMBER:
        return None
    (low, high), (least, most) = bounds(value), bounds(ends)
    return "never" if _below(high, least) or _below(most, low) else None


def bounds(numbers: Type) -> tuple[Decimal | None, Decimal | None]:
    """The least and the greatest number of the type; None where there is no such bound."""
    if numbers.values:
        return min(numbers.values), max(numbers.values)
    return numbers.low, numbers.high


def _apart(left: Type, right: Type) -> bool:
    """Whether two types of which both are certain have no value in common."""
    if left.kinds == right.kinds == _NUMBER:
        (low, high), (least, most) = bounds(left), bounds(right)
        if _below(high, least) or _below(most, low):
            return True
    if left.values is None or right.values is None:
        return False
    return not _keys(left.values) & _keys(right.values)


def _keys(values: frozenset[Value]) -> set[tuple[bool, Value]]:
    return {(isinstance(value, bool), value) for value in values}


def _below(one: Decimal | None, other: Decimal | None) -> bool:
    return one is not None and other is not None and one < other


def _never_ordered(operator: str, left: Type, right: Type) -> bool:
    (low, high), (least, most) = bounds(left), bounds(right)
    if operator == "<":
        return low is not None and most is not None and low >= most
    if operator == "<=":
        return _below(most, low)
    if operator == ">":
        return high is not None and least is not None and high <= least
    return _below(high, least)
