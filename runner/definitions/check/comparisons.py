"""Which texts an expression compares which variables with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from runner.feel import Expression, UnaryTests, nodes
from runner.feel.parser import parse


def comparisons(compiled: Expression) -> Iterator[tuple[str, str]]:
    """(dotted path, text) of each comparison with a constant text, by ``=``, ``!=``, ``in`` and
    ``list contains``; only of paths that are certainly read from the case."""
    for node in _all(parse(compiled.text, frozenset(), unary=False)):
        for operand, texts in _compared(node):
            path = path_of(operand)
            if path is not None and path in compiled.names:
                yield from ((path, text) for text in texts)


def tested_texts(tests: UnaryTests) -> list[str]:
    """The constant texts one of which a cell of a decision table wants."""
    node = parse(tests.text, frozenset(), unary=True) if tests.text.strip() else None
    if not isinstance(node, nodes.Tests):
        return []
    return [text for item in node.items for text in _texts(item)]


def path_of(node: nodes.Node) -> str | None:
    """``triage.handling`` for a plain path, None for anything else."""
    keys: list[str] = []
    while isinstance(node, nodes.Path):
        keys.append(node.name)
        node = node.target
    if not isinstance(node, nodes.Name):
        return None
    return ".".join([node.name, *reversed(keys)])


def _compared(node: nodes.Node) -> Iterator[tuple[nodes.Node, list[str]]]:
    match node:
        case nodes.Compare(operator="=" | "!=", left=left, right=right):
            yield left, _texts(right)
            yield right, _texts(left)
        case nodes.In(operand=operand, tests=tests):
            yield operand, [text for test in tests for text in _texts(test)]
        case nodes.Call(function=nodes.Name(name="list contains"), arguments=(first, second)):
            yield first, _texts(second)
            yield second, _texts(first)


def _texts(node: nodes.Node) -> list[str]:
    match node:
        case nodes.Literal(value=str() as value):
            return [value]
        case nodes.CompareTest(operator="=", operand=operand):
            return _texts(operand)
        case nodes.ListLiteral(items=items) | nodes.Parentheses(items=items):
            return [text for item in items for text in _texts(item)]
        case _:
            return []


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for item in fields(node):
        value = getattr(node, item.name)
        for child in _nodes(value):
            yield from _all(child)


def _nodes(value: object) -> Iterator[nodes.Node]:
    if isinstance(value, nodes.Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)
