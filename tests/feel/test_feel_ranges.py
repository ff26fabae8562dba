"""Ranges: how points and ranges lie to each other, and lists under the standard's names."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from runner.feel import Result, Value, compile_expression
from tests.feel.conftest import NOW

TRUE = [
    "before(point1: 1, point2: 2)",
    "before(point: 1, range: (1..5])",
    "before(range: [1..5), point: 5)",
    "before(range1: [1..5], range2: (5..9])",
    "after(point1: 2, point2: 1)",
    "after(point: 5, range: [1..5))",
    "after(range: (5..9], point: 5)",
    "after(range1: (5..9], range2: [1..5])",
    "meets(range1: [1..5], range2: [5..9])",
    "met by(range1: [5..9], range2: [1..5])",
    "overlaps(range1: [1..5], range2: [5..9])",
    "overlaps before(range1: [1..5], range2: [3..8])",
    "overlaps before([1..5], (1..5])",
    "overlaps before([1..5], [5..8])",
    "not(overlaps before([1..5), [5..8]))",
    "not(overlaps before([1..5], [1..5]))",
    "overlaps after(range1: [3..8], range2: [1..5])",
    "overlaps after((1..5], [1..5))",
    "not(overlaps after((1..5), [1..5]))",
    "finishes(point: 10, range: [1..10])",
    "finishes(range1: [5..10], range2: [1..10])",
    "finished by(range: [1..10], point: 10)",
    "finished by(range1: [1..10], range2: (1..10])",
    "starts(point: 1, range: [1..10])",
    "starts(range1: [1..5], range2: [1..10])",
    "started by(range: [1..10], point: 1)",
    "started by(range1: [1..10], range2: [1..10))",
    "includes(range: (> 5), point: 7)",
    "includes(range1: [1..10], range2: (1..10))",
    "during(point: 5, range: [1..10])",
    "during(range1: [4..6], range2: [1..10])",
    "coincides(point1: 5, point2: 5.0)",
    "coincides(range1: [1..5], range2: [1..5])",
    'before(date("9999-12-31"), date("10000-01-01"))',
    'includes([date("-0001-01-01")..date("10000-01-01")], date("2026-01-01"))',
    "(< 10) = (< 10)",
    "(< 10) != (null..10)",
    "(=10) != [10..10]",
    "5 in (null..10]",
]


@pytest.mark.parametrize("text", TRUE)
def test_it_is_true(text: str, run: Callable[..., Result]) -> None:
    result = run(text)
    assert result.value is True, result.warnings


@pytest.mark.parametrize(
    "text",
    [
        "before(null, 1)",
        "overlaps(null, [1..2])",
        "overlaps((> 5), [1..7])",
        'before("a", 1)',
        "meets(1, [1..2])",
        "before(a: 1, b: 2)",
        "includes([1..2], null)",
    ],
)
def test_what_cannot_be_told_is_null(text: str, run: Callable[..., Result]) -> None:
    assert run(text).value is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("append(list: [1], item: 2)", "[1, 2]"),
        ("append([1], 2, null)", "[1, 2, null]"),
        ("append(null, 1)", "null"),
        ("concatenate([1], [2], 3)", "[1, 2, 3]"),
        ("insert before(list: [1, 3], position: -1, newItem: 2)", "[1, 2, 3]"),
        ("insert before([1], 2, 2)", "null"),
        ("remove(list: [1, 2, 3], position: -1)", "[1, 2]"),
        ("remove([1], 0)", "null"),
        ("list replace(list: [1, 2], position: -1, newItem: 0)", "[1, 0]"),
        ("list replace([1, 2], 3, 0)", "null"),
        (
            "list replace(list: [1, 5], match: function(item, newItem) item < newItem, newItem: 3)",
            "[3, 5]",
        ),
        ("list replace([1, 5], function(item, newItem) null, 3)", "null"),
        ("sublist(list: [1, 2, 3], start position: -2)", "[2, 3]"),
        ("sublist(list: [1, 2, 3], start position: 2, length: 1)", "[2]"),
        ("sublist([1, 2, 3], 2, null)", "null"),
        ("sublist([1, 2, 3], 3, 2)", "null"),
        ("index of(list: [1, null, 1], match: null)", "[2]"),
        ("list contains(list: [1, null], element: null)", "true"),
        ("union([1, 2], [3, 1])", "[1, 2, 3]"),
        ("distinct values(list: [1, 2, 1, 3, 2, null, null])", "[1, 2, 3, null]"),
        ("flatten(list: [[1, [2]], [], 3])", "[1, 2, 3]"),
        ("sort(list: [3, 1, 2], precedes: function(x, y) x > y)", "[3, 2, 1]"),
        ("reverse(list: 1)", "[1]"),
        ("count(list: 1)", "1"),
        ("count(null)", "null"),
        ("all(list: [true, null])", "null"),
        ("any([false, null, true])", "true"),
        ("is(value1: 1)", "false"),
        ("is()", "null"),
    ],
)
def test_lists_are_as_the_standard_says(
    text: str, expected: str, value: Callable[..., Value]
) -> None:
    wanted = compile_expression(expected).evaluate({}, now=NOW).value
    found = value(text)
    assert found == wanted
    assert (found is None) is (expected == "null")
