"""What a cell of a decision table wants of its column: constants, or a condition taken as it is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from runner.definitions.dmn.logic import Source
from runner.feel import (
    Evaluation,
    FeelError,
    Months,
    Range,
    UnaryTests,
    Value,
    nodes,
)
from runner.feel.compiler import INPUT, compile_node, reads_input
from runner.feel.evaluation import Env

_NOW = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_PURE = frozenset(
    {"date", "time", "date and time", "duration", "years and months duration", "number"}
)
_MAX_COMPARISONS = 50  # each is tried at the ends of all others
_SIMPLE = frozenset({Decimal, str, bool, dt.date, dt.datetime, dt.timedelta, Months})


@dataclass(frozen=True, slots=True)
class Constant:
    """A value known without any case; its text as written is not kept."""

    value: Value


@dataclass(frozen=True, slots=True)
class Test:
    """One of the constant tests of a cell: `operator` is `=`, `!=`, `<`, `<=`, `>`, `>=` or `in`
    (then `value` is a range)."""

    operator: str
    value: Value

    @property
    def ends(self) -> Iterator[Value]:
        """The constants at which the answer of this test can change; instants in UTC, times and
        instants in whole seconds, by which FEEL compares them."""
        if isinstance(self.value, Range):
            yield from (_plain(end) for end in (self.value.low, self.value.high) if end is not None)
        elif self.value is not None:
            yield _plain(self.value)


@dataclass(frozen=True, slots=True)
class Constants:
    """A cell of constants only. `compiled` answers for any value, exactly as a case would be."""

    compiled: UnaryTests
    tests: tuple[Test, ...]
    negated: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """A cell that cannot be decided without a case. Conditions of equal `base` hold together;
    `holds` False asks for the contrary."""

    base: Hashable
    holds: bool
    text: str


Reading = Constants | Condition | None


def read_cell(source: Source | None) -> Reading:
    """What the cell wants; None where it wants nothing (`-`)."""
    if source is None or not isinstance(source.compiled, UnaryTests) or source.compiled.always:
        return None
    return read_tests(source.compiled)


def read_tests(compiled: UnaryTests) -> Constants | Condition:
    """What unary tests want; long rows of comparisons are taken as they are. Never None: an empty
    text is for the caller to notice."""
    text = " ".join(compiled.text.split())
    node = compiled.node
    assert isinstance(node, nodes.Tests)
    tests: list[Test] = []
    for item in node.items:
        found = _tests(item)
        if found is None:
            return _condition(node, text)
        tests += found
    if len(tests) > _MAX_COMPARISONS and any(test.operator != "=" for test in tests):
        return _condition(node, text)
    return Constants(compiled, tuple(tests), node.negated)


def constant(node: nodes.Node) -> Constant | None:
    """The value of an expression that reads nothing: literals, dates and durations, calculations
    with them. None for any other."""
    if isinstance(node, nodes.Literal):
        return Constant(node.value)
    if not _closed(node):
        return None
    run = Evaluation({}, _NOW, None, 1_000)
    try:
        return Constant(compile_node(node)(Env(run, {}, None)))
    except FeelError:
        return None


def _closed(node: nodes.Node) -> bool:
    match node:
        case nodes.Call(function=nodes.Name(name=name), arguments=parts):
            return name in _PURE and all(isinstance(part, nodes.Literal) for part in parts)
        case nodes.Parentheses(items=(inner,)):
            return _closed(inner)
        case nodes.Negate(operand=inner):
            return _closed(inner)
        case nodes.Arithmetic(first=first, rest=rest):
            return _closed(first) and all(_closed(part) for _, part in rest)
        case nodes.RangeLiteral(low=low, high=high):
            return all(end is None or _closed(end) for end in (low, high))
        case nodes.ListLiteral(items=items):
            return all(_closed(item) for item in items)
        case _:
            return isinstance(node, nodes.Literal)


def _tests(item: nodes.Node) -> list[Test] | None:
    """The constant tests of one item of a cell; None where it is none."""
    operator, operand = "=", item
    if isinstance(item, nodes.CompareTest):
        operator, operand = item.operator, item.operand
    elif isinstance(item, nodes.Compare) and item.left == nodes.Name(INPUT):
        operator, operand = item.operator, item.right
    elif isinstance(item, nodes.Compare | nodes.In | nodes.Between):
        return None
    found = constant(operand)
    if found is None:
        return None
    value = found.value
    if isinstance(value, list) and operator == "=" and operand is item:
        parts = [_test("=", part) for part in value]
        return None if None in parts else [part for part in parts if part is not None]
    one = _test(operator, value)
    return None if one is None else [one]


def _test(operator: str, value: Value) -> Test | None:
    if isinstance(value, Range):
        operator = "in" if operator == "=" else ""
    if not operator:
        return None
    ends = (value.low, value.high) if isinstance(value, Range) else (value,)
    if not all(end is None or _comparable(end) for end in ends):
        return None
    return Test(operator, value)


def _comparable(value: Value) -> bool:
    """Whether the value has its place in the order of its kind without knowing the site's zone."""
    if isinstance(value, dt.time):
        return value.tzinfo is None
    return type(value) in _SIMPLE


def _plain(value: Value) -> Value:
    if isinstance(value, dt.datetime):
        placed = value if value.tzinfo is None else value.astimezone(dt.UTC)
        return placed.replace(microsecond=0)
    return value.replace(microsecond=0) if isinstance(value, dt.time) else value


def _condition(node: nodes.Tests, text: str) -> Condition:
    """A lone condition and its contrary (`not(...)`, `... = false`) have the same base."""
    if len(node.items) != 1:
        return Condition(node, True, text)
    (item,) = node.items
    holds = not node.negated
    match item:
        case nodes.Compare(operator="=", left=left, right=nodes.Literal(value=bool() as wanted)):
            if reads_input(left) and not isinstance(left, nodes.Name | nodes.Path):
                return Condition(_bare(left), holds is wanted, text)
    return Condition(_bare(item), holds, text)


def _bare(node: nodes.Node) -> nodes.Node:
    while isinstance(node, nodes.Parentheses) and len(node.items) == 1:
        node = node.items[0]
    return node
