"""What of a form can be seen with given values: conditions, choices, rows, computed values.

Pages and validation walk a form through here, so that what a person sees and what the server
demands can never differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from runner.definitions.forms_model import (
    ChoiceField,
    Component,
    Computed,
    Container,
    Field,
    ListField,
    Option,
)
from runner.definitions.forms_values import read_path, write_path
from runner.feel import Expression, FeelError

Scope = Mapping[str, object]


class Layered(Mapping[str, object]):
    """Several scopes seen as one, the first that has a name wins. Nothing is copied or computed
    before it is read: a case's variables may be many and its clock costs."""

    __slots__ = ("_layers",)

    def __init__(self, *layers: Scope) -> None:
        self._layers = layers

    def __getitem__(self, name: str) -> object:
        for layer in self._layers:
            if name in layer:
                return layer[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        return any(name in layer for layer in self._layers)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(name for layer in self._layers for name in layer))

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True)
class Place:
    """One visible component: its dotted ``path`` (empty without a key) and what its expressions
    may read."""

    component: Component
    path: str
    keys: tuple[str | int, ...]
    scope: Scope
    now: datetime

    def ask(self, expression: Expression | None) -> object:
        """The value of an expression of this component; null where it cannot be computed."""
        return ask(expression, self.scope, self.now)

    def options(self) -> tuple[Option, ...]:
        """The choices of a choice field, right now."""
        if not isinstance(self.component, ChoiceField):
            return ()
        source = self.component.options
        if source.expression is None and not source.variable:
            return source.fixed
        found = (
            self.ask(source.expression)
            if source.expression is not None
            else self.scope.get(source.variable)
        )
        listed = found if isinstance(found, list | tuple) else []
        return tuple(_option(item) for item in listed if item is not None)

    @property
    def readonly(self) -> bool:
        """Whether the field is shown but not taken from a submission."""
        field = self.component
        if not isinstance(field, Field):
            return False
        if isinstance(field.readonly, Expression):
            return field.disabled or self.ask(field.readonly) is True
        return field.disabled or field.readonly or isinstance(field, Computed)


def ask(expression: Expression | None, scope: Scope, now: datetime) -> object:
    """The value, or null when the expression raises (an unset policy value, a runaway)."""
    if expression is None:
        return None
    try:
        return expression.evaluate(scope, now=now).value
    except FeelError:
        return None


def visible(
    components: tuple[Component, ...],
    data: Mapping[str, object],
    scope: Scope,
    now: datetime,
    base: tuple[str | int, ...] = (),
) -> Iterator[Place]:
    """The visible components directly in ``components``, in order.

    ``data`` holds the values around ``base``; ``scope`` what expressions read, ``data`` included.
    Containers are yielded without what they hold: see ``inside``.
    """
    for component in components:
        if ask(component.hide, scope, now) is True:
            continue
        keys = base
        if isinstance(component, ListField | Field):
            keys = base + component.path
        path = ".".join(map(str, keys)) if isinstance(component, ListField | Field) else ""
        yield Place(component, path, keys, scope, now)


def inside(place: Place) -> tuple[tuple[Component, ...], tuple[str | int, ...]]:
    """Components and base keys of a visible group."""
    assert isinstance(place.component, Container)
    return place.component.components, place.keys + place.component.path


def row_scope(scope: Scope, row: Mapping[str, object], index: int) -> Scope:
    """What expressions of row ``index`` (0 first) of a list may read: its own values first."""
    return Layered(row, {"this": row, "parent": scope, "i": index + 1}, scope)


def rows_of(place: Place, data: object) -> list[dict[str, object]]:
    """The rows of a list as they stand in ``data`` (values of the whole form)."""
    found = read_keys(data, place.keys)
    return (
        [row if isinstance(row, dict) else {} for row in found] if isinstance(found, list) else []
    )


def read_keys(data: object, keys: tuple[str | int, ...]) -> object:
    """The value at keys and row numbers, None where there is none."""
    for key in keys:
        if isinstance(key, int):
            data = data[key] if isinstance(data, list) and key < len(data) else None
        else:
            data = read_path(data, (key,))
    return data


def compute(
    components: tuple[Component, ...], typed: dict[str, object], scope: Scope, now: datetime
) -> dict[str, object]:
    """``typed`` with every ``expression`` field computed, rows included, in file order."""
    for component in components:
        if isinstance(component, Computed):
            write_path(typed, component.path, ask(component.expression, Layered(typed, scope), now))
        elif isinstance(component, ListField):
            rows = read_path(typed, component.path)
            for index, row in enumerate(rows if isinstance(rows, list) else []):
                around = row_scope(Layered(typed, scope), row, index)
                compute(component.components, row, around, now)
        elif isinstance(component, Container):
            if not component.path:
                compute(component.components, typed, scope, now)
            else:
                inner = read_path(typed, component.path)
                if isinstance(inner, dict):
                    compute(component.components, inner, Layered(typed, scope), now)
    return typed


def _option(item: object) -> Option:
    if isinstance(item, Mapping):
        value = item.get("value")
        return Option(value, str(item.get("label", value)))
    return Option(item, str(item))
