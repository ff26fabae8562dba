"""Tokens to nodes, with errors a person can act on."""

from __future__ import annotations

import functools
from collections.abc import Iterator as Iteration
from decimal import Decimal, DecimalException
from importlib import resources
from typing import Any

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError
from lark.lexer import Lexer

from runner.feel import nodes as n
from runner.feel.errors import FeelSyntaxError
from runner.feel.lexer import tokenize
from runner.feel.temporal import parse_temporal
from runner.feel.values import CONTEXT

MAX_DEPTH = 80

_READABLE = {
    "NUMBER": "a number",
    "STRING": "a text in quotes",
    "NAME": "a name",
    "$END": "the end",
    "RPAR": "')'",
    "RSQB": "']'",
    "RBRACE": "'}'",
    "COMMA": "','",
    "COLON": "':'",
    "THEN": "'then'",
    "ELSE": "'else'",
    "IN": "'in'",
    "RETURN": "'return'",
    "SATISFIES": "'satisfies'",
    "AND": "'and'",
    "OF": "'of'",
    "LPAR": "'('",
    "ARROW": "'->'",
}
_OPERAND = frozenset({"NUMBER", "STRING", "NULL", "LBRACE"})
_OPERATOR = frozenset({"EQ", "PLUS", "TIMES"})


def parse(text: str, names: frozenset[str], unary: bool) -> n.Node:
    """The expression, or the unary tests (a `Tests` node). Raises FeelSyntaxError."""
    tokens = tokenize(text, names, unary)
    try:
        tree = _parser().parse(tokens, start="whole_unary_tests" if unary else "whole_expression")
    except UnexpectedToken as error:
        raise _explain(error, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, FeelSyntaxError):
            raise error.orig_exc from None
        raise
    except UnexpectedInput:
        raise FeelSyntaxError(1, 1, text[:20], ("an expression",)) from None
    assert isinstance(tree, n.Node)
    return tree


def _explain(error: UnexpectedToken, text: str) -> FeelSyntaxError:
    token = error.token
    lines = text.split("\n")
    at_end = token.type == "$END"
    line = len(lines) if at_end else token.line or 1
    column = len(lines[-1]) + 1 if at_end else token.column or 1
    accepted = set(error.accepts or error.expected)
    expected = [_READABLE[kind] for kind in _READABLE if kind in accepted]
    if accepted >= _OPERAND:
        expected = ["an expression"]
    elif accepted >= _OPERATOR:
        expected = ["an operator", *(item for item in expected if item not in ("'in'", "'and'"))]
    return FeelSyntaxError(line, column, "" if at_end else str(token), tuple(expected) or ("",))


class _TokenSource(Lexer):
    """Hands the parser the tokens already made; lark gives it as `data` what `parse` was given."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iteration[Token]:  # type: ignore[override]
        yield from data


@v_args(inline=True)
class _Builder(Transformer[Token, n.Node]):
    """Builds nodes as the parser reduces, so that nothing recurses over a deep text."""

    def _made(self, node: n.Node) -> n.Node:
        if node.depth > MAX_DEPTH:
            raise FeelSyntaxError(1, 1, "", (f"at most {MAX_DEPTH} levels inside each other",))
        return node

    def name(self, token: Token) -> n.Node:
        return n.Name(str(token))

    def number(self, token: Token) -> n.Node:
        try:
            return n.Literal(CONTEXT.create_decimal(str(token)))
        except DecimalException:
            raise FeelSyntaxError(
                token.line or 1,
                token.column or 1,
                str(token)[:40],
                ("a number of at most 34 digits",),
            ) from None

    def string(self, token: Token) -> n.Node:
        return n.Literal(str(token))

    def at_literal(self, _at: Token, token: Token) -> n.Node:
        value = parse_temporal(str(token))
        if value is None:
            raise FeelSyntaxError(
                token.line or 1, token.column or 1, str(token), ("a date, time or duration",)
            )
        return n.Literal(value)

    def null(self, _token: Token) -> n.Node:
        return n.Literal(None)

    def true(self, _token: Token) -> n.Node:
        return n.Literal(True)

    def false(self, _token: Token) -> n.Node:
        return n.Literal(False)

    def conditional(self, *parts: Any) -> n.Node:
        condition, then, otherwise = parts[1], parts[3], parts[5]
        children = (condition, then, otherwise)
        return self._made(n.If(*children, depth=n.depth_over(children)))

    def iterator(self, name: Token, _in: Token, source: n.Node, *end: Any) -> n.Node:
        last = end[1] if len(end) == 2 else None
        return n.Iterator(str(name), source, last, depth=n.depth_over((source, last)))

    def iterators(self, *items: Any) -> n.Node:
        found = _nodes(items)
        return n.ListLiteral(found, depth=n.depth_over(found))

    def for_loop(
        self, _for: Token, iterators: n.ListLiteral, _return: Token, body: n.Node
    ) -> n.Node:
        depth = n.depth_over((iterators, body))
        return self._made(n.For(iterators.items, body, depth=depth))  # type: ignore[arg-type]

    def quantified(
        self, which: Token, iterators: n.ListLiteral, _satisfies: Token, body: n.Node
    ) -> n.Node:
        depth = n.depth_over((iterators, body))
        every = which.type == "EVERY"
        return self._made(n.Quantified(every, iterators.items, body, depth=depth))  # type: ignore[arg-type]

    def parameter(self, name: Token, *rest: Any) -> n.Node:
        return n.Entry(str(name), rest[1] if len(rest) == 2 and rest[1] else n.Literal(None))

    def function_definition(self, *parts: Any) -> n.Node:
        for part in parts:
            if isinstance(part, Token) and part.type == "EXTERNAL":
                raise FeelSyntaxError(
                    part.line or 1, part.column or 1, "external", ("a function body in FEEL",)
                )
        *entries, body = _nodes(parts)
        parameters = tuple(
            (entry.key, entry.value if isinstance(entry.value, n.Type) else None)
            for entry in entries
            if isinstance(entry, n.Entry)
        )
        return self._made(n.FunctionDefinition(parameters, body, depth=n.depth_over((body,))))

    def disjunction(self, *parts: Any) -> n.Node:
        return self._logic(False, parts)

    def conjunction(self, *parts: Any) -> n.Node:
        return self._logic(True, parts)

    def _logic(self, all_of: bool, parts: tuple[Any, ...]) -> n.Node:
        items = _nodes(parts)
        return self._made(n.Logic(all_of, items, depth=n.depth_over(items)))

    def comparator(self, token: Token) -> Token:
        return token

    def compare(self, left: n.Node, operator: Token, right: n.Node) -> n.Node:
        return self._made(n.Compare(str(operator), left, right, depth=n.depth_over((left, right))))

    def compare_test(self, operator: Token, operand: n.Node) -> n.Node:
        return self._made(n.CompareTest(str(operator), operand, depth=n.depth_over((operand,))))

    def between(self, *parts: Any) -> n.Node:
        children = _nodes(parts)
        return self._made(n.Between(*children, depth=n.depth_over(children)))

    def in_tests(self, operand: n.Node, _in: Token, tests: n.Node) -> n.Node:
        items = tests.items if isinstance(tests, n.Parentheses) else (tests,)
        return self._made(n.In(operand, items, depth=n.depth_over((operand, *items))))

    def instance_of(self, operand: n.Node, _i: Token, _of: Token, type_: n.Type) -> n.Node:
        return self._made(n.InstanceOf(operand, type_, depth=n.depth_over((operand, type_))))

    def type(self, *parts: Any) -> n.Node:
        name = next(str(part) for part in parts if isinstance(part, Token))
        inner = _nodes(parts)
        of = tuple(item for item in inner if isinstance(item, n.Type))
        entries = tuple(
            (item.key, item.value)
            for item in inner
            if isinstance(item, n.Entry) and isinstance(item.value, n.Type)
        )
        return self._made(n.Type(name, of, entries, depth=n.depth_over(inner)))

    def type_entry(self, name: Token, _colon: Token, type_: n.Node) -> n.Node:
        return n.Entry(str(name), type_, depth=type_.depth)

    def arithmetic(self, first: n.Node, *rest: Any) -> n.Node:
        pairs = tuple((str(rest[i]), rest[i + 1]) for i in range(0, len(rest), 2))
        depth = n.depth_over((first, *(node for _, node in pairs)))
        return self._made(n.Arithmetic(first, pairs, depth=depth))

    term = arithmetic
    power = arithmetic

    def negate(self, _minus: Token, operand: n.Node) -> n.Node:
        if isinstance(operand, n.Literal) and isinstance(operand.value, Decimal):
            return n.Literal(CONTEXT.minus(operand.value))
        return self._made(n.Negate(operand, depth=n.depth_over((operand,))))

    def path(self, target: n.Node, _dot: Token, name: Token) -> n.Node:
        return self._made(n.Path(target, str(name), depth=n.depth_over((target,))))

    def filter(self, target: n.Node, _open: Token, condition: n.Node, _close: Token) -> n.Node:
        depth = n.depth_over((target, condition))
        return self._made(n.Filter(target, condition, depth=depth))

    def call(self, function: n.Node, *parts: Any) -> n.Node:
        arguments = _nodes(parts)
        depth = n.depth_over((function, *arguments))
        return self._made(n.Call(function, arguments, depth=depth))

    def call_named(self, function: n.Node, *parts: Any) -> n.Node:
        entries = [part for part in parts if isinstance(part, n.Entry)]
        arguments = tuple(entry.value for entry in entries)
        names = tuple(entry.key for entry in entries)
        depth = n.depth_over((function, *arguments))
        return self._made(n.Call(function, arguments, names, depth=depth))

    def named_argument(self, name: Token, _colon: Token, value: n.Node) -> n.Node:
        return n.Entry(str(name), value, depth=value.depth)

    entry = named_argument

    def parentheses(self, *parts: Any) -> n.Node:
        items = _nodes(parts)
        return self._made(n.Parentheses(items, depth=n.depth_over(items)))

    def list_literal(self, *parts: Any) -> n.Node:
        items = _nodes(parts)
        return self._made(n.ListLiteral(items, depth=n.depth_over(items)))

    def context_literal(self, *parts: Any) -> n.Node:
        entries = [part for part in parts if isinstance(part, n.Entry)]
        pairs = tuple((entry.key, entry.value) for entry in entries)
        return self._made(n.ContextLiteral(pairs, depth=n.depth_over(entries)))

    def range_literal(self, *parts: Any) -> n.Node:
        opening, low, _dots, high, closing = parts
        closed = (opening.type == "LSQB", closing.type == "RSQB")
        return self._made(n.RangeLiteral(low, high, *closed, depth=n.depth_over((low, high))))

    def any_test(self, _minus: Token) -> n.Node:
        return n.Tests(())

    def tests(self, *parts: Any) -> n.Node:
        items = _nodes(parts)
        return n.Tests(items, depth=n.depth_over(items))

    def positive_tests(self, tests: n.Tests) -> n.Node:
        return tests

    def negated_tests(self, _not: Token, _open: Token, tests: n.Tests, _close: Token) -> n.Node:
        return n.Tests(tests.items, True, depth=tests.depth)


def _nodes(parts: tuple[Any, ...]) -> tuple[n.Node, ...]:
    return tuple(part for part in parts if isinstance(part, n.Node))


@functools.cache
def _parser() -> Lark:
    grammar = resources.files("runner.feel").joinpath("grammar.lark").read_text("utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer=_TokenSource,
        transformer=_Builder(),
        start=["whole_expression", "whole_unary_tests"],
        maybe_placeholders=False,
        keep_all_tokens=True,
    )
