"""Functions that call themselves: a hundred calls deep, and never beyond what a stack holds."""

from __future__ import annotations

import datetime as dt
import threading

import pytest

from runner.feel import BudgetExceeded, Evaluation, FeelError, compile_expression, infer
from runner.feel.evaluation import MAX_CALLS

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
STACK = 256 * 1024
ENOUGH = 10_000_000  # steps

BODIES = {
    "a product": "if n <= 1 then 1 else n * f(n - 1)",
    "a sum of two calls": "if n < 1 then 0 else f(n - 1) + (if n > 99 then f(1) else 0)",
    "an entry": "{part: if n < 1 then 0 else n + f(n - 1), twice: part * 2}.part",
    "an argument": "if n < 1 then [] else concatenate(f(n - 1), [n])",
    "a call of a call": "if n < 1 then 0 else f(f(n - 1) * 0)",
    "a loop's body": "if n < 1 then 1 else sum(for i in [1], j in [1] return f(n - 1))",
    "a loop's list": "if n < 1 then [1] else for i in [1], j in f(n - 1) return j",
    "a condition": "some i in [1] satisfies if n < 1 then true else f(n - 1)",
    "a filter": "if n < 1 then 0 else count([1][f(n - 1) >= 0])",
    "a test": "if n < 1 then 1 else if 1 in (f(n - 1)) then 1 else 0",
}
MANY_LOOPS = ", ".join(f"x{index} in [1]" for index in range(60))
GREEDY = [
    "if n < 1 then true else count(sort([n - 1, n - 1], f)) > 0",
    "if n < 1 then true else count(list replace([n - 1], f, 1)) > 0",
    f"if n < 1 then [1] else for {MANY_LOOPS}, y in f(n - 1, m) return y",
    f"if n < 1 then true else some {MANY_LOOPS} satisfies f(n - 1, m)",
]


def in_a_small_stack(text: str) -> object:
    """What the expression gives in a thread with 256 KB of stack: a value, or the error."""
    found: list[object] = []

    def work() -> None:
        try:
            found.append(compile_expression(text).evaluate({}, now=NOW, budget=ENOUGH).value)
        except FeelError as error:
            found.append(error)

    before = threading.stack_size(STACK)
    try:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    return found[0]


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_a_function_calls_itself_a_hundred_times(body: str) -> None:
    found = in_a_small_stack(f"{{f: function(n) {body}, r: f(100)}}.r")
    assert found is not None
    assert not isinstance(found, FeelError), found


@pytest.mark.parametrize("body", GREEDY)
@pytest.mark.parametrize("depth", [20, 119, 1_000])
def test_what_takes_more_of_the_stack_is_ended_in_time(body: str, depth: int) -> None:
    found = in_a_small_stack(f"{{f: function(n, m) {body}, r: f({depth}, 1)}}.r")
    assert found in (True, [1]) if depth == 20 else isinstance(found, BudgetExceeded | bool | list)


def test_calls_that_were_refused_are_no_longer_counted() -> None:
    run = Evaluation({}, NOW)
    with pytest.raises(BudgetExceeded, match=f"More than {MAX_CALLS} function calls"):
        compile_expression("{f: function(n) f(n), r: f(1)}.r").evaluate_in(run)
    assert run.calls == 0


def test_a_loop_inside_loops_sees_the_names_around_it() -> None:
    text = "for a in [1, 2], b in [a, a * 10], c in [] return 0"
    assert compile_expression(text).evaluate({}, now=NOW).value == []
    text = "for a in [1, 2], b in 1..a, c in [b, a] return a * 100 + b * 10 + c"
    assert compile_expression(text).evaluate({}, now=NOW).value == [111, 111, 211, 212, 222, 222]
    text = "for a in [1, null], b in a..2 return b"
    assert compile_expression(text).evaluate({}, now=NOW).value is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{f: function(n) if n <= 1 then 1 else n * f(n - 1), r: f(5)}.r", 120),
        ("{f: function(n) n + later, later: 2, r: f(5)}.r", 7),
    ],
)
def test_a_function_in_a_context_sees_itself_and_what_comes_later(text: str, value: int) -> None:
    expression = compile_expression(text)
    assert expression.evaluate({}, now=NOW).value == value
    assert infer(expression, {}).problems == ()
    assert not expression.names | expression.functions


def test_any_other_entry_sees_only_those_before_it() -> None:
    expression = compile_expression("{a: later, later: 2}")
    assert expression.names == {"later"}
    assert [found.kind for found in infer(expression, {}).problems] == ["unknown_variable"]
