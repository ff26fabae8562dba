from __future__ import annotations

import datetime as dt

import pytest

from runner.feel import FeelSyntaxError, compile_unary_tests

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
SCOPE = {"limit": 10, "wanted": ["a", "b"], "flag": True, "span": None}

CELLS: list[tuple[str, object, bool]] = [
    ("-", None, True),
    ("", 5, True),
    ('"a"', "a", True),
    ('"a"', "b", False),
    ('"a"', None, False),
    ('"a", "b"', "b", True),
    ("null", None, True),
    ("null", 1, False),
    ('null, "a"', None, True),
    ("true", True, True),
    ("true", False, False),
    ("false", False, True),
    ("true", None, False),
    ("true", "a", False),
    ("flag", True, True),
    ("flag", None, False),
    ("flag", "a", False),
    ('list contains(wanted, "a")', None, True),
    ("< 5", 4, True),
    ("< 5", None, False),
    (">= limit", 10, True),
    (">= limit", 9, False),
    ("= 5", 5, True),
    ("!= 5", 4, True),
    ("< 3, > 8", 9, True),
    ("[1..5]", 5, True),
    ("[1..5)", 5, False),
    ("]1..5[", 1, False),
    ("[1..5], [7..9]", 8, True),
    ('[date("2026-01-01")..date("2026-12-31")]', dt.date(2026, 6, 1), True),
    ('not("a")', "b", True),
    ('not("a")', "a", False),
    ('not("a", "b")', "b", False),
    ("not(null)", None, False),
    ("not(null)", 3, True),
    ("not(< 5)", 7, True),
    ("limit", 10, True),
    ("limit + 1", 11, True),
    ("wanted", "b", True),
    ("wanted", "c", False),
    ('["a", "b"]', "a", True),
    ('list contains(?, "x")', ["x", "y"], True),
    ('not(list contains(?, "x"))', ["x", "y"], False),
    ("? > 3 and ? < limit", 5, True),
    ("? > 3 and ? < limit", 11, False),
    ("count(?) > 1", ["a", "b"], True),
    ("some x in ? satisfies x > 2", [1, 3], True),
    ("limit > 5", "anything", True),
    ("limit > 50", False, False),
    ('starts with(?, "a")', "abc", True),
    ("5", "5", False),
    ("-5", -5, True),
    ("- 5", -5, True),
    ("not(-5)", 3, True),
    ("(< 5)", 3, True),
    ("(..5]", 5, True),
    ('"a", not("b")', "c", True),
    ('"a", not("b")', "b", False),
    ("not([1..5[)", 5, True),
    ("not(5), 6", 5, False),
    ("? in (1, 2) or ? = limit", 10, True),
    ("if ? > 3 then true else false", 5, True),
    ('"a"', ["a"], False),
]


@pytest.mark.parametrize(
    ("text", "given", "expected"), CELLS, ids=[f"{text} {given}" for text, given, _ in CELLS]
)
def test_a_cell_passes(text: str, given: object, expected: bool) -> None:
    result = compile_unary_tests(text).matches(given, SCOPE, now=NOW)
    assert result.value is expected


@pytest.mark.parametrize("text", ['"a" "b"', "not(", "< ", "[1..", "1 2", '"a",'])
def test_a_cell_that_is_no_test_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_unary_tests(text)


def test_the_names_a_cell_reads_are_known_without_the_input() -> None:
    assert compile_unary_tests("> policy.triage.thresholds.daily_usage, ? < x").names == {
        "policy.triage.thresholds.daily_usage",
        "x",
    }


@pytest.mark.parametrize("cell", ['contains(?, "x")', "? > 5", 'not(contains(?, "x"))'])
def test_a_condition_that_is_null_passes_nothing_not_even_nothing(cell: str) -> None:
    assert compile_unary_tests(cell).matches(None, {}, now=NOW).value is False
