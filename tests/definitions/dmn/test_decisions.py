from __future__ import annotations

import threading

import pytest

from runner.feel import UNSET, BudgetExceeded, UnsetValue, Value
from tests.definitions.dmn.building import (
    NOW,
    decide,
    literal,
    load,
    needs,
    table,
)


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


def test_a_warning_is_told_with_its_decision() -> None:
    decided = load(table("", (("> 1", "1"),))).evaluate("t", {}, now=NOW)
    assert decided.value is None
    assert [(item.kind, item.name) for item in decided.records[0].warnings] == [
        ("unknown_name", "x")
    ]


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
