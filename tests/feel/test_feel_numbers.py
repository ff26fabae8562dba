"""Numbers: 34 digits, rounding and its limits, what is no number."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from runner.feel import Result, Value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "0.3333333333333333333333333333333333"),
        ("1 / 3 * 3", "0.9999999999999999999999999999999999"),
        ("9999999999999999999999999999999999 + 0.5", "1E+34"),
        ("2 ** 0.5", "1.414213562373095048801688724209698"),
        ("2 ** -2", "0.25"),
        ("0 ** 0", "1"),
        ("--1", "1"),
        ("0 * -1", "0"),
        ("1e-6176 / 10", "0"),
        ("decimal(1/3, 2)", "0.33"),
        ("decimal(1/3, 2.5)", "0.33"),
        ("decimal(2.5, 0)", "2"),
        ("decimal(1234, -2)", "1.2E+3"),
        ("decimal(n: 1/3, scale: 6176)", "0.3333333333333333333333333333333333"),
        ("floor(-1.5)", "-2"),
        ("floor(n: -1.56, scale: 1)", "-1.6"),
        ("floor(1.56, 1.9)", "1.5"),
        ("ceiling(-0.3)", "0"),
        ("ceiling(n: -1.56, scale: 1)", "-1.5"),
        ("round up(-5.125, 2)", "-5.13"),
        ("round down(-5.125, 2)", "-5.12"),
        ("round half up(-5.125, 2)", "-5.13"),
        ("round half down(-5.125, 2)", "-5.12"),
        ("round up(5.5, -6111)", "1E+6111"),
        ("modulo(-12, 5)", "3"),
        ("modulo(dividend: 10.1, divisor: -4.5)", "-3.4"),
        ("modulo(1e34, 0.007)", "0.003"),
        ("abs([-1])", "1"),
        ("abs(n: -1.50)", "1.50"),
        ("sqrt(number: 16)", "4"),
        ("stddev([2, 4, 7, 5])", "2.081665999466132735282297706979931"),
        ("median(list: [1, 3, 2, 10])", "2.5"),
        ("product(2, 3, 4)", "24"),
    ],
)
def test_the_number_is(text: str, expected: str, value: Callable[..., Value]) -> None:
    assert value(text) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("string(0 * -1)", "0"),
        ("string(ceiling(-0.3))", "0"),
        ("string(1e3)", "1000"),
        ("string(1e-7)", "0.0000001"),
        ("odd(100000000000000000000000000001)", True),
        ("even(2.0)", True),
        ("even(-3)", False),
        ("-0 = 0", True),
        ("1.0 = 1.00", True),
        ("mode([6, 3, 9, 6, 6, 3, 3])", [Decimal(3), Decimal(6)]),
        ("mode([])", []),
    ],
)
def test_the_value_is(text: str, expected: object, value: Callable[..., Value]) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "0 ** -1",
        "0.0 ** -0.5",
        "1 / 0",
        "0 / 0",
        "10 ** 7000",
        "1e6144 * 10",
        "(-8) ** (1/3)",
        "sqrt(-1)",
        "log(0)",
        "exp(1e9)",
        "modulo(1, 0)",
        "floor(1.5, null)",
        "ceiling(null)",
        "round up(5.5, 1.1)",
        "round up(5.5)",
        "round up(5.5, -6112)",
        "round half up(5.5, 6177)",
        "decimal(1, 1e20)",
        'decimal("1", 0)',
        "floor(n: 1.5, scal: 1)",
        "stddev([1])",
        "sum([1, null])",
    ],
)
def test_what_is_no_number_is_null_with_a_warning(text: str, run: Callable[..., Result]) -> None:
    result = run(text)
    assert result.value is None
    assert result.warnings


@pytest.mark.parametrize("text", ["sum([])", "min([])", "max([])", "mean([])", "even(1.5)"])
def test_nothing_gives_null(text: str, run: Callable[..., Result]) -> None:
    assert run(text).value is None
