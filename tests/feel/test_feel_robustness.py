"""No text, however strange, does anything but give a value or an error of ours."""

from __future__ import annotations

import contextlib
import datetime as dt
import decimal
import inspect
import sys
import threading
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.feel import (
    BudgetExceeded,
    FeelError,
    FeelSyntaxError,
    compile_expression,
    compile_unary_tests,
    kind,
)
from runner.feel.lexer import MAX_TEXT
from tests.hanging import not_hanging

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
SCOPE = {"x": 1, "y": [1, {"a": 2, "b c": None}], "c": {"d": "text"}, "Monthly Salary": 9}
LENGTH = 6_000

VALID = [
    'if x > 1 and y[a = 2].a[1] != null then "big" else string(x)',
    "for i in 1..3, j in i..5 return {i: i, sum of both: i + j}.sum of both",
    "some a in y satisfies a instance of context<a: number, `b c`: Any>",
    'x in (1, < 3, ]1..5[, not(7), "text") or c.d between "a" and "z"',
    '(function(first number: number, b) first number ** b)(b: 2, "first number": -x)',
    '@"2026-01-01T10:00:00@Europe/Paris" + duration("P1DT2H") /* why */ // so\n > now()',
    'sort(y, function(a, b) a < b)[-1].`b c` = {"k-1": 1, z: k-1}.z',
    'Monthly Salary * 12 - count([1..5)) + date and time("2026-01-01T00:00:00").year',
    "not(x = 1, > 3), [1..2], -",
]


def _outcome(text: str) -> None:
    """Compile and evaluate; only errors of ours may come out, and only FEEL values."""
    with contextlib.suppress(FeelError):
        kind(compile_expression(text, ["Monthly Salary"]).evaluate(SCOPE, now=NOW).value)
    with contextlib.suppress(FeelError):
        compile_unary_tests(text, ["Monthly Salary"]).matches(1, SCOPE, now=NOW)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_any_characters(text: str) -> None:
    _outcome(text)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes(data: bytes) -> None:
    _outcome(data.decode("latin-1"))


@st.composite
def mutations(draw: st.DrawFn) -> str:
    """A valid expression with some characters left out, doubled, exchanged, or mixed with others"""
    text = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 6)))
        pieces = [
            "",
            text[start:end] * 2,
            draw(st.sampled_from([*"()[]{}.,:;+-*/<>=!?@\"'`\\ \n0x", "..", "in ", "if "])),
            draw(st.sampled_from(VALID))[start:end],
        ]
        text = text[:start] + draw(st.sampled_from(pieces)) + text[end:]
    return text


@settings(max_examples=400, deadline=None)
@given(mutations())
def test_what_is_nearly_an_expression(text: str) -> None:
    _outcome(text)


@pytest.mark.parametrize("text", VALID[:-1])
def test_the_expressions_that_are_mutated_are_valid(text: str) -> None:
    compile_expression(text, ["Monthly Salary"]).evaluate(SCOPE, now=NOW)


REPEATED: list[tuple[str, str, str]] = [
    ("", "(", ""),
    ("", "[", ""),
    ("", "]", ""),
    ("", "{a:", ""),
    ("", "not(", ""),
    ("", "if ", ""),
    ("", "-", "1"),
    ("", "a.", "a"),
    ("", "1+", "1"),
    ("", "2**", "2"),
    ("", "1=", "1"),
    ("", "1 in ", "1"),
    ("", "1 between 1 and ", "1"),
    ("", "true and ", "true"),
    ("x", "[1]", ""),
    ("f", "()", ""),
    ("", "f(", ""),
    ("x instance of ", "function<", ""),
    ("x instance of ", "list<", ""),
    ("1", " instance of number", ""),
    ("", "for a in b return ", "c"),
    ("for a in b", ", a in [1]", " return c"),
    ("", "some a in b satisfies ", "c"),
    ("", "for ", ""),
    ("", "function(x) ", "1"),
    ("function(", "a,", "a) 1"),
    ("", "if a then b else ", "c"),
    ("", "/*", ""),
    ("", "/* a ", ""),
    ("", '"', ""),
    ("", "\\", ""),
    ("", "`a", ""),
    ("", "a ", ""),
    ("{", "a b,", ""),
    ("", "a-", "a"),
    ("", "a'", ""),
    ("{a", " ", ")"),
    ("", "@", ""),
    ("", "[1..", ""),
    ("", "]1..", ""),
    ("1", "9", ""),
    ("1e", "9", ""),
    ("[", "1,", "1]"),
    ("1 in (", "1,", "1)"),
    ("", "x:", ""),
    ("", "Monthly Salary + ", "1"),
    ("", "date and ", "time"),
    ("", "date and time(", ""),
    ("", "\ud800", ""),
    ("", "\0", ""),
    ("", "\n1", ""),
]


def _filled(start: str, unit: str, end: str) -> str:
    return start + unit * ((LENGTH - len(start) - len(end)) // len(unit)) + end


def test_long_texts_end_in_a_thread_with_a_small_stack() -> None:
    texts = [_filled(*parts) for parts in REPEATED]
    texts.append("{" + ",".join(f"a b{number}:1" for number in range(700)) + "}")
    texts.append("1+" * (MAX_TEXT // 2 - 1) + "1")
    failed: list[BaseException] = []

    def work() -> None:
        try:
            for text in texts:
                _outcome(text)
        except BaseException as error:
            failed.append(error)

    with not_hanging(120), _stack_size(256 * 1024):
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert not failed


@contextlib.contextmanager
def _stack_size(size: int) -> Iterator[None]:
    before = threading.stack_size(size)
    try:
        yield
    finally:
        threading.stack_size(before)


def test_a_flat_sum_may_be_as_long_as_a_text() -> None:
    text = "1+" * 20_000 + "1"
    assert compile_expression(text).evaluate({}, now=NOW).value == 20_001


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("1 + " + "-" * 100 + "x", 25),
        ("x" + ".a" * 100, 160),
        ("y + x" + "[1]" * 100, 243),
        ("1" + " = 1" * 100, 319),
        ("if a then " * 100 + "1" + " else 2" * 100, 201),
        ("for " + ", ".join(["a in [1]"] * 100) + " return a", 1),
    ],
    ids=["signs", "paths", "filters", "comparisons", "conditionals", "loops"],
)
def test_what_is_too_deep_is_refused_at_its_place(text: str, column: int) -> None:
    with pytest.raises(FeelSyntaxError) as caught:
        compile_expression("\n" + text)
    assert (caught.value.line, caught.value.column) == (2, column)
    assert caught.value.expected == ("at most 80 levels inside each other",)


def test_little_room_on_the_stack_is_an_error_of_ours() -> None:
    text = "if true then " * 78 + "1" + " else 2" * 78

    def deeper(levels: int) -> None:
        if levels:
            deeper(levels - 1)
        else:
            compile_expression(text)

    with pytest.raises(FeelError):
        deeper(sys.getrecursionlimit() - len(inspect.stack()) - 120)


def test_a_result_of_too_many_levels_is_refused() -> None:
    nested = "(for i in 1..2000 return if i = 1 then [1] else [partial[-1]])[-1]"
    with pytest.raises(BudgetExceeded):
        compile_expression(nested).evaluate({}, now=NOW)


@pytest.mark.parametrize(
    "text",
    [
        "time(10, 0, 1e40)",
        "time(10, 0, -1e6144)",
        "date and time(2026, 11, 20, 10, 0, 1e300)",
        'due at({amount: 1e6144, unit: "hour"}, {})',
    ],
)
def test_a_part_that_is_far_too_large_is_null(text: str) -> None:
    result = compile_expression(text).evaluate({}, now=NOW)
    assert result.value is None
    assert result.warnings


def test_the_decimal_context_of_the_caller_makes_no_difference() -> None:
    texts = ["time(10, 0, 59.123456789)", 'substring("abc", -0.9999)', "1 / 3"]
    expected = [compile_expression(text).evaluate({}, now=NOW).value for text in texts]
    with decimal.localcontext(decimal.Context(prec=2)):
        found = [compile_expression(text).evaluate({}, now=NOW).value for text in texts]
    assert found == expected


@pytest.mark.parametrize("text", ["x", "x + 1", "x > 1", "c.x", "string(c)", "[c, x] = [c, 1]"])
@pytest.mark.parametrize("value", ["NaN", "sNaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_null(text: str, value: str) -> None:
    number = decimal.Decimal(value)
    found = compile_expression(text).evaluate({"x": number, "c": {"x": number}}, now=NOW).value
    assert found in (None, False, "{x: null}")


def test_keys_of_the_scope_become_texts() -> None:
    scope = {"c": {1: "a", "d": {2: "b"}}}
    assert compile_expression("string(c)").evaluate(scope, now=NOW).value == (
        '{"1": "a", d: {"2": "b"}}'
    )
