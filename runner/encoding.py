"""FEEL values as bytes: typed strings in canonical JSON (docs/formats.md, "Values").

Every scalar is a string with its type in front, so that no number, date or duration is ever left to
a JSON reader: ``n:12.50``, ``s:text``, ``d:2026-11-20``, ``t:08:30:00``, ``dt:…Z``, ``dd:PT2H``,
``ym:P1Y2M``; ``true``, ``false`` and ``null`` are JSON's own. Lists and contexts nest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson

from runner.clock import from_text, to_text
from runner.feel import Months, Unset
from runner.feel.iso8601 import format_date, format_date_time, format_time
from runner.feel.temporal import parse_date, parse_date_time, parse_time
from runner.feel.wide import (
    NANOS,
    DateTime,
    Duration,
    WideDate,
    WideDateTime,
    WideDuration,
    WideTime,
    at_instant,
    duration_nanos,
    make_duration,
    utc_nanos,
)

# neither PostgreSQL's texts nor UTF-8 can hold these
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
Encoded = None | bool | str | list["Encoded"] | dict[str, "Encoded"]


class NotStorable(ValueError):
    """A value that has no written form: a function, a range, an unset policy value, a float.
    ``unset`` is the path of the policy value that must be decided first, where that is why."""

    unset: str | None = None


def encode(value: object, path: str = "") -> Encoded:
    """The typed JSON form of a FEEL value. Raises ``NotStorable`` naming the path."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        if not writable(value):
            raise NotStorable(f"{path or 'value'}: a text with NUL or half a character")
        return "s:" + value
    if isinstance(value, Decimal):
        return "n:" + _number(value, path)
    if isinstance(value, int):
        return f"n:{value}"
    if isinstance(value, datetime | WideDateTime):
        if value.tzinfo is None:
            raise NotStorable(
                f"{path or 'value'}: a time without a zone: {format_date_time(value)}"
            )
        return "dt:" + _instant(value, path)
    if isinstance(value, date | WideDate):
        return "d:" + format_date(value)
    if isinstance(value, time | WideTime):
        if isinstance(value, time) and not isinstance(value.tzinfo, ZoneInfo):
            return "t:" + value.isoformat()
        return "t:" + format_time(value)
    if isinstance(value, timedelta | WideDuration):
        return "dd:" + _duration(value)
    if isinstance(value, Months):
        return f"ym:{value.months}"
    if isinstance(value, list | tuple):
        return [encode(item, f"{path}[{number}]") for number, item in enumerate(value, 1)]
    if isinstance(value, Mapping):
        return {_key(key, path): encode(item, f"{path}.{key}") for key, item in value.items()}
    unkept = NotStorable(f"{path or 'value'}: {type(value).__name__} cannot be kept with a case")
    if isinstance(value, Unset):
        unkept.unset = value.path
    raise unkept


def writable(text: str) -> bool:
    """Whether every database and every file can hold the text."""
    return _UNWRITABLE.search(text) is None


def decode(value: Encoded) -> object:
    """The FEEL value of a typed JSON form. Raises ``ValueError`` for an unknown type mark."""
    if isinstance(value, str):
        mark, _, text = value.partition(":")
        return _READERS[mark](text)
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        return {key: decode(item) for key, item in value.items()}
    return value


def canonical(document: Encoded) -> bytes:
    """RFC 8785 bytes of a document without JSON numbers and with keys of the basic plane."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def dumps(value: object) -> bytes:
    """``canonical(encode(value))``."""
    return canonical(encode(value))


def loads(data: bytes) -> object:
    return decode(orjson.loads(data))


def _key(key: object, path: str) -> str:
    # RFC 8785 sorts by UTF-16 units, orjson by UTF-8: the two agree on the basic plane only.
    if not isinstance(key, str) or "\x00" in key or (not key.isascii() and max(key) > "\uffff"):
        raise NotStorable(f"{path or 'value'}: {key!r} cannot be a name in a context")
    return key


def _number(value: Decimal, path: str) -> str:
    if not value.is_finite():
        raise NotStorable(f"{path or 'value'}: {value} is not a number")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _instant(value: DateTime, path: str) -> str:
    if isinstance(value, datetime):
        try:
            return to_text(value)
        except OverflowError:
            pass  # the year is another one in UTC
    try:
        value = at_instant(utc_nanos(value), UTC)
    except ValueError as error:
        raise NotStorable(f"{path or 'value'}: {value} has no year in UTC") from error
    if isinstance(value, datetime):
        return to_text(value)
    clock = f"{value.hour:02}:{value.minute:02}:{value.second:02}"
    micros, rest = divmod(value.nanosecond, 1000)
    return f"{format_date(value)}T{clock}.{micros:06}{f'{rest:03}' if rest else ''}Z"


def _read_date(text: str) -> object:
    return _found(parse_date(text), text) if _WIDE.match(text) else date.fromisoformat(text)


def _read_time(text: str) -> object:
    # Python's own reader drops the seventh decimal and what follows
    return _found(parse_time(text), text) if _WIDE.match(text) else time.fromisoformat(text)


def _read_instant(text: str) -> object:
    return _found(parse_date_time(text), text) if _WIDE.match(text) else from_text(text)


_WIDE = re.compile(r"-|0000|\d{5}|.*\.\d{7}|.*@")
"""What the standard library does not read, or not to the end."""


def _found(value: object, text: str) -> object:
    if value is None:
        raise ValueError(f"expected a date or time, got {text!r}")
    return value


def _duration(value: Duration) -> str:
    nanos = duration_nanos(value)
    sign, nanos = ("-", -nanos) if nanos < 0 else ("", nanos)
    seconds, fraction = divmod(nanos, NANOS)
    text = f"{seconds}.{fraction:09d}".rstrip("0").rstrip(".") if fraction else str(seconds)
    return f"{sign}PT{text}S"


def _read_duration(text: str) -> Duration:
    found = re.fullmatch(r"(-?)PT(\d+)(?:\.(\d{1,9}))?S", text)
    if found is None:
        raise ValueError(f"expected a duration like PT90S, got {text!r}")
    nanos = int(found[2]) * NANOS + int((found[3] or "0").ljust(9, "0"))
    return make_duration(-nanos if found[1] else nanos)


_READERS: Mapping[str, Callable[[str], object]] = {
    "s": str,
    "n": Decimal,
    "d": _read_date,
    "t": _read_time,
    "dt": _read_instant,
    "dd": _read_duration,
    "ym": lambda text: Months(int(text)),
}
