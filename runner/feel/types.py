"""`instance of`: whether a value has a named type."""

from __future__ import annotations

from runner.feel import nodes as n
from runner.feel.evaluation import Evaluation
from runner.feel.values import Value, kind

_NAMES = {
    "day time duration": "days and time duration",
    "year month duration": "years and months duration",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "dateTime": "date and time",
    "Null": "null",
}
_SIMPLE = frozenset(
    {
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "context",
        "list",
        "range",
        "function",
        "null",
    }
)


def has_type(run: Evaluation, value: Value, type_: n.Type) -> bool | None:
    """Whether the value is of the type; null with a warning for a type that does not exist."""
    name = _NAMES.get(type_.name, type_.name)
    if name == "Any":
        return value is not None
    if name not in _SIMPLE:
        run.warn("type", f"There is no type '{type_.name}'", type_.name)
        return None
    if kind(value) != name:
        return False
    if name == "list" and type_.of:
        run.spend(len(value))
        return all(item is None or has_type(run, item, type_.of[0]) is True for item in value)
    if name == "context":
        return all(
            key in value and (value[key] is None or has_type(run, value[key], entry) is True)
            for key, entry in type_.entries
        )
    if name == "range" and type_.of:
        ends = [end for end in (value.low, value.high) if end is not None]
        return all(has_type(run, end, type_.of[0]) is True for end in ends)
    return True
