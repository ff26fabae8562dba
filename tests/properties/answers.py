"""Random answers to forms, made from the form definitions alone and accepted by the form itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from zoneinfo import ZoneInfo

import re2

from runner.definitions.forms import Form, Validated
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
    Place,
    compute,
    inside,
    read_keys,
    row_scope,
    rows_of,
    visible,
)
from runner.feel import Expression

ROUNDS = 30
TRIES = 30
WORDS = (
    "端面渗漏", "轮胎开裂", "客服态度差", "第三条生产线", "已与客户核对", "The seal leaks here",
    "found on arrival", "Müller & Söhne", "№ 7", "<b>not markup</b>", "{{ 7 * 7 }}", "=1 + 1",
    "50 % of the lot; see photo", "两天内答复", "O'Neill", "行一\n行二", "🙂 fine",
)  # fmt: skip
CONTACTS = ("customer@example.com", "+86 10 1234 5678", "138-0000-0001", "(021) 5555 0000 转 12")
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00"
    b"\x90wS\xde\x00\x00\x00\x0cIDATx\x9cc\xf8\xcf\xc0\x00\x00\x03\x01\x01\x00\xc9\xfe\x92\xef"
    b"\x00\x00\x00\x00IEND\xaeB`\x82"
)


class CannotAnswer(AssertionError):
    """No acceptable answer was found: nobody could submit this form with these variables."""


@dataclass(frozen=True)
class Answer:
    """A submission, and the file fields (dotted path) a document has to be sent with."""

    data: dict[str, object]
    files: tuple[str, ...] = ()


@dataclass
class Answers:
    """Draws answers. ``leanings`` maps a field's key to how often it is answered on purpose, and
    what; with ``haste`` it is ``wishes`` that counts. ``optional`` is how often an optional field
    gets a value."""

    random: Random
    zone: ZoneInfo
    wishes: Mapping[str, object] = field(default_factory=dict)
    leanings: Mapping[str, tuple[float, object]] = field(default_factory=dict)
    haste: float = 0.0
    optional: float = 0.5

    def fill(self, form: Form, variables: Mapping[str, object], now: datetime) -> Answer:
        """Raises ``CannotAnswer`` with the errors of the last try."""
        data: dict[str, object] = {}
        settled: set[str] = set()
        checked = Validated({}, {})
        for _ in range(TRIES):
            for _ in range(ROUNDS):
                if not self._fill_visible(form, data, variables, now, settled):
                    break
            checked = form.validate(data, variables, now, self.zone)
            if not checked.errors:
                return Answer(data, tuple(self._files(form, data, variables, now)))
            for path in checked.errors:
                settled.discard(path)
        raise CannotAnswer(f"{form.id}: {checked.errors} with {data}")

    def _fill_visible(
        self,
        form: Form,
        data: dict[str, object],
        variables: Mapping[str, object],
        now: datetime,
        settled: set[str],
    ) -> bool:
        """One pass in the order of the form; whether anything was filled in."""
        typed = compute(
            form.components, coerce(form.components, data, self.zone, {}), variables, now
        )
        scope = {**variables, **typed}
        before = len(settled)
        self._level(form.components, data, typed, scope, now, (), settled)
        return len(settled) > before

    def _level(
        self,
        components: tuple[Component, ...],
        data: dict[str, object],
        typed: dict[str, object],
        scope: Mapping[str, object],
        now: datetime,
        base: tuple[str | int, ...],
        settled: set[str],
    ) -> None:
        for place in visible(components, typed, scope, now, base):
            component = place.component
            if isinstance(component, ListField):
                if place.path not in settled:
                    settled.add(place.path)
                    _put(data, place.keys, [{} for _ in range(self._rows(component))])
                for index, row in enumerate(rows_of(place, typed)):
                    around = row_scope(scope, row, index)
                    keys = (*place.keys, index)
                    self._level(component.components, data, typed, around, now, keys, settled)
            elif isinstance(component, Container):
                inner, keys = inside(place)
                self._level(inner, data, typed, scope, now, keys, settled)
            elif isinstance(component, Field) and not isinstance(component, Computed):
                if place.readonly or place.path in settled or not place.keys:
                    continue
                settled.add(place.path)
                _put(data, place.keys, self._value(place, component, now))

    def _rows(self, component: ListField) -> int:
        if not component.may_change:
            return component.default_rows
        return self.random.choice((0, 1, 1, 1, 2, 3))

    def _value(self, place: Place, component: Field, now: datetime) -> object:
        random, limits = self.random, component.limits
        if isinstance(component, Checkbox):
            wished = self._wished(component)
            if isinstance(wished, bool):
                return wished
            return limits.required or random.random() < 0.5
        if isinstance(component, ChoiceField):
            return self._choice(place, component)
        if not limits.required and random.random() > self.optional:
            return random.choice((None, ""))
        if isinstance(component, NumberField):
            wished = self._wished(component)
            return self._number(place, component) if wished is None else wished
        if isinstance(component, DateField):
            return self._moment(component, now)
        if isinstance(component, FileField):
            return ["a document to be sent"]
        return self._text(place, component)

    def _wished(self, component: Field) -> object:
        if component.key in self.wishes and self.random.random() < self.haste:
            return self.wishes[component.key]
        often, leaning = self.leanings.get(component.key, (0.0, None))
        return leaning if self.random.random() < often else None

    def _choice(self, place: Place, component: ChoiceField) -> object:
        random = self.random
        values = [option.value for option in place.options()]
        wished = self._wished(component)
        if component.several:
            lowest = 1 if component.limits.required else 0
            if lowest > len(values):
                raise CannotAnswer(f"{component.key}: required, but there is nothing to choose")
            return random.sample(values, random.randint(lowest, min(len(values), 3)))
        if wished in values:
            return wished
        if not values or (not component.limits.required and random.random() > self.optional):
            return None
        return random.choice(values)

    def _number(self, place: Place, component: NumberField) -> object:
        low = _limit(place, component.limits.minimum)
        high = _limit(place, component.limits.maximum)
        bottom = Decimal(0) if low is None else low
        top = bottom + self.random.choice((1, 5, 100, 10_000)) if high is None else high
        whole = int(bottom) + self.random.randint(0, max(0, int(top - bottom)))
        number = max(bottom, min(Decimal(whole), top))
        return number if self.random.random() < 0.3 else f"{number:f}"

    def _moment(self, component: DateField, now: datetime) -> object:
        random = self.random
        first = 1 if component.future_only else -20
        last = -1 if component.not_after is not None else 20
        days = random.randint(first, last)
        local = (now + timedelta(days=days, minutes=random.randint(0, 600))).astimezone(self.zone)
        if component.subtype == "date":
            value: date | time = local.date()
        elif component.subtype == "time":
            value = local.time().replace(second=0, microsecond=0, tzinfo=None)
        else:
            value = local.replace(second=0, microsecond=0)
        if random.random() < 0.3 and component.subtype != "time":
            return value
        text = value.isoformat()
        return text[:16] if component.subtype == "datetime" and random.random() < 0.5 else text

    def _text(self, place: Place, component: Field) -> str:
        limits = component.limits
        if limits.kind == "email":
            return "customer@example.com"
        if limits.kind == "phone":
            return "+86 10 1234 5678"
        if limits.pattern:
            fitting = [text for text in CONTACTS if re2.search(limits.pattern, text)]
            return self.random.choice(fitting)
        low = int(_limit(place, limits.min_length) or 1)
        high = int(_limit(place, limits.max_length) or 400)
        text = self.random.choice(WORDS)
        if component.type == "textfield":
            text = text.replace("\n", " ")
        while len(text.strip()) < low:
            text += " " + self.random.choice(WORDS).replace("\n", " ")
        return text[:high].strip() or "x" * low

    def _files(
        self, form: Form, data: dict[str, object], variables: Mapping[str, object], now: datetime
    ) -> list[str]:
        """Visible file fields that were answered; their placeholder is taken out of ``data``."""
        typed = compute(
            form.components, coerce(form.components, data, self.zone, {}), variables, now
        )
        found: list[str] = []
        _take_files(form.components, data, typed, {**variables, **typed}, now, (), found)
        return found


def _take_files(
    components: tuple[Component, ...],
    data: dict[str, object],
    typed: dict[str, object],
    scope: Mapping[str, object],
    now: datetime,
    base: tuple[str | int, ...],
    found: list[str],
) -> None:
    for place in visible(components, typed, scope, now, base):
        component = place.component
        if isinstance(component, ListField):
            for index, row in enumerate(rows_of(place, typed)):
                around = row_scope(scope, row, index)
                keys = (*place.keys, index)
                _take_files(component.components, data, typed, around, now, keys, found)
        elif isinstance(component, Container):
            inner, keys = inside(place)
            _take_files(inner, data, typed, scope, now, keys, found)
        elif isinstance(component, FileField) and read_keys(data, place.keys):
            _put(data, place.keys, [])
            if not place.readonly:
                found.append(place.path)


def _put(data: dict[str, object], keys: tuple[str | int, ...], value: object) -> None:
    owner: object = data
    last = max((i for i, key in enumerate(keys) if isinstance(key, int)), default=-1)
    if last >= 0:
        owner = read_keys(data, keys[: last + 1])
    if isinstance(owner, dict):
        write_path(owner, tuple(str(key) for key in keys[last + 1 :]), value)


def _limit(place: Place, limit: Limit) -> Decimal | None:
    if isinstance(limit, Expression):
        value = place.ask(limit)
        return value if isinstance(value, Decimal) else None
    return limit
