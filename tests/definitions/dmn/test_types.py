from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from runner.definitions.dmn import load_decisions
from runner.feel import UNSET, Value
from tests.definitions.dmn.building import NOW, decide, definitions, escape, load, table
from tests.hanging import not_hanging

TYPES = (
    '<itemDefinition name="tGrade"><typeRef>string</typeRef><allowedValues><text>"A","B"</text>'
    "</allowedValues></itemDefinition>"
    '<itemDefinition name="tGrades" isCollection="true"><typeRef>tGrade</typeRef>'
    "<typeConstraint><text>count(?) &lt; 3</text></typeConstraint></itemDefinition>"
    '<itemDefinition name="tPerson"><itemComponent name="name"><typeRef>string</typeRef>'
    '</itemComponent><itemComponent name="marks" isCollection="true"><typeRef>tGrade</typeRef>'
    "</itemComponent></itemDefinition>"
    '<itemDefinition name="tTree"><itemComponent name="leaves" isCollection="true">'
    "<typeRef>tTree</typeRef></itemComponent></itemDefinition>"
    '<itemDefinition name="tHalf"><functionItem outputTypeRef="number"><parameters name="n"'
    ' typeRef="number"/></functionItem></itemDefinition>'
)
DAY = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)


def typed(type_ref: str, text: str) -> str:
    return (
        f'<decision id="t" name="t"><variable name="t" typeRef="{type_ref}"/><literalExpression>'
        f"<text>{escape(text)}</text></literalExpression></decision>"
    )


@pytest.mark.parametrize(
    ("type_ref", "text", "expected"),
    [
        ("number", "1", 1),
        ("number", '"1"', None),
        ("number", "[1]", 1),
        ("number", "[[1]]", None),
        ("number", "null", None),
        ("Any", '"1"', "1"),
        ("dateTime", '@"2026-11-20"', DAY),
        ("date and time", '@"2026-11-20"', DAY),
        ("date", 'date and time("2026-11-20T00:00:00")', None),
        ("list<number>", "1", [1]),
        ("list<number>", '"1"', None),
        ("tGrade", '"A"', "A"),
        ("tGrade", '"C"', None),
        ("tGrade", '["B"]', "B"),
        ("tGrades", '"A"', ["A"]),
        ("tGrades", '["A","B"]', ["A", "B"]),
        ("tGrades", '["A","C"]', None),
        ("tGrades", '["A","B","A"]', None),
        ("tPerson", '{name: "x", marks: ["A"], more: 1}', {"name": "x", "marks": ["A"], "more": 1}),
        ("tPerson", '{name: "x"}', None),
        ("tPerson", '{name: "x", marks: "A"}', None),
        ("tTree", "{leaves: [{leaves: []}]}", {"leaves": [{"leaves": []}]}),
        ("tTree", "{leaves: [{leaf: 1}]}", None),
    ],
)
def test_a_decision_gives_a_value_of_its_type_or_null(
    type_ref: str, text: str, expected: Value
) -> None:
    assert decide(load(TYPES, typed(type_ref.replace("<", "&lt;"), text))) == expected


def test_the_warning_names_type_element_and_value() -> None:
    decided = load(TYPES, typed("tGrade", '"C"')).evaluate("t", {}, now=NOW)
    assert decided.warnings[0].message == "'t' is not a tGrade but \"C\", so it is null"
    assert decided.records[0].warnings == decided.warnings


def test_functions_are_compared_by_their_parameters() -> None:
    half = load(TYPES, typed("tHalf", "function(n) n / 2"))
    assert decide(half) is not None
    assert decide(load(TYPES, typed("tHalf", "function(n, m) n"))) is None


def test_instance_of_knows_the_shape_of_the_types_without_their_allowed_values() -> None:
    texts = ('"C" instance of tGrade', "[1] instance of tGrades", "{leaves: []} instance of tTree")
    model = load(TYPES, typed("Any", f"[{', '.join(texts)}]"))
    assert decide(model) == [True, False, True]


def asking(type_ref: str, text: str = "x") -> str:
    return (
        f'<inputData id="i" name="x"><variable name="x" typeRef="{type_ref}"/></inputData>'
        '<decision id="t" name="t"><informationRequirement><requiredInput href="#i"/>'
        f"</informationRequirement><literalExpression><text>{text}</text></literalExpression>"
        "</decision>"
    )


def test_input_data_becomes_of_its_type_and_is_recorded_as_it_came() -> None:
    model = load(TYPES, asking("tGrade"))
    assert decide(model, x="A") == "A"
    assert decide(model, x=("B",)) == "B"
    assert decide(model) is None
    wrong = model.evaluate("t", {"x": 7}, now=NOW)
    assert wrong.value is None
    assert wrong.reads == {"x": 7}
    assert "'x' is not a tGrade but 7" in wrong.warnings[0].message


def test_a_value_nobody_has_decided_passes_every_type() -> None:
    unset = UNSET("limits.daily")
    assert decide(load(TYPES, asking("tPerson")), x=unset) is unset
    assert decide(load(TYPES, asking("tPerson", "x.name")), x={"name": "n", "marks": unset}) == "n"


def test_columns_of_a_table_have_types() -> None:
    text = table("", (("1", '"a"'), ("null", '"b"')), outputs=('<output typeRef="number"/>',))
    text = text.replace("<inputExpression>", '<inputExpression typeRef="number">')
    decided = load(text).evaluate("t", {"x": [1]}, now=NOW)
    assert decided.records[0].inputs == {"x": 1}
    assert decided.value is None
    assert decided.records[0].matched_rules == ("t_r1",)
    assert load(text).evaluate("t", {"x": "1"}, now=NOW).records[0].matched_rules == ("t_r2",)


def test_priorities_come_from_the_type_where_the_column_lists_none() -> None:
    text = table(
        'hitPolicy="PRIORITY"',
        (("-", '"B"'), ("-", '"A"')),
        outputs=('<output typeRef="tGrade"/>',),
    )
    assert decide(load(TYPES, text), x=1) == "A"


def test_entries_columns_bindings_parameters_and_results_have_types() -> None:
    box = "<literalExpression><text>{}</text></literalExpression>"
    model = load(
        '<businessKnowledgeModel id="k" name="k"><variable name="k" typeRef="number"/>'
        '<encapsulatedLogic><formalParameter name="a" typeRef="number"/>'
        f"{box.format('[a]')}</encapsulatedLogic></businessKnowledgeModel>"
        '<decision id="t" name="t"><knowledgeRequirement><requiredKnowledge href="#k"/>'
        "</knowledgeRequirement><context>"
        f'<contextEntry><variable name="a" typeRef="number"/>{box.format("[4]")}</contextEntry>'
        f'<contextEntry><variable name="b"/><relation><column name="c" typeRef="string"/><row>'
        f"{box.format('5')}</row></relation></contextEntry>"
        '<contextEntry><variable name="d"/><invocation>'
        f'{box.format("k")}<binding><parameter name="a" typeRef="string"/>{box.format("6")}'
        "</binding></invocation></contextEntry>"
        f'<contextEntry><variable name="e"/>{box.format("k([7])")}</contextEntry>'
        '<contextEntry><variable name="f"/><functionDefinition><formalParameter name="n"'
        f' typeRef="number"/>{box.format("n + 1")}</functionDefinition></contextEntry>'
        f'<contextEntry><variable name="g"/>{box.format("[f([8]), f(&quot;8&quot;)]")}'
        "</contextEntry></context></decision>"
    )
    value = decide(model)
    del value["f"]
    assert value == {"a": 4, "b": [{"c": None}], "d": None, "e": 7, "g": [Decimal(9), None]}


@pytest.mark.parametrize(
    ("element", "rule", "severity"),
    [
        (typed("tGone", "1"), "type_unknown", "warning"),
        ('<itemDefinition name="a"/><itemDefinition name="a"/>', "duplicate_type", "error"),
        ("<itemDefinition/>", "type_without_name", "error"),
        (
            '<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition>'
            '<itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>',
            "type_circle",
            "error",
        ),
        (
            '<itemDefinition name="a" isCollection="yes"><typeRef>string</typeRef>'
            "</itemDefinition>",
            "dmn_attribute_value",
            "error",
        ),
        (
            '<itemDefinition name="a" typeLanguage="http://www.w3.org/2001/XMLSchema"/>',
            "type_language",
            "warning",
        ),
        (
            '<itemDefinition name="a"><allowedValues><text>1 2</text></allowedValues>'
            "</itemDefinition>",
            "expression_invalid",
            "error",
        ),
    ],
)
def test_what_is_wrong_with_types_is_told_once(element: str, rule: str, severity: str) -> None:
    _, findings = load_decisions(definitions(element), "t.dmn")
    assert [(item.rule, item.severity) for item in findings if item.rule == rule] == [
        (rule, severity)
    ]


def test_names_of_names_end_after_fifty_and_are_read_at_once() -> None:
    chain = [
        f'<itemDefinition name="t{n}"><typeRef>t{n + 1}</typeRef></itemDefinition>'
        for n in range(12_000)
    ]
    last = '<itemDefinition name="t12000"><typeRef>number</typeRef></itemDefinition>'
    with not_hanging(15):
        _, findings = load_decisions(definitions(*chain, last), "t.dmn")
    assert {item.rule for item in findings} == {"type_circle"}
    few, findings = load_decisions(definitions(*chain[-30:], last, typed("t11970", '"x"')), "t.dmn")
    assert findings == []
    assert few.evaluate("t", {}, now=NOW).value is None


def test_a_misfit_is_noted_however_much_else_was() -> None:
    text = 'if count(for i in 1..300 return missing) = 300 then "z" else "a"'
    decided = load(TYPES, typed("tGrade", text)).evaluate("t", {}, now=NOW)
    assert decided.value is None
    assert {item.kind for item in decided.warnings} == {"unknown_name", "not_allowed"}
