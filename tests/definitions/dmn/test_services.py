from __future__ import annotations

import pytest

from runner.definitions.dmn import DecisionError, DecisionModel, load_decisions
from tests.definitions.dmn.building import NOW, decide, definitions, literal, load, needs

KNOWS = '<knowledgeRequirement><requiredKnowledge href="#{}"/></knowledgeRequirement>'
READS = '<informationRequirement><requiredInput href="#i"/></informationRequirement>'
AGE = '<inputData id="i" name="age"><variable name="age" typeRef="number"/></inputData>'


def service(*outputs: str, inputs: str = "", type_ref: str = "Any") -> str:
    given = "".join(f'<outputDecision href="#{name}"/>' for name in outputs)
    return (
        f'<decisionService id="s" name="the service"><variable name="the service"'
        f' typeRef="{type_ref}"/>{given}{inputs}</decisionService>'
    )


def sample(*more: str, outputs: tuple[str, ...] = ("sum",), type_ref: str = "Any") -> DecisionModel:
    inputs = '<inputDecision href="#base"/><inputData href="#i"/>'
    return load(
        AGE,
        literal("base", "100"),
        literal("sum", "base + age", needs("base") + READS),
        literal("double", "2 * sum", needs("sum")),
        service(*outputs, inputs=inputs, type_ref=type_ref),
        *more,
    )


def test_a_service_is_called_with_input_data_and_then_input_decisions() -> None:
    caller = literal(
        "t",
        "[the service(3, 4), the service(base: 5, age: 6), base + age]",
        KNOWS.format("s") + needs("base") + READS,
    )
    assert decide(sample(caller), age=1) == [7, 11, 101]


def test_what_the_output_needs_is_inside_whether_it_is_listed_or_not() -> None:
    caller = literal("t", "the service(1, 2)", KNOWS.format("s"))
    assert decide(sample(caller, outputs=("double",))) == 6


def test_several_outputs_make_a_context() -> None:
    caller = literal("t", "the service(1, 2)", KNOWS.format("s"))
    assert decide(sample(caller, outputs=("sum", "double"))) == {"sum": 3, "double": 6}


def test_a_service_is_asked_directly_with_what_the_scope_has() -> None:
    model = sample()
    decided = model.call("s", {"age": 1, "base": 2}, now=NOW)
    assert decided.value == 3
    assert decided.reads == {"age": 1, "base": 2}
    assert [record.decision_id for record in decided.records] == ["sum"]
    assert model.call("s", {"base": 2}, now=NOW).value is None
    assert model.call("s", {"base": 2, "age": "x"}, now=NOW).value is None
    with pytest.raises(DecisionError):
        model.call("gone", {}, now=NOW)


def test_wrong_arguments_and_wrong_results_are_null() -> None:
    caller = literal("t", 'the service("x", 2)', KNOWS.format("s"))
    decided = sample(caller).evaluate("t", {}, now=NOW)
    assert decided.value is None
    assert "'age' is not a number" in decided.warnings[0].message
    assert [record.decision_id for record in decided.records] == ["t"]
    assert sample(type_ref="string").call("s", {"age": 1, "base": 2}, now=NOW).value is None


def test_a_service_is_a_value() -> None:
    caller = literal("t", "[for f in [the service] return f(1, 1)]", KNOWS.format("s"))
    assert decide(sample(caller)) == [[2]]


def test_an_input_decision_needs_no_logic_of_its_own() -> None:
    model = load(
        '<decision id="base" name="base"/>',
        literal("sum", "base + 1", needs("base")),
        service("sum", inputs='<inputDecision href="#base"/>'),
    )
    assert model.call("s", {"base": 1}, now=NOW).value == 2
    with pytest.raises(DecisionError):
        model.evaluate("sum", {}, now=NOW)


def test_knowledge_is_called_directly_and_may_call_itself() -> None:
    model = load(
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="n"'
        ' typeRef="number"/><literalExpression><text>if n = 0 then 1 else n * k(n - 1)</text>'
        "</literalExpression></encapsulatedLogic>" + KNOWS.format("k") + "</businessKnowledgeModel>"
    )
    assert model.call("k", {"n": 5}, now=NOW).value == 120


@pytest.mark.parametrize(
    "element",
    [
        service("gone"),
        literal("d", "1") + service("d", inputs='<inputDecision href="#gone"/>'),
        literal("d", "1") + service("d", inputs='<inputData href="#d"/>'),
        service(),
    ],
)
def test_a_service_of_what_is_not_there_is_an_error_and_so_is_who_needs_it(element: str) -> None:
    data = definitions(element, literal("t", "the service()", KNOWS.format("s")), literal("u", "1"))
    model, findings = load_decisions(data, "t.dmn")
    assert [item.severity for item in findings] == ["error"]
    with pytest.raises(DecisionError):
        model.evaluate("t", {}, now=NOW)
    assert model.evaluate("u", {}, now=NOW).value == 1


def test_functions_of_other_languages_are_one_finding_and_the_rest_works() -> None:
    data = definitions(
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic kind="Java"><context/>'
        "</encapsulatedLogic></businessKnowledgeModel>",
        literal("t", "k()", KNOWS.format("k")),
        literal("u", "1"),
    )
    model, findings = load_decisions(data, "t.dmn")
    assert [(item.rule, item.element_id) for item in findings] == [
        ("decision_logic_unsupported", "k")
    ]
    with pytest.raises(DecisionError):
        model.evaluate("t", {}, now=NOW)
    assert model.evaluate("u", {}, now=NOW).value == 1
