"""The typed form of a form-js ``.form`` file: what the engine validates and the pages draw.

Expressions are compiled once and keep their text. Everything here is immutable and safe to share
between threads. Labels stay bilingual (``中文 / English``); readers take their half.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from runner.feel import Expression

KEYED_TYPES = frozenset(
    {
        "textfield", "textarea", "number", "select", "radio", "checkbox", "checklist", "taglist",
        "datetime", "filepicker", "expression",
    }
)  # fmt: skip
LIST_TYPE = "dynamiclist"
PLAIN_TYPES = frozenset({"group", "text", "table", "separator", "spacer", "dynamiclist"})
COMPONENT_TYPES = KEYED_TYPES | PLAIN_TYPES

Limit = Decimal | Expression | None


@dataclass(frozen=True)
class Option:
    """One choice: ``value`` is stored, ``label`` is shown."""

    value: Any
    label: str


@dataclass(frozen=True)
class Options:
    """Where choices come from: fixed, the list of an expression, or a variable holding a list."""

    fixed: tuple[Option, ...] = ()
    expression: Expression | None = None
    variable: str = ""


@dataclass(frozen=True)
class Limits:
    """``validate`` of a field. Numbers may be expressions over the form's and the case's values."""

    required: bool = False
    minimum: Limit = None
    maximum: Limit = None
    min_length: Limit = None
    max_length: Limit = None
    pattern: str = ""
    pattern_message: str = ""
    kind: Literal["", "email", "phone"] = ""


@dataclass(frozen=True)
class Component:
    """What every component has. ``row`` groups neighbours side by side, ``columns`` of 16."""

    id: str
    type: str
    label: str = ""
    description: str = ""
    hide: Expression | None = None
    row: str = ""
    columns: int = 16
    appearance: tuple[tuple[str, str], ...] = ()

    def adornment(self, name: str) -> str:
        """An appearance text (``prefixAdorner``, ``suffixAdorner``), empty where there is none."""
        return dict(self.appearance).get(name, "")


@dataclass(frozen=True)
class Field(Component):
    """A component that holds one value under ``key`` (dotted keys nest)."""

    key: str = ""
    limits: Limits = Limits()
    default: object = None
    disabled: bool = False
    readonly: Expression | bool = False
    properties: tuple[tuple[str, str], ...] = ()

    @cached_property
    def path(self) -> tuple[str, ...]:
        return tuple(part for part in self.key.split(".") if part)


@dataclass(frozen=True)
class TextField(Field):
    """``textfield`` and ``textarea``."""


@dataclass(frozen=True)
class NumberField(Field):
    """``decimal_digits`` None means any; ``increment`` None means any step."""

    decimal_digits: int | None = None
    increment: Decimal | None = None


@dataclass(frozen=True)
class ChoiceField(Field):
    """``select`` and ``radio`` (one value), ``checklist`` and ``taglist`` (a list of values)."""

    options: Options = Options()

    @property
    def several(self) -> bool:
        return self.type in {"checklist", "taglist"}


@dataclass(frozen=True)
class Checkbox(Field):
    """Yes or no."""


@dataclass(frozen=True)
class DateField(Field):
    """``not_after``: the latest moment allowed, of the property of that name."""

    subtype: Literal["date", "time", "datetime"] = "date"
    future_only: bool = False
    not_after: Expression | None = None


@dataclass(frozen=True)
class FileField(Field):
    """Its value is a list of attachment ids."""

    accept: str = ""
    multiple: bool = False


@dataclass(frozen=True)
class Computed(Field):
    """``expression``: always computed by us, never taken from a submission."""

    expression: Expression | None = None


@dataclass(frozen=True)
class Container(Component):
    """``group``, or the whole form: components under an optional common path."""

    key: str = ""
    components: tuple[Component, ...] = ()

    @cached_property
    def path(self) -> tuple[str, ...]:
        return tuple(part for part in self.key.split(".") if part)


@dataclass(frozen=True)
class ListField(Container):
    """``dynamiclist``: a list of contexts, one for each row people add."""

    default_rows: int = 1
    may_change: bool = True
    properties: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Text(Component):
    """Markdown with ``{{expression}}`` places: (literal text, expression) pairs in order."""

    parts: tuple[tuple[str, Expression | None], ...] = ()


@dataclass(frozen=True)
class TableView(Component):
    """Rows of a list, shown under ``headings``: (label, key) pairs."""

    source: Expression | None = None
    headings: tuple[tuple[str, str], ...] = ()


def walk(components: tuple[Component, ...]) -> Iterator[Component]:
    """Every component, containers before what they hold, in file order."""
    for component in components:
        yield component
        if isinstance(component, Container):
            yield from walk(component.components)
