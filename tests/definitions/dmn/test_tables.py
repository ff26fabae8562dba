from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.definitions.dmn import DecisionViolation, load_decisions
from runner.feel import Value
from tests.definitions.dmn.building import (
    NOW,
    RANKED,
    RULES,
    decide,
    definitions,
    load,
    table,
)


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


def described(text: str) -> str:
    """The table with a description of its first rule and an annotation of its second."""
    text = text.replace(
        '<rule id="t_r1">', '<rule id="t_r1"><description>more than 1</description>'
    )
    said = "<annotationEntry><text>more than 2</text></annotationEntry></rule>"
    before, _, after = text.partition('<rule id="t_r2">')
    return before + '<rule id="t_r2">' + after.replace("</rule>", said, 1)


@pytest.mark.parametrize(("policy", "outputs"), [("UNIQUE", {}), ("ANY", {"out": 1})])
def test_a_violation_names_the_rules_by_number_id_and_description(
    policy: str, outputs: dict[str, Value]
) -> None:
    rules = (("> 1", "1"), ("> 2", "2"), ("> 9", "3"))
    with pytest.raises(DecisionViolation) as caught:
        decide(load(described(table(f'hitPolicy="{policy}"', rules))), x=3)
    error = caught.value
    assert [(rule.number, rule.id, rule.description) for rule in error.rules] == [
        (1, "t_r1", "more than 1"),
        (2, "t_r2", "more than 2"),
    ]
    assert error.rules[0].outputs == outputs
    assert "rule 1 't_r1' (more than 1) and rule 2 't_r2' (more than 2)" in error.en
    assert "第 1 条“t_r1”（more than 1）" in error.zh
    assert str(error) == error.en


def test_a_record_has_number_description_and_own_outputs_of_each_rule() -> None:
    model = load(
        described(table('hitPolicy="COLLECT" aggregation="SUM"', (("> 1", "1"), ("> 2", "2"))))
    )
    (record,) = model.evaluate("t", {"x": 3}, now=NOW).records
    assert record.outputs == 3
    assert record.matched_rules == tuple(rule.id for rule in record.rules)
    assert [(rule.number, rule.description, rule.outputs) for rule in record.rules] == [
        (1, "more than 1", {"out": 1}),
        (2, "more than 2", {"out": 2}),
    ]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("FIRST", {"a": "y", "b": 1}),
        ("PRIORITY", {"a": "x", "b": 2}),
        ("RULE ORDER", [{"a": "y", "b": 1}, {"a": "x", "b": 3}, {"a": "x", "b": 2}]),
        ("OUTPUT ORDER", [{"a": "x", "b": 2}, {"a": "x", "b": 3}, {"a": "y", "b": 1}]),
        ("COLLECT", [{"a": "y", "b": 1}, {"a": "x", "b": 3}, {"a": "x", "b": 2}]),
    ],
)
def test_every_hit_policy_with_several_outputs(policy: str, expected: Value) -> None:
    outputs = (
        '<output name="a"><outputValues><text>"x","y"</text></outputValues></output>',
        '<output name="b"><outputValues><text>2,3,1</text></outputValues></output>',
    )
    rules = (("> 1", '"y"', "1"), ("> 1", '"x"', "3"), ("> 1", '"x"', "2"))
    assert decide(load(table(f'hitPolicy="{policy}"', rules, outputs=outputs)), x=2) == expected


def test_an_aggregation_of_several_outputs_is_refused() -> None:
    rules, outputs = (("1", "1", "1"),), ('<output name="a"/>', '<output name="b"/>')
    text = table('hitPolicy="COLLECT" aggregation="COUNT"', rules, outputs=outputs)
    assert [f.rule for f in load_decisions(definitions(text), "t")[1]] == ["decision_table_shape"]


def test_two_outputs_of_one_name_are_refused_and_an_idle_aggregation_is_told() -> None:
    rules, outputs = (("1", "1", "1"),), ('<output name="a"/>', '<output name="a"/>')
    text = table("", rules, outputs=outputs)
    assert [f.rule for f in load_decisions(definitions(text), "t")[1]] == ["duplicate_name"]
    text = table('hitPolicy="FIRST" aggregation="SUM"', (("1", "1"),))
    assert [f.rule for f in load_decisions(definitions(text), "t")[1]] == ["aggregation_unused"]


def test_rules_of_an_any_table_must_agree() -> None:
    agree = load(table('hitPolicy="ANY"', (("> 1", "1"), ("> 2", "1.0"))))
    assert decide(agree, x=9) == 1
    with pytest.raises(DecisionViolation):
        decide(load(table('hitPolicy="ANY"', (("> 1", "1"), ("> 2", "2")))), x=9)
    with pytest.raises(DecisionViolation):
        decide(load(table('hitPolicy="ANY"', (("> 1", "1"), ("> 2", '"1"')))), x=9)
    with pytest.raises(DecisionViolation):
        decide(load(table('hitPolicy="ANY"', (("> 1", "1"), ("> 2", "true")))), x=9)


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


def test_a_record_names_the_rules_that_matched_and_the_inputs_by_expression() -> None:
    model = load(table('hitPolicy="COLLECT"', RULES, inputs=("count(items)",)))
    (record,) = model.evaluate("t", {"items": [1, 2, 3]}, now=NOW).records
    assert record.inputs == {"count(items)": 3}
    assert record.matched_rules == ("t_r1", "t_r2")
    assert record.outputs == ["b", "a"]


@pytest.mark.parametrize(("x", "about"), [(9, "i0"), (3, "t_r1")])
def test_a_value_outside_the_allowed_ones_is_null_with_a_warning(x: int, about: str) -> None:
    text = table("", (("-", '"c"'),), outputs=RANKED).replace(
        "</inputExpression>",
        "</inputExpression><inputValues><text>[0..5]</text></inputValues>",
    )
    decided = load(text).evaluate("t", {"x": x}, now=NOW)
    assert decided.value is None
    assert [(item.kind, item.name) for item in decided.warnings] == [("not_allowed", about)]


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
