"""Names with spaces, operator characters and other letters, and where they become known."""

from __future__ import annotations

import datetime as dt

import pytest

from runner.feel import FeelSyntaxError, Value, compile_expression, to_feel

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)


def _value(text: str, scope: dict[str, object], *more: str) -> Value:
    return compile_expression(text, [*scope, *more]).evaluate(scope, now=NOW).value


IN_SCOPE: list[tuple[str, dict[str, object], object]] = [
    ("Monthly Salary * 12", {"Monthly Salary": 100}, 1200),
    ("Monthly  \n Salary", {"Monthly Salary": 1}, 1),
    ("a-b", {"a-b": 5, "a": 3, "b": 1}, 5),
    ("a - b", {"a-b": 5, "a": 3, "b": 1}, 5),
    ("(a)-(b)", {"a-b": 5, "a": 3, "b": 1}, 2),
    ("a-b", {"a": 3, "b": 1}, 2),
    ("a+b * 2", {"a+b": 5}, 10),
    ("a.b", {"a.b": 5, "a": {"b": 1}}, 5),
    ("first name", {"first": 1, "first name": 2}, 2),
    ("first name extra", {"first name": 1, "first name extra": 2}, 2),
    ("Student's name", {"Student's name": "x"}, "x"),
    ("profit and loss > 1 and x", {"profit and loss": 2, "x": True}, True),
    ("if-then + 1", {"if-then": 1}, 2),
    ("in stock", {"in stock": 1}, 1),
    ("date", {"date": 1}, 1),
    ("date and time + 1", {"date and time": 1}, 2),
    ("order + notify + informal + android", dict.fromkeys(["order", "notify"], 1), None),
    ("质量 等级 = 1", {"质量 等级": 1}, True),
    ("größe_2 + Ωmega", {"größe_2": 1, "Ωmega": 2}, 3),
    ("🐎 + 1", {"🐎": 1}, 2),
    ("`a - b`", {"a - b": 5}, 5),
    ("person.first name", {"person": {"first name": 3}}, 3),
]


@pytest.mark.parametrize(("text", "scope", "expected"), IN_SCOPE, ids=[row[0] for row in IN_SCOPE])
def test_the_longest_name_in_scope_is_meant(
    text: str, scope: dict[str, object], expected: object
) -> None:
    assert _value(text, scope, "first name") == to_feel(expected)


IN_TEXT: list[tuple[str, object]] = [
    ("{first name: 1, sum: first name + 1}.sum", 2),
    ("{first-name: 1, b: first-name + 1}.b", 2),
    ("{a: 3, b: 1, c: a-b}.c", 2),
    ("{a: 3, b: 1, a-b: 9, c: a - b}.c", 9),
    ("{Student's name: 1}.Student's name", 1),
    ('{"a b": 1}.a b', 1),
    ('{"1": 1, x: 1 + 1}.x', 2),
    ('{"+": 1, x: 2+3}.x', 5),
    ("{a b: {c d: 1}}.a b.c d", 1),
    ("{if: 1, x: 2}.if", 1),
    ("[{a b: 1}, {a b: 2}][a b > 1].a b", [2]),
    ("for my item in [1, 2] return my item + 1", [2, 3]),
    ("for a in [1], b c in [a, 2] return b c", [1, 2]),
    ("for a in [1] return for b c in [a] return a + b c", [[2]]),
    ("some first-name in [1] satisfies first-name = 1", True),
    ("(function(first name, b) first name - b)(3, 1)", 2),
    ("(function(first name: number, b c: list<number>) first name)(b c: [1], first name: 3)", 3),
    ("1 - (function(x) -1)(2)", 2),
    ('substring before(string: "abc", match: "b")', "a"),
    ('@"2026-01-01T10:00:00Z".time offset', dt.timedelta(0)),
    ("[1..2).end included", False),
]


@pytest.mark.parametrize(("text", "expected"), IN_TEXT, ids=[row[0] for row in IN_TEXT])
def test_keys_parameters_and_loop_variables_are_known_from_where_they_stand(
    text: str, expected: object
) -> None:
    assert _value(text, {}) == to_feel(expected)


@pytest.mark.parametrize(
    ("text", "column", "found"),
    [("foo bar", 5, "bar"), ("a，b", 2, "，"), ("x.a b", 5, "b"), ("1a", 2, "a"), ("a:b", 2, ":")],
)
def test_what_is_no_known_name_is_refused_where_it_goes_wrong(
    text: str, column: int, found: str
) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    assert (caught.value.column, caught.value.found) == (column, found)


def test_the_names_an_expression_reads_are_those_in_scope() -> None:
    text = "for my item in Monthly Salary return my item * a-b + {k l: x, m: k l}.m"
    assert compile_expression(text, ["Monthly Salary", "a-b"]).names == {
        "Monthly Salary",
        "a-b",
        "x",
    }
