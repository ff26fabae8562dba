"""The dot: entries of contexts, and the parts of dates, times, durations and ranges."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from runner.feel.evaluation import Evaluation, used
from runner.feel.values import Months, Value, kind
from runner.feel.wide import NANOS, DateTime, Duration, Time, duration_nanos


def property_of(run: Evaluation, value: Value, name: str) -> Value:
    """`value.name`; over a list, the list of the items' properties. null where there is none."""
    if isinstance(value, Mapping):
        if name in value:
            return value[name]
        run.warn("no_entry", f"There is no entry '{name}'", name)
        return None
    if isinstance(value, list):
        run.spend(len(value))
        return [property_of(run, item, name) for item in value]
    used(value)
    if value is None:
        return None
    value_kind = kind(value)
    reader = _PROPERTIES.get(value_kind, {}).get(name)
    if reader is None:
        run.warn("no_entry", f"A {value_kind} has no '{name}'", name)
        return None
    return reader(value)


def _number(value: int) -> Decimal:
    return Decimal(value)


def _offset(value: DateTime | Time) -> Value:
    return value.utcoffset()


def _zone_name(value: DateTime | Time) -> Value:
    return getattr(value.tzinfo, "key", None)


def _whole_parts(value: Duration) -> tuple[int, int, int, int]:
    nanos = duration_nanos(value)
    sign = -1 if nanos < 0 else 1
    total = abs(nanos) // NANOS
    days, rest = divmod(total, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, seconds = divmod(rest, 60)
    return sign * days, sign * hours, sign * minutes, sign * seconds


def _years(value: Months) -> Decimal:
    sign = -1 if value.months < 0 else 1
    return Decimal(sign * (abs(value.months) // 12))


def _months(value: Months) -> Decimal:
    sign = -1 if value.months < 0 else 1
    return Decimal(sign * (abs(value.months) % 12))


_Readers = dict[str, Callable[[Value], Value]]
_DATE_PARTS: _Readers = {
    "year": lambda value: _number(value.year),
    "month": lambda value: _number(value.month),
    "day": lambda value: _number(value.day),
    "weekday": lambda value: _number(value.isoweekday()),
}
_TIME_PARTS: _Readers = {
    "hour": lambda value: _number(value.hour),
    "minute": lambda value: _number(value.minute),
    "second": lambda value: _number(value.second),
    "time offset": _offset,
    "timezone": _zone_name,
}
_PROPERTIES: dict[str, _Readers] = {
    "date": _DATE_PARTS,
    "time": _TIME_PARTS,
    "date and time": _DATE_PARTS | _TIME_PARTS,
    "days and time duration": {
        "days": lambda value: _number(_whole_parts(value)[0]),
        "hours": lambda value: _number(_whole_parts(value)[1]),
        "minutes": lambda value: _number(_whole_parts(value)[2]),
        "seconds": lambda value: _number(_whole_parts(value)[3]),
    },
    "years and months duration": {"years": _years, "months": _months},
    "range": {
        "start": lambda value: value.low,
        "end": lambda value: value.high,
        "start included": lambda value: value.low_closed,
        "end included": lambda value: value.high_closed,
    },
}
