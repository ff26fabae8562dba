"""A form filled in as a page would show it: what the scenario says, what the case knows, what is
usual, and a typed sample in each mandatory field that is still empty."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import re2

from runner.definitions.forms import Form
from runner.definitions.forms_model import (
    Checkbox,
    ChoiceField,
    Component,
    Computed,
    Container,
    DateField,
    Field,
    FileField,
    Limit,
    ListField,
    NumberField,
)
from runner.definitions.forms_values import coerce, write_path
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
from runner.feel import Expression
from runner.feel.spelling import closest
from runner.trying.conditions import shown_when

ROUNDS = 20
CONTACTS = ("customer@example.com", "13800000001", "+86 10 1234 5678", "2026-001", "A1", "1")
Keys = tuple[str | int, ...]


class CannotAnswer(Exception):
    """The form cannot be filled in: ``errors`` by field path, each with what is wrong."""

    def __init__(self, form: str, errors: Mapping[str, Sequence[str]]) -> None:
        lines = [f"{path}: {text}" for path, texts in errors.items() for text in texts]
        super().__init__(f"form {form}: " + "; ".join(lines))
        self.form = form
        self.errors = errors


@dataclass
class Filling:
    """One form being filled in. ``given`` (dotted keys nest) is never changed; ``known`` is what
    the untouched page shows; ``usual`` goes before it, for single fields by their last key, and
    ``facts`` after it."""

    form: Form
    variables: Scope
    now: datetime
    zone: ZoneInfo
    given: Mapping[str, Any]
    usual: Mapping[str, Any]
    known: Mapping[str, object]
    facts: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[str] = ()
    strict: bool = False
    data: dict[str, object] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)
    _fixed: set[str] = field(default_factory=set)
    _settled: set[str] = field(default_factory=set)

    def fill(self) -> dict[str, object]:
        """The submission; ``wanted`` are then the file fields that need a file. Raises
        ``CannotAnswer``: an answer nobody can give, or a mandatory field that cannot be filled."""
        self._take_given()
        if not self.strict:
            self._take_known()
            for _ in range(ROUNDS):
                if not self._pass():
                    break
        errors = self._errors()
        for _ in range(3):
            again = [p for p in errors if p not in self._fixed and p in self._settled]
            if self.strict or not again:
                break
            for path in again:  # what was known or usual is not acceptable now: a sample is
                self._settled.discard(path)
                self._sampled.add(path)
            for _ in range(ROUNDS):
                if not self._pass():
                    break
            errors = self._errors()
        unseen = self._unseen()
        if errors or unseen:
            raise CannotAnswer(self.form.id, {**errors, **unseen})
        return self.data

    def __post_init__(self) -> None:
        self._sampled: set[str] = set()

    # --- what is written ---

    def _take_given(self) -> None:
        fields = [info.key for info in self.form.fields()]
        for name, value in self.given.items():
            if not any(key == name or key.startswith(name + ".") for key in fields):
                close = closest(name, fields)
                hint = f'did you mean "{close}"?' if close else f"it has: {', '.join(fields)}"
                raise CannotAnswer(self.form.id, {name: [f"the form has no such field; {hint}"]})
            parts = tuple(name.split("."))
            if isinstance(value, Mapping):
                for inner, path in _leaves(value, parts):
                    write_path(self.data, path, inner)
                    self._fixed.add(".".join(path))
            else:
                write_path(self.data, parts, _plain(value))
                self._fixed.add(name)

    def _take_known(self) -> None:
        for name, value in self.known.items():
            if name not in self.data and name not in self._fixed:
                self.data[name] = _plain(value)

    # --- what is added ---

    def _pass(self) -> bool:
        before = len(self._settled)
        typed = self._typed()
        scope = Layered(typed, self.variables)
        self._level(self.form.components, typed, scope, ())
        return len(self._settled) > before

    def _typed(self) -> dict[str, object]:
        return compute(
            self.form.components,
            coerce(self.form.components, self.data, self.zone, {}),
            self.variables,
            self.now,
        )

    def _level(
        self, components: tuple[Component, ...], typed: dict[str, object], scope: Scope, base: Keys
    ) -> None:
        for place in visible(components, typed, scope, self.now, base):
            component = place.component
            if isinstance(component, ListField):
                self._settle_rows(place, typed)
                for index, row in enumerate(rows_of(place, typed)):
                    around = row_scope(scope, row, index)
                    self._level(component.components, typed, around, (*place.keys, index))
            elif isinstance(component, Container):
                inner, keys = inside(place)
                self._level(inner, typed, scope, keys)
            elif isinstance(component, Field) and not isinstance(component, Computed):
                if place.readonly or not place.keys or place.path in self._settled:
                    continue
                self._settled.add(place.path)
                self._settle(place, component, read_keys(typed, place.keys))

    def _settle_rows(self, place: Place, typed: dict[str, object]) -> None:
        """A list nobody wrote gets the usual rows; they are seen in the next pass."""
        if place.path in self._settled:
            return
        self._settled.add(place.path)
        name = str(place.keys[-1])
        if self._is_fixed(place.keys):
            return
        if isinstance(self.usual.get(name), list):
            self._put(place.keys, _plain(self.usual[name]))
        elif isinstance(self.facts.get(name), list) and not any(rows_of(place, typed)):
            self._put(place.keys, _plain(self.facts[name]))

    def _settle(self, place: Place, component: Field, value: object) -> None:
        if self._is_fixed(place.keys):
            if isinstance(component, FileField):
                self._put(place.keys, [])
            return
        name = str(place.keys[-1])
        sample = place.path in self._sampled
        if isinstance(component, FileField):
            empty = not value
            needed = component.limits.required or name in self.facts
            if place.path in self.files or (needed and empty):
                self.wanted.append(place.path)
                self._put(place.keys, [])
            return
        if name in self.usual and not sample:
            usual = self._fitting(place, component, self.usual[name])
            if usual is not None:
                self._put(place.keys, usual)
                return
        missing = (
            value is None
            or value == ""
            or value == []
            or (isinstance(component, Checkbox) and value is not True)
        )
        if missing and name in self.facts and not sample:
            fact = self._fitting(place, component, self.facts[name])
            if fact is not None:
                self._put(place.keys, fact)
                return
        if component.limits.required and (missing or sample):
            self._put(place.keys, self._sample(place, component))
        elif sample:
            self._put(place.keys, None)

    def _fitting(self, place: Place, component: Field, usual: object) -> object:
        """The usual answer where this field can take it: one of its choices, of several some."""
        if not isinstance(component, ChoiceField):
            return _plain(usual)
        values = [option.value for option in place.options()]
        if component.several:
            named = usual if isinstance(usual, list) else [usual]
            return [value for value in named if value in values] or None
        return usual if usual in values else None

    def _is_fixed(self, keys: Keys) -> bool:
        """Whether the scenario wrote this field, or the row it lies in wrote its own."""
        names = [str(key) for key in keys if not isinstance(key, int)]
        if ".".join(names) in self._fixed and all(not isinstance(key, int) for key in keys):
            return True
        rows = [index for index, key in enumerate(keys) if isinstance(key, int)]
        if not rows or ".".join(map(str, keys[: rows[0]])) not in self._fixed:
            return False
        row = read_keys(self.data, keys[: rows[-1] + 1])
        for key in keys[rows[-1] + 1 :]:
            if not isinstance(row, Mapping) or key not in row:
                return False
            row = row[key]
        return True

    def _put(self, keys: Keys, value: object) -> None:
        last = max((i for i, key in enumerate(keys) if isinstance(key, int)), default=-1)
        owner: object = self.data if last < 0 else read_keys(self.data, keys[: last + 1])
        if isinstance(owner, dict):
            write_path(owner, tuple(str(key) for key in keys[last + 1 :]), value)

    # --- typed samples ---

    def _sample(self, place: Place, component: Field) -> object:
        if isinstance(component, Checkbox):
            return True
        if isinstance(component, ChoiceField):
            options = place.options()
            if not options:
                raise CannotAnswer(
                    self.form.id, {place.path: ["mandatory, but there is nothing to choose from"]}
                )
            return [options[0].value] if component.several else options[0].value
        if isinstance(component, NumberField):
            low, high = (
                _limit(place, component.limits.minimum),
                _limit(place, component.limits.maximum),
            )
            if low is not None and low > 1:
                return low
            return min(Decimal(1), high) if high is not None else Decimal(1)
        if isinstance(component, DateField):
            return self._moment(component)
        return self._text(place, component)

    def _moment(self, component: DateField) -> str:
        local = self.now.astimezone(self.zone).replace(second=0, microsecond=0, tzinfo=None)
        if component.future_only:
            local += timedelta(days=1)
        if component.subtype == "date":
            return local.date().isoformat()
        return local.time().isoformat() if component.subtype == "time" else local.isoformat()

    def _text(self, place: Place, component: Field) -> str:
        limits = component.limits
        if limits.kind == "email":
            return "customer@example.com"
        if limits.kind == "phone":
            return "+86 10 1234 5678"
        if limits.pattern:
            fitting = [text for text in CONTACTS if re2.search(limits.pattern, text)]
            if not fitting:
                wanted = f"mandatory, and no sample fits its pattern {limits.pattern}; answer it"
                raise CannotAnswer(self.form.id, {place.path: [wanted]})
            return fitting[0]
        text = (component.label.split("/")[0].strip() or component.key) + "（样例）"
        low = int(_limit(place, limits.min_length) or 0)
        high = int(_limit(place, limits.max_length) or 400)
        while len(text) < low:
            text += "。" + text
        return text[:high]

    # --- what came of it ---

    def _errors(self) -> dict[str, list[str]]:
        waiting = {path: ["a file"] for path in self.wanted}
        data = _with_files(self.data, waiting)
        found = self.form.validate(data, self.variables, self.now, self.zone)
        return dict(found.errors)

    def _unseen(self) -> dict[str, list[str]]:
        """Answers of the scenario that nobody could give: the field is not shown, or is fixed."""
        typed = self._typed()
        shown = {
            ".".join(str(key) for key in place.keys if not isinstance(key, int)): place.readonly
            for place in _all_places(
                self.form.components, typed, Layered(typed, self.variables), self.now, ()
            )
        }
        found: dict[str, list[str]] = {}
        conditions = shown_when(self.form)
        for path in self._fixed:
            inside_list = any(key.startswith(path + ".") for key in shown)
            if path not in shown and not inside_list:
                said = "with the other answers, the form does not show this field"
                if conditions.get(path):
                    said += f"; it is shown when {conditions[path]}"
                found[path] = [said]
            elif shown.get(path):
                found[path] = ["the form shows this field, but it cannot be changed here"]
        return found


def _with_files(data: dict[str, object], waiting: Mapping[str, list[str]]) -> dict[str, object]:
    if not waiting:
        return data
    copied: Any = _plain(data)
    for path, value in waiting.items():
        keys: Keys = tuple(int(p) if p.isdigit() else p for p in path.split("."))
        last = max((i for i, key in enumerate(keys) if isinstance(key, int)), default=-1)
        owner = copied if last < 0 else read_keys(copied, keys[: last + 1])
        if isinstance(owner, dict):
            write_path(owner, tuple(str(key) for key in keys[last + 1 :]), value)
    return dict(copied)


def _all_places(
    components: tuple[Component, ...], typed: dict[str, object], scope: Scope, now: datetime,
    base: Keys,
) -> Iterator[Place]:  # fmt: skip
    for place in visible(components, typed, scope, now, base):
        component = place.component
        if isinstance(component, ListField):
            yield place
            for index, row in enumerate(rows_of(place, typed)):
                around = row_scope(scope, row, index)
                yield from _all_places(
                    component.components, typed, around, now, (*place.keys, index)
                )
        elif isinstance(component, Container):
            inner, keys = inside(place)
            yield from _all_places(inner, typed, scope, now, keys)
        elif isinstance(component, Field):
            yield place


def _leaves(
    value: Mapping[str, Any], base: tuple[str, ...]
) -> Iterator[tuple[object, tuple[str, ...]]]:
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            yield from _leaves(inner, (*base, key))
        else:
            yield _plain(inner), (*base, key)


def _plain(value: object) -> object:
    """A copy that the form may change, with times as texts, as a page sends them."""
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


def _limit(place: Place, limit: Limit) -> Decimal | None:
    if isinstance(limit, Expression):
        value = place.ask(limit)
        return value if isinstance(value, Decimal) else None
    return limit
