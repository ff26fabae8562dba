"""The one table of built-in functions: name, parameters and what each does.

A module declares a function with `@builtin(name, parameters, doc, result=...)`. `parameters` is
written `string: string, length?: number`: name, type, `?` where it may be left out or null, `...`
where any number may follow. Types are checked here, before the function is called: a wrong argument
makes null and a warning, an undecided value raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from runner.feel.evaluation import Evaluation, used
from runner.feel.values import Function, Unset, Value, kind

_TYPES = {
    "any": None,
    "date_time": frozenset({"date and time"}),
    "day": frozenset({"date", "date and time"}),
    "duration": frozenset({"days and time duration", "years and months duration"}),
    "days": frozenset({"days and time duration"}),
}

Origin = Literal["standard", "Camunda", "ours"]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; `kinds` None accepts every type."""

    name: str
    type: str
    kinds: frozenset[str] | None
    optional: bool
    several: bool


@dataclass(frozen=True, slots=True)
class Builtin:
    """One way of calling one function.

    `doc` is one English sentence, `result` is the FEEL type of what it gives ("any" where it
    depends on the arguments), `origin` who defines it: the standard, Camunda or we.
    A function that is known but refused has the reason, in English and Chinese, as `refusal`.
    One that `asks` whether there is a value is not told of a missing variable by a warning.
    `required` is the number of parameters that may not be left out.
    """

    name: str
    parameters: tuple[Parameter, ...]
    doc: str
    function: Callable[..., Value]
    result: str = "any"
    origin: Origin = "standard"
    takes_unset: bool = False
    refusal: tuple[str, str] | None = None
    required: int = 0
    asks: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the parameters."""
        return tuple(item.name for item in self.parameters)

    @property
    def signature(self) -> str:
        """`name(parameter, ...)` as documentation shows it."""
        shown = (
            f"{item.name}{'?' if item.optional else ''}{'...' if item.several else ''}"
            for item in self.parameters
        )
        return f"{self.name}({', '.join(shown)})"


BUILTINS: dict[str, list[Builtin]] = {}


def builtin(
    name: str,
    parameters: str,
    doc: str,
    *,
    result: str,
    origin: Origin = "standard",
    takes_unset: bool = False,
    refusal: tuple[str, str] | None = None,
    asks: bool = False,
) -> Callable[[Callable[..., Value]], Callable[..., Value]]:
    """Enter the function in the table; it is called with the evaluation and every argument."""
    declared = tuple(_parameter(part) for part in parameters.split(", ") if part)
    required = sum(not parameter.optional for parameter in declared)

    def enter(function: Callable[..., Value]) -> Callable[..., Value]:
        entry = Builtin(
            name, declared, doc, function, result, origin, takes_unset, refusal, required, asks
        )
        BUILTINS.setdefault(name, []).append(entry)
        return function

    return enter


def _parameter(text: str) -> Parameter:
    name, _, type_ = text.partition(": ")
    several = name.endswith("...")
    name = name.removesuffix("...")
    optional = name.endswith("?")
    kinds = _TYPES[type_] if type_ in _TYPES else frozenset({type_})
    return Parameter(name.removesuffix("?"), type_, kinds, optional, several)


def invoke_builtin(
    run: Evaluation, name: str, values: list[Value], names: tuple[str, ...] | None
) -> Value:
    """The function's result for these arguments; null with a warning where none fits."""
    overloads = BUILTINS[name]
    if names is not None:  # the order in which they are given tells before(point, range) apart
        overloads = sorted(overloads, key=lambda item: item.names != names)
    noticed = len(run.warnings)
    for overload in overloads:
        arranged = _arrange(overload, values, names)
        if arranged is None:
            continue
        checked = _check(run, overload, arranged, last=overload is overloads[-1])
        if checked is None:
            continue
        result = overload.function(run, *checked)
        if type(result) in _SIZED:
            run.spend_on(result)
        return result
    if overloads[0].refusal is not None:  # however it is called
        return overloads[0].function(run)
    if len(run.warnings) == noticed:
        ways = " or ".join(overload.signature for overload in overloads)
        run.warn("function", f"'{name}' cannot be called with these arguments; it is {ways}", name)
    return None


def _arrange(
    overload: Builtin, values: list[Value], names: tuple[str, ...] | None
) -> list[Value] | None:
    """The arguments in the order of the parameters, None where one was left out."""
    parameters = overload.parameters
    if names is not None:
        given = dict(zip(names, values, strict=True))
        known = {parameter.name for parameter in parameters}
        if len(given) != len(values) or not given.keys() <= known:
            return None
        if any(not item.optional and item.name not in given for item in parameters):
            return None
        if parameters and parameters[-1].several:
            return [given[parameters[0].name]]
        return [given.get(parameter.name) for parameter in parameters]
    if parameters and parameters[-1].several:
        return values if len(values) >= max(1, len(parameters) - 1) else None
    missing = len(parameters) - len(values)
    if missing < 0 or len(values) < overload.required:
        return None
    return values + [None] * missing if missing else values


def _check(
    run: Evaluation, overload: Builtin, values: list[Value], last: bool
) -> list[Value] | None:
    """The arguments made to fit the parameters' types, or None when they do not."""
    checked: list[Value] = []
    parameters, count = overload.parameters, len(overload.parameters)
    for index, value in enumerate(values):
        parameter = parameters[index] if index < count else parameters[-1]
        if type(value) is Unset and not overload.takes_unset:
            used(value)
        fitted = _fit(parameter, value)
        if fitted is _MISFIT:
            if last:
                run.warn(
                    "function",
                    f"'{overload.name}' needs a {parameter.type} as '{parameter.name}',"
                    f" not {_shown(value)}",
                    overload.name,
                )
            return None
        if type(fitted) in _SIZED:
            run.spend_on(fitted)
        checked.append(fitted)
    return checked


def _shown(value: Value) -> str:
    """A wrong argument as a warning names it, shortened."""
    name = kind(value)
    if name == "string":
        return f"the string '{value[:40]}'"
    return f"the number {value}" if name == "number" else "null" if value is None else f"a {name}"


_MISFIT = object()
_SIZED = frozenset({list, str, dict})


def _fit(parameter: Parameter, value: Value) -> Value:
    kinds = parameter.kinds
    if kinds is None:
        return value
    if value is None:
        return None if parameter.optional else _MISFIT
    found = kind(value)
    if found in kinds:
        return value
    if "list" in kinds:  # a single value stands for a list of it
        return [value]
    if found == "list" and len(value) == 1 and kind(value[0]) in kinds:  # and the other way round
        return value[0]
    return _MISFIT


def as_function(name: str) -> Function:
    """The built-in function as a value, to be passed to another one."""
    parameters = tuple(item.name for item in BUILTINS[name][0].parameters)

    def call(run: Evaluation, values: list[Value]) -> Value:
        return invoke_builtin(run, name, values, None)

    return Function(name, parameters, call, variadic=True)
