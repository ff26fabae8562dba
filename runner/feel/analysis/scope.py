"""The names an expression under analysis sees, and how its parts are written in messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from runner.feel import nodes as n
from runner.feel.analysis.static_types import ANY, Type
from runner.feel.evaluation import Evaluation
from runner.feel.text import format_value
from runner.feel.values import Function, Value

_SHOWN = 60
_ANY_TIME = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


class Scope:
    """Names with their types, and the scope around. `open`: there may be any other name here too;
    `passing`: a name here may be missing from the value, and then means that of the scope around.
    """

    __slots__ = ("_around", "_names", "_open", "_passing")

    def __init__(
        self,
        names: Mapping[str, Type],
        around: Scope | None = None,
        *,
        open: bool = False,
        passing: bool = False,
    ) -> None:
        self._names = names
        self._around = around
        self._open = open
        self._passing = passing

    def find(self, name: str) -> Type | None:
        """The name's type; None when there is no such name."""
        scope: Scope | None = self
        found: Type | None = None
        while scope is not None:
            here = scope._names.get(name)
            if here is not None:
                found = here if found is None else found.joined(here)
                if not scope._passing:
                    return found
            elif scope._open:
                return ANY
            scope = scope._around
        return found

    def names(self) -> Iterator[str]:
        """Every name that is known here."""
        scope: Scope | None = self
        while scope is not None:
            yield from scope._names
            scope = scope._around

    def of_item(self, item: Type) -> Scope:
        """The scope of a filter's condition over items of this type."""
        contexts = item.kinds is None or "context" in item.kinds
        entries = item.entries if contexts and item.entries is not None else {}
        unknown = contexts and (item.entries is None or item.open)
        inner = Scope(entries, self, open=unknown, passing=True)
        return inner if "item" in entries else Scope({"item": item}, inner)


def source_text(node: n.Node) -> str:
    """The node as people wrote it, where that is short: a path, a call or a value; else ""."""
    keys: list[str] = []
    while isinstance(node, n.Path):
        keys.append(node.name)
        node = node.target
    if isinstance(node, n.Name):
        return ".".join([node.name, *reversed(keys)])
    if keys:
        return ""
    if isinstance(node, n.Call) and isinstance(node.function, n.Name):
        inside = ", ".join(source_text(argument) or "…" for argument in node.arguments)
        return f"{node.function.name}({inside})"
    if isinstance(node, n.Literal):
        return shown(node.value)
    return ""


def shown(value: Value) -> str:
    """A constant as FEEL writes it, cut where it is long."""
    if isinstance(value, Function):
        return ""
    text = format_value(Evaluation({}, _ANY_TIME), value, True)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
