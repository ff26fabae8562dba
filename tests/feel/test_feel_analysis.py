from __future__ import annotations

from decimal import Decimal

import pytest

from runner.feel import compile_expression, compile_unary_tests, kind
from runner.feel.analysis.inference import infer, infer_tests
from runner.feel.analysis.problems import Problem
from runner.feel.analysis.static_types import (
    ANY,
    Type,
    context_of,
    function_of,
    list_of,
    of_kind,
    one_of,
    union,
)
from tests.feel import tck

NUMBER, STRING = of_kind("number"), of_kind("string")
TYPES = {
    "severity": one_of("string", ["urgent", "normal"]),
    "amount": Type(NUMBER.kinds, low=Decimal(0), high=Decimal(100)),
    "size": NUMBER,
    "x": ANY,
    "name": STRING,
    "day": of_kind("date"),
    "moment": of_kind("date and time"),
    "ok": of_kind("boolean"),
    "tags": list_of(one_of("string", ["a", "b"])),
    "rows": list_of(context_of({"kind": one_of("string", ["k", "l"]), "n": NUMBER})),
    "triage": context_of({"handling": STRING, "due": NUMBER}),
    "policy": context_of({"mode": one_of("string", ["on", "off"])}, open=True),
    "rate": function_of(("price", "years"), NUMBER),
}


def problems(text: str) -> list[Problem]:
    return list(infer(compile_expression(text), TYPES).problems)


def kinds(text: str) -> list[str]:
    return [problem.kind for problem in problems(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("amount + 1", "number"),
        ("x + 1", "number"),
        ("x", "Any"),
        ("x.y.z", "Any"),
        ("day - moment", "days and time duration"),
        ('day + duration("P1D")', "date"),
        ("day.year", "number"),
        ("rows.n", "list<number>"),
        ('rows[kind = "k"]', "list<context>"),
        ('rows[kind = "k"][1].n', "number"),
        ("rows[1].kind", "string"),
        ("for r in rows return r.n", "list<number>"),
        ("for i in 1..3 return string(i)", "list<string>"),
        ("some t in tags satisfies t = x", "boolean"),
        ("if ok then name else amount", "number or string"),
        ("{a: amount, b: a + 1}.b", "number"),
        ("get or else(severity, null)", "string"),
        ('get value(triage, "due")', "number"),
        ("distinct values(concatenate(tags, [name]))", "list<string>"),
        ("flatten([tags, [tags]])", "list<string>"),
        ("count(x)", "number"),
        ("max(1, amount)", "number"),
        ("rate(1, 2)", "number"),
        ("function(a) a + 1", "function"),
        ("policy.anything", "Any"),
        ("null", "null"),
        ("x in [1..5]", "boolean"),
    ],
)
def test_the_type_is_what_the_expression_gives(text: str, expected: str) -> None:
    found = infer(compile_expression(text), TYPES)
    assert (str(found.type), found.problems) == (expected, ())


def test_a_closed_set_of_values_passes_through_conditions_and_defaults() -> None:
    found = infer(compile_expression('if ok then severity else "none"'), TYPES).type
    assert found.values == frozenset({"urgent", "normal", "none"})
    assert union([NUMBER, one_of("string", ["a"])]).values is None


@pytest.mark.parametrize(
    ("text", "kind_"),
    [
        ('"a" + 1', "type_mismatch"),
        ('count(x) = "3"', "type_mismatch"),
        ('amount > "5"', "type_mismatch"),
        ("day < moment", "type_mismatch"),
        ('tags = "a"', "type_mismatch"),
        ('rows.kind = "k"', "type_mismatch"),
        ("-name", "type_mismatch"),
        ('["a"..5]', "type_mismatch"),
        ('amount in (1, "a")', "type_mismatch"),
        ('every r in rows satisfies r.n > "3"', "type_mismatch"),
        ("if name then 1 else 2", "not_boolean"),
        ("ok and name", "not_boolean"),
        ("rows[name]", "not_boolean"),
        ('severity = "urgnet"', "unknown_value"),
        ('severity != "urgnet"', "unknown_value"),
        ('"urgnet" = severity', "unknown_value"),
        ('severity in ("urgent", "nromal")', "unknown_value"),
        ('severity in ["urgent", "nromal"]', "unknown_value"),
        ('list contains(tags, "c")', "unknown_value"),
        ('list contains(["urgent", "c"], severity)', "unknown_value"),
        ('some t in tags satisfies t = "z"', "unknown_value"),
        ('rows[kind = "m"] != []', "unknown_value"),
        ('policy.mode = "of"', "unknown_value"),
        ('day of week(day) = "Mon"', "unknown_value"),
        ("amount > 100", "never_true"),
        ("amount < 0", "never_true"),
        ("amount in [101..200]", "never_true"),
        ("amount between 101 and 200", "never_true"),
        ("string length(name) < 0", "never_true"),
        ("day.month = 13", "never_true"),
        ("1 = 2", "never_true"),
        ("1 = 1", "always_true"),
        ("day.month != 13", "always_true"),
        ("cuont(x)", "unknown_function"),
        ("name(1)", "unknown_function"),
        ("upper case(name, name)", "function_arguments"),
        ("substring(string: name, strat position: 1)", "function_arguments"),
        ("rate(1)", "function_arguments"),
        ("rate(price: 1, year: 2)", "function_arguments"),
        ("upper case(1)", "argument_type"),
        ("not(name)", "argument_type"),
        ("working days after(name, 3)", "argument_type"),
        ('is working day("2026-01-01")', "argument_type"),
        ("severty", "unknown_variable"),
        ("for t in tags return u", "unknown_variable"),
        ("triage.handeling", "unknown_entry"),
        ("day.hour", "unknown_entry"),
        ("rows.m", "unknown_entry"),
        ('date("2026-13-01")', "always_null"),
        ("date(2026, 2, 30)", "always_null"),
        ('duration("3 days")', "always_null"),
        ("amount / 0", "division_by_zero"),
        ("modulo(amount, 0)", "division_by_zero"),
        ("rows[0]", "index_zero"),
    ],
)
def test_what_cannot_be_right_is_one_problem(text: str, kind_: str) -> None:
    assert kinds(text) == [kind_]


@pytest.mark.parametrize(
    "text",
    [
        'x = "anything"',
        'x.y > 5 and upper case(x) = "A"',
        "severity = null",
        "severity = name",
        'severity in ("urgent", name)',
        "amount > 99",
        "amount >= 0",  # null is not
        "size / amount",
        "rows[x]",
        "rows[-1]",
        "rows[n > 1 and x = kind]",
        "x[anything > 1]",  # a key of the items, or nothing
        'get value(triage, "other")',
        "upper case(tags)",  # a list of one text stands for it
        "count(name)",
        "policy.unheard.of = 1",
        "now() > moment and today() > day",
        'date and time("2026-01-01T00:00:00") < now()',  # the site's zone decides
        "date(moment) = day",
        "[1, 2, 3][5]",
        "if x instance of string then upper case(x) else x + 1",
        "sort(rows, function(a, b) a.n < b.n)",
        'string(x) + "a"',
        "(if ok then name else amount) = 5",
        "for i in 1..3 return if i = 1 then 1 else partial[-1] + 1",
        "{f: function(a) a * 2, b: f(3)}.b",
    ],
)
def test_nothing_is_said_of_what_may_be_right(text: str) -> None:
    assert problems(text) == []


def test_a_problem_says_where_what_and_what_was_meant() -> None:
    (found,) = problems('ok and\n  severity = "urgnet"')
    assert (found.line, found.column, found.subject) == (2, 3, "severity")
    assert (found.found, found.expected) == ('"urgnet"', ('"normal"', '"urgent"'))
    assert found.near == "urgent"
    assert found.message == (
        'severity is never "urgnet"; it can be: "normal", "urgent". Did you mean \'urgent\'?'
    )


@pytest.mark.parametrize(
    ("text", "near"),
    [("cuont(x)", "count"), ("severty", "severity"), ("triage.handeling", "handling"),
     ("substring(string: name, strat position: 1)", "start position")],
)  # fmt: skip
def test_the_nearest_name_is_suggested(text: str, near: str) -> None:
    assert [problem.near for problem in problems(text)] == [near]


@pytest.mark.parametrize(
    ("tests", "value", "expected"),
    [
        ('"urgnet", "normal"', TYPES["severity"], ["unknown_value"]),
        ('not("urgnet")', TYPES["severity"], ["unknown_value"]),
        ("> 200", TYPES["amount"], ["never_true"]),
        ("[200..300]", TYPES["amount"], ["never_true"]),
        ('"a"', NUMBER, ["type_mismatch"]),
        ('"a"', TYPES["tags"], ["type_mismatch"]),
        ('list contains(?, "z")', TYPES["tags"], ["unknown_value"]),
        ('? > "5"', NUMBER, ["type_mismatch"]),
        ('"urgent"', TYPES["severity"], []),
        ("[1..5], > 90", TYPES["amount"], []),
        ("true", TYPES["ok"], []),
        ("tags", TYPES["severity"], []),
        ("-", ANY, []),
        ('"a"', ANY, []),
    ],
)
def test_cells_are_held_against_what_their_column_gives(
    tests: str, value: Type, expected: list[str]
) -> None:
    found = infer_tests(compile_unary_tests(tests), value, TYPES).problems
    assert [problem.kind for problem in found] == expected


def test_deep_expressions_are_analysed() -> None:
    deep = "(" * 55 + "1" + " + 1)" * 55
    assert str(infer(compile_expression(deep), {}).type) == "number"


@pytest.mark.skipif(not tck.TCK.exists(), reason="the DMN TCK is not beside the checkout")
@pytest.mark.once
def test_the_tck_never_gives_a_value_outside_of_the_inferred_type() -> None:
    seen = 0
    for case in tck.cases(3):
        decision = {found.name: found for found in case.model}.get(case.decision)
        if decision is None or decision.required or decision.knowledge or case.inputs:
            continue
        for source in decision.sources:
            if source.local or isinstance(source.compiled, type(compile_unary_tests("-"))):
                continue
            value = source.compiled.evaluate({}, now=tck.NOW).value
            found = infer(source.compiled, {}).type
            seen += 1
            assert value is None or found.kinds is None or kind(value) in found.kinds
            assert value is None or found.values is None or value in found.values
    assert seen > 1000
