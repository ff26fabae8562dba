"""One mistake gives one finding: what follows from it is not blamed on other files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from runner.definitions.check import check
from runner.definitions.files import read_folder
from runner.definitions.findings import Finding

ROOT = Path(__file__).resolve().parents[3]
FILES = dict(read_folder(ROOT))


def without(path: str) -> list[Finding]:
    return mistakes({name: data for name, data in FILES.items() if name != path})


def cut(path: str) -> list[Finding]:
    half = FILES[path][: len(FILES[path]) // 2]
    if path.endswith(".yaml"):  # in the middle of a list: at the end of a line it would be whole
        half = half[: half.rindex(b"[") + 1]
    return mistakes({**FILES, path: half})


def mistakes(files: Mapping[str, bytes]) -> list[Finding]:
    """The findings without what the profiles leave to their owners, which is no mistake."""
    return [f for f in check(files) if (f.rule, f.severity) != ("unset_policy_value", "info")]


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("forms/evidence.form", "missing_form"),  # three tasks use it, many read its fields
        ("forms/complaint_intake.form", "missing_form"),
        ("processes/triage.bpmn", "missing_callee"),
        ("processes/approvers.dmn", "missing_decision"),
        ("processes/roles.yaml", "unknown_group"),
        ("processes/policies/ebike-3level.yaml", "policy_invalid"),
        ("processes/templates/item_late.zh.txt", "missing_template"),
    ],
)
def test_a_missing_file_is_one_finding(path: str, rule: str) -> None:
    assert [finding.rule for finding in without(path)] == [rule]


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        ("forms/evidence.form", "form-readable"),
        ("processes/triage.bpmn", "xml_not_well_formed"),
        ("processes/approvers.dmn", "xml_not_well_formed"),
        ("processes/roles.yaml", "yaml_not_readable"),
        ("processes/policies/ebike-3level.yaml", "yaml_not_readable"),
        ("processes/policies/demo-ebike.yaml", "yaml_not_readable"),
    ],
)
def test_a_file_cut_off_in_the_middle_is_one_finding(path: str, rule: str) -> None:
    assert [finding.rule for finding in cut(path)] == [rule]


def test_a_wrong_policy_value_is_one_finding_that_names_key_value_and_choices() -> None:
    path = "processes/policies/demo-ebike.yaml"
    text = FILES[path].decode()
    assert "unit: hour," in text
    wrong = mistakes({**FILES, path: text.replace("unit: hour,", "unit: hours,", 1).encode()})
    assert len(wrong) == 1
    assert '.unit" is "hours"; expected one of minute, hour, day' in wrong[0].en
    assert 'did you mean "hour"' in wrong[0].en
    assert "是不是“hour”" in wrong[0].zh


def test_a_missing_form_names_every_task_that_uses_it() -> None:
    (finding,) = without("forms/evidence.form")
    assert 'uses the form "evidence", which was not found' in finding.en
    assert "So do " in finding.en


def test_a_wrong_field_does_not_make_its_name_unknown() -> None:
    path = "forms/withdrawal.form"
    broken = FILES[path].replace(b'"type": "textarea"', b'"type": "html"', 1)
    assert broken != FILES[path]
    assert {finding.file for finding in mistakes({**FILES, path: broken})} == {path}


def test_a_start_form_that_no_longer_brings_what_the_first_gateway_reads_is_found() -> None:
    path = "forms/web_complaint.form"
    renamed = FILES[path].replace(b'"phenomenon"', b'"phenomena"')
    (finding,) = mistakes({**FILES, path: renamed})
    assert (finding.rule, finding.file) == ("read_before_written", "processes/intake.bpmn")
    assert 'reads "phenomenon" before anybody did a task' in finding.en


def test_a_flow_taken_out_of_the_file_leaves_its_drawing_behind() -> None:
    path = "processes/intake.bpmn"
    text = FILES[path].decode()
    start = text.index('<bpmn:sequenceFlow id="acknowledge_to_acknowledged"')
    end = text.index("/>", start) + 2
    findings = mistakes({**FILES, path: (text[:start] + text[end:]).encode()})
    assert ("drawing_leads_nowhere", "acknowledge_to_acknowledged") in {
        (finding.rule, finding.element_id) for finding in findings
    }
