"""What operators and the dot give for kinds of values, asked of the evaluator itself.

One sample value of each kind stands for all of its kind, so that analysis can never disagree with
evaluation about which kinds fit together.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Mapping
from decimal import Decimal

from runner.feel.analysis.static_types import Type, of_kind
from runner.feel.arithmetic import calculate, negate
from runner.feel.compiler import compile_node
from runner.feel.errors import FeelError
from runner.feel.evaluation import Env, Evaluation, Warning_, WorkingTime
from runner.feel.nodes import Node
from runner.feel.operators import order
from runner.feel.properties import property_of
from runner.feel.values import Function, Months, Range, Value, kind

_NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
_BUDGET = 5_000
_ONE = Decimal(1)
_SAMPLES: Mapping[str, Value] = {
    "boolean": True,
    "number": _ONE,
    "string": "a",
    "date": _NOW.date(),
    "time": _NOW.timetz(),
    "date and time": _NOW,
    "days and time duration": dt.timedelta(days=1),
    "years and months duration": Months(1),
    "list": [_ONE],
    "context": {},
    "range": Range(_ONE, _ONE),
    "function": Function("", (), lambda _run, _values: None),
}
KINDS = frozenset(_SAMPLES)
"""Every kind of value but null."""
_PROPERTIES = (
    "year", "month", "day", "weekday", "hour", "minute", "second", "time offset", "timezone",
    "days", "hours", "minutes", "seconds", "years", "months", "start", "end", "start included",
    "end included",
)  # fmt: skip
_BOUNDS = {"month": (1, 12), "day": (1, 31), "weekday": (1, 7), "hour": (0, 23), "minute": (0, 59)}


class _Probe(Evaluation):
    """An evaluation that notices when its answer depends on when and where it is asked."""

    __slots__ = ("asked",)

    def __init__(self) -> None:
        self.asked = False
        super().__init__({}, _NOW, None, _BUDGET)
        self.asked = False

    @property
    def now(self) -> dt.datetime:
        self.asked = True
        return _NOW

    @now.setter
    def now(self, value: dt.datetime) -> None:
        pass

    @property
    def calendar(self) -> WorkingTime | None:
        self.asked = True
        return None

    @calendar.setter
    def calendar(self, value: WorkingTime | None) -> None:
        pass


def constant(node: Node) -> tuple[Value, tuple[Warning_, ...]] | None:
    """The value of a node that reads no variable, and why it is null; None where that depends on
    the clock, the calendar or the zone, or takes too long to find out."""
    probe = _Probe()
    try:
        value = compile_node(node)(Env(probe, probe.scope, None))
    except (FeelError, RecursionError, ArithmeticError):
        return None
    return None if probe.asked else (value, tuple(probe.warnings))


@functools.cache
def operated(operator: str, left: str, right: str) -> str | None:
    """The kind of `left operator right`; None where it has no meaning."""
    return _kind(lambda run: calculate(run, operator, _SAMPLES[left], _SAMPLES[right]))


@functools.cache
def negated(operand: str) -> bool:
    """Whether `-operand` has a meaning."""
    return _kind(lambda run: negate(run, _SAMPLES[operand])) is not None


@functools.cache
def ordered(left: str, right: str) -> bool:
    """Whether `<` has a meaning between values of the two kinds."""
    return order(_evaluation(), _SAMPLES[left], _SAMPLES[right]) is not None


@functools.cache
def properties(kind_name: str) -> Mapping[str, Type]:
    """What stands after the dot of a value that is neither list nor context.

    A part that is a zone, or an end of a range, is of any type.
    """
    found: dict[str, Type] = {}
    for name in _PROPERTIES if kind_name not in ("list", "context") else ():
        run = _evaluation()
        value = property_of(run, _SAMPLES[kind_name], name)
        if run.warnings:
            continue
        if value is None or name in ("start", "end", "time offset", "timezone"):
            found[name] = Type()
        elif name in _BOUNDS and kind_name != "days and time duration":
            low, high = _BOUNDS[name]
            found[name] = Type(frozenset({"number"}), low=Decimal(low), high=Decimal(high))
        else:
            found[name] = of_kind(kind(value))
    return found


def _evaluation() -> Evaluation:
    return Evaluation({}, _NOW)


def _kind(ask: Callable[[Evaluation], Value]) -> str | None:
    value = ask(_evaluation())
    return None if value is None else kind(value)
