"""Any value as text, the way FEEL writes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from runner.feel.errors import BudgetExceeded
from runner.feel.evaluation import MAX_STRING, Evaluation, used
from runner.feel.iso8601 import (
    format_date,
    format_date_time,
    format_months,
    format_nanoseconds,
    format_time,
)
from runner.feel.values import CONTEXT, Value, kind
from runner.feel.wide import duration_nanos

_KEY = re.compile(r"[^\W\d]\w*")


def format_value(run: Evaluation, value: Value, inside: bool = False) -> str:
    """The text of a value; texts inside lists and contexts are in quotes."""
    run.spend()
    used(value)
    name = kind(value)
    if name == "string":
        return _quoted(value) if inside else str(value)
    if name == "list":
        return _joined(run, "[", [format_value(run, item, True) for item in value], "]")
    if name == "context":
        entries = [f"{_key(key)}: {format_value(run, item, True)}" for key, item in value.items()]
        return _joined(run, "{", entries, "}")
    if name == "range":
        low = "" if value.low is None else format_value(run, value.low, True)
        high = "" if value.high is None else format_value(run, value.high, True)
        opening, closing = "[" if value.low_closed else "(", "]" if value.high_closed else ")"
        return f"{opening}{low}..{high}{closing}"
    writer = _WRITERS.get(name)
    return writer(value) if writer else f"<{name}>"


def _joined(run: Evaluation, opening: str, parts: list[str], closing: str) -> str:
    size = sum(map(len, parts))
    run.spend(size >> 7)
    if size > MAX_STRING:
        raise BudgetExceeded(f"A text is longer than {MAX_STRING} characters")
    return opening + ", ".join(parts) + closing


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(key: str) -> str:
    return key if _KEY.fullmatch(key) else _quoted(key)


def format_number(value: Decimal) -> str:
    """The number without an exponent; a zero of more decimals than a number has digits is 0."""
    if not value and (value.is_signed() or value.adjusted() < -CONTEXT.prec):
        return "0"
    return f"{value:f}"


def format_simple(value: Value) -> str:
    """null, a boolean, a number, or something temporal (without the `@"..."` around it)."""
    return _WRITERS[kind(value)](value)


_WRITERS: dict[str, Callable[[Value], str]] = {
    "null": lambda _value: "null",
    "boolean": lambda value: "true" if value else "false",
    "number": format_number,
    "date": format_date,
    "time": format_time,
    "date and time": format_date_time,
    "days and time duration": lambda value: format_nanoseconds(duration_nanos(value)),
    "years and months duration": format_months,
}
