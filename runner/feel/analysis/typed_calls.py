"""Calls of built-in functions: whether the arguments fit, and the type of the result."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from runner.feel.analysis.static_types import (
    ANY,
    NULL,
    Type,
    context_of,
    list_of,
    of_kind,
    one_of,
    union,
)
from runner.feel.builtins import BUILTINS, Builtin, Parameter
from runner.feel.spelling import closest

_KINDS = frozenset(
    {
        "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
        "years and months duration", "list", "context", "range", "function",
    }
)  # fmt: skip
_DURATION = of_kind("days and time duration", "years and months duration")
_STRING = of_kind("string")
_COUNT = Type(frozenset({"number"}), low=Decimal(0))
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a call can only be null. `parameter` is "" when number or names of the arguments are
    wrong; else the argument at `index` is a `found`, and `expected` says what is needed."""

    found: str
    expected: tuple[str, ...]
    parameter: str = ""
    index: int = 0
    near: str = ""


def call_type(name: str, arguments: Sequence[Type], names: tuple[str, ...] | None) -> Type | Misfit:
    """The result's type, or why no way of calling the function fits these arguments."""
    overloads = BUILTINS[name]
    fitting: list[Builtin] = []
    misfit: Misfit | None = None
    for overload in overloads:
        arranged = _arranged(overload, len(arguments), names)
        if arranged is None:
            continue
        wrong = next(
            (
                index
                for index, parameter in enumerate(arranged)
                if not _fits(parameter, arguments[index])
            ),
            None,
        )
        if wrong is None:
            fitting.append(overload)
        else:
            parameter = arranged[wrong]
            misfit = Misfit(str(arguments[wrong]), _wanted(parameter), parameter.name, wrong)
    if not fitting:
        return misfit or _uncallable(overloads, len(arguments), names)
    if names is None and name in _RESULTS:
        return _RESULTS[name](arguments)
    return union(_result(overload.result) for overload in fitting)


def _arranged(
    overload: Builtin, count: int, names: tuple[str, ...] | None
) -> list[Parameter] | None:
    """The parameter of each argument; None when the overload cannot be called like that."""
    parameters = overload.parameters
    if names is not None:
        known = {parameter.name: parameter for parameter in parameters}
        if len(set(names)) != len(names) or not set(names) <= known.keys():
            return None
        if any(not item.optional and item.name not in names for item in parameters):
            return None
        return [known[name] for name in names]
    if parameters and parameters[-1].several:
        if count < max(1, len(parameters) - 1):
            return None
        return [parameters[min(index, len(parameters) - 1)] for index in range(count)]
    required = sum(not parameter.optional for parameter in parameters)
    return list(parameters[:count]) if required <= count <= len(parameters) else None


def _fits(parameter: Parameter, argument: Type) -> bool:
    """Whether some value of the type is taken. A list of one stands for it, and it for a list."""
    if parameter.kinds is None or not argument.kinds or "list" in parameter.kinds:
        return True
    if argument.kinds & parameter.kinds:
        return True
    inner = argument.item if "list" in argument.kinds else NULL
    if inner is None or inner.kinds is None:
        return True
    return bool(inner.kinds & parameter.kinds)


def _wanted(parameter: Parameter) -> tuple[str, ...]:
    return tuple(sorted(parameter.kinds or ()))


def _uncallable(overloads: Sequence[Builtin], count: int, names: tuple[str, ...] | None) -> Misfit:
    ways = tuple(overload.signature for overload in overloads)
    if names is None:
        return Misfit(f"{count} arguments" if count != 1 else "1 argument", ways)
    known = [parameter.name for overload in overloads for parameter in overload.parameters]
    strange = next((name for name in names if name not in known), "")
    found = ", ".join(f"{name}: …" for name in names)
    return Misfit(found, ways, near=closest(strange, known) or "")


def _result(name: str) -> Type:
    if name.startswith("list<") and name.endswith(">"):
        return list_of(_result(name[5:-1]))
    if name == "duration":
        return _DURATION
    return of_kind(name) if name in _KINDS else ANY


def _items_of_first(arguments: Sequence[Type]) -> Type:
    return list_of(arguments[0].items)


def _items_of_all(arguments: Sequence[Type]) -> Type:
    return list_of(union(argument.items for argument in arguments))


def _flat(arguments: Sequence[Type]) -> Type:
    item = arguments[0].items
    for _ in range(10):
        if item.kinds is None or "list" not in item.kinds:
            return list_of(item)
        item = item.items
    return list_of(ANY)


def _with_items(first: int, *more: int) -> Callable[[Sequence[Type]], Type]:
    """The items of one argument, and others that become items themselves."""

    def result(arguments: Sequence[Type]) -> Type:
        rest = [arguments[index] for index in more if index < len(arguments)]
        return list_of(union([arguments[first].items, *rest]))

    return result


def _entry(arguments: Sequence[Type]) -> Type:
    held, key = arguments
    if held.kinds is None or key.values is None or held.entries is None or held.open:
        return ANY
    return union(held.entries.get(str(name), ANY) for name in key.values)


def _entries(arguments: Sequence[Type]) -> Type:
    held = arguments[0]
    known = held.is_only("context") and held.entries is not None and not held.open
    value = union((held.entries or {}).values()) if known else ANY
    return list_of(context_of({"key": _STRING, "value": value}))


def _extreme(arguments: Sequence[Type]) -> Type:
    single = arguments[0].items if len(arguments) == 1 else union(arguments)
    return replace(single, item=None) if single.kinds else single


_RESULTS: dict[str, Callable[[Sequence[Type]], Type]] = {
    "append": lambda arguments: list_of(union([arguments[0].items, *arguments[1:]])),
    "concatenate": _items_of_all,
    "union": _items_of_all,
    "flatten": _flat,
    "reverse": _items_of_first,
    "sort": _items_of_first,
    "sublist": _items_of_first,
    "remove": _items_of_first,
    "distinct values": _items_of_first,
    "duplicate values": _items_of_first,
    "insert before": _with_items(0, 2),
    "list replace": _with_items(0, 2),
    "get or else": union,
    "get value": _entry,
    "get entries": _entries,
    "min": _extreme,
    "max": _extreme,
    "count": lambda _arguments: _COUNT,
    "string length": lambda _arguments: _COUNT,
    "index of": lambda _arguments: list_of(replace(_COUNT, low=Decimal(1))),
    "split": lambda _arguments: list_of(_STRING),
    "extract": lambda _arguments: list_of(_STRING),
    "duration": lambda _arguments: _DURATION,
    "day of week": lambda _arguments: one_of("string", _DAYS),
    "month of year": lambda _arguments: one_of("string", _MONTHS),
}
