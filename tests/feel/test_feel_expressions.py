from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from types import MappingProxyType

import pytest

from runner.feel import Months, Range, Result, Value, compile_expression, to_feel

Evaluate = Callable[..., Value]

EXPRESSIONS: list[tuple[str, object]] = [
    # numbers
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("7 / 2", 3.5),
    ("-2 ** 2", 4),
    ("0.1 + 0.2 = 0.3", True),
    ("1 / 0", None),
    ("1.5e2", 150),
    (".5 + .5", 1),
    ('1 + "a"', None),
    ("null + 1", None),
    ("2 ** 3 ** 2", 64),
    ("2 ** -1", 0.5),
    ("--1", 1),
    ("1--1", 2),
    ("1 + if true then 2 else 3", 3),
    # texts
    ('"a" + "b"', "ab"),
    ('"质量" + "问题"', "质量问题"),
    (r'"a\"b\n\u8D28"', 'a"b\n质'),
    (r'"\uD83D\uDE00"', "😀"),
    # equality and order
    ("null = null", True),
    ("1 = null", False),
    ("1 != null", True),
    ('1 = "1"', None),
    ('1 != "1"', None),
    ("[1, 2] = [1, 2]", True),
    ("{a: 1} = {a: 2}", False),
    ("1 < null", None),
    ('"a" < "b"', True),
    ("1 < 2 = true", True),
    # three-valued logic
    ("true and null", None),
    ("false and null", False),
    ("true or null", True),
    ("false or null", None),
    ("not(null)", None),
    # conditionals
    ('if 1 < 2 then "a" else "b"', "a"),
    ('if null then "a" else "b"', "b"),
    # membership
    ("5 between 1 and 5", True),
    ("5 in [1..5]", True),
    ("5 in [1..5[", False),
    ("5 in (5..9)", False),
    ("5 in ]1..5]", True),
    ("5 in (1, 5, 9)", True),
    ("5 in (< 3, > 4)", True),
    ("5 in > 4", True),
    ("5 in [1, 5]", True),
    ('"x" in ["a", "x"]', True),
    ('date("2026-02-01") in [date("2026-01-01")..date("2026-03-01")]', True),
    ("true = 1 between 0 and 2 and true", None),
    ("1 in [1..2] = true", True),
    ("3 in (..5]", True),
    ("3 in [5..)", False),
    ("5 in (1, [2..4], not(6))", True),
    ("6 in (1, [2..4], not(6))", False),
    ("5 in not(< 6)", False),
    ("[]1..5[][1].start", 1),
    ("(>= 5).start", 5),
    # iteration
    ("for x in [1, 2] return x * 2", [2, 4]),
    ("for x in 1..3, y in [10, 20] return x + y", [11, 21, 12, 22, 13, 23]),
    ("for x in 3..1 return x", [3, 2, 1]),
    ("for x in [1..3[ return x", [1, 2]),
    ("for i in 0..4 return if i = 0 then 1 else i * partial[-1]", [1, 1, 2, 6, 24]),
    ("for x in null return x", None),
    ("some x in [1, 2] satisfies x > 1", True),
    ("every x in [1, 2] satisfies x > 1", False),
    ("some x in [] satisfies x", False),
    ("every x in [] satisfies x", True),
    ("some x in [1, null] satisfies x > 5", None),
    ("some x in [1, 2], y in [2, 3] satisfies x = y", True),
    ("for i in 1..2, j in i..3 return i * j", [1, 2, 3, 4, 6]),
    ("for i in 1 + 1..2 * 2 return i", [2, 3, 4]),
    ("for x in (1..4) return x", [2, 3]),
    ("for x in 5 return x", [5]),
    ("for i in 1..3 return count(partial)", [0, 1, 2]),
    ("for i in 1..3 return partial", [[], [[]], [[], [[]]]]),
    ("true and some x in [1, 2] satisfies x > 1", True),
    ("every x in [1], y in [x, 2] satisfies y > 0", True),
    # filters
    ("[1, 2, 3][2]", 2),
    ("[1, 2, 3][-1]", 3),
    ("[1, 2, 3][4]", None),
    ("[1, 2, 3][item >= 2]", [2, 3]),
    ("[{a: 1}, {a: 2}][a = 2]", [{"a": 2}]),
    ("[{a: 1}, {a: 2}][item.a = 2].a", [2]),
    ("[][1]", None),
    ("[][a = 1]", []),
    ("null[a = 1]", []),
    ("5[1]", 5),
    ("5[item > 3]", [5]),
    ("{a: 1}[a = 1]", [{"a": 1}]),
    ("[1, 2, 3][item > 1][1]", 2),
    ("[{a: 1, item: 5}][item = 5]", [{"a": 1, "item": 5}]),
    ("[1, 2][null]", []),
    ('[1, 2]["x"]', None),
    ('[1, 2][if item = 1 then true else "x"]', None),
    ("{a: [{b: 1}, {b: 2}]}.a[b = 2].b", [2]),
    # paths
    ("{a: {b: 1}}.a.b", 1),
    ("[{a: 1}, {a: 2}].a", [1, 2]),
    ("{a: 1}.b", None),
    # contexts
    ("{a: 1, b: a + 1}.b", 2),
    ('{"a b": 1}.`a b`', 1),
    ("{a: 1, a: 2}", None),
    ("{a: b, b: 1}.a", None),
    ("(function() {a: [1, 2]})().a[-1]", 2),
    ("{first name: 1, sum: first name + 1}.sum", 2),
    # types
    ("1 instance of number", True),
    ('"a" instance of number', False),
    ("null instance of string", False),
    ("[1] instance of list<number>", True),
    ('duration("P1D") instance of days and time duration', True),
    ('date("2026-01-01") instance of date', True),
    # functions
    ("(function(a, b) a - b)(5, 3)", 2),
    ("{f: function(x) x + 1, y: f(2)}.y", 3),
    ("{f: function(a: number, b: number) a - b, y: f(b: 1, a: 5)}.y", 4),
    ('{f: function(a: number) a, y: f("x")}.y', None),
    ('starts with(string: "abc", match: "a")', True),
    ("sort([3, 1, 2], function(x, y) x > y)", [3, 2, 1]),
    ('date and time("2026-01-01T10:00:00Z").hour', 10),
    ("1 // the rest is a comment", 1),
    ("1 /* in\nbetween */ + 1", 2),
]


@pytest.mark.parametrize(("text", "expected"), EXPRESSIONS, ids=[text for text, _ in EXPRESSIONS])
def test_an_expression_has_the_value_of_the_standard(
    text: str, expected: object, value: Evaluate
) -> None:
    assert value(text) == to_feel(expected)


TEMPORAL: list[tuple[str, Value]] = [
    ('@"2026-11-20"', dt.date(2026, 11, 20)),
    ('@"10:00:00"', dt.time(10)),
    ('@"P1DT2H"', dt.timedelta(days=1, hours=2)),
    ('@"P1Y2M"', Months(14)),
    ('date("2026-01-31") + duration("P1M")', dt.date(2026, 2, 28)),
    ('date("2026-03-01") - date("2026-02-01")', dt.timedelta(days=28)),
    ('duration("P1D") * 1.5', dt.timedelta(hours=36)),
    ('duration("P1D") / duration("PT6H")', Decimal(4)),
    ('years and months duration(date("2025-01-31"), date("2026-01-30"))', Months(11)),
    ('date and time("2026-01-01T24:00:00")', dt.datetime(2026, 1, 2)),  # noqa: DTZ001
    ("now()", dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)),
    ("today()", dt.date(2026, 11, 20)),
    ("[1..5)", Range(Decimal(1), Decimal(5), True, False)),
    ('date("2026-02-30")', None),
    ('duration("P1")', None),
]


@pytest.mark.parametrize(("text", "expected"), TEMPORAL, ids=[text for text, _ in TEMPORAL])
def test_dates_times_and_durations(text: str, expected: Value, value: Evaluate) -> None:
    assert value(text) == expected


def test_equal_instants_in_different_zones_are_equal(value: Evaluate) -> None:
    assert value(
        'date and time("2026-01-01T08:00:00@Asia/Shanghai") = date and time("2026-01-01T00:00:00Z")'
    )


def test_a_time_without_zone_is_read_in_the_sites_zone(value: Evaluate) -> None:
    assert value('date and time("2026-11-20T16:00:00") = now()') is True


def test_adding_hours_across_a_change_of_the_clocks_adds_elapsed_time(value: Evaluate) -> None:
    later = value('date and time("2026-03-28T12:00:00@Europe/Berlin") + duration("P1D")')
    assert later - dt.datetime(2026, 3, 28, 11, tzinfo=dt.UTC) == dt.timedelta(days=1)
    assert later.hour == 13


def test_the_scope_may_hold_python_numbers_tuples_and_mappings(value: Evaluate) -> None:
    policy = MappingProxyType({"team": MappingProxyType({"members": ("a", "b"), "size": 2})})
    assert value("count(policy.team.members) = policy.team.size", policy=policy) is True
    assert value("x * 3", x=0.1) == Decimal("0.3")
    assert value("x", x=float("nan")) is None
    assert isinstance(value("x", x=True), bool)


def test_an_unknown_name_is_null_with_a_warning_that_names_it(run: Callable[..., Result]) -> None:
    result = run('handling = "full"')
    assert result.value is False
    assert [(warning.kind, warning.name) for warning in result.warnings] == [
        ("unknown_name", "handling")
    ]


def test_a_missing_key_is_null_with_a_warning(run: Callable[..., Result]) -> None:
    result = run("triage.urgency", triage={"handling": "full"})
    assert result.value is None
    assert result.warnings[0].name == "urgency"


def test_what_was_read_is_told(run: Callable[..., Result]) -> None:
    result = run(
        'triage.handling = "full" and count(items[a > least]) > 0',
        triage={"handling": "full"},
        items=[{"a": 2}],
        least=1,
    )
    assert result.value is True
    assert result.reads == {
        "triage.handling": "full",
        "items": [{"a": Decimal(2)}],
        "least": Decimal(1),
    }


def test_names_are_the_free_paths_without_local_names() -> None:
    expression = compile_expression(
        "due at(policy.ack.first_response_due, clock) != null"
        " and (every a in approvals satisfies a.decision = wanted)"
        ' and count(inquiry_items[phase = "detailed"]) > 0'
        " and {x: case_owner, y: x}.y != null"
    )
    assert expression.names == {
        "policy.ack.first_response_due",
        "clock",
        "approvals",
        "wanted",
        "inquiry_items",
        "case_owner",
    }
    assert expression.possible_names == {"phase"}
    assert expression.functions == {"due at", "count"}


def test_names_with_spaces_are_known_when_the_caller_says_so() -> None:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    expression = compile_expression("Monthly Salary * 12", names=["Monthly Salary"])
    assert expression.evaluate({"Monthly Salary": 100}, now=now).value == 1200
    assert expression.names == {"Monthly Salary"}


def test_compiling_a_text_again_gives_the_same_expression() -> None:
    assert compile_expression("1 + x") is compile_expression("1 + x")


def test_now_must_be_aware() -> None:
    with pytest.raises(ValueError, match="aware"):
        compile_expression("1").evaluate({}, now=dt.datetime(2026, 1, 1))  # noqa: DTZ001
