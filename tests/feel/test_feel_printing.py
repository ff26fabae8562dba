"""Printing and parsing are each other's inverse."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.feel import Months, Value
from runner.feel import nodes as n
from runner.feel.parser import parse
from runner.feel.printing import print_expression

NAMES = frozenset({"Monthly Salary", "a-b", "Student's name", "x + y"})

CANONICAL: list[tuple[str, str]] = [
    ("1+2*3", "1 + 2 * 3"),
    ("((1+2))*3", "(1 + 2) * 3"),
    ("1-(2-3)", "1 - (2 - 3)"),
    ("(1+2)+3", "(1 + 2) + 3"),
    ("2**(3**2)", "2 ** (3 ** 2)"),
    ("-(5)", "-(5)"),
    ("- - x", "--x"),
    ("-(x.y)", "-x.y"),
    ("(-x).y", "(-x).y"),
    ("a and(b or c)", "a and (b or c)"),
    ("(a and b)or c", "a and b or c"),
    ("(a=b)=c", "a = b = c"),
    ("a=(b=c)", "a = (b = c)"),
    ("a between(1)and 2", "a between 1 and 2"),
    ("x in(1)", "x in 1"),
    ("x in(<5)", "x in < 5"),
    ("x in(1,<5,[1..2[)", "x in (1, < 5, [1..2))"),
    ("(<5).end", "(< 5).end"),
    ("]1..2]", "(1..2]"),
    ("(..5]", "(..5]"),
    ("if(a)then 1 else(2)", "if a then 1 else 2"),
    ("1+(if a then 1 else 2)", "1 + (if a then 1 else 2)"),
    ("for x in 1..(3),y in z return x", "for x in 1..3, y in z return x"),
    ("some x in y satisfies x>1", "some x in y satisfies x > 1"),
    ("function(a:number,b c)a+b c", "function(a: number, `b c`) a + `b c`"),
    ("f(a:1,b c:2)", 'f(a: 1, "b c": 2)'),
    ("f(<5)", "f(< 5)"),
    ("{a:1,b c:2,if:3}", '{a: 1, "b c": 2, if: 3}'),
    ("x.time offset", "x.`time offset`"),
    ("a[b=1].c(2)[3]", "a[b = 1].c(2)[3]"),
    ("x instance of list<date and time>", "x instance of list<date and time>"),
    ("(x instance of number)<5", "(x instance of number) < 5"),
    ("x instance of function<number,a.b>->context<c d:T>", ""),
    ("string length(x)", "string length(x)"),
    ("`string length`", "`string length`"),
    ("`date` and `time`(x)", "`date` and `time`(`x`)"),
    ("`if` + 1", "`if` + 1"),
    ("Monthly  Salary*2", "Monthly Salary * 2"),
    ("`a`-`b`", "`a` - `b`"),
    ("Student's name", "Student's name"),
    ('@"2026-01-01T10:00:00@Europe/Paris"', '@"2026-01-01T10:00:00@Europe/Paris"'),
    ('"a\\"\\u0041\\n\\d"', '"a\\"A\\n\\\\d"'),
    ("1e3", "1000"),
    (".50", "0.50"),
    ("/* why */ 1 // so", "1"),
]


@pytest.mark.parametrize(("text", "canonical"), CANONICAL, ids=[text for text, _ in CANONICAL])
def test_the_canonical_text_has_no_more_parentheses_than_needed(text: str, canonical: str) -> None:
    node = parse(text, NAMES, unary=False)
    printed = print_expression(node, NAMES)
    assert printed == (canonical or printed)
    assert parse(printed, NAMES, unary=False) == node


CELLS = ["-", "< 5", "1, 2", "not(1, < 2)", "(not(x))", "not(x), 1", "? > 5 and ? < 9", "[1..2)"]


@pytest.mark.parametrize("text", CELLS)
def test_a_cell_is_printed_as_it_should_be_written(text: str) -> None:
    node = parse(text, frozenset(), unary=True)
    assert print_expression(node) == text


def test_a_node_knows_the_place_where_its_text_starts() -> None:
    node = parse('if a\n  then {b: [1, "x"]}\n  else -c', frozenset(), unary=False)
    assert isinstance(node, n.If)
    assert (node.line, node.column) == (1, 1)
    assert (node.then.line, node.then.column) == (2, 8)
    assert (node.otherwise.line, node.otherwise.column) == (3, 8)
    (inner,) = n.children(node.then)
    assert (inner.line, inner.column) == (2, 12)
    assert [(item.line, item.column) for item in n.children(inner)] == [(2, 13), (2, 16)]


# Any tree that the parser could have made, of every kind of node.

_simple = st.sampled_from(["a", "b", "x", "item", "date", "time", "not", "informal", "质量", "?"])
_names = _simple | st.sampled_from(
    ["if", "of", "Monthly Salary", "a-b", "x + y", "some thing", "in"]
)
_texts = st.text(st.characters(codec="utf-8"), max_size=8)
_values: st.SearchStrategy[Value] = st.one_of(
    st.none(),
    st.booleans(),
    st.decimals(-(10**6), 10**6, places=2, allow_nan=False, allow_infinity=False),
    st.sampled_from([Decimal("1E+50"), Decimal("1E-50"), Months(-14), Months(3)]),
    _texts,
    st.dates(dt.date(1, 1, 1)),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.timedeltas(dt.timedelta(0), dt.timedelta(days=99)),
)
_types = st.recursive(
    st.sampled_from(["number", "date and time", "T", "a.b", "function", "null", "my type"]).map(
        n.Type
    ),
    lambda inner: st.one_of(
        inner.map(lambda of: n.Type("list", (of,))),
        st.lists(inner, min_size=1, max_size=3).map(lambda of: n.Type("function", tuple(of))),
        st.lists(st.tuples(_names, inner), min_size=1, max_size=2).map(
            lambda entries: n.Type("context", (), tuple(entries))
        ),
    ),
    max_leaves=4,
)


def _arithmetic(inner: st.SearchStrategy[n.Node]) -> st.SearchStrategy[n.Node]:
    signs = st.sampled_from(["+-", "*/", "*"])  # a single `*` stands for `**`
    return signs.flatmap(
        lambda level: st.builds(
            n.Arithmetic,
            inner,
            st.lists(
                st.tuples(st.sampled_from(level if len(level) > 1 else ["**"]), inner),
                min_size=1,
                max_size=3,
            ).map(tuple),
        )
    )


def _inside(inner: st.SearchStrategy[n.Node]) -> st.SearchStrategy[n.Node]:
    test = st.builds(n.CompareTest, st.sampled_from(["<", "<=", ">", ">=", "=", "!="]), inner)
    value = inner | test
    iterators = st.lists(
        st.builds(n.Iterator, _names, inner, st.none() | inner), min_size=1, max_size=2
    ).map(tuple)
    several = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.builds(n.Path, inner, _names),
        st.builds(n.Filter, inner, inner),
        st.builds(n.Call, inner, st.lists(value, max_size=2).map(tuple)),
        st.builds(n.Call, inner, st.tuples(value, value), st.tuples(_names, _texts.filter(bool))),
        st.builds(n.Negate, inner),
        _arithmetic(inner),
        st.builds(n.Compare, st.sampled_from(["=", "!=", "<", ">="]), inner, inner),
        st.builds(n.Between, inner, inner, inner),
        st.builds(n.In, inner, st.lists(value, min_size=1, max_size=2).map(tuple)),
        st.builds(n.InstanceOf, inner, _types),
        st.builds(n.Logic, st.booleans(), several),
        st.builds(n.If, inner, inner, inner),
        st.builds(n.For, iterators, inner),
        st.builds(n.Quantified, st.booleans(), iterators, inner),
        st.builds(
            n.FunctionDefinition,
            st.lists(st.tuples(_names, st.none() | _types), max_size=2).map(tuple),
            inner,
        ),
        st.builds(n.ListLiteral, st.lists(value, max_size=3).map(tuple)),
        st.builds(
            n.ContextLiteral, st.lists(st.tuples(_names | _texts, inner), max_size=2).map(tuple)
        ),
        st.builds(n.RangeLiteral, inner, inner, st.booleans(), st.booleans()),
        st.builds(n.RangeLiteral, st.none(), inner, st.just(False), st.booleans()),
        st.builds(n.RangeLiteral, inner, st.none(), st.booleans(), st.just(False)),
        test,
    )


_leaves = st.builds(n.Literal, _values) | st.builds(n.Name, _names | st.just("string length"))
expressions = st.recursive(_leaves, _inside, max_leaves=10)
cells = st.builds(
    n.Tests, st.lists(expressions, min_size=1, max_size=3).map(tuple), st.booleans()
) | st.just(n.Tests(()))


@settings(max_examples=150, deadline=None)
@given(expressions)
def test_a_printed_expression_is_parsed_as_the_same(node: n.Node) -> None:
    for names in (frozenset[str](), NAMES):
        printed = print_expression(node, names)
        again = parse(printed, names, unary=False)
        assert again == node
        assert print_expression(again, names) == printed


@settings(max_examples=60, deadline=None)
@given(cells)
def test_a_printed_cell_is_parsed_as_the_same(node: n.Tests) -> None:
    printed = print_expression(node, NAMES)
    assert parse(printed, NAMES, unary=True) == node
