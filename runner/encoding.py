"""FEEL values as bytes: typed strings in canonical JSON (docs/formats.md, "Values").

Every scalar is a string with its type in front, so that no number, date or duration is ever left to
a JSON reader: ``n:12.50``, ``s:text``, ``d:2026-11-20``, ``t:08:30:00``, ``dt:…Z``, ``dd:PT2H``,
``ym:P1Y2M``; ``true``, ``false`` and ``null`` are JSON's own. Lists and contexts nest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import orjson

from runner.clock import from_text, to_text
from runner.feel import Months, Unset

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
        return "s:" + value
    if isinstance(value, Decimal):
        return "n:" + _number(value, path)
    if isinstance(value, int):
        return f"n:{value}"
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise NotStorable(f"{path or 'value'}: a time without a zone: {value.isoformat()}")
        try:
            return "dt:" + to_text(value)
        except OverflowError as error:
            raise NotStorable(
                f"{path or 'value'}: {value.isoformat()} is before the year 1"
            ) from error
    if isinstance(value, date):
        return "d:" + value.isoformat()
    if isinstance(value, time):
        return "t:" + value.isoformat()
    if isinstance(value, timedelta):
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
    if not isinstance(key, str) or (not key.isascii() and max(key) > "\uffff"):
        raise NotStorable(f"{path or 'value'}: {key!r} cannot be a name in a context")
    return key


def _number(value: Decimal, path: str) -> str:
    if not value.is_finite():
        raise NotStorable(f"{path or 'value'}: {value} is not a number")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _duration(value: timedelta) -> str:
    micros = value // timedelta(microseconds=1)
    sign, micros = ("-", -micros) if micros < 0 else ("", micros)
    seconds, fraction = divmod(micros, 1_000_000)
    text = f"{seconds}.{fraction:06d}".rstrip("0").rstrip(".") if fraction else str(seconds)
    return f"{sign}PT{text}S"


def _read_duration(text: str) -> timedelta:
    found = re.fullmatch(r"(-?)PT(\d+)(?:\.(\d{1,6}))?S", text)
    if found is None:
        raise ValueError(f"expected a duration like PT90S, got {text!r}")
    micros = int(found[2]) * 1_000_000 + int((found[3] or "0").ljust(6, "0"))
    return timedelta(microseconds=-micros if found[1] else micros)


_READERS: Mapping[str, Callable[[str], object]] = {
    "s": str,
    "n": Decimal,
    "d": date.fromisoformat,
    "t": time.fromisoformat,
    "dt": from_text,
    "dd": _read_duration,
    "ym": lambda text: Months(int(text)),
}
