"""FEEL values as JSON and back: plain, as everybody writes it, or typed, without any loss.

Plain: numbers are JSON numbers with all their digits; dates, times and durations are ISO texts, and
a text stays a text on the way back. Typed: the written form of docs/formats.md, "Values", in which
every scalar is a text with its type in front.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

from runner.encoding import decode, encode
from runner.errors import InvalidInput
from runner.feel.wide import WideDate, WideDateTime, WideDuration, WideTime

MOST_DEEP = 50
LONGEST_NUMBER = 400


def written(document: object) -> str:
    """The JSON text of a document of FEEL values, plain; numbers keep every digit."""
    if document is None or isinstance(document, bool):
        return json.dumps(document)
    if isinstance(document, Decimal):
        return format(document, "f")
    if isinstance(document, int | float):
        return json.dumps(document)
    if isinstance(document, Mapping):
        parts = (f"{json.dumps(str(name))}: {written(part)}" for name, part in document.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(document, list | tuple):
        return "[" + ", ".join(map(written, document)) + "]"
    return json.dumps(document if isinstance(document, str) else plain_text(document))


def plain_text(value: object) -> str:
    """A date, time or duration as ISO 8601 text."""
    moments = (
        date, datetime, time, timedelta, WideDate, WideDateTime, WideTime, WideDuration,
    )  # fmt: skip
    if isinstance(value, moments):
        return str(encode(value)).partition(":")[2]
    months = int(str(encode(value)).partition(":")[2])
    return f"-P{-months}M" if months < 0 else f"P{months}M"


def sent(values: Mapping[str, object], form: str) -> dict[str, object]:
    """Variables as they are sent, in the form ``plain`` or ``typed``."""
    return {name: encode(value) if form == "typed" else value for name, value in values.items()}


def received(document: object, form: str) -> dict[str, object]:
    """The FEEL values of an object of variables. Raises ``InvalidInput`` naming what is wrong."""
    if not isinstance(document, dict):
        raise _wrong("variables", "一个对象", "an object", type(document).__name__)
    found: dict[str, object] = {}
    for name, value in document.items():
        _check_depth(value, name)
        if form == "plain":
            found[name] = value
            continue
        try:
            found[name] = decode(value)
        except (ValueError, KeyError, AttributeError, InvalidOperation) as error:
            raise _wrong(
                f"variables.{name}", "带类型标记的值", "a value with its type in front", str(error)
            ) from error
        if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
            raise _wrong(f"variables.{name}", "带类型标记的值", "a typed value", str(value))
    return found


def read_json(data: bytes) -> dict[str, object]:
    """A request's body: one JSON object, numbers as decimals. Raises ``InvalidInput``."""
    if not data.strip():
        return {}
    try:
        document = json.loads(
            data, parse_float=_number, parse_int=_number, parse_constant=_no_constant
        )
    except (ValueError, RecursionError, UnicodeDecodeError) as error:
        raise _wrong("body", "JSON", "JSON", str(error)) from error
    if not isinstance(document, dict):
        raise _wrong("body", "一个 JSON 对象", "a JSON object", type(document).__name__)
    return document


def _number(text: str) -> Decimal:
    if len(text) > LONGEST_NUMBER:
        raise ValueError("a number is too long")
    found = Decimal(text)
    if found and abs(found.adjusted()) > LONGEST_NUMBER:
        raise ValueError(f"a number is out of range: {text}")
    return found


def _no_constant(text: str) -> object:
    raise ValueError(f"{text} is no JSON")


def _check_depth(value: object, name: str, depth: int = 0) -> None:
    if depth > MOST_DEEP:
        raise _wrong(
            f"variables.{name}", f"最多 {MOST_DEEP} 层", f"at most {MOST_DEEP} levels", "more"
        )
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in parts:
        _check_depth(part, name, depth + 1)


def _wrong(place: str, zh: str, en: str, found: str) -> InvalidInput:
    message = f"“{place}”应为{zh}，得到的是 {found}。 / '{place}' should be {en}, found {found}."
    return InvalidInput(message, {place: [message]})
