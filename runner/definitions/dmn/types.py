"""The types of a DMN file: what an item definition allows, and what becomes of other values.

A value meets a type wherever the file names one (`typeRef`). It stays as it is when it fits; a
single value becomes a list of one where a list is wanted, a list of one its only item where none
is, a date the first instant of that day in UTC where a date and time is wanted. Anything else
becomes null, with a warning that names element, type and value. Values of nobody's decision
(`Unset`) pass: using them raises, and handing them on is allowed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from runner.feel import Evaluation, Function, UnaryTests, Unset, Value, kind
from runner.feel import nodes as n
from runner.feel.text import format_value
from runner.feel.wide import make_date_time

SIMPLE = {
    name: name
    for name in (
        "number",
        "string",
        "boolean",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "list",
        "context",
        "function",
        "range",
    )
} | {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
    "day time duration": "days and time duration",
    "year month duration": "years and months duration",
    # What modelers of Camunda 7 and typeLanguage XSD write for numbers.
    "integer": "number",
    "int": "number",
    "long": "number",
    "short": "number",
    "float": "number",
    "double": "number",
    "decimal": "number",
}
"""The types every file knows, by the names files use for them."""

ANY_NAMES = frozenset({"", "Any", "any", "undefined"})
_SHOWN = 60
_MAX_DEPTH, _MAX_PARTS = 20, 1_000


@dataclass(slots=True, eq=False, repr=False)
class ItemType:
    """One type. Filled while its file is read, never changed afterwards; it may contain itself.

    `base` is `Any`, `null` (nothing fits but null), one of the values of `SIMPLE`, or `named` for
    what another type (`of`) is under a name of its own. `of` is also what the items of a list are.
    `entries` are those of a context. `parameters` and `result` are those of a function; None
    means that nothing is known of them. `tests` must be passed by every value.
    """

    name: str
    base: str = "Any"
    of: ItemType | None = None
    entries: tuple[tuple[str, ItemType | None], ...] = ()
    parameters: tuple[ItemType | None, ...] | None = None
    result: ItemType | None = None
    tests: tuple[UnaryTests, ...] = ()

    def __repr__(self) -> str:
        return f"ItemType({self.name!r}, {self.base!r})"

    def plain(self) -> ItemType:
        """The type behind its names."""
        found = self
        while found.base == "named" and found.of is not None:
            found = found.of
        return found

    def fits(self, run: Evaluation, value: Value) -> bool:
        """Whether the value is of this type; null and undecided values always are."""
        if value is None or type(value) is Unset:
            return True
        return self._has_shape(run, value) and all(
            test.matches_in(run, value) for test in self.tests
        )

    def _has_shape(self, run: Evaluation, value: Value) -> bool:
        base = self.base
        if base == "Any":
            return True
        if base == "named":
            return self.of is None or self.of.fits(run, value)
        if kind(value) != base:
            return False
        if base == "list" and self.of is not None:
            run.spend(len(value))
            return all(self.of.fits(run, item) for item in value)
        if base == "context":
            run.spend(len(self.entries))
            return all(
                key in value and (entry is None or entry.fits(run, value[key]))
                for key, entry in self.entries
            )
        if base == "function" and self.parameters is not None:
            return value.variadic or len(value.parameters) == len(self.parameters)
        return True


def converted(run: Evaluation, value: Value, type_: ItemType | None, element: str) -> Value:
    """The value as one of the type, null with a warning where it cannot be one.

    `element` says in the warning where the value was found.
    """
    if type_ is None or type_.fits(run, value):
        return value
    plain = type_.plain()
    made: Value = None
    if plain.base == "list" and not isinstance(value, list):
        made = [value]
    elif plain.base != "list" and isinstance(value, list) and len(value) == 1:
        made = value[0]
    elif plain.base == "date and time" and kind(value) == "date":
        made = make_date_time(value, dt.time(tzinfo=dt.UTC))
    if made is not None and type_.fits(run, made):
        return made
    shown = f"<{kind(value)}>" if isinstance(value, Function) else format_value(run, value, True)
    if len(shown) > _SHOWN:
        shown = shown[:_SHOWN] + "…"
    run.warn(
        "not_allowed", f"'{element}' is not a {type_.name} but {shown}, so it is null", element
    )
    return None


def result_type(type_: ItemType | None) -> ItemType | None:
    """What something gives whose variable has this type: of a function's type its result."""
    if type_ is None:
        return None
    plain = type_.plain()
    return plain.result if plain.base == "function" else type_


def feel_types(types: Mapping[str, ItemType]) -> dict[str, n.Type]:
    """The types as `instance of` sees them: their shapes, without their allowed values.

    A type is open where it contains itself, and where it would have more than a thousand parts.
    """
    made: dict[int, tuple[n.Type, int]] = {}
    return {name: _feel_type(type_, made, 0)[0] for name, type_ in types.items()}


_OPEN = (n.Type("Any"), 1)


def _feel_type(
    type_: ItemType | None, made: dict[int, tuple[n.Type, int]], depth: int
) -> tuple[n.Type, int]:
    """The type and how many parts it has."""
    plain = None if type_ is None else type_.plain()
    if plain is None or depth > _MAX_DEPTH:
        return _OPEN
    if id(plain) in made:
        return made[id(plain)]
    made[id(plain)] = _OPEN
    inside: list[ItemType | None] = [entry for _, entry in plain.entries]
    if plain.base == "list" and plain.of is not None:
        inside.append(plain.of)
    elif plain.base == "function" and plain.parameters is not None:
        inside += [*plain.parameters, plain.result]
    parts = [_feel_type(item, made, depth + 1) for item in inside]
    size = 1 + sum(count for _, count in parts)
    shapes = tuple(shape for shape, _ in parts)
    if size > _MAX_PARTS:
        return _OPEN
    if plain.base == "context":
        keys = (key for key, _ in plain.entries)
        found = n.Type("context", (), tuple(zip(keys, shapes, strict=True)))
    else:
        found = n.Type(plain.base, shapes)
    made[id(plain)] = (found, size)
    return found, size
