"""Is a submission acceptable: the rules of form-js, enforced by the server."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from decimal import Decimal

import re2

from runner.definitions.forms_model import (
    Checkbox,
    ChoiceField,
    Component,
    Container,
    DateField,
    Field,
    FileField,
    Limit,
    ListField,
    NumberField,
    walk,
)
from runner.definitions.forms_values import Faults, coerce, write_path
from runner.definitions.forms_visible import (
    Layered,
    Place,
    Scope,
    compute,
    inside,
    read_keys,
    row_scope,
    rows_of,
    visible,
)
from runner.definitions.forms_wording import fault, field_name, own_message
from runner.feel import Expression

_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*"
)
DAY, MINUTE = len("2026-11-20"), len("2026-11-20 18:04")
_PHONE = re.compile(r"(\+|00)[1-9][0-9 -]{4,20}")


@dataclass(frozen=True)
class Validated:
    """``values``: what the form may write, by key. ``errors``: dotted path to bilingual messages,
    in the order of the form; empty means acceptable. Row 0 is the first row of a list."""

    values: dict[str, object]
    errors: dict[str, list[str]] = field(default_factory=dict)


@dataclass
class _Round:
    """What one submission is checked against. ``now`` is in the zone its times are read in."""

    typed: dict[str, object]
    now: datetime
    labels: Mapping[str, str]
    faults: Faults
    errors: Faults


def check(
    components: tuple[Component, ...],
    submitted: Mapping[str, object],
    variables: Scope,
    now: datetime,
    zone: tzinfo,
) -> Validated:
    """Guarantees that ``values`` holds visible, editable, well-typed values of known keys only."""
    faults: Faults = {}
    typed = compute(components, coerce(components, submitted, zone, faults), variables, now)
    values: dict[str, object] = {}
    labels = {part.key: part.label for part in walk(components) if isinstance(part, Field)}
    about = _Round(typed, now.astimezone(zone), labels, faults, {})
    _check(components, about, values, Layered(typed, variables), ())
    return Validated(values, about.errors)


def _check(
    components: tuple[Component, ...],
    about: _Round,
    values: dict[str, object],
    scope: Scope,
    base: tuple[str | int, ...],
) -> None:
    """``values`` are those of the form, or of the row around ``base``."""
    typed, faults, errors = about.typed, about.faults, about.errors
    for place in visible(components, typed, scope, about.now, base):
        component = place.component
        local = tuple(str(key) for key in place.keys[_row_depth(base) :])
        if isinstance(component, ListField):
            kept: list[dict[str, object]] = []
            if place.path in faults:
                errors[place.path] = faults[place.path]
            for index, row in enumerate(rows_of(place, typed)):
                clean: dict[str, object] = {}
                around = row_scope(scope, row, index)
                keys = (*place.keys, index)
                _check(component.components, about, clean, around, keys)
                kept.append(clean)
            write_path(values, local, kept)
        elif isinstance(component, Container):
            inner, keys = inside(place)
            _check(inner, about, values, scope, keys)
        elif isinstance(component, Field):
            if component.type != "expression" and place.readonly:
                continue
            value = read_keys(typed, place.keys)
            found = list(faults.get(place.path, ()))
            if component.type != "expression":
                value, more = _field(place, component, value, bool(found), about.labels)
                found.extend(more)
            if found:
                errors[place.path] = found
            write_path(values, local, value)


def _row_depth(base: tuple[str | int, ...]) -> int:
    """Where the innermost row begins in ``base``: keys after its number are the row's own."""
    depth = 0
    for index, key in enumerate(base, 1):
        if isinstance(key, int):
            depth = index
    return depth


def _field(
    place: Place, component: Field, value: object, faulty: bool, labels: Mapping[str, str]
) -> tuple[object, Iterable[str]]:
    found: list[str] = []
    limits, label = component.limits, component.label
    if isinstance(component, Checkbox) and value is None:
        value = False
    if isinstance(component, ChoiceField):
        value, wrong = _chosen(place, component, value)
        if wrong:
            return value, [fault(wrong, label)]
    if limits.required and not faulty and _empty(component, value):
        return value, [fault(_required(component), label)]
    if isinstance(value, Decimal) and isinstance(component, NumberField):
        found.extend(_number(component, value))
        low, high = _limit(place, limits.minimum), _limit(place, limits.maximum)
        if low is not None and value < low:
            found.append(_beyond("min", component, value, low, limits.minimum, labels))
        if high is not None and value > high:
            found.append(_beyond("max", component, value, high, limits.maximum, labels))
    if isinstance(component, DateField) and isinstance(value, date):
        found.extend(_late(place, component, value))
    if isinstance(value, str) and value:
        found.extend(_text(place, component, value))
    return value, found


def _beyond(
    kind: str,
    component: Field,
    value: Decimal,
    border: Decimal,
    limit: Limit,
    labels: Mapping[str, str],
) -> str:
    """Names the field whose value is the limit, where it is another field of the form."""
    label = labels.get(limit.text.strip(), "") if isinstance(limit, Expression) else ""
    if not label:
        return fault(kind, component.label, value, border)
    names = field_name(label, "zh"), field_name(label, "en")
    return fault(f"{kind}_of", component.label, value, border, *names)


def _late(place: Place, component: DateField, value: date) -> Iterable[str]:
    latest = place.ask(component.not_after)
    if not isinstance(latest, date):
        return
    zone = place.now.tzinfo
    given, border = _local(value, zone), _local(latest, zone)
    # Compared as it is shown: a form has no seconds, and a day is over when the day is.
    length = DAY if DAY in (len(given), len(border)) else MINUTE
    if given[:length] > border[:length]:
        yield fault("not_after", component.label, given[:length], border[:length])


def _local(moment: date, zone: tzinfo | None) -> str:
    """``2026-11-20``, or ``2026-11-20 18:04`` in the zone: texts in the order of time."""
    if not isinstance(moment, datetime):
        return moment.isoformat()
    with suppress(OverflowError):  # the last or first day there is stays in its own zone
        moment = moment.astimezone(zone)
    return moment.isoformat(" ", "minutes")[:MINUTE]


def _chosen(place: Place, component: ChoiceField, value: object) -> tuple[object, str]:
    """The option values meant by a submission (browsers send texts), and what is wrong."""
    known = {_key(option.value): option.value for option in place.options()}
    if component.several:
        given = value if isinstance(value, list) else []
        chosen = [known[_key(item)] for item in given if _key(item) in known]
        return chosen, "options" if len(chosen) < len(given) else ""
    if value is None:
        return None, ""
    if _key(value) not in known:
        return None, "option"
    return known[_key(value)], ""


def _key(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _empty(component: Field, value: object) -> bool:
    if isinstance(component, Checkbox):
        return value is not True
    return value is None or value == "" or value == []


def _required(component: Field) -> str:
    if isinstance(component, Checkbox):
        return "required_tick"
    if isinstance(component, FileField):
        return "required_file"
    if isinstance(component, ChoiceField):
        return "required_some" if component.several else "required_choice"
    return "required"


def _number(component: NumberField, value: Decimal) -> Iterable[str]:
    digits = component.decimal_digits
    exponent = value.normalize().as_tuple().exponent
    places = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    if digits is not None and places > digits:
        if digits == 0:
            yield fault("whole", component.label, value)
        else:
            yield fault("digits", component.label, value, digits)
    elif component.increment and value % component.increment:
        yield fault("step", component.label, value, component.increment)


def _text(place: Place, component: Field, value: str) -> Iterable[str]:
    limits, label, length = component.limits, component.label, len(value.strip())
    if limits.pattern and not re2.search(limits.pattern, value):
        yield (
            own_message(label, limits.pattern_message)
            if limits.pattern_message
            else fault("pattern", label, value)
        )
    low, high = _limit(place, limits.min_length), _limit(place, limits.max_length)
    if low is not None and length < low:
        yield fault("min_length", label, low, length)
    if high is not None and length > high:
        yield fault("max_length", label, high, length)
    if limits.kind == "email" and not _EMAIL.fullmatch(value):
        yield fault("email", label, value)
    if limits.kind == "phone" and not _PHONE.fullmatch(value):
        yield fault("phone", label, value)


def _limit(place: Place, limit: Limit) -> Decimal | None:
    if isinstance(limit, Expression):
        value = place.ask(limit)
        return value if isinstance(value, Decimal) else None
    return limit
