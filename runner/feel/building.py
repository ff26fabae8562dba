"""Reductions of the grammar to nodes, each with its place and its depth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from decimal import DecimalException
from typing import Any

from lark import Token, Transformer, v_args

from runner.feel import nodes as n
from runner.feel.errors import FeelSyntaxError
from runner.feel.temporal import parse_temporal
from runner.feel.values import CONTEXT

MAX_DEPTH = 80


def _refused(token: Token, found: str, expected: str) -> FeelSyntaxError:
    return FeelSyntaxError(token.line or 1, token.column or 1, found, (expected,))


def misplaced(node: n.Parentheses) -> FeelSyntaxError:
    """`( a, b )` stands where it is not one of the tests of an `in`."""
    expected = "one expression in parentheses, or 'in' before them"
    return FeelSyntaxError(node.line, node.column, "( , )", (expected,))


def _node(
    kind: Callable[..., n.Node],
    start: Any,
    inside: Collection[n.Node],
    *parts: Any,
    at: Token | None = None,
    levels: int = 1,
) -> n.Node:
    """A node that starts where `start` does; `at` is where the text got too deep, if it did.

    `levels` is how many loops inside each other the node is.
    """
    for child in inside:
        if type(child) is n.Parentheses:
            raise misplaced(child)
    depth = n.depth_over(inside) + levels - 1
    if depth > MAX_DEPTH:
        place: Any = at or start
        expected = f"at most {MAX_DEPTH} levels inside each other"
        found = str(place) if isinstance(place, Token) else "..."
        raise FeelSyntaxError(place.line, place.column, found, (expected,))
    return kind(*parts, depth=depth, line=start.line, column=start.column)


def _nodes(parts: Iterable[Any]) -> tuple[n.Node, ...]:
    return tuple(part for part in parts if isinstance(part, n.Node))


@v_args(inline=True)
class Builder(Transformer[Token, n.Node]):
    """Builds nodes as the parser reduces, so that nothing recurses over a deep text."""

    def name(self, token: Token) -> n.Node:
        return _node(n.Name, token, (), str(token))

    def number(self, token: Token) -> n.Node:
        try:
            return _node(n.Literal, token, (), CONTEXT.create_decimal(str(token)))
        except DecimalException:
            raise _refused(token, str(token)[:40], "a number of at most 34 digits") from None

    def string(self, token: Token) -> n.Node:
        return _node(n.Literal, token, (), str(token))

    def at_literal(self, at: Token, token: Token) -> n.Node:
        value = parse_temporal(str(token))
        if value is None:
            raise _refused(token, str(token), "a date, time or duration")
        return _node(n.Literal, at, (), value)

    def null(self, token: Token) -> n.Node:
        return _node(n.Literal, token, (), None)

    def true(self, token: Token) -> n.Node:
        return _node(n.Literal, token, (), True)

    def false(self, token: Token) -> n.Node:
        return _node(n.Literal, token, (), False)

    def conditional(self, start: Token, *parts: Any) -> n.Node:
        inside = _nodes(parts)
        return _node(n.If, start, inside, *inside)

    def iterator(self, name: Token, *parts: Any) -> n.Node:
        inside = _nodes(parts)
        return _node(n.Iterator, name, inside, str(name), *inside)

    def for_loop(self, start: Token, *parts: Any) -> n.Node:
        *iterators, body = inside = _nodes(parts)
        return _node(n.For, start, inside, tuple(iterators), body, levels=len(iterators))

    def quantified(self, start: Token, *parts: Any) -> n.Node:
        *iterators, body = inside = _nodes(parts)
        parts = (start.type == "EVERY", tuple(iterators), body)
        return _node(n.Quantified, start, inside, *parts, levels=len(iterators))

    def parameter(self, name: Token, *rest: Any) -> tuple[str, n.Type | None]:
        types = [part for part in rest if isinstance(part, n.Type)]
        return str(name), types[0] if types else None

    def function_definition(self, start: Token, *parts: Any) -> n.Node:
        for part in parts:
            if isinstance(part, Token) and part.type == "EXTERNAL":
                expected = "a body in FEEL (functions in Java or PMML cannot be called)"
                raise _refused(part, "external", expected)
        parameters = tuple(part for part in parts if isinstance(part, tuple))
        body = parts[-1]
        types = [type_ for _, type_ in parameters if type_]
        return _node(n.FunctionDefinition, start, (*types, body), parameters, body)

    def disjunction(self, *parts: Any) -> n.Node:
        items = _nodes(parts)
        return _node(n.Logic, items[0], items, False, items, at=parts[1])

    def conjunction(self, *parts: Any) -> n.Node:
        items = _nodes(parts)
        return _node(n.Logic, items[0], items, True, items, at=parts[1])

    def comparator(self, token: Token) -> Token:
        return token

    def compare(self, left: n.Node, operator: Token, right: n.Node) -> n.Node:
        return _node(n.Compare, left, (left, right), str(operator), left, right, at=operator)

    def compare_test(self, operator: Token, operand: n.Node) -> n.Node:
        return _node(n.CompareTest, operator, (operand,), str(operator), operand)

    def between(self, operand: n.Node, word: Token, *parts: Any) -> n.Node:
        inside = (operand, *_nodes(parts))
        return _node(n.Between, operand, inside, *inside, at=word)

    def in_tests(self, operand: n.Node, word: Token, tests: n.Node) -> n.Node:
        items = tests.items if isinstance(tests, n.Parentheses) else (tests,)
        return _node(n.In, operand, (operand, *items), operand, items, at=word)

    def instance_of(self, operand: n.Node, word: Token, _of: Token, type_: n.Type) -> n.Node:
        return _node(n.InstanceOf, operand, (operand, type_), operand, type_, at=word)

    def type_name(self, *parts: Token) -> Token:
        return Token.new_borrow_pos("NAME", "".join(parts), parts[0])

    def type(self, start: Token, *parts: Any) -> n.Node:
        of = _nodes(parts)
        entries = tuple(part for part in parts if isinstance(part, tuple))
        inside = (*of, *(type_ for _, type_ in entries))
        return _node(n.Type, start, inside, str(start), of, entries)

    def type_entry(self, name: Token, _colon: Token, type_: n.Node) -> tuple[str, n.Node]:
        return str(name), type_

    def arithmetic(self, first: n.Node, *rest: Any) -> n.Node:
        pairs = tuple((str(rest[i]), rest[i + 1]) for i in range(0, len(rest), 2))
        inside = (first, *(node for _, node in pairs))
        return _node(n.Arithmetic, first, inside, first, pairs, at=rest[0])

    term = arithmetic
    power = arithmetic

    def negate(self, minus: Token, operand: n.Node) -> n.Node:
        return _node(n.Negate, minus, (operand,), operand)

    def path(self, target: n.Node, dot: Token, name: Token) -> n.Node:
        return _node(n.Path, target, (target,), target, str(name), at=dot)

    def filter(self, target: n.Node, opened: Token, condition: n.Node, _close: Token) -> n.Node:
        return _node(n.Filter, target, (target, condition), target, condition, at=opened)

    def call(self, function: n.Node, opened: Token, *parts: Any) -> n.Node:
        arguments = _nodes(parts)
        return _node(n.Call, function, (function, *arguments), function, arguments, at=opened)

    def call_named(self, function: n.Node, opened: Token, *parts: Any) -> n.Node:
        entries = [part for part in parts if isinstance(part, tuple)]
        names = tuple(name for name, _ in entries)
        arguments = tuple(value for _, value in entries)
        inside = (function, *arguments)
        return _node(n.Call, function, inside, function, arguments, names, at=opened)

    def named_argument(self, name: Token, _colon: Token, value: n.Node) -> tuple[str, n.Node]:
        return str(name), value

    entry = named_argument

    def parentheses(self, opened: Token, *parts: Any) -> n.Node:
        items = _nodes(parts)
        return items[0] if len(items) == 1 else _node(n.Parentheses, opened, items, items)

    def list_literal(self, opened: Token, *parts: Any) -> n.Node:
        items = _nodes(parts)
        return _node(n.ListLiteral, opened, items, items)

    def context_literal(self, opened: Token, *parts: Any) -> n.Node:
        entries = tuple(part for part in parts if isinstance(part, tuple))
        return _node(n.ContextLiteral, opened, [value for _, value in entries], entries)

    def range_literal(self, opened: Token, *parts: Any) -> n.Node:
        low, high = _nodes(parts)
        closed = (opened.type == "LSQB", parts[-1].type == "RSQB")
        return _node(n.RangeLiteral, opened, (low, high), low, high, *closed)

    def range_below(self, opened: Token, _dots: Token, high: n.Node, closing: Token) -> n.Node:
        closed = closing.type == "RSQB"
        return _node(n.RangeLiteral, opened, (high,), None, high, False, closed)

    def range_above(self, opened: Token, low: n.Node, *_rest: Token) -> n.Node:
        closed = opened.type == "LSQB"
        return _node(n.RangeLiteral, opened, (low,), low, None, closed, False)

    def any_test(self, minus: Token) -> n.Node:
        return _node(n.Tests, minus, (), ())

    def tests(self, *parts: Any) -> n.Node:
        items = _nodes(parts)
        return _node(n.Tests, items[0], items, items)

    def positive_tests(self, tests: n.Tests) -> n.Node:
        return tests

    def negated_tests(self, word: Token, _open: Token, tests: n.Tests, _close: Token) -> n.Node:
        return _node(n.Tests, word, tests.items, tests.items, True)
