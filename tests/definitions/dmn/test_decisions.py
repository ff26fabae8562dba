from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.definitions.dmn import (
    DecisionError,
    DecisionModel,
    DecisionViolation,
    load_decisions,
)
from runner.feel import UNSET, BudgetExceeded, UnsetValue, Value

NOW = dt.datetime(2026, 11, 20, 8, tzinfo=dt.UTC)
PROCESSES = Path(__file__).parents[3] / "processes"
NAMESPACES = {
    "1.1": "http://www.omg.org/spec/DMN/20151101/dmn.xsd",
    "1.2": "http://www.omg.org/spec/DMN/20180521/MODEL/",
    "1.3": "https://www.omg.org/spec/DMN/20191111/MODEL/",
    "1.4": "https://www.omg.org/spec/DMN/20211108/MODEL/",
    "1.5": "https://www.omg.org/spec/DMN/20230324/MODEL/",
}


def definitions(*elements: str, version: str = "1.3", more: str = "") -> bytes:
    """A DMN file of these elements."""
    text = f'<definitions xmlns="{NAMESPACES[version]}" id="d" name="d" namespace="x" {more}>'
    return (text + "".join(elements) + "</definitions>").encode()


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def table(
    policy: str,
    rules: Sequence[Sequence[str]],
    *,
    inputs: Sequence[str] = ("x",),
    outputs: Sequence[str] = ('<output id="o" name="out"/>',),
    requires: str = "",
    decision: str = "t",
) -> str:
    """A decision table; each rule is its input cells and then its output cells."""
    columns = "".join(
        f'<input id="i{n}" label="列 / Column {n}"><inputExpression><text>{escape(text)}</text>'
        "</inputExpression></input>"
        for n, text in enumerate(inputs)
    )
    rows = "".join(
        f'<rule id="{decision}_r{n}">'
        + "".join(
            f'<{"input" if i < len(inputs) else "output"}Entry id="c{n}_{i}">'
            f"<text>{escape(cell)}</text></{'input' if i < len(inputs) else 'output'}Entry>"
            for i, cell in enumerate(cells)
        )
        + "</rule>"
        for n, cells in enumerate(rules, start=1)
    )
    return (
        f'<decision id="{decision}" name="{decision}">{requires}<decisionTable {policy}>'
        f"{columns}{''.join(outputs)}{rows}</decisionTable></decision>"
    )


def literal(decision: str, text: str, requires: str = "") -> str:
    return (
        f'<decision id="{decision}" name="{decision}">{requires}<literalExpression>'
        f"<text>{escape(text)}</text></literalExpression></decision>"
    )


def needs(*decisions: str) -> str:
    return "".join(
        f'<informationRequirement><requiredDecision href="#{name}"/></informationRequirement>'
        for name in decisions
    )


def load(*elements: str) -> DecisionModel:
    model, findings = load_decisions(definitions(*elements), "t.dmn")
    assert findings == []
    return model


def decide(model: DecisionModel, **scope: object) -> Value:
    return model.evaluate("t", scope, now=NOW).value


RULES = (("> 1", '"b"'), ("> 2", '"a"'), ("> 3", '"b"'))
RANKED = ('<output id="o" name="out"><outputValues><text>"a","b"</text></outputValues></output>',)


@pytest.mark.parametrize(
    ("policy", "x", "expected"),
    [
        ("", 2, "b"),
        ('hitPolicy="UNIQUE"', 0, None),
        ('hitPolicy="ANY"', 2, "b"),
        ('hitPolicy="FIRST"', 9, "b"),
        ('hitPolicy="FIRST"', 0, None),
        ('hitPolicy="PRIORITY"', 9, "a"),
        ('hitPolicy="RULE ORDER"', 9, ["b", "a", "b"]),
        ('hitPolicy="OUTPUT ORDER"', 9, ["a", "b", "b"]),
        ('hitPolicy="COLLECT"', 9, ["b", "a", "b"]),
        ('hitPolicy="COLLECT"', 2, ["b"]),
        ('hitPolicy="COLLECT"', 0, []),
        ('hitPolicy="RULE ORDER"', 0, []),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 9, 3),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 0, 0),
        ('hitPolicy="COLLECT" aggregation="MAX"', 9, "b"),
        ('hitPolicy="COLLECT" aggregation="MIN"', 9, "a"),
    ],
)
def test_every_hit_policy(policy: str, x: int, expected: Value) -> None:
    assert decide(load(table(policy, RULES, outputs=RANKED)), x=x) == expected


@pytest.mark.parametrize(
    ("aggregation", "expected"), [("SUM", 6), ("MIN", 1), ("MAX", 3), ("COUNT", 3)]
)
def test_aggregations_of_numbers(aggregation: str, expected: int) -> None:
    rules = [("-", "1"), ("-", "2"), ("-", "3"), ("> 5", "100")]
    model = load(table(f'hitPolicy="COLLECT" aggregation="{aggregation}"', rules))
    assert decide(model, x=1) == Decimal(expected)


def test_several_outputs_make_a_context() -> None:
    outputs = ('<output name="a"/>', '<output name="b"/>')
    rules = (("> 1", "1", "2"), ("> 2", "3", "4"))
    assert decide(load(table('hitPolicy="FIRST"', rules, outputs=outputs)), x=9) == {"a": 1, "b": 2}
    assert decide(load(table('hitPolicy="COLLECT"', rules, outputs=outputs)), x=9) == [
        {"a": 1, "b": 2},
        {"a": 3, "b": 4},
    ]


def test_two_rules_of_a_unique_table_are_a_violation() -> None:
    with pytest.raises(DecisionViolation) as caught:
        decide(load(table("", (("> 1", "1"), ("> 2", "1")))), x=9)
    assert caught.value.decision_id == "t"
    assert caught.value.rule_ids == ("t_r1", "t_r2")


def test_rules_of_an_any_table_must_agree() -> None:
    agree = load(table('hitPolicy="ANY"', (("> 1", "1"), ("> 2", "1.0"))))
    assert decide(agree, x=9) == 1
    with pytest.raises(DecisionViolation):
        decide(load(table('hitPolicy="ANY"', (("> 1", "1"), ("> 2", "2")))), x=9)
    with pytest.raises(DecisionViolation):
        decide(load(table('hitPolicy="ANY"', (("> 1", "1"), ("> 2", '"1"')))), x=9)


@pytest.mark.parametrize(("policy", "expected"), [("FIRST", 7), ("COLLECT", [7])])
def test_the_default_output_counts_when_no_rule_matches(policy: str, expected: Value) -> None:
    outputs = ('<output name="o"><defaultOutputEntry><text>7</text></defaultOutputEntry></output>',)
    model = load(table(f'hitPolicy="{policy}"', (("> 1", "1"),), outputs=outputs))
    assert decide(model, x=0) == expected
    assert decide(model, x=2) in (1, [1])


def test_cells_read_policy_values_and_other_variables() -> None:
    model = load(
        table(
            'hitPolicy="FIRST"',
            ((">= policy.limit", "y * 2"), ("-", '"small"')),
            inputs=("defective_ratio",),
        )
    )
    scope = {"policy": {"limit": 3}, "y": 5}
    assert decide(model, defective_ratio=4, **scope) == 10
    assert decide(model, defective_ratio=2, **scope) == "small"
    assert decide(model, defective_ratio=None, **scope) == "small"


def test_an_undecided_policy_value_raises() -> None:
    model = load(table("", ((">= policy.limit", "1"),)))
    with pytest.raises(UnsetValue):
        decide(model, x=4, policy={"limit": UNSET("triage.thresholds.daily_usage")})


def test_required_decisions_are_evaluated_once_and_recorded_first() -> None:
    model = load(
        literal("base", "n * 2"),
        table(
            "",
            (("> 5", '"big"'), ("<= 5", '"small"')),
            inputs=("base",),
            decision="size",
            requires=needs("base"),
        ),
        literal("t", 'size + " " + string(base)', needs("size", "base")),
    )
    decided = model.evaluate("t", {"n": 3}, now=NOW)
    assert decided.value == "big 6"
    assert [record.decision_id for record in decided.records] == ["base", "size", "t"]
    size = decided.records[1]
    assert size.inputs == {"base": 6}
    assert size.matched_rules == ("size_r1",)
    assert size.outputs == "big"
    assert decided.reads == {"n": 3}


def test_a_required_decision_is_read_by_its_variable_its_name_or_its_id() -> None:
    model = load(
        '<decision id="d1" name="Base Rate"><variable name="rate"/><literalExpression><text>3'
        "</text></literalExpression></decision>",
        literal("t", "[rate, Base Rate, d1]", needs("d1")),
    )
    assert decide(model) == [3, 3, 3]


def test_a_record_names_the_rules_that_matched_and_the_inputs_by_expression() -> None:
    model = load(table('hitPolicy="COLLECT"', RULES, inputs=("count(items)",)))
    (record,) = model.evaluate("t", {"items": [1, 2, 3]}, now=NOW).records
    assert record.inputs == {"count(items)": 3}
    assert record.matched_rules == ("t_r1", "t_r2")
    assert record.outputs == ["b", "a"]


def test_a_warning_is_told_with_its_decision() -> None:
    decided = load(table("", (("> 1", "1"),))).evaluate("t", {}, now=NOW)
    assert decided.value is None
    assert [(item.kind, item.name) for item in decided.records[0].warnings] == [
        ("unknown_name", "x")
    ]


@pytest.mark.parametrize(("x", "about"), [(9, "i0"), (3, "t_r1")])
def test_a_value_outside_the_allowed_ones_is_null_with_a_warning(x: int, about: str) -> None:
    text = table("", (("-", '"c"'),), outputs=RANKED).replace(
        "</inputExpression>",
        "</inputExpression><inputValues><text>[0..5]</text></inputValues>",
    )
    decided = load(text).evaluate("t", {"x": x}, now=NOW)
    assert decided.value is None
    assert [(item.kind, item.name) for item in decided.warnings] == [("not_allowed", about)]


def test_business_knowledge_is_called_as_a_function() -> None:
    model = load(
        '<businessKnowledgeModel id="k" name="discount"><encapsulatedLogic>'
        '<formalParameter name="amount"/><literalExpression><text>amount / 10</text>'
        "</literalExpression></encapsulatedLogic></businessKnowledgeModel>",
        literal(
            "t",
            "discount(amount: total)",
            '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>',
        ),
    )
    assert decide(model, total=50) == 5


def test_boxed_contexts_conditionals_and_lists() -> None:
    box = "<literalExpression><text>{}</text></literalExpression>"
    model = load(
        '<decision id="t" name="t"><context>'
        f'<contextEntry><variable name="a"/>{box.format("x + 1")}</contextEntry>'
        f"<contextEntry><conditional><if>{box.format('a &gt; 5')}</if>"
        f"<then>{box.format('a')}</then>"
        f"<else><list>{box.format('a')}{box.format('0')}</list></else></conditional></contextEntry>"
        "</context></decision>"
    )
    assert decide(model, x=9) == 10
    assert decide(model, x=1) == [2, 0]


@pytest.mark.parametrize("version", list(NAMESPACES))
def test_every_version_of_dmn_is_read(version: str) -> None:
    model, findings = load_decisions(definitions(literal("t", "1 + 1"), version=version), "t.dmn")
    assert findings == []
    assert decide(model) == 2


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"<definitions", "xml_not_well_formed"),
        (b"<a/>", "not_dmn"),
        (b'<definitions xmlns="http://example.org/"/>', "not_dmn"),
        (b'<!DOCTYPE d [<!ENTITY x "y">]><definitions/>', "xml_doctype"),
        (definitions(literal("t", "1 +")), "expression_invalid"),
        (definitions(literal("t", " ")), "expression_empty"),
        (definitions(literal("t", "1"), literal("t", "2")), "duplicate_id"),
        (definitions('<decision name=""/>'), "id_missing"),
        (definitions('<decision id="t" name="t"/>'), "decision_without_logic"),
        (definitions(literal("t", "1", needs("gone"))), "required_decision_missing"),
        (definitions(literal("t", "t", needs("t"))), "decision_cycle"),
        (definitions(table('hitPolicy="LAST"', RULES)), "hit_policy_unknown"),
        (
            definitions(table('hitPolicy="COLLECT" aggregation="AVG"', RULES)),
            "hit_policy_unknown",
        ),
        (definitions(table("", (("1",),))), "decision_table_shape"),
        (definitions(table("", (("1", "1"),), outputs=())), "decision_table_shape"),
        (
            definitions(table("", (("1", "1", "2"),), outputs=("<output/>", "<output/>"))),
            "output_without_name",
        ),
        (definitions(table('hitPolicy="PRIORITY"', RULES)), "output_without_values"),
        (definitions(table("", (("1 2", "1"),))), "expression_invalid"),
        (
            definitions(literal("t", "1"), more='expressionLanguage="http://python.org"'),
            "expression_language",
        ),
        (
            definitions(
                '<decision id="t" name="t"><functionDefinition kind="Java"><context/>'
                "</functionDefinition></decision>"
            ),
            "decision_logic_unsupported",
        ),
    ],
)
def test_what_cannot_be_used_is_an_error_never_a_wrong_answer(data: bytes, rule: str) -> None:
    model, findings = load_decisions(data, "t.dmn")
    error = next(item for item in findings if item.rule == rule)
    assert error.severity == "error"
    assert error.file == "t.dmn"
    assert error.zh
    assert error.en
    if rule != "duplicate_id":
        with pytest.raises(DecisionError):
            model.evaluate("t", {}, now=NOW)


def test_every_bad_cell_of_a_table_is_told_with_its_place() -> None:
    rules = (("<", "1"), ("1", "+"), ("1", "1"))
    _, findings = load_decisions(definitions(table("", rules)), "t.dmn")
    assert [(item.rule, item.element_id) for item in findings] == [
        ("expression_invalid", "c1_0"),
        ("expression_invalid", "c2_1"),
    ]
    assert "Column 0" in findings[0].en


def test_decisions_in_a_circle_are_all_refused() -> None:
    model, findings = load_decisions(
        definitions(
            literal("a", "b", needs("b")), literal("b", "a", needs("a")), literal("t", "1")
        ),
        "t.dmn",
    )
    assert {item.element_id for item in findings} == {"a", "b"}
    assert decide(model) == 1


def test_an_empty_output_is_a_warning() -> None:
    model, findings = load_decisions(definitions(table("", (("-", ""),))), "t.dmn")
    assert [(item.rule, item.severity) for item in findings] == [("output_empty", "warning")]
    assert decide(model, x=1) is None


def test_the_names_a_decision_reads_include_those_of_what_it_requires() -> None:
    model = load(
        literal("base", "policy.rate * n"),
        literal("t", "base + triage.bonus", needs("base")),
    )
    assert model.decisions["t"].reads == {"policy.rate", "n", "triage.bonus"}
    assert [decision.id for decision in model] == ["base", "t"]


def test_a_decision_that_runs_away_is_ended() -> None:
    with pytest.raises(BudgetExceeded):
        decide(load(literal("t", "for a in 1..9999, b in 1..9999 return a")))


def test_a_decision_is_evaluated_by_itself_too() -> None:
    decision = load(literal("t", "1 + x")).decisions["t"]
    assert decision.evaluate({"x": 1}, now=NOW).value == 2


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8),
    st.integers(0, 9),
)
def test_first_is_the_head_of_rule_order_and_count_its_length(
    bounds: list[tuple[int, int]], x: int
) -> None:
    rules = [(f"[{min(pair)}..{max(pair)}]", str(i)) for i, pair in enumerate(bounds)]
    everything = decide(load(table('hitPolicy="RULE ORDER"', rules)), x=x)
    expected = [i for i, pair in enumerate(bounds) if min(pair) <= x <= max(pair)]
    assert everything == expected
    first = decide(load(table('hitPolicy="FIRST"', rules)), x=x)
    assert first == (expected[0] if expected else None)
    count = decide(load(table('hitPolicy="COLLECT" aggregation="COUNT"', rules)), x=x)
    assert count == len(expected)


def test_a_model_is_shared_by_threads() -> None:
    model = load(literal("base", "x * 2"), literal("t", "base + 1", needs("base")))
    wrong: list[Value] = []

    def work(x: int) -> None:
        for _ in range(100):
            found = decide(model, x=x)
            if found != 2 * x + 1:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(x,)) for x in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("path", sorted(PROCESSES.glob("*.dmn")), ids=lambda path: path.stem)
def test_the_shipped_tables_are_read_without_errors(path: Path) -> None:
    model, findings = load_decisions(path.read_bytes(), path.name)
    assert [item.en for item in findings if item.severity == "error"] == []
    assert path.stem in model.decisions
