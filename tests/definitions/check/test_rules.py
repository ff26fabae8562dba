from __future__ import annotations

import re
from pathlib import Path

import pytest

from runner.definitions.check import page, rules_by_id
from runner.definitions.check.registry import index
from tests.definitions.check import (
    expression_cases,
    flow_cases,
    layout_cases,
    reference_cases,
    table_cases,
)
from tests.definitions.check.procedures import findings, found
from tests.definitions.diagrams import extended, line, node, user_task

ROOT = Path(__file__).resolve().parents[3]
PAGES = ROOT / "docs" / "rules"
# Its findings name files that are left out of a release: see test_check.py.
ELSEWHERE = {"file_skipped"}

WRONG = [
    (rule, data, {})
    for cases_of in (flow_cases, layout_cases)
    for rule, cases in cases_of.WRONG.items()
    for data in cases
] + [
    (rule, data, files)
    for cases_of in (reference_cases, expression_cases, table_cases)
    for rule, cases in cases_of.WRONG.items()
    for data, files in cases
]
RIGHT = [
    (rule, data, {})
    for cases_of in (flow_cases, layout_cases)
    for rule, data in cases_of.RIGHT.items()
] + [
    (rule, data, files)
    for cases_of in (reference_cases, expression_cases, table_cases)
    for rule, (data, files) in cases_of.RIGHT.items()
]


def names(rule: str) -> set[str]:
    return {rule, *rules_by_id()[rule].reading}


@pytest.mark.parametrize(("rule", "data", "files"), WRONG, ids=[rule for rule, _, _ in WRONG])
def test_wrong_example_is_found_and_told_in_both_languages(
    rule: str, data: bytes, files: dict[str, bytes | str]
) -> None:
    told = [finding for name in names(rule) for finding in found(name, data, **files)]
    assert told
    for finding in told:
        assert re.search(r"[\u4e00-\u9fff]", finding.zh), finding.zh
        if rule != "label_half_missing":  # it quotes the label it complains about
            assert not re.search(r"[\u4e00-\u9fff]", finding.en), finding.en
        assert "None" not in finding.zh + finding.en


@pytest.mark.parametrize(("rule", "data", "files"), RIGHT, ids=[rule for rule, _, _ in RIGHT])
def test_right_example_has_no_error(rule: str, data: bytes, files: dict[str, bytes | str]) -> None:
    wrong = [f.en for f in findings(data, **files) if f.severity == "error" or f.rule == rule]
    assert wrong == []


def test_the_plainest_procedure_has_nothing_wrong() -> None:
    assert [f.en for f in findings(flow_cases.RIGHT_TASK)] == []


@pytest.mark.parametrize(
    "before",
    [
        user_task("x0"),
        node("subProcess", "x0", node("startEvent", "s1") + user_task("u") + node("endEvent", "e1")
             + line("s1", "u", "e1")),
        node("scriptTask", "x0", extended(
            '<zeebe:script expression="=&quot;1&quot;" resultVariable="decision" />')),
    ],
    ids=["task", "task inside a sub-process", "script that writes it"],
)  # fmt: skip
def test_what_a_task_or_script_wrote_before_may_be_read(before: str) -> None:
    data = reference_cases.first_gateway("=decision = &quot;1&quot;", before)
    assert [f.en for f in findings(data) if f.severity != "info"] == []


def test_every_rule_has_a_wrong_example() -> None:
    assert {rule for rule, _, _ in WRONG} | ELSEWHERE == set(rules_by_id())


@pytest.mark.parametrize("rule", sorted(rules_by_id()))
def test_every_rule_has_its_page(rule: str) -> None:
    assert (PAGES / f"{rule}.md").read_text("utf-8") == page(rule)
    assert "Wrong:" in page(rule)
    assert "Right:" in page(rule)


def test_the_index_names_every_rule_and_there_are_no_other_pages() -> None:
    assert (PAGES / "README.md").read_text("utf-8") == index()
    assert {path.stem for path in PAGES.glob("*.md")} == {"README", *rules_by_id()}


def test_every_finding_of_the_readers_is_explained_on_a_page() -> None:
    explained = {name for rule in rules_by_id() for name in names(rule)}
    sources = (ROOT / "runner" / "definitions").glob("*.py")
    told = {
        name
        for path in sources
        for name in re.findall(r'rule="([a-z_-]+)"', path.read_text("utf-8"))
    }
    assert told <= explained
