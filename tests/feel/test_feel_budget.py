"""What one evaluation may do and make: each limit ends it, and says which one and how much."""

from __future__ import annotations

import contextlib
import datetime as dt

import pytest

from runner.calendars import Calendar
from runner.feel import BudgetExceeded, Evaluation, compile_expression
from runner.feel.evaluation import MAX_CALLS, MAX_LIST, MAX_STEPS, MAX_STRING
from tests.hanging import not_hanging

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
RECORD: dict[str, object] = {
    "big": "x" * 200_000,
    "text": "x" * 5_000,
    "items": list(range(90_000)),
    "texts": ["x" * 10] * 50_000,
    "keys": {f"key_{index}": index for index in range(5_000)},
    "deep": "[" * 5_000 + "]" * 5_000,
}
TWICE = "for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]]"
NESTED = "for i in 1..5000 return if i = 1 then [1] else [partial[-1]]"


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("for a in 1..1000, b in 1..1000 return a", f"more than {MAX_STEPS} steps"),
        ("for i in 1..1000000000 return i", f"longer than {MAX_LIST} items"),
        ("for i in [1..1000000000] return i", f"longer than {MAX_LIST} items"),
        ('for day in @"2020-01-01"..@"2999-01-01" return day', f"longer than {MAX_LIST} items"),
        ("concatenate(items, items)", f"longer than {MAX_LIST} items"),
        ("append(concatenate(items, sublist(items, 1, 10000)), 1)", f"{MAX_LIST} items"),
        ("string join(texts, big)", f"longer than {MAX_STRING} characters"),
        ("string join([big, big, big, big, big], big)", f"longer than {MAX_STRING} characters"),
        ('replace(text, "x", text)', f"longer than {MAX_STRING} characters"),
        ("string([big, big, big, big, big, big])", f"longer than {MAX_STRING} characters"),
        ("to json([big, big, big, big, big, big])", f"longer than {MAX_STRING} characters"),
        (
            '(for i in 1..30 return if i = 1 then "x" else partial[-1] + partial[-1])',
            f"longer than {MAX_STRING} characters",
        ),
        (
            '(for i in 1..30 return if i = 1 then "x" else '
            "string join([partial[-1], partial[-1]]))",
            f"longer than {MAX_STRING} characters",
        ),
        (
            '(for i in 1..30 return if i = 1 then "x" else replace(partial[-1], "x", "xx"))',
            f"more than {MAX_STEPS} steps",
        ),
        ('matches(big, "x")', "longer than 100000 characters"),
        ("matches(text, text)", "longer than 1000 characters"),
        (f"({TWICE})", f"more than {MAX_LIST} parts"),
        (f"flatten(({TWICE}))", f"more than {MAX_STEPS} steps"),
        (f"string(({TWICE}))", f"more than {MAX_STEPS} steps"),
        (f"to json(({TWICE}))", f"more than {MAX_STEPS} steps"),
        (f"distinct values(({TWICE}))", f"more than {MAX_STEPS} steps"),
        (f"({TWICE}) = ({TWICE})", f"more than {MAX_STEPS} steps"),
        ("{f: function(n) f(n + 1), x: f(0)}.x", f"More than {MAX_CALLS} function calls"),
        ("{f: function(n) if n = 0 then 1 else f(n-1) + f(n-1), x: f(30)}.x", f"{MAX_STEPS} steps"),
        ("some x in items satisfies some y in items satisfies x + y < 0", f"{MAX_STEPS} steps"),
        ("every x in items, y in items satisfies x + y >= 0", f"{MAX_STEPS} steps"),
        ("{f: function(x, y) x < y, z: sort(items, f)}.z", f"{MAX_STEPS} steps"),
    ],
)
def test_a_limit_says_which_it_is_and_how_much(text: str, limit: str) -> None:
    with not_hanging(), pytest.raises(BudgetExceeded) as caught:
        compile_expression(text).evaluate(RECORD, now=NOW)
    assert limit in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        'big + "y"',
        "upper case(big)",
        "substring(big, 2)",
        'contains(big, "y")',
        "to base64(big)",
        "from json(deep)",
        "count(items)",
        "items = items",
        "list contains(items, -1)",
        "index of(items, -1)",
        "items[item > 5]",
        "5 in items",
        "reverse(items)",
        "sum(items)",
        "max(items)",
        "mode(items)",
        "sort(items)",
        "distinct values(items)",
        "flatten(items)",
        "append(items, 1)",
        "partition(items, 1)",
        "all(items)",
        "get entries(keys)",
        'context put(keys, "a", 1)',
        "context merge([keys, keys])",
        "keys = keys",
        "items instance of list<number>",
        "texts[item = 1]",
        r'matches("x", "\w{1,20}" + string(i))',
        'matches(text, "(a|b)*x$")',
        'split(text, "x")',
        'range("[1.." + string(i) + "]")',
        "1.5 ** 1.23456",
        "for x in items return x",
        "working days after(now(), 500)",
        "working hours after(now(), 5000)",
    ],
)
def test_work_that_is_repeated_is_counted(body: str, calendar: Calendar) -> None:
    expression = compile_expression(f"for i in 1..10000 return {body}")
    with not_hanging(), pytest.raises(BudgetExceeded):
        expression.evaluate(RECORD, now=NOW, calendar=calendar)


@pytest.mark.parametrize("body", ["items[1]", "keys.key_7", "count(keys)", "nothing(keys)"])
def test_reading_a_large_value_again_costs_nothing(body: str) -> None:
    with not_hanging():
        compile_expression(f"for i in 1..2000 return {body}").evaluate(RECORD, now=NOW)


def test_a_long_body_makes_fewer_rounds() -> None:
    short, long = "1", " + ".join(["1"] * 400)
    compile_expression(f"for i in 1..1000 return {short}").evaluate({}, now=NOW)
    for text in (
        f"for i in 1..1000 return {long}",
        f"some i in 1..1000 satisfies {long} = 0",
        f"(for i in 1..1000 return i)[{long} = 0]",
        f"{{f: function(n) {long}, x: for i in 1..1000 return f(i)}}.x",
    ):
        with pytest.raises(BudgetExceeded):
            compile_expression(text).evaluate({}, now=NOW)


@pytest.mark.parametrize("call", ["string", "to json", "flatten", "distinct values", "count"])
def test_deep_values_are_written_or_refused(call: str) -> None:
    with contextlib.suppress(BudgetExceeded):
        compile_expression(f"{call}(({NESTED})[-1])").evaluate({}, now=NOW)


def test_the_same_evaluation_always_costs_the_same() -> None:
    expression = compile_expression(
        r'count(for i in 1..50 return matches(string(i), "\d+")) + count(items[item > 3])'
    )
    left = []
    for _ in range(3):
        run = Evaluation({"items": list(range(100))}, NOW)
        expression.evaluate_in(run)
        left.append(run.budget)
    assert len(set(left)) == 1
    assert left[0] < MAX_STEPS


def test_the_record_is_not_copied() -> None:
    run = Evaluation(RECORD, NOW)
    items = compile_expression("keys").evaluate_in(run)
    assert compile_expression("keys").evaluate_in(run) is items
    ready = compile_expression("texts").evaluate_in(run)
    assert ready is RECORD["texts"]
