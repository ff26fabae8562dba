"""Tokens to nodes, with errors a person can act on."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from collections.abc import Iterator as Iteration
from importlib import resources
from typing import Any

from lark import Lark, Token, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError
from lark.lexer import Lexer

from runner.feel import nodes as n
from runner.feel.building import Builder, misplaced
from runner.feel.errors import FeelSyntaxError
from runner.feel.lexer import tokenize

_READABLE = {
    "NUMBER": "a number",
    "STRING": "a text in quotes",
    "NAME": "a name",
    "$END": "the end",
    "RPAR": "')'",
    "RPAR_PARAMETERS": "')'",
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


def parse(text: str, names: frozenset[str], unary: bool, types: Iterable[str] = ()) -> n.Node:
    """The parsed expression, or the unary tests (a `Tests` node), for compiling or analysis.

    `names` are those in scope of several words or with operator characters, and `types` those of
    types, as in `compile_expression`. Every node says where it starts (see `nodes`), and nothing is
    deeper than `building.MAX_DEPTH`. Raises FeelSyntaxError with the place, what is there and what
    could be.
    """
    tokens = tokenize(text, names, unary, types)
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
    if isinstance(tree, n.Parentheses):
        raise misplaced(tree)
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
    found = '""' if token.type == "STRING" and not token else str(token)
    return FeelSyntaxError(line, column, "" if at_end else found, tuple(expected) or ("",))


class _TokenSource(Lexer):
    """Hands the parser the tokens already made; lark gives it as `data` what `parse` was given."""

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, data: Any) -> Iteration[Token]:  # type: ignore[override]
        yield from data


@functools.cache
def _parser() -> Lark:
    grammar = resources.files("runner.feel").joinpath("grammar.lark").read_text("utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer=_TokenSource,
        transformer=Builder(),
        start=["whole_expression", "whole_unary_tests"],
        maybe_placeholders=False,
        keep_all_tokens=True,
    )
