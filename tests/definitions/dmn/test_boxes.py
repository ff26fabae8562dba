from __future__ import annotations

import pytest

from runner.definitions.dmn import load_decisions
from runner.feel import Value
from tests.definitions.dmn.building import NOW, decide, definitions, escape, load, needs


def box(text: str) -> str:
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def decision(logic: str) -> str:
    return f'<decision id="t" name="t">{logic}</decision>'


def branches(**parts: str) -> str:
    return "".join(f"<{name}>{box(text)}</{name}>" for name, text in parts.items())


@pytest.mark.parametrize(
    ("condition", "expected"),
    [("true", 1), ("false", 2), ("null", 2), ('"abc"', None), ("1", None)],
)
def test_a_condition_is_true_or_false(condition: str, expected: Value) -> None:
    parts = branches(**{"if": condition, "then": "1", "else": "2"})
    assert decide(load(decision(f"<conditional>{parts}</conditional>"))) == expected


@pytest.mark.parametrize(
    ("items", "match", "expected"),
    [
        ("[1,2,3]", "item > 1", [2, 3]),
        ("[{a: 1},{a: 2}]", "a = 2", [{"a": 2}]),
        ("5", "item > 1", [5]),
        ("null", "item > 1", []),
        ("[1,2]", '"x"', None),
        ("[1,2]", 'if item = 1 then true else "x"', None),
        ("[1,2]", "null", []),
    ],
)
def test_a_filter_keeps_what_matches(items: str, match: str, expected: Value) -> None:
    parts = branches(**{"in": items, "match": match})
    assert decide(load(decision(f"<filter>{parts}</filter>"))) == expected


@pytest.mark.parametrize(
    ("items", "body", "expected"),
    [
        ("[1,2,3]", "n * 2", [2, 4, 6]),
        ("[1..3]", "n", [1, 2, 3]),
        ("1..3", "n", [1, 2, 3]),
        ("3..1", "n", [3, 2, 1]),
        ("[1,2,3]", "if n = 1 then 1 else partial[-1] + n", [1, 3, 6]),
        ("[1,2,3]", "count(partial)", [0, 1, 2]),
        ("7", "n", [7]),
        ("null", "n", None),
    ],
)
def test_an_iteration_gives_the_list_of_what_its_body_gives(
    items: str, body: str, expected: Value
) -> None:
    parts = branches(**{"in": items, "return": body})
    assert decide(load(decision(f'<for iteratorVariable="n">{parts}</for>'))) == expected


@pytest.mark.parametrize(
    ("kind", "body", "expected"),
    [
        ("some", "n > 2", True),
        ("some", "n > 3", False),
        ("some", "if n = 1 then null else n > 3", None),
        ("some", 'if n = 1 then true else "x"', None),
        ("every", "n > 0", True),
        ("every", "n > 1", False),
        ("every", "if n = 1 then null else n > 1", None),
        ("every", 'if n = 1 then false else "x"', None),
    ],
)
def test_some_and_every_know_three_values(kind: str, body: str, expected: Value) -> None:
    parts = branches(**{"in": "[1,2,3]", "satisfies": body})
    value = decide(load(decision(f'<{kind} iteratorVariable="n">{parts}</{kind}>')))
    assert value is expected


def test_a_relation_is_a_list_of_contexts() -> None:
    rows = "".join(f"<row>{box(a)}{box(b)}</row>" for a, b in (("1", "x"), ("2", "null")))
    columns = '<column name="a"/><column name="b c"/>'
    model = load(decision(f"<relation>{columns}{rows}</relation>"))
    assert decide(model, x=5) == [{"a": 1, "b c": 5}, {"a": 2, "b c": None}]


def test_a_function_sees_the_names_around_it_as_they_were() -> None:
    entries = (
        (
            "f",
            f'<functionDefinition><formalParameter name="n"/>{box("n + y")}</functionDefinition>',
        ),
        ("y", box("100")),
        ("", box("f(1)")),
    )
    inside = "".join(
        f"<contextEntry>{f'<variable name={name!r}/>' if name else ''}{logic}</contextEntry>"
        for name, logic in entries
    )
    assert decide(load(decision(f"<context>{inside}</context>")), y=2) == 3


def test_an_invocation_needs_the_names_of_the_parameters() -> None:
    binding = '<binding><parameter name="{}"/>' + box("4") + "</binding>"
    for name, expected in (("number", 2), ("other", None)):
        logic = f"<invocation>{box('sqrt')}{binding.format(name)}</invocation>"
        assert decide(load(decision(logic))) == expected


@pytest.mark.parametrize(
    ("logic", "rule"),
    [
        (box("1") + box("2"), "several_expressions"),
        (
            "<context><contextEntry>"
            + box("1")
            + "</contextEntry><contextEntry>"
            + box("2")
            + "</contextEntry></context>",
            "context_after_result",
        ),
        ('<relation><column name="a"/><column name="a"/></relation>', "duplicate_name"),
        ("<relation><column name='a'/><row/></relation>", "decision_table_shape"),
        ("<conditional><if>" + box("1") + "</if></conditional>", "decision_table_shape"),
        ("<literalExpression><importedValues/></literalExpression>", "imported_values_unsupported"),
        ('<functionDefinition kind="PMML"/>', "decision_logic_unsupported"),
        ("<list><novel/></list>", "dmn_unknown_element"),
        ('<decisionTable hitpolicy="FIRST"/>', "dmn_unknown_attribute"),
    ],
)
def test_what_cannot_be_used_is_named(logic: str, rule: str) -> None:
    _, findings = load_decisions(definitions(decision(logic)), "t.dmn")
    assert rule in [item.rule for item in findings if item.severity == "error"]


def test_what_only_explains_is_silent_and_strangers_there_are_warnings() -> None:
    silent = (
        '<knowledgeSource id="a"><type>x</type></knowledgeSource><textAnnotation><text>y</text>'
        '</textAnnotation><association><sourceRef href="#a"/></association><group name="g"/>'
        "<organizationUnit/><performanceIndicator/><elementCollection/>"
        '<extensionElements><z xmlns="urn:z" q="1"/></extensionElements>'
    )
    assert load_decisions(definitions(silent), "t.dmn")[1] == []
    _, findings = load_decisions(definitions("<future/>"), "t.dmn")
    assert [(item.rule, item.severity) for item in findings] == [("dmn_unknown_element", "warning")]


def test_deep_boxes_and_long_chains_do_not_break() -> None:
    deep = "<list>" * 90 + box("1") + "</list>" * 90
    value = decide(load(decision(deep)))
    for _ in range(90):
        (value,) = value
    assert value == 1
    chain = [
        f'<decision id="d{n}" name="d{n}">{needs(f"d{n - 1}")}{box(f"d{n - 1} + 1")}</decision>'
        for n in range(1, 3000)
    ]
    model = load('<decision id="d0" name="d0">' + box("0") + "</decision>", *chain)
    assert model.evaluate("d2999", {}, now=NOW).value == 2999
    assert model.decisions["d2999"].reads == frozenset()
