from __future__ import annotations

from pathlib import Path

import pytest

from runner.definitions.dmn import (
    DecisionError,
    load_decisions,
)
from tests.definitions.dmn.building import (
    NAMESPACES,
    NOW,
    RULES,
    decide,
    definitions,
    literal,
    needs,
    table,
)

PROCESSES = Path(__file__).parents[3] / "processes"


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


@pytest.mark.parametrize("path", sorted(PROCESSES.glob("*.dmn")), ids=lambda path: path.stem)
def test_the_shipped_tables_are_read_without_errors(path: Path) -> None:
    model, findings = load_decisions(path.read_bytes(), path.name)
    assert [item.en for item in findings if item.severity == "error"] == []
    assert path.stem in model.decisions
