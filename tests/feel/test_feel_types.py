"""`instance of`, types a model defines, and what becomes of arguments."""

from __future__ import annotations

import datetime as dt

import pytest

from runner.feel import Evaluation, Value, compile_expression, to_feel
from runner.feel.nodes import Type
from runner.feel.types import coerce

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
TYPES = {
    "tAge": Type("number"),
    "tPerson": Type("context", (), (("name", Type("string")), ("age", Type("number")))),
    "List of Ages": Type("list", (Type("number"),)),
    "lib.tId": Type("string"),
    "tTest": Type("function", (Type("number"), Type("boolean"))),
}

INSTANCES: list[tuple[str, bool | None]] = [
    ("1 instance of number", True),
    ("-1 instance of number", True),
    ("null instance of number", False),
    ("null instance of Any", False),
    ("null instance of null", True),
    ("[1, null] instance of list<number>", True),
    ('[1, "a"] instance of list<number>', False),
    ("{a: 1, b: 2} instance of context<a: number>", True),
    ("{a: null} instance of context<a: number>", True),
    ("{} instance of context<a: number>", False),
    ("{a b: 1} instance of context<a b: number>", True),
    ("[1..2] instance of range<number>", True),
    ('["a".."b"] instance of range<number>', False),
    ("(function(a, b) a) instance of function<number, Any>->number", True),
    ("(function(a) a) instance of function<number, Any>->number", False),
    ("count instance of function", True),
    ('duration("P1D") instance of days and time duration', True),
    ('duration("P1Y") instance of years and months duration', True),
    ('date("2026-01-01") instance of date and time', False),
    ("1 instance of tUnknown", None),
    ("1 instance of tAge", True),
    ('{name: "x", age: 1} instance of tPerson', True),
    ('{name: "x"} instance of tPerson', False),
    ('[{name: "x", age: 1}] instance of list<tPerson>', True),
    ("[1] instance of List of Ages", True),
    ("1 instance of List of Ages", False),
    ('"x" instance of lib.tId', True),
    ("(function(x) true) instance of tTest", True),
    ("x instance of number and x > 1 or x instance of string", True),
    ("[2 instance of list<number>]", None),
]


@pytest.mark.parametrize(("text", "expected"), INSTANCES, ids=[row[0] for row in INSTANCES])
def test_a_value_is_an_instance_of_a_type(text: str, expected: bool | None) -> None:
    result = compile_expression(text, types=TYPES).evaluate({"x": 2}, now=NOW)
    assert result.value == ([False] if text.startswith("[2") else expected)
    assert bool(result.warnings) is (result.value is None)


def test_a_type_binds_tighter_than_an_operator() -> None:
    assert compile_expression("1 + 2 instance of number").evaluate({}, now=NOW).value is None
    assert compile_expression("(1 + 2) instance of number").evaluate({}, now=NOW).value is True


CONVERSIONS: list[tuple[Value, Type, Value]] = [
    (1, Type("number"), 1),
    ([1], Type("number"), 1),
    ([[1]], Type("list", (Type("number"),)), [1]),
    (1, Type("list", (Type("number"),)), [1]),
    ("a", Type("list", (Type("number"),)), None),
    ([1, 2], Type("number"), None),
    (["a"], Type("number"), None),
    (dt.date(2026, 1, 2), Type("date and time"), dt.datetime(2026, 1, 2, tzinfo=dt.UTC)),
    (dt.date(2026, 1, 2), Type("string"), None),
    ({"a": 1}, Type("context", (), (("a", Type("number")),)), {"a": 1}),
    ({"b": 1}, Type("context", (), (("a", Type("number")),)), None),
    (None, Type("number"), None),
]


@pytest.mark.parametrize(("value", "type_", "expected"), CONVERSIONS)
def test_a_value_is_converted_where_a_type_is_declared(
    value: Value, type_: Type, expected: Value
) -> None:
    run = Evaluation({}, NOW)
    assert coerce(run, to_feel(value), type_) == to_feel(expected)
    assert bool(run.warnings) is (expected is None and value is not None)


def test_arguments_are_converted_to_the_types_of_the_parameters() -> None:
    for text, expected in [
        ("(function(a: number) a + 1)([1])", 2),
        ("(function(a: list<number>) count(a))(5)", 1),
        ('(function(a: tPerson) a.name)({name: "x", age: 1})', "x"),
        ("(function(a: tPerson) a)({name: 1})", None),
        ('(function(a: number, b) b)("x", 2)', 2),
    ]:
        result = compile_expression(text, types=TYPES).evaluate({}, now=NOW)
        assert result.value == to_feel(expected)


def test_expressions_with_other_types_are_other_expressions() -> None:
    text = '"x" instance of T'
    first = compile_expression(text, types={"T": Type("string")})
    second = compile_expression(text, types={"T": Type("number")})
    assert first.evaluate({}, now=NOW).value is True
    assert second.evaluate({}, now=NOW).value is False
    assert compile_expression(text, types={"T": Type("string")}) is first
