"""Whatever bytes a file holds, reading it gives findings and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from runner.definitions.dmn import DecisionError, load_decisions
from runner.definitions.dmn.known import SCHEMA
from runner.feel import FeelError
from tests.definitions.dmn.building import NAMESPACES, NOW, definitions, literal, needs, table
from tests.hanging import not_hanging

PROCESSES = Path(__file__).parents[3] / "processes"
SEEDS = [
    definitions(
        '<itemDefinition name="t"><itemComponent name="a"><typeRef>t</typeRef></itemComponent>'
        "</itemDefinition>",
        '<inputData id="i" name="x"><variable name="x" typeRef="t"/></inputData>',
        literal("base", "x"),
        table("", (("> 1", "1"), ("-", "2")), requires=needs("base")),
        '<businessKnowledgeModel id="k" name="k"><encapsulatedLogic><formalParameter name="n"/>'
        "<literalExpression><text>n</text></literalExpression></encapsulatedLogic>"
        "</businessKnowledgeModel>",
        '<decisionService id="s" name="s"><outputDecision href="#t"/></decisionService>',
    ),
    *(path.read_bytes() for path in sorted(PROCESSES.glob("*.dmn"))[:3]),
]
_names = st.sampled_from([*sorted(SCHEMA), "text", "typeRef", "requiredDecision", "stranger"])
_values = st.sampled_from(
    ["", "x", "#t", "#s", "t", "true", "COLLECT", "SUM", "1..", "a#b", "\u3000"]
)
_attributes = st.sampled_from(
    [
        "id",
        "name",
        "href",
        "typeRef",
        "hitPolicy",
        "aggregation",
        "kind",
        "isCollection",
        "namespace",
    ]
)


def read_and_ask(data: bytes) -> None:
    model, findings = load_decisions(data, "t.dmn", {"other.dmn": data})
    assert all(item.zh and item.en and item.rule for item in findings)
    for decision in model:
        assert decision.reads is not None
        try:
            decision.evaluate({"x": 1}, now=NOW, budget=2_000)
        except (DecisionError, FeelError):
            continue
    for name in (*model.services, *model.knowledge):
        try:
            model.call(name, {}, now=NOW, budget=2_000)
        except (DecisionError, FeelError):
            continue


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes(data: bytes) -> None:
    read_and_ask(data)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SEEDS), st.integers(0), st.binary(max_size=4), st.integers(0, 6))
def test_bytes_changed_in_a_file(seed: bytes, at: int, new: bytes, length: int) -> None:
    position = at % len(seed)
    read_and_ask(seed[:position] + new + seed[position + length :])


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(SEEDS))
def test_elements_moved_renamed_doubled_and_dropped(data: st.DataObject, seed: bytes) -> None:
    root = etree.fromstring(seed)
    space = etree.QName(root).namespace
    for _ in range(data.draw(st.integers(1, 4))):
        elements = [item for item in root.iter() if isinstance(item.tag, str) and item is not root]
        if not elements:
            break
        element = data.draw(st.sampled_from(elements))
        match data.draw(st.sampled_from(["drop", "double", "rename", "attribute", "text"])):
            case "drop":
                element.getparent().remove(element)
            case "double":
                element.append(etree.fromstring(etree.tostring(element)))
            case "rename":
                element.tag = f"{{{space}}}{data.draw(_names)}"
            case "attribute":
                element.set(data.draw(_attributes), data.draw(_values))
            case _:
                element.text = data.draw(_values)
    read_and_ask(etree.tostring(root))


@pytest.mark.parametrize("space", NAMESPACES.values())
def test_every_element_of_dmn_inside_every_other_is_read(space: str) -> None:
    for outer in SCHEMA:
        inside = "".join(f"<{inner}/>" for inner in SCHEMA)
        whole = f'<{outer} id="t">{inside}</{outer}>'
        read_and_ask(f'<definitions xmlns="{space}">{whole}</definitions>'.encode())


def test_thousands_of_names_of_several_words_are_read_at_once() -> None:
    decisions = [
        f'<decision id="d{n}" name="my sum {n}"><literalExpression>'
        f"<text>my sum  {max(n - 1, 1)} + my sum</text></literalExpression></decision>"
        for n in range(1, 6_000)
    ]
    with not_hanging(40):
        model, findings = load_decisions(
            definitions('<inputData id="i" name="my sum"/>', *decisions), "t.dmn"
        )
    assert findings == []
    assert model.decisions["d5999"].reads == {"my sum 5998", "my sum"}
