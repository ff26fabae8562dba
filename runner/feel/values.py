"""The values of FEEL as Python values, and the border where foreign values become FEEL values.

null is None, boolean is bool, number is decimal.Decimal (34 digits), string is str, date, time and
date and time are those of datetime, a days and time duration is datetime.timedelta, a years and
months duration is `Months`, a list is list, a context is dict with string keys, a range is `Range`
and a function is `Function`. A date, time or duration that datetime cannot hold exactly is of the
class of `runner.feel.wide` with the same kind. Values are never changed in place once an expression
has seen them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import (
    ROUND_HALF_EVEN,
    Clamped,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
)
from operator import is_
from typing import Any

from runner.feel.errors import UnsetValue
from runner.feel.wide import WideDate, WideDateTime, WideDuration, WideTime

Value = Any
"""Any FEEL value; the evaluator tells kinds apart at run time, as the language does."""

CONTEXT = Context(
    prec=34,
    rounding=ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    capitals=1,
    flags=[],
    traps=[InvalidOperation, DivisionByZero, Overflow],
)
"""IEEE 754 decimal128, the arithmetic FEEL prescribes. Never changed after import."""
CONTEXT.traps[Clamped] = False


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A years and months duration, as a signed number of months."""

    months: int


@dataclass(frozen=True, slots=True)
class Range:
    """All values between two ends; an end that is None is open without limit.

    `operator` is that of a range written as a comparison, `(< 10)`; FEEL says that it is another
    range than one written with two ends, though both have the same values.
    """

    low: Value
    high: Value
    low_closed: bool = True
    high_closed: bool = True
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Unset:
    """A policy value that its owner has not decided. May be passed on, never used.

    `path` is the key in the policy. Even Python's own truth test of it raises `UnsetValue`.
    """

    path: str

    def __bool__(self) -> bool:
        raise UnsetValue(self.path)


@dataclass(frozen=True, slots=True, eq=False)
class Function:
    """A function value. `call` takes the evaluation and one value for each parameter."""

    name: str
    parameters: tuple[str, ...]
    call: Callable[[Any, list[Value]], Value]
    variadic: bool = False


_KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    dt.date: "date",
    dt.time: "time",
    dt.datetime: "date and time",
    dt.timedelta: "days and time duration",
    WideDate: "date",
    WideTime: "time",
    WideDateTime: "date and time",
    WideDuration: "days and time duration",
    Months: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
    Function: "function",
    Unset: "unset",
}


def kind(value: Value) -> str:
    """The FEEL name of the value's type; raises TypeError for what is no FEEL value."""
    found = _KINDS.get(type(value))
    if found is not None:
        return found
    for base in (dt.datetime, dt.date, dt.time, dt.timedelta, str, Decimal, list, dict):
        if isinstance(value, base):
            return _KINDS[base]
    raise TypeError(f"{type(value).__name__} is not a FEEL value")


def to_feel(value: object) -> Value:
    """The value as a FEEL value: ints and floats become decimals, tuples lists, mappings contexts.

    Lists and contexts are converted to any depth, and returned as they are when nothing in them
    needed it. Not-a-number and infinity become null. Raises TypeError for anything else.
    """
    simple = type(value)
    if simple in _KINDS:
        if simple is list:
            return _list_to_feel(value)  # type: ignore[arg-type]
        if simple is dict:
            return _context_to_feel(value)  # type: ignore[arg-type]
        if simple is Decimal:
            return value if value.is_finite() else None  # type: ignore[attr-defined]
        return value
    if isinstance(value, int):
        return CONTEXT.create_decimal(value)
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return None
        return CONTEXT.create_decimal(repr(value))
    if isinstance(value, tuple):
        return [to_feel(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): to_feel(item) for key, item in value.items()}
    kind(value)
    return value


def _list_to_feel(value: list[object]) -> list[Value]:
    converted = [to_feel(item) for item in value]
    if all(map(is_, converted, value)):
        return value
    return converted


def _context_to_feel(value: dict[object, object]) -> dict[str, Value]:
    converted = {str(key): to_feel(item) for key, item in value.items()}
    if all(map(is_, converted.values(), value.values())) and converted.keys() == value.keys():
        return value  # type: ignore[return-value]
    return converted
