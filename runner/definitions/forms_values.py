"""From what a browser or a program submits to FEEL values, and what cannot be one.

Nothing here knows conditions or limits: a value either is of its field's type or has a fault.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation

from runner.definitions.forms_model import (
    Checkbox,
    ChoiceField,
    Component,
    Computed,
    Container,
    DateField,
    Field,
    FileField,
    ListField,
    NumberField,
)
from runner.definitions.forms_wording import fault
from runner.encoding import writable

MAX_TEXT = 20_000
MAX_ROWS = 200
MAX_FILES = 50
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")

Faults = dict[str, list[str]]


def coerce(
    components: tuple[Component, ...],
    submitted: Mapping[str, object],
    zone: tzinfo,
    faults: Faults,
    prefix: str = "",
) -> dict[str, object]:
    """``submitted`` as FEEL values, known keys only; faults are filed under their dotted path.

    A value that cannot be read is null in the result. Naive times are taken to be in ``zone``.
    """
    typed: dict[str, object] = {}
    _fill(components, submitted, typed, (), zone, faults, prefix)
    return typed


def _fill(
    components: tuple[Component, ...],
    submitted: Mapping[str, object],
    typed: dict[str, object],
    base: tuple[str, ...],
    zone: tzinfo,
    faults: Faults,
    prefix: str,
) -> None:
    for component in components:
        if isinstance(component, ListField):
            path = base + component.path
            where = prefix + ".".join(path)
            rows = read_path(submitted, path)
            if rows is None:
                continue
            write_path(typed, path, _rows(component, rows, zone, faults, where))
        elif isinstance(component, Container):
            inner = base + component.path
            _fill(component.components, submitted, typed, inner, zone, faults, prefix)
        elif isinstance(component, Field) and not isinstance(component, Computed):
            path = base + component.path
            if has_path(submitted, path):
                where = prefix + ".".join(path)
                value = read_path(submitted, path)
                write_path(typed, path, _value(component, value, zone, faults, where))


def _rows(
    component: ListField, rows: object, zone: tzinfo, faults: Faults, where: str
) -> list[dict[str, object]]:
    if not isinstance(rows, list | tuple):
        faults.setdefault(where, []).append(fault("rows", component.label))
        return []
    if len(rows) > MAX_ROWS:
        faults.setdefault(where, []).append(fault("too_many", component.label, MAX_ROWS))
        rows = rows[:MAX_ROWS]
    return [
        coerce(
            component.components,
            row if isinstance(row, Mapping) else {},
            zone,
            faults,
            f"{where}.{index}.",
        )
        for index, row in enumerate(rows)
    ]


def _value(field: Field, value: object, zone: tzinfo, faults: Faults, where: str) -> object:
    if value is None or (isinstance(value, str) and value == ""):
        return False if isinstance(field, Checkbox) else None
    try:
        return _typed(field, value, zone)
    except _Fault as found:
        faults.setdefault(where, []).append(fault(found.kind, field.label, *found.arguments))
        return None


class _Fault(Exception):
    def __init__(self, kind: str, *arguments: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.arguments = arguments


def _typed(field: Field, value: object, zone: tzinfo) -> object:
    if isinstance(field, NumberField):
        return number(value)
    if isinstance(field, Checkbox):
        if not isinstance(value, bool):
            raise _Fault("yes_no")
        return value
    if isinstance(field, DateField):
        return _moment(field, value, zone)
    if isinstance(field, FileField):
        if not isinstance(value, list | tuple) or not all(isinstance(v, str) for v in value):
            raise _Fault("files")
        if len(value) > (MAX_FILES if field.multiple else 1):
            raise _Fault("too_many_files", MAX_FILES if field.multiple else 1)
        if not all(writable(v) for v in value):
            raise _Fault("files")
        return list(value)
    if isinstance(field, ChoiceField) and field.several:
        if not isinstance(value, list | tuple) or len(value) > MAX_ROWS:
            raise _Fault("options")
        return list(value)
    if isinstance(field, ChoiceField):
        if isinstance(value, list | tuple | Mapping):
            raise _Fault("option")
        return value
    if not isinstance(value, str):
        raise _Fault("text")
    if len(value) > MAX_TEXT:
        raise _Fault("max_length", MAX_TEXT, len(value))
    if not writable(value):
        raise _Fault("text")
    return value


def number(value: object) -> Decimal:
    """A number as people type it: full-width digits and thousands separators are understood."""
    if isinstance(value, bool):
        raise _Fault("number", value)
    if isinstance(value, Decimal | int | float):
        text = str(value)
    elif isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip().replace(" ", "")
    else:
        raise _Fault("number", "…")
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    if not _NUMBER.fullmatch(text) or len(text) > 40:
        raise _Fault("number", value)
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise _Fault("number", value) from None
    return found


def _moment(field: DateField, value: object, zone: tzinfo) -> object:
    kinds = {"date": "date", "time": "clock_time", "datetime": "moment"}
    try:
        if field.subtype == "date":
            if isinstance(value, date) and not isinstance(value, datetime):
                return value
            return date.fromisoformat(str(value).strip())
        if field.subtype == "time":
            return value if isinstance(value, time) else time.fromisoformat(str(value).strip())
        moment = (
            value if isinstance(value, datetime) else datetime.fromisoformat(str(value).strip())
        )
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _Fault(kinds[field.subtype], value) from None


def read_path(data: object, path: tuple[str, ...]) -> object:
    for part in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(part)
    return data


def has_path(data: object, path: tuple[str, ...]) -> bool:
    for part in path:
        if not isinstance(data, Mapping) or part not in data:
            return False
        data = data[part]
    return True


def write_path(data: dict[str, object], path: tuple[str, ...], value: object) -> None:
    for part in path[:-1]:
        inner = data.setdefault(part, {})
        if not isinstance(inner, dict):
            return
        data = inner
    if path:
        data[path[-1]] = value
