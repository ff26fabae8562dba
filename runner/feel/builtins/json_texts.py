"""Texts in JSON: reading them into values, and writing values as them."""

from __future__ import annotations

import json
from decimal import Decimal, DecimalException

from runner.feel.builtins.table import builtin
from runner.feel.evaluation import Evaluation, limit_text
from runner.feel.text import format_number, format_value
from runner.feel.values import CONTEXT, Value, kind

_NO_JSON = frozenset({"range", "function"})


@builtin(
    "from json",
    "value: string",
    "The value that a JSON text describes; null where it is no JSON.",
    result="any",
    origin="Camunda",
)
def _from_json(run: Evaluation, value: str) -> Value:
    run.spend(len(value) >> 3)
    try:
        return json.loads(value, parse_float=_number, parse_int=_number, parse_constant=_refused)
    except (ValueError, DecimalException, RecursionError):
        run.warn("function", f"'from json' needs a text in JSON, not '{value[:40]}'", "from json")
        return None


def _number(text: str) -> Decimal:
    return CONTEXT.create_decimal(text)


def _refused(name: str) -> Value:
    raise ValueError(name)


@builtin(
    "to json",
    "value?: any",
    "The value as a JSON text; dates, times and durations as texts in ISO 8601.",
    result="string",
    origin="Camunda",
)
def _to_json(run: Evaluation, value: Value) -> Value:
    pieces: list[str] = []
    size = 0
    waiting: list[tuple[str, Value]] = [("value", value)]
    while waiting:
        role, item = waiting.pop()
        run.spend()
        if role == "text":
            piece = item
        elif isinstance(item, list):
            piece = "["
            waiting.append(("text", "]"))
            for index in range(len(item) - 1, -1, -1):
                waiting.append(("value", item[index]))
                if index:
                    waiting.append(("text", ","))
        elif isinstance(item, dict):
            piece = "{"
            waiting.append(("text", "}"))
            for index, (key, part) in reversed(list(enumerate(item.items()))):
                waiting.append(("value", part))
                waiting.append(("text", ("," if index else "") + _quoted(key) + ":"))
        elif kind(item) in _NO_JSON:
            run.warn("function", f"'to json' cannot write a {kind(item)}", "to json")
            return None
        else:
            piece = _scalar(run, item)
        size += len(piece)
        limit_text(size)
        pieces.append(piece)
    return "".join(pieces)


def _scalar(run: Evaluation, value: Value) -> str:
    if type(value) is Decimal:
        return format_number(value)
    if value is None or isinstance(value, bool):
        return format_value(run, value)
    return _quoted(format_value(run, value))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
