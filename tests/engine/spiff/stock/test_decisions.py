"""Decision tables: ours beside the library as shipped."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.camunda.parser import CamundaParser

from runner.definitions.dmn import DecisionError, load_decisions
from tests.definitions.dmn.building import NOW
from tests.engine.spiff.stock.library import HEAD, Stock

Rules = list[tuple[str, str]]
PROCESS = (
    HEAD.replace(
        "<bpmn:definitions", '<bpmn:definitions xmlns:c="http://camunda.org/schema/1.0/bpmn"'
    )
    + '<bpmn:process id="main" isExecutable="true"><bpmn:startEvent id="start" />'
    '<bpmn:userTask id="u" /><bpmn:businessRuleTask id="a" c:decisionRef="d" />'
    '<bpmn:userTask id="z" /><bpmn:endEvent id="e" />'
    '<bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="u" />'
    '<bpmn:sequenceFlow id="f2" sourceRef="u" targetRef="a" />'
    '<bpmn:sequenceFlow id="f3" sourceRef="a" targetRef="z" />'
    '<bpmn:sequenceFlow id="f4" sourceRef="z" targetRef="e" />'
    "</bpmn:process></bpmn:definitions>"
)


def table(rules: Rules, policy: str) -> bytes:
    rows = "".join(
        f'<rule id="r{n}"><inputEntry id="r{n}i"><text>{cell}</text></inputEntry>'
        f'<outputEntry id="r{n}o"><text>{out}</text></outputEntry></rule>'
        for n, (cell, out) in enumerate(rules)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="F" '
        f'namespace="n"><decision id="d" name="D"><decisionTable id="t" hitPolicy="{policy}">'
        '<input id="i"><inputExpression id="ie"><text>x</text></inputExpression></input>'
        f'<output id="o" name="out" />{rows}</decisionTable></decision></definitions>'
    ).encode()


def shipped(rules: Rules, x: object, policy: str = "UNIQUE") -> Any:
    parser = CamundaParser()
    parser.add_dmn_str(table(rules, policy))
    parser.add_bpmn_str(PROCESS.encode())
    run = Stock("", specs=(parser.get_spec("main"), parser.get_subprocess_specs("main")))
    run.do("u", x=x)
    return run.at("z").data.get("out")


def ours(rules: Rules, x: object, policy: str = "UNIQUE") -> object:
    model, findings = load_decisions(table(rules, policy), "d.dmn")
    assert not findings
    return model.decisions["d"].evaluate({"x": x}, now=NOW).value


A_OR_B: Rules = [('"a","b"', '"hit"')]
NOT_A: Rules = [('not("a")', '"hit"')]
RANGE: Rules = [("[1..5]", '"hit"')]
BOTH: Rules = [('"a"', '"one"'), ("-", '"two"')]


def test_several_values_in_a_cell() -> None:
    assert ours(A_OR_B, "b") == "hit"
    assert shipped(A_OR_B, "b") is None


def test_a_value_that_is_not_meant() -> None:
    assert ours(NOT_A, "b") == "hit"
    assert shipped(NOT_A, "b") is None


def test_a_range() -> None:
    assert ours(RANGE, Decimal(3)) == "hit"
    with pytest.raises(WorkflowTaskException):
        shipped(RANGE, 3)


@pytest.mark.parametrize("policy", ["UNIQUE", "ANY"])
def test_two_rules_where_one_is_allowed(policy: str) -> None:
    with pytest.raises(DecisionError):
        ours(BOTH, "a", policy)
    assert shipped(BOTH, "a", policy) == "one"


def test_all_rules_that_hit() -> None:
    assert ours(BOTH, "a", "RULE ORDER") == ["one", "two"]
    assert shipped(BOTH, "a", "RULE ORDER") == "one"


def test_python_in_a_cell() -> None:
    python: Rules = [("len(?) == 1", '"hit"')]
    assert shipped(python, "a") == "hit"
    _, findings = load_decisions(table(python, "UNIQUE"), "d.dmn")
    assert "expression_invalid" in {finding.rule for finding in findings}
