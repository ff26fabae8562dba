"""`range("[1..3]")`: a range from the text of a literal one."""

from __future__ import annotations

import functools

from runner.feel import nodes as n
from runner.feel.builtins.table import builtin, invoke_builtin
from runner.feel.errors import FeelSyntaxError
from runner.feel.evaluation import Evaluation
from runner.feel.operators import order
from runner.feel.parser import parse
from runner.feel.values import Range, Value

_MAX_TEXT = 500
_PARSING = 300
_MAKERS = frozenset({"date", "time", "date and time", "duration"})


@builtin(
    "range",
    "from: string",
    "The range written in the text, both of whose ends are literal, as in [1..3].",
    result="range",
)
def _range(run: Evaluation, text: str) -> Value:
    run.spend_once(text, _PARSING)
    node = _parsed(text) if len(text) <= _MAX_TEXT else None
    if node is None or not (_is_literal(node.low) and _is_literal(node.high)):
        run.warn("function", f"'range' needs a text like [1..3], not '{text[:40]}'", "range")
        return None
    low, high = _end(run, node.low), _end(run, node.high)
    direction = order(run, low, high)
    if direction is None or direction > 0:
        run.warn("function", f"The ends of '{text[:40]}' are not in order", "range")
        return None
    return Range(low, high, node.low_closed, node.high_closed)


@functools.lru_cache(maxsize=512)
def _parsed(text: str) -> n.RangeLiteral | None:
    try:
        node = parse(text, frozenset(), unary=False)
    except FeelSyntaxError:
        return None
    return node if isinstance(node, n.RangeLiteral) else None


def _is_literal(node: n.Node | None) -> bool:
    """A number, text or `@` literal, or a call such as date("2026-11-20")."""
    if isinstance(node, n.Literal):
        return node.value is not None
    return (
        isinstance(node, n.Call)
        and isinstance(node.function, n.Name)
        and node.function.name in _MAKERS
        and node.names is None
        and len(node.arguments) == 1
        and isinstance(node.arguments[0], n.Literal)
    )


def _end(run: Evaluation, node: n.Node | None) -> Value:
    if isinstance(node, n.Literal):
        return node.value
    assert isinstance(node, n.Call)
    assert isinstance(node.function, n.Name)
    (argument,) = node.arguments
    assert isinstance(argument, n.Literal)
    return invoke_builtin(run, node.function.name, [argument.value], None)
