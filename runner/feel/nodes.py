"""The parsed form of an expression, as `parser.parse` makes it and analysis may read it.

Every node is immutable, says where it starts, and knows its depth, so that nothing deeper than
`building.MAX_DEPTH` is ever built and a walk may recurse. Two nodes are equal when they mean the
same text, wherever that stands. Children are nodes, or tuples of nodes or of pairs of a text and a
node; `children` gives them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator as Iteration
from dataclasses import dataclass, field, fields

from runner.feel.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One construct of the language.

    `line` and `column` count from 1 and say where its text starts. `depth` counts its levels of
    nodes, itself included. None of the three takes part in equality.
    """

    depth: int = field(default=1, compare=False, repr=False)
    line: int = field(default=1, compare=False, repr=False)
    column: int = field(default=1, compare=False, repr=False)


def children(node: Node) -> Iteration[Node]:
    """The nodes directly inside this one, in the order of the text."""
    for item in fields(node):
        value = getattr(node, item.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple):
            for part in value:
                if isinstance(part, Node):
                    yield part
                elif isinstance(part, tuple):
                    yield from (inner for inner in part if isinstance(inner, Node))


def depth_over(children: Iterable[Node | None]) -> int:
    """The depth of a node with these children."""
    return 1 + max((child.depth for child in children if child is not None), default=0)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: Value


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    target: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    target: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Negate(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`first`, then each operator with its right side, from left to right."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Compare(Node):
    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    operand: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class CompareTest(Node):
    """`< 5` as one of the tests of a cell or of `in`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Type(Node):
    """The name of a type as written, maybe dotted. `of` are the types in `<>`, for a function its
    parameters' and last its result's; `entries` those of a context."""

    name: str
    of: tuple[Type, ...] = ()
    entries: tuple[tuple[str, Type], ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    operand: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """Conjunction (`all_of`) or disjunction of any number of conditions."""

    all_of: bool
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in source`, or `name in source .. end`."""

    name: str
    source: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    every: bool
    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class FunctionDefinition(Node):
    parameters: tuple[tuple[str, Type | None], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """`[low..high]`; an end that is None was left out, as in `(..5]`."""

    low: Node | None
    high: Node | None
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class Parentheses(Node):
    """`( a, b )`: several tests right of `in`, while the parser puts the `in` together.

    Never part of a finished tree, where parentheses around one expression leave no trace either.
    """

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """A whole cell of a decision table; no items at all means any value."""

    items: tuple[Node, ...]
    negated: bool = False
