"""What people read about the insides of their decision tables."""

from __future__ import annotations

import pytest

from runner.definitions.findings import Finding
from tests.definitions.check.flow_cases import RIGHT_TASK
from tests.definitions.check.procedures import findings, found
from tests.definitions.check.table_cases import CASE, RULES, TABLES, findings_on
from tests.definitions.dmn.test_coverage import table_file
from tests.hanging import not_hanging

NAMES = {
    "rules_overlap": {"unique_2", "any_2", "any_3", "condition_2"},
    "rules_gap": {"incomplete", "between_ranges", "open_text", "many", "unless"},
    "rule_never_fires": {
        *("first_2", "together_3", "priority_1", "contradiction_1_1", "same_column_1_1"),
        "repeated_3",
    },
    "value_not_allowed": {
        *("not_listed_1_1", "not_listed_2_1", "not_listed_2_2", "not_listed_2_3"),
    },
    "cell_type": {"misfit_1_1", "misfit_2_2", "misfit_2_3"},
}


@pytest.mark.parametrize("rule", RULES)
def test_each_wrong_place_is_told_once_and_nothing_right_is(rule: str) -> None:
    found = findings_on(rule)
    assert {finding.element_id for finding in found} == NAMES[rule]
    assert len(found) == len(NAMES[rule])
    assert {finding.rule for finding in found} == {rule}


@pytest.mark.parametrize("rule", RULES)
def test_each_finding_names_the_line_of_its_element(rule: str) -> None:
    lines = (TABLES / f"{rule}.dmn").read_text("utf-8").split("\n")
    for finding in findings_on(rule):
        assert f'id="{finding.element_id}"' in lines[finding.line - 1]


def told(rule: str, element_id: str) -> Finding:
    (found,) = [item for item in findings_on(rule) if item.element_id == element_id]
    return found


def test_an_overlap_names_the_rules_and_an_example() -> None:
    found = told("rules_overlap", "unique_2")
    assert found.severity == "error"
    assert found.zh == (
        "决策表「唯一」：规则 1 和规则 2 同时成立（unique_1、unique_2），例如 "
        "严重程度 = “serious”，金额 = 1001。命中策略 UNIQUE 只允许一条规则成立。"
    )
    assert 'for example Severity = "serious", Amount = 1001.' in found.en


def test_an_overlap_that_depends_on_a_condition_is_a_warning() -> None:
    found = told("rules_overlap", "condition_2")
    assert found.severity == "warning"
    assert 'Amount where "> credit_limit" holds' in found.en


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("incomplete", 'no rule covers: Severity = "minor", Amount > 1000. '),
        ("between_ranges", "no rule covers: Amount in (5..6). "),
        ("open_text", 'no rule covers: Category other than "motor" or "seal". '),
        ("many", "no rule covers: Amount other than 1, 2, 3 or 4. "),
        ("unless", 'unless the conditions of rule 2 hold, no rule covers: Severity = "minor", '
         "Amount other than 5."),
    ],
)  # fmt: skip
def test_a_gap_is_told_in_as_few_words_as_can_be(table: str, words: str) -> None:
    assert words in told("rules_gap", table).en


def test_a_gap_behind_a_condition_is_only_information() -> None:
    assert told("rules_gap", "unless").severity == "info"
    assert told("rules_gap", "incomplete").severity == "warning"


def test_a_dead_rule_names_the_rules_before_it() -> None:
    assert "rules 1 and 2 before it decide all of it" in told("rule_never_fires", "together_3").en
    assert "rule 2 holds too, with a better output" in told("rule_never_fires", "priority_1").en


def test_a_cell_of_another_type_says_what_was_meant() -> None:
    assert "Did you mean 5?" in told("cell_type", "misfit_1_1").en
    assert 'Did you mean @"2026-01-01"?' in told("cell_type", "misfit_2_2").en
    answer = told("cell_type", "misfit_2_3")
    assert (answer.severity, "Did you mean true?" in answer.en) == ("error", True)


def on(*rules: tuple[str, ...], policy: str = "UNIQUE", inputs: str = "severity") -> list[Finding]:
    data = table_file(policy, inputs.split(), rules)
    given: dict[str, bytes | str] = {"processes__t.dmn": data, "forms__case.form": CASE}
    return [f for f in findings(RIGHT_TASK, **given) if f.file.endswith(".dmn")]


def test_options_of_a_form_that_are_all_covered_leave_no_gap() -> None:
    assert on(('"serious"', "1"), ('"minor"', "2")) == []


def test_a_misspelt_option_is_one_finding_and_the_option_a_gap() -> None:
    found = on(('"seroius"', "1"), ('"minor"', "2"))
    assert {item.rule for item in found} == {"unknown_option", "rules_gap"}


def test_a_text_without_quotes_is_told_to_need_them() -> None:
    found = on(("serious", "1"), ('"minor"', "2"))
    assert any('A text needs quotes: "serious".' in item.en for item in found)


def test_a_table_of_many_gaps_shows_three_and_counts_the_rest() -> None:
    rules = [(f"{n}", f"{n}", "1") for n in range(8)]
    (told_of,) = on(*rules, inputs="amount credit_limit")
    assert told_of.en.count(";") == 3
    assert "more. There is no answer then" in told_of.en


def test_many_overlaps_are_counted_not_listed() -> None:
    found = on(*[("-", f"{n}") for n in range(12)])
    assert len(found) == 11
    assert any("56 more pairs of rules" in item.en for item in found)


def test_a_table_of_too_many_combinations_is_said_not_to_be_analysed() -> None:
    columns = "amount credit_limit"
    rules = [(f"[{n}..{n + 40}]", f"not([{n * 3}..{n * 3 + 40}])", f"{n}") for n in range(900)]
    with not_hanging():
        found = on(*rules, inputs=columns, policy="FIRST")
    assert {item.severity for item in found} <= {"info", "warning"}


def test_a_table_inside_a_function_or_a_context_is_looked_at_too() -> None:
    inner = table_file("UNIQUE", ["x"], [("> 1", "1"), ("> 2", "2")]).decode()
    start, end = inner.index("<decisionTable"), inner.index("</decision>")
    data = inner[: inner.index("<decision ")] + (
        '<decision id="c" name="甲 / Context"><context><contextEntry><variable name="a"/>'
        f"{inner[start:end]}</contextEntry></context></decision>"
        '<businessKnowledgeModel id="k" name="乙 / Function"><encapsulatedLogic>'
        f'<formalParameter name="x"/>{inner[start:end]}</encapsulatedLogic>'
        "</businessKnowledgeModel></definitions>"
    )
    overlaps = found("rules_overlap", RIGHT_TASK, **{"processes__t.dmn": data})
    assert {item.element_name for item in overlaps} == {"甲 / Context", "乙 / Function"}


def output_findings(type_: str, allowed: str, *answers: str) -> list[tuple[str, str]]:
    data = table_file("FIRST", ["amount"], [("-", answer) for answer in answers]).replace(
        b'<output id="o" name="o"/>',
        f'<output id="o" name="o" typeRef="{type_}"><outputValues><text>{allowed}</text>'
        "</outputValues></output>".encode(),
    )
    given: dict[str, bytes | str] = {"processes__t.dmn": data, "forms__case.form": CASE}
    wanted = ("cell_type", "value_not_allowed")
    found = [f for f in findings(RIGHT_TASK, **given) if f.rule in wanted]
    return [(f.rule, f.element_id) for f in found]


def test_an_answer_of_another_type_is_told_once_though_it_is_not_allowed_either() -> None:
    assert output_findings("number", "1,2", '"1"', "3", "1") == [
        ("cell_type", "r1_out"),
        ("value_not_allowed", "r2_out"),
    ]


@pytest.mark.parametrize("type_", ["range", "function"])
def test_answers_of_the_rarer_types_are_told_too(type_: str) -> None:
    assert output_findings(type_, "", "5", "null") == [("cell_type", "r1_out")]


def test_a_list_of_one_fits_a_column_of_single_values() -> None:
    assert output_findings("string", "", '["a"]', '["a", "b"]') == [("cell_type", "r2_out")]


def test_the_functions_of_a_file_that_is_only_imported_are_looked_at() -> None:
    inner = table_file("UNIQUE", ["x"], [("> 1", "1"), ("> 2", "2")]).decode()
    start, end = inner.index("<decisionTable"), inner.index("</decision>")
    library = inner[: inner.index("<decision ")] + (
        '<businessKnowledgeModel id="k" name="乙 / Function"><encapsulatedLogic>'
        f'<formalParameter name="x"/>{inner[start:end]}</encapsulatedLogic>'
        "</businessKnowledgeModel></definitions>"
    )
    space = "https://www.omg.org/spec/DMN/20191111/MODEL/"
    user = (
        f'<definitions xmlns="{space}" id="u" name="u" namespace="u">'
        f'<import name="lib" namespace="x" importType="{space}"/>'
        '<decision id="t" name="t"><literalExpression><text>1</text></literalExpression></decision>'
        "</definitions>"
    )
    given: dict[str, bytes | str] = {"processes__l.dmn": library, "processes__u.dmn": user}
    (overlap,) = found("rules_overlap", RIGHT_TASK, **given)
    assert (overlap.element_name, overlap.file) == ("乙 / Function", "processes/l.dmn")
