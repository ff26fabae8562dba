"""Types of values: `instance of`, and the implicit conversions of arguments.

A type is a `nodes.Type`. The names a model defines are given to `compile_expression` as a mapping
from name to type, whose types hold no such names any more; `with_types` puts them in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from runner.feel import nodes as n
from runner.feel.evaluation import Evaluation
from runner.feel.values import Unset, Value, kind

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
        *("number", "string", "boolean", "date", "time", "date and time"),
        *("days and time duration", "years and months duration"),
        *("context", "list", "range", "function", "null"),
    }
)


def has_type(run: Evaluation, value: Value, type_: n.Type) -> bool | None:
    """Whether the value is of the type; null with a warning for a type that does not exist.

    null is of the types `null` and, inside lists and contexts, of every type. A context may have
    more entries than its type. Of a function only the number of its parameters is compared.
    """
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
    if name == "function" and type_.of:
        return value.variadic or len(value.parameters) == len(type_.of) - 1
    return True


def coerce(run: Evaluation, value: Value, type_: n.Type) -> Value:
    """The value as one of the type, by the standard's implicit conversions (10.3.2.9.4).

    A list of one item becomes that item, a single value a list of it, a date the instant at which
    it begins in UTC. null and a value nobody has decided stay. Everything else that is not of the
    type becomes null, with a warning.
    """
    if value is None or type(value) is Unset or has_type(run, value, type_):
        return value
    name = _NAMES.get(type_.name, type_.name)
    converted: Value = None
    if name == "list" and not isinstance(value, list):
        converted = [value]
    elif isinstance(value, list) and len(value) == 1:
        converted = value[0]
    elif name == "date and time" and type(value) is dt.date:
        converted = dt.datetime(value.year, value.month, value.day, tzinfo=dt.UTC)
    if converted is not None and has_type(run, converted, type_):
        return converted
    run.warn("type", f"A {kind(value)} is not of the type {type_.name}", type_.name)
    return None


def with_types(node: n.Node, types: Mapping[str, n.Type]) -> n.Node:
    """The node with each type that `types` names replaced by what it stands for."""
    if isinstance(node, n.Type) and node.name in types and not (node.of or node.entries):
        return replace(types[node.name], line=node.line, column=node.column)
    changed: dict[str, Any] = {}
    for item in fields(node):
        value = getattr(node, item.name)
        made = _replaced(value, types)
        if made is not value:
            changed[item.name] = made
    return replace(node, **changed) if changed else node


def _replaced(value: object, types: Mapping[str, n.Type]) -> object:
    if isinstance(value, n.Node):
        return with_types(value, types)
    if isinstance(value, tuple):
        made = tuple(_replaced(part, types) for part in value)
        return made if any(new is not old for new, old in zip(made, value, strict=True)) else value
    return value
