from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.feel import BUILTINS, Result, Value, compile_expression, to_feel
from runner.feel.errors import AssertionFailed, NotOffered

CALLS: list[tuple[str, object]] = [
    # whether there is a value
    ("get or else(null, 1)", 1),
    ("get or else(2, 1)", 2),
    ("is defined(null)", False),
    ('is(date("2026-01-01"), date("2026-01-01"))', True),
    # numbers
    ("decimal(1.115, 2)", 1.12),
    ("floor(-1.5)", -2),
    ("ceiling(1.21, 1)", 1.3),
    ("round half up(2.5, 0)", 3),
    ("round half down(2.5, 0)", 2),
    ("round up(1.1, 0)", 2),
    ("round down(-1.9, 0)", -1),
    ("abs(-3)", 3),
    ("modulo(-7, 3)", 2),
    ("modulo(1, 0)", None),
    ("sqrt(16)", 4),
    ("sqrt(-1)", None),
    ("odd(3)", True),
    ("even(3)", False),
    ('number("1,000.5", ",", ".")', 1000.5),
    ('number("abc")', None),
    ('number("１２")', None),
    # texts
    ("string(1.50)", "1.50"),
    ("string(100 * 10)", "1000"),
    ('string({a: [1, "x", null, true]})', '{a: [1, "x", null, true]}'),
    ('string(duration("P1DT2H"))', "P1DT2H"),
    (
        'string(date and time("2026-01-01T10:00:00@Asia/Shanghai"))',
        "2026-01-01T10:00:00@Asia/Shanghai",
    ),
    ("string(null)", None),
    ('string length("质量")', 2),
    ('substring("foobar", 3)', "obar"),
    ('substring("foobar", -2, 1)', "a"),
    ('substring before("foobar", "bar")', "foo"),
    ('substring after("foobar", "ob")', "ar"),
    ('upper case("aé")', "AÉ"),
    ('contains("foobar", "ob")', True),
    ('ends with("foobar", "bar")', True),
    ('string join(["a", null, "b"], "; ", "<", ">")', "<a; b>"),
    ('string join(["a", 1])', None),
    ('matches("2026-001", "^[0-9]{4}-[0-9]+$")', True),
    ('matches("ABC", "b", "i")', True),
    ('matches("a", "(")', None),
    (r'matches("aa", "(a)\1")', None),
    ('replace("abcd", "(ab)|(a)", "[1=$1]")', "[1=ab]cd"),
    ('replace("a.b", ".", "x", "q")', "axb"),
    ('split("a;b;;c", ";")', ["a", "b", "", "c"]),
    ('extract("a1b22", "[0-9]+")', ["1", "22"]),
    ('trim("  a ")', "a"),
    ('is blank(" ")', True),
    ("string(1.0)", "1.0"),
    ("string(-0)", "0"),
    ("string(1e3)", "1000"),
    ("string(true)", "true"),
    ('string("a")', "a"),
    ('string(["a", ["b"], null])', '["a", ["b"], null]'),
    ('string({a: "say \\"x\\"", "b c": 1})', '{a: "say \\"x\\"", "b c": 1}'),
    ("string([1..3])", "[1..3]"),
    ('string(["a".."c"))', '["a".."c")'),
    ('string(@"2026-11-20")', "2026-11-20"),
    ('string(@"10:00:00+08:00")', "10:00:00+08:00"),
    ('string(@"-P1Y2M")', "-P1Y2M"),
    ('string length("🐎ab")', 3),
    ('string length("")', 0),
    ('string length("\\U01F40E")', 1),
    ('substring("🐎ab", 2)', "ab"),
    ('substring("foobar", 3, 3.8)', "oba"),
    ('substring("foobar", 3.9)', "obar"),
    ('substring("foobar", 0)', None),
    ('substring("foobar", 7)', ""),
    ('substring("foobar", -7)', ""),
    ('substring("foobar", -6, 6)', "foobar"),
    ('substring("foobar", 2, 100)', "oobar"),
    ('substring("foobar", 1, 1e30)', "foobar"),
    ('substring("foobar", -1e30)', ""),
    ('substring("foobar", 3, 0)', ""),
    ('substring("foobar", 3, -1)', ""),
    ("substring(null, 1)", None),
    ('substring("foobar", null)', None),
    ('substring(string: "foobar", start position: 3)', "obar"),
    ('substring before("foobar", "xyz")', ""),
    ('substring before("foobar", "")', ""),
    ('substring before("foobar", "o")', "f"),
    ('substring before("🐎a🐄", "🐄")', "🐎a"),
    ('substring after("foobar", "")', "foobar"),
    ('substring after("", "a")', ""),
    ('substring after("foobar", "o")', "obar"),
    ('substring after(null, "a")', None),
    ('contains("foobar", "")', True),
    ('contains("foobar", "of")', False),
    ("contains(null, null)", None),
    ('starts with("foobar", "fo")', True),
    ('starts with("foobar", "bar")', False),
    ('ends with("🐎a🐄", "🐄")', True),
    ('ends with("foobar", null)', None),
    ('string join(["a", "b", "c"])', "abc"),
    ('string join(["a", "b"], null)', "ab"),
    ('string join(["a", null, null, "b"], "X")', "aXb"),
    ("string join([])", ""),
    ('string join([null], "X")', ""),
    ('string join("a", "X")', "a"),
    ("string join(null)", None),
    ('string join(list: ["a", "b"], delimiter: "-")', "a-b"),
    ('string join([[1], "a"])', None),
    ('split("a b  c", "\\s")', ["a", "b", "", "c"]),
    ('split("", ";")', [""]),
    ('split(null, ";")', None),
    ('upper case("straße")', "STRASSE"),
    ('trim("\\t a b \\n")', "a b"),
    ('is blank("a")', False),
    ('to base64("FEEL")', "RkVFTA=="),
    ('to base64("质量")', "6LSo6YeP"),
    ("to base64(1)", None),
    # JSON
    ('from json("{\\"a\\": [1, 2.50, true, null, \\"x\\"]}")', {"a": [1, 2.50, True, None, "x"]}),
    ('from json("1e2")', 100),
    ('from json("null")', None),
    ('from json("NaN")', None),
    ('from json("1e99999")', None),
    ('from json("{")', None),
    ('from json("")', None),
    ('to json({a: [1, 0.10, true, null, "x\\"y"]})', '{"a":[1,0.10,true,null,"x\\"y"]}'),
    ('to json(@"2026-11-20")', '"2026-11-20"'),
    ('to json(@"P3Y")', '"P3Y"'),
    ("to json(null)", "null"),
    ("to json([])", "[]"),
    ("to json({})", "{}"),
    ("to json([1..3])", None),
    ("from json(to json({a: [{b: 1}, []]}))", {"a": [{"b": 1}, []]}),
    # ranges from texts
    ('range("[1..3]") = [1..3]', True),
    ('range(" ( 1 .. 3 [ ") = (1..3)', True),
    ('range("[\\"a\\"..\\"c\\"]") = ["a".."c"]', True),
    ('range("[@\\"P1D\\"..duration(\\"P2D\\")]") = [@"P1D"..@"P2D"]', True),
    ('range("[1..a]")', None),
    ('range("[1..]")', None),
    ('range("[3..1]")', None),
    ('range("[1..\\"b\\"]")', None),
    ('range(">= 10")', None),
    ('range("[date(x)..date(\\"2026-01-01\\")]")', None),
    ("range([1..3])", None),
    # a condition that must hold
    ("assert(4, 4 > 0)", 4),
    ('assert(null, true, "never said")', None),
    # lists
    ("list contains([1, null], null)", True),
    ('list contains(["a", 1], "1")', False),
    ("list contains(null, 1)", None),
    ("count([])", 0),
    ("count(5)", 1),
    ("count(null)", None),
    ("min(3, 1, 2)", 1),
    ("max([])", None),
    ('max("a", "b")', "b"),
    ('min([1, "a"])', None),
    ("sum([1, 2])", 3),
    ("sum([])", None),
    ("mean(1, 2, 3, 4)", 2.5),
    ("median([8, 2, 5, 3])", 4),
    ("mode([6, 1, 9, 6, 1])", [1, 6]),
    ("product([2, 3])", 6),
    ("stddev(2, 4, 6)", 2),
    ("all([true, null])", None),
    ("any([false, true])", True),
    ("sublist([1, 2, 3], 2)", [2, 3]),
    ("append([1], 2, 3)", [1, 2, 3]),
    ("concatenate([1], [2])", [1, 2]),
    ("concatenate([1], null)", None),
    ("insert before([1, 3], 2, 2)", [1, 2, 3]),
    ("remove([1, 2], 1)", [2]),
    ("list replace([1, 2], 1, 9)", [9, 2]),
    ("list replace([1, 2, 3], function(item, new) item < new, 3)", [3, 3, 3]),
    ("reverse([1, 2])", [2, 1]),
    ("index of([1, 2, 1], 1)", [1, 3]),
    ("union([1, 2], [2, 3])", [1, 2, 3]),
    ("distinct values([1, 1.0, 2, {a: 1}, {a: 1}])", [1, 2, {"a": 1}]),
    ("duplicate values([1, 2, 1, 1])", [1]),
    ("flatten([1, [2, [3]]])", [1, 2, 3]),
    ("sort([3, 1, 2])", [1, 2, 3]),
    ('sort([1, "a"])', None),
    ("partition([1, 2, 3], 2)", [[1, 2], [3]]),
    ("is empty([])", True),
    # contexts
    ('get value({a: 1}, "a")', 1),
    ('get value({a: {b: 1}}, ["a", "b"])', 1),
    ('get value({a: 1}, "b")', None),
    ('get value(null, "b")', None),
    ("get entries({a: 1})", [{"key": "a", "value": 1}]),
    ('context put({a: 1}, "b", 2)', {"a": 1, "b": 2}),
    ('context put({a: {b: 1}}, ["a", "c"], 2)', {"a": {"b": 1, "c": 2}}),
    ("context merge({a: 1}, {a: 2})", {"a": 2}),
    ("context merge([{a: 1}, {b: 2}])", {"a": 1, "b": 2}),
    ('context([{key: "a", value: 1}])', {"a": 1}),
    # dates
    ('day of week(date("2026-11-20"))', "Friday"),
    ('month of year(date("2026-11-20"))', "November"),
    ('day of year(date("2026-02-01"))', 32),
    ('week of year(date("2026-11-20"))', 47),
    ('last day of month(date("2028-02-01")) = date("2028-02-29")', True),
    ('date("2026-11-20").weekday', 5),
    ('date and time(date and time("2026-01-01T00:00:00Z"), "Asia/Shanghai").hour', 8),
    ('time("10:00:00+08:00").time offset = duration("PT8H")', True),
    # ranges
    ("before([1..5), [5..9])", True),
    ("overlaps([1..5], [5..9])", True),
    ("includes([1..9], 9)", True),
    ("during(3, [1..9])", True),
    ("meets([1..5], [5..9])", True),
    # arguments that do not fit
    ("string length(1)", None),
    ('starts with("a")', None),
    ('upper case(["a"])', "A"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    CALLS,
    ids=[text for text, _ in CALLS],
)
def test_a_call_gives(text: str, expected: object, value: Callable[..., Value]) -> None:
    assert value(text) == to_feel(expected)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("assert(x, x > 0)", "A condition must be true, but it is false"),
        ('assert(x, null, "no amount")', "A condition must be true, but it is null: no amount"),
        ("assert(x, 5)", "A condition must be true, but it is number"),
        ("[1, assert(x, false)]", "A condition must be true, but it is false"),
    ],
)
def test_a_condition_that_does_not_hold_ends_the_evaluation(
    text: str, said: str, run: Callable[..., Result]
) -> None:
    with pytest.raises(AssertionFailed) as caught:
        run(text, x=-1)
    assert str(caught.value) == said


@pytest.mark.parametrize("name", ["uuid", "random number", "fromAi", "put", "put all"])
def test_what_is_refused_says_why(name: str, run: Callable[..., Result]) -> None:
    (entry,) = BUILTINS[name]
    assert entry.refusal is not None
    with pytest.raises(NotOffered) as caught:
        run(f"{name}()")
    assert str(caught.value) == f"The function '{name}' is not offered: {entry.refusal[0]}"
    with pytest.raises(NotOffered):
        run(f"{name}({{}}, 1)")
    with pytest.raises(NotOffered):
        run(f"{name}(value: 1)")


def test_a_function_of_the_model_may_have_the_name_of_one_that_is_refused(
    value: Callable[..., Value],
) -> None:
    assert value("{uuid: function(n) n + 1, x: uuid(1)}.x") == 2


def test_a_warning_names_the_function_the_parameter_and_what_was_found(
    run: Callable[..., Result],
) -> None:
    for text, said in (
        ("string length(1)", "'string length' needs a string as 'string', not the number 1"),
        ('odd("a")', "'odd' needs a number as 'number', not the string 'a'"),
        ("trim(null)", "'trim' needs a string as 'string', not null"),
        ('string join(["a", 1])', "'string join' needs a list of texts, not a number"),
        ('from json("{")', "'from json' needs a text in JSON, not '{'"),
        ("to json([1..2])", "'to json' cannot write a range"),
        ('range("x")', "'range' needs a text like [1..3], not 'x'"),
    ):
        (warning,) = run(text).warnings
        assert (warning.kind, warning.message) == ("function", said)
        assert warning.name == text.partition("(")[0]


def test_asking_whether_there_is_a_value_is_no_problem(run: Callable[..., Result]) -> None:
    for text, gives in (
        ("is defined(nobody)", False),
        ("is defined(case.phone)", False),
        ("is defined(case.number)", True),
        ('get or else(case.phone.area, "none")', "none"),
    ):
        result = run(text, case={"number": 1})
        assert (result.value, result.warnings) == (gives, ())
    assert run('get or else(1 + "a", 0)').warnings
    assert run("is defined(1) and case.phone", case={}).warnings


def test_a_function_that_does_not_exist_is_null_and_named(run: Callable[..., Result]) -> None:
    result = run("frobnicate(1)")
    assert result.value is None
    assert {warning.name for warning in result.warnings} == {"frobnicate"}
    assert compile_expression("frobnicate(1)").functions == {"frobnicate"}


def test_wrong_arguments_are_told_with_what_fits(run: Callable[..., Result]) -> None:
    (warning,) = run("string length(1)").warnings
    assert warning.name == "string length"
    assert "string" in warning.message
    (warning,) = run('starts with("a")').warnings
    assert "starts with(string, match)" in warning.message


def test_every_built_in_function_is_documented() -> None:
    for name, overloads in BUILTINS.items():
        for entry in overloads:
            assert entry.doc[0].isalnum() or entry.doc[0] in "{(", name
            assert entry.doc.endswith("."), name
            assert entry.signature.startswith(f"{name}(")


def test_every_name_of_several_words_is_one_name() -> None:
    for name in BUILTINS:
        assert compile_expression(f"{name}()").functions == {name}


def test_functions_of_the_procedure_are_marked_as_beyond_the_standard() -> None:
    ours = {"due at", "cycle", "is unset", "working days after", "working hours after"}
    ours |= {"is working day", "get or else"}
    for name in ours:
        assert all(entry.origin != "standard" for entry in BUILTINS[name])
    assert all(entry.origin == "standard" for entry in BUILTINS["count"])


_NUMBERS = st.decimals(
    allow_nan=False, allow_infinity=False, places=4, min_value=-(10**9), max_value=10**9
)


@settings(max_examples=60, deadline=None)
@given(st.lists(_NUMBERS, min_size=1, max_size=8))
def test_numbers_survive_the_way_through_text_and_sorting(numbers: list[Decimal]) -> None:
    text = "for x in sort(xs) return number(string(x))"
    result = compile_expression(text).evaluate(
        {"xs": numbers}, now=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    assert result.value == sorted(numbers)
