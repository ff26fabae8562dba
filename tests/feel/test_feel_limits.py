"""Text that is no FEEL, values nobody has decided, and expressions that run away."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.feel import (
    UNSET,
    BudgetExceeded,
    FeelError,
    FeelSyntaxError,
    Result,
    UnsetValue,
    Value,
    compile_expression,
    compile_unary_tests,
)
from tests.hanging import not_hanging

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
DUE = UNSET("ack.first_response_due")


@pytest.mark.parametrize(
    ("text", "line", "column", "found", "expected"),
    [
        ("1 +", 1, 4, "", ("an expression",)),
        ("if a then b", 1, 12, "", ("'else'",)),
        ("(1", 1, 3, "", ("')'", "','")),
        ("a =\n  = b", 2, 3, "=", ("an expression",)),
        ("for x return 1", 1, 7, "return", ("'in'",)),
        ('"open', 1, 1, '"', ('a closing "',)),
        ('@"yesterday"', 1, 2, "yesterday", ("a date, time or duration",)),
        ("a # b", 1, 3, "#", ("an expression",)),
        ('a ""', 1, 3, '""', ("an operator",)),
        ("(1, 2)", 1, 1, "( , )", ("one expression in parentheses, or 'in' before them",)),
    ],
)
def test_a_syntax_error_says_where_what_and_what_instead(
    text: str, line: int, column: int, found: str, expected: tuple[str, ...]
) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    error = caught.value
    assert (error.line, error.column, error.found) == (line, column, found)
    assert error.expected[: len(expected)] == expected


@pytest.mark.parametrize(
    ("text", "column", "meant", "zh"),
    [
        ("a，b", 2, "','", "','"),
        ("（a）", 1, "'('", "'('"),
        ("x = “a”", 5, "a text in double quotes", "带英文双引号的文本"),
        ("x = 'a'", 5, "a text in double quotes", "带英文双引号的文本"),
        ("a && b", 3, "'and'", "'and'"),
        ("a ≥ 1", 3, "'>='", "'>='"),
        ("!a", 1, "'!=' or not( )", "'!=' 或 not( )"),
        ('"open', 1, 'a closing "', '结尾的 "'),
        ("1 +", 4, "an expression", "表达式"),
        ("-" * 90 + "x", 11, "at most 80 levels inside each other", "最多 80 层嵌套"),
        (
            "function(x) external {}",
            13,
            "a body in FEEL (functions in Java or PMML cannot be called)",
            "用 FEEL 写的函数体（不能调用 Java 或 PMML 函数）",
        ),
    ],
)
def test_what_was_meant_is_said_in_both_languages(
    text: str, column: int, meant: str, zh: str
) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression(text)
    error = caught.value
    assert (error.column, error.expected, error.expected_zh) == (column, (meant,), (zh,))


@pytest.mark.parametrize("text", ["", "x ==  1", "foo bar", "import os", "__import__('os')", "a;b"])
def test_what_is_no_feel_is_refused(text: str) -> None:
    with pytest.raises(FeelSyntaxError):
        compile_expression(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "1" + ")" * 10_000,
        "[" * 10_000 + "]" * 10_000,
        "-" * 10_000 + "x",
        "if a then " * 3_000 + "1" + " else 2" * 3_000,
        "x" + "[1]" * 5_000,
        "x" + ".a" * 10_000,
        "{a:" * 500 + "1" + "}" * 500,
        "x" * 60_000,
    ],
    ids=["parentheses", "lists", "signs", "ifs", "filters", "paths", "contexts", "length"],
)
def test_deep_or_huge_text_is_a_syntax_error(text: str) -> None:
    with not_hanging(), pytest.raises(FeelSyntaxError):
        compile_expression(text)


def test_the_deepest_text_allowed_is_evaluated() -> None:
    assert compile_expression("(" * 59 + "1" + ")" * 59).evaluate({}, now=NOW).value == 1
    text = "if true then " * 70 + "1" + " else 2" * 70
    assert compile_expression(text).evaluate({}, now=NOW).value == 1
    long = " or ".join(["false"] * 2_000)
    assert compile_expression(long).evaluate({}, now=NOW).value is False


@pytest.mark.parametrize(
    "text",
    [
        "for a in 1..1000, b in 1..1000 return a",
        "for a in 1..1000000 return a",
        "{f: function(g) g(g), x: f(f)}.x",
        "{f: function(g, n) if n = 0 then 0 else g(g, n - 1), x: f(f, 10000)}.x",
        "count(for a in 1..99999 return for b in 1..99999 return b)",
        "some a in 1..99999, b in 1..99999 satisfies false",
        "string join(for a in 1..9999 return big)",
        'replace(big, "x", big)',
        "string([[big, big], [big, big], [big, big], [big, big], [big, big], [big, big]])",
        "(for i in 1..30 return if i = 1 then [1] else concatenate(partial[-1], partial[-1]))",
        "(for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]])",
        "string((for i in 1..40 return if i = 1 then [1] else [partial[-1], partial[-1]]))",
        "sort(for i in 1..50000 return -i, function(x, y) x < y)",
        '(for i in 1..30 return if i = 1 then "x" else partial[-1] + partial[-1])',
    ],
)
def test_a_runaway_expression_is_ended(text: str) -> None:
    with not_hanging(), pytest.raises(BudgetExceeded):
        compile_expression(text).evaluate({"big": "x" * 200_000}, now=NOW)


def test_a_smaller_budget_ends_an_expression_earlier() -> None:
    expression = compile_expression("for x in 1..100 return x")
    expression.evaluate({}, now=NOW)
    with pytest.raises(BudgetExceeded):
        expression.evaluate({}, now=NOW, budget=50)


def test_a_pattern_that_would_explode_elsewhere_is_linear(value: Callable[..., Value]) -> None:
    with not_hanging():
        assert value('matches(long, "^(a+)+$")', long="a" * 50_000 + "b") is False


@pytest.mark.parametrize(
    "text",
    [
        "due = null",
        "due != null",
        "due.amount",
        "due + 1",
        "-due",
        "due < 1",
        "due in [1..2]",
        "1 in (due)",
        "due between 1 and 2",
        "if due then 1 else 2",
        "due and true",
        "false or due",
        "not(due)",
        "count(due)",
        "get or else(due, 1)",
        "is defined(due)",
        "due at(due, clock)",
        "cycle(due)",
        "for x in due return x",
        "some x in due satisfies true",
        "due[1]",
        "due instance of string",
        "string(due)",
        "string([due])",
        "[due] = [1]",
        "list contains([due], 1)",
        "working days after(now(), due)",
        "[due..1]",
        "every x in [1] satisfies due",
        "sum([due])",
        "sort([due, 1])",
    ],
)
def test_using_an_undecided_value_raises_and_names_its_key(text: str) -> None:
    with pytest.raises(UnsetValue) as caught:
        compile_expression(text).evaluate({"due": DUE, "clock": {}}, now=NOW)
    assert caught.value.path == "ack.first_response_due"


@pytest.mark.parametrize(
    "text",
    [
        "policy.ack.due",
        "if true then policy.ack.due else 1",
        'get value(policy.ack, "due")',
        "{a: policy.ack.due}.a",
        "[policy.ack.due][1]",
    ],
)
def test_an_undecided_value_may_be_passed_on(text: str, run: Callable[..., Result]) -> None:
    assert run(text, policy={"ack": {"due": DUE}}).value is DUE


def test_is_unset_asks_without_using(value: Callable[..., Value]) -> None:
    assert value("is unset(policy.due)", policy={"due": DUE}) is True
    assert value("is unset(policy.due)", policy={"due": None}) is False
    assert value("if is unset(due) then 1 else due", due=DUE) == 1


def test_a_branch_that_is_not_taken_needs_no_value(value: Callable[..., Value]) -> None:
    assert value("if true then 1 else due + 1", due=DUE) == 1
    assert value("true or due = 1", due=DUE) is True
    assert value("false and due = 1", due=DUE) is False


def test_unary_tests_of_an_undecided_value_raise() -> None:
    with pytest.raises(UnsetValue):
        compile_unary_tests("< 5").matches(DUE, {}, now=NOW)
    with pytest.raises(UnsetValue):
        compile_unary_tests("> due").matches(5, {"due": DUE}, now=NOW)


def test_python_cannot_mistake_an_undecided_value_for_true() -> None:
    with pytest.raises(UnsetValue):
        bool(DUE)


_WORDS = st.sampled_from(
    [
        "1",
        "2",
        "x",
        "y",
        '"a"',
        "null",
        "true",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        ",",
        ".",
        "..",
        ":",
        "+",
        "-",
        "*",
        "/",
        "**",
        "=",
        "!=",
        "<",
        ">=",
        "and",
        "or",
        "not(",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "satisfies",
        "between",
        "instance",
        "of",
        "number",
        "function",
        "count(",
        "due",
        "at(",
        "@",
        "?",
        "`b`",
        "//",
        "item",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORDS, max_size=25).map(" ".join))
def test_any_text_is_evaluated_or_refused_with_our_own_errors(text: str) -> None:
    with contextlib.suppress(FeelError):
        compile_expression(text).evaluate({"x": 1, "y": [1, {"a": 2}]}, now=NOW)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_characters_are_evaluated_or_refused_with_our_own_errors(text: str) -> None:
    for compiler in (compile_expression, compile_unary_tests):
        with contextlib.suppress(FeelError):
            compiler(text)


def test_expressions_are_shared_by_threads() -> None:
    expression = compile_expression("sum(for i in 1..50 return i * x)")
    wrong: list[object] = []

    def work(x: int) -> None:
        for _ in range(30):
            found = expression.evaluate({"x": x}, now=NOW).value
            if found != 1275 * x:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(x,)) for x in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
