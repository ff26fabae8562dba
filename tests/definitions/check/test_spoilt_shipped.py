"""Mistakes that owners make in the shipped procedure: each is told once, at its place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from runner.definitions.check import check
from runner.definitions.files import read_folder
from runner.definitions.findings import Finding

FILES = dict(read_folder(Path(__file__).resolve().parents[3]))
SHIPPED = set(check(FILES))  # notes of what the sources leave open
SEVERITY = "<text>severity_level</text></inputExpression>"
QUALITY = 'typeRef="boolean"><text>is_product_quality</text>'
ADMISSIBLE = "admissibility.admissible = true"


def spoilt(name: str, before: str, after: str) -> list[Finding]:
    """What more is found when the text is replaced where it first stands in the file."""
    path = f"processes/{name}"
    text = FILES[path].decode()
    assert before in text
    found = check({**FILES, path: text.replace(before, after, 1).encode()})
    return [finding for finding in found if finding not in SHIPPED]


def allows(values: str) -> tuple[str, str, str]:
    more = f"<inputValues><text>{values}</text></inputValues>"
    start = FILES["processes/triage_a.dmn"].decode()
    before = start[start.index(SEVERITY) : start.index("</input>", start.index(SEVERITY))]
    return "triage_a.dmn", before, SEVERITY + more


@pytest.mark.parametrize(
    ("place", "rule", "element_id"),
    [
        (allows('"轻微","一般","严重"'), "column_input", "triage_a_input_2"),
        (allows('"minor","serious"'), "column_input", "triage_a_input_2"),
        (("triage_a.dmn", QUALITY, QUALITY.replace("boolean", "string")),
         "column_input", "triage_a_input_3"),
        (("triage_a.dmn", 'decision id="triage_a"', 'decision id="triage_x"'),
         "missing_decision", "classify"),
        (("triage_a.dmn", 'hitPolicy="FIRST"', 'hitPolicy="COLLECT"'),
         "missing_decision", "classify"),
        (("triage.bpmn", ADMISSIBLE, "cost"), "setting_type", "admissible_to_assess_complaint"),
        (("triage.bpmn", ADMISSIBLE, "severity_level"),
         "setting_type", "admissible_to_assess_complaint"),
        (("triage.bpmn", ADMISSIBLE, "count(closing_gaps)"),
         "setting_type", "admissible_to_assess_complaint"),
        (("triage.bpmn", "=due at(policy.triage.due, clock)", "tomorrow"),
         "setting_type", "assess_complaint"),
        (("triage.bpmn", "=due at(policy.triage.due, clock)", "=cost"),
         "setting_type", "assess_complaint"),
        (("triage.bpmn", "=policy.roles.assessor", "=cost"), "setting_type", "assess_complaint"),
        (("assignment.bpmn", "=policy.triage.schemes", "=count(policy.triage.schemes)"),
         "setting_type", "classify"),
    ],
)  # fmt: skip
def test_what_would_stop_a_case_is_one_error_at_its_place(
    place: tuple[str, str, str], rule: str, element_id: str
) -> None:
    assert [(f.rule, f.severity, f.element_id) for f in spoilt(*place)] == [
        (rule, "error", element_id)
    ]


@pytest.mark.parametrize(
    ("name", "right", "wrong"),
    [
        ("triage_a.dmn", "important", "importent"),
        ("triage_routing.dmn", "serious", "serius"),
        ("triage_routing.dmn", "full", "ful"),
    ],
)
def test_a_misspelt_answer_is_an_error_that_names_the_right_one(
    name: str, right: str, wrong: str
) -> None:
    place = f"_out_{{}}><text>&quot;{right}&quot;"
    text = FILES[f"processes/{name}"].decode()
    before = next(p for n in range(1, 9) if (p := place.format(f'{n}"')) in text)
    (found,) = spoilt(name, before, before.replace(right, wrong))
    assert (found.rule, found.severity) == ("value_not_allowed", "error")
    assert f'Did you mean "{right}"?' in found.en


def in_cell(cell: str) -> list[Finding]:
    """What is found where the cell asks for it in rule 2, column "Severity"."""
    before = '_in_2"><text>&quot;serious&quot;'
    text = cell.replace("&", "&amp;").replace("<", "&lt;")
    return spoilt("triage_a.dmn", before, f'_in_2"><text>{text}')


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        ("“serious”", '"serious"'),
        ("'serious'", '"serious"'),
        ('"minor"，"serious"', '"minor","serious"'),
        ('not "serious"', 'not("serious")'),
        ("＞ 5", "> 5"),
        ("≤5", "<=5"),
        ("> 1 and < 5", "(1..5)"),
        (">= 1 and <= 5", "[1..5]"),
        ("== 5", "5"),
        ("<> 5", "!= 5"),
    ],
)
def test_what_is_no_feel_is_told_with_its_place_and_how_to_write_it(cell: str, meant: str) -> None:
    (found,) = in_cell(cell)
    assert found.rule == "expression_invalid"
    assert found.zh.startswith("决策表「三类投诉」：规则 2，“严重程度”列：")
    assert found.en.startswith('Decision table "Three classes": rule 2, column "Severity": ')
    assert found.en.endswith(f"Write {meant} instead.")


@pytest.mark.parametrize("cell", ["serioso", "importantt(1)", 'date("2026-13-01")'])
def test_a_mistake_in_a_cell_names_line_rule_and_column(cell: str) -> None:
    (found,) = in_cell(cell)
    assert found.en.startswith('Decision table "Three classes": rule 2, column "Severity": at ')
    line = FILES["processes/triage_a.dmn"].decode().split("\n")[found.line - 1]
    assert 'id="triage_a_serious_in_2"' in line


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('rule id="triage_a_serious"', 'rule id="triage_a_urgent"'),
        ('"triage_a_serious_in_2"', '"triage_a_serious_in_1"'),
    ],
)
def test_an_id_used_twice_in_a_table_is_told_with_both_places(before: str, after: str) -> None:
    (found,) = spoilt("triage_a.dmn", before, after)
    assert (found.rule, found.severity) == ("duplicate_id", "error")
    assert found.en.startswith('Decision table "Three classes": rule 2')
    assert " is used in line " in found.en


def test_only_names_that_are_really_near_are_suggested() -> None:
    assert "Did you mean" not in in_cell("serious")[0].en  # though there is a serial_no
    assert 'Did you mean "severity_level"?' in in_cell("severty_level")[0].en


@pytest.mark.parametrize(
    ("cell", "meant"), [('"minor" or "serious"', '"minor","serious"'), ("1 < cost < 5", "(1..5)")]
)
def test_a_cell_that_fits_no_types_is_told_how_to_write_it(cell: str, meant: str) -> None:
    (found,) = in_cell(cell)
    assert (found.rule, found.en.endswith(f"Write {meant} instead.")) == ("type_mismatch", True)


def test_a_hit_policy_that_gives_a_list_is_the_one_cause() -> None:
    (found,) = spoilt("triage_routing.dmn", 'hitPolicy="FIRST"', 'hitPolicy="COLLECT"')
    assert (found.file, found.element_id) == ("processes/triage_routing.dmn", "triage_routing")
    told = re.search(
        r'the hit policy COLLECT gives a list, but (\d+) places read "triage"', found.en
    )
    assert told is not None
    assert int(told[1]) > 10


def test_a_sum_of_texts_is_told_at_the_cell() -> None:
    summed = 'hitPolicy="COLLECT" aggregation="SUM"'
    found = spoilt("reused_parts.dmn", 'hitPolicy="COLLECT"', summed)
    assert ("cell_type", "error") in {(f.rule, f.severity) for f in found}
    assert any("the hit policy COLLECT SUM adds numbers" in f.en for f in found)


def test_a_missing_decision_of_an_expression_is_told_with_what_asks_for_it() -> None:
    (found,) = spoilt("triage_a.dmn", 'decision id="triage_a"', 'decision id="triage_x"')
    assert 'uses the decision "triage_a" (scheme = "a")' in found.en


def test_a_column_of_another_type_is_told_to_change_not_its_cells() -> None:
    (found,) = spoilt("triage_a.dmn", QUALITY, QUALITY.replace("boolean", "string"))
    assert "Change the type of the column to boolean, not the cells" in found.en
