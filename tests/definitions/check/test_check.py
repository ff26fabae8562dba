from __future__ import annotations

import json
from pathlib import Path

import pytest

from runner.definitions.check import check, check_file, check_folder, check_in_procedure
from runner.definitions.check.report import exit_status, format_json, format_text
from runner.definitions.findings import Finding
from tests.definitions.check.flow_cases import RIGHT_TASK, WRONG, calls
from tests.definitions.check.procedures import procedure
from tests.definitions.diagrams import diagram, line, node, simple, user_task
from tests.hanging import not_hanging

SHARED = Path(__file__).resolve().parents[4] / "shared" / "corpus"
CORPUS = sorted(SHARED.glob("*/*.bpmn"))

DEEP = b"<a>" * 10_000 + b"</a>" * 10_000
XXE = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + RIGHT_TASK
LAUGHS = (
    b'<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>' + RIGHT_TASK
)
LARGE = RIGHT_TASK + b" " * 50_000_000


UNSET = "unset_policy_value"  # the little policy beside the files leaves values open


@pytest.mark.parametrize(
    ("data", "rule"),
    [(XXE, "xml_doctype"), (LAUGHS, "xml_doctype"), (DEEP, "xml_too_deep"),
     (LARGE, "xml_too_large")],
    ids=["xxe", "billion_laughs", "deep", "large"],
)  # fmt: skip
def test_hostile_file_gives_one_clear_finding_at_once(data: bytes, rule: str) -> None:
    with not_hanging():
        alone = check_file(data, "some/where/x.bpmn")
        in_folder = [f for f in check(procedure(data)) if f.rule != UNSET]
    assert [finding.rule for finding in alone] == [rule]
    assert alone[0].file == "some/where/x.bpmn"
    assert [finding.rule for finding in in_folder] == [rule]
    assert exit_status(alone, single_file=True) == 2
    assert exit_status(in_folder) == 2


def test_python_in_a_diagram_gives_one_error() -> None:
    script = node("scriptTask", "t", "<bpmn:script>import os</bpmn:script>", scriptFormat="python")
    errors = [f for f in check(procedure(simple(script))) if f.severity == "error"]
    assert [finding.rule for finding in errors] == ["script_not_feel"]
    assert "Python" in errors[0].zh


def test_a_circle_of_calls_gives_one_error_however_long() -> None:
    ring = {f"processes__q{i}.bpmn": calls(f"q{i}", f"q{(i + 1) % 60}") for i in range(60)}
    errors = [f for f in check(procedure(RIGHT_TASK, **ring)) if f.severity == "error"]
    assert [finding.rule for finding in errors] == ["call_cycle"]


def test_a_very_long_diagram_is_checked() -> None:
    tasks = [f"t{i}" for i in range(1_500)]
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{i}" sourceRef="{a}" targetRef="{b}" />'
        for i, (a, b) in enumerate(zip(["s", *tasks], [*tasks, "e"], strict=True))
    )
    data = diagram(
        node("startEvent", "s") + "".join(user_task(t) for t in tasks) + node("endEvent", "e")
        + flows
    )  # fmt: skip
    with not_hanging():
        check(procedure(data))


def test_thousands_of_wrong_names_are_checked() -> None:
    tasks = [f"t{i}" for i in range(1_000)]
    body = "".join(
        user_task(
            task,
            f'<zeebe:ioMapping><zeebe:output source="=wrong_name_{i}" target="right_name_{i}" />'
            "</zeebe:ioMapping>",
            f'<zeebe:taskSchedule dueDate="=rihgt_name_{i}" />',
        )
        for i, task in enumerate(tasks)
    )
    data = diagram(node("startEvent", "s") + body + node("endEvent", "e") + line("s", *tasks, "e"))
    with not_hanging():
        assert len(check(procedure(data))) >= 2_000


def test_events_attached_to_each_other_and_empty_sub_processes_are_survived() -> None:
    timer = (
        '<bpmn:timerEventDefinition id="d{0}"><bpmn:timeDate>=decision</bpmn:timeDate>'
        "</bpmn:timerEventDefinition>"
    )
    strange = (
        node("boundaryEvent", "a", timer.format("a"), attachedToRef="b")
        + node("boundaryEvent", "b", timer.format("b"), attachedToRef="a")
        + node("boundaryEvent", "c", timer.format("c"), attachedToRef="c")
        + "".join(node("subProcess", f"x{i}", node("startEvent", f"y{i}")) for i in range(900))
    )
    with not_hanging():
        rules = {finding.rule for finding in check(procedure(simple(user_task("t"), strange)))}
        assert {"boundary_event", "unreachable_element"} <= rules


@pytest.mark.skipif(not CORPUS, reason="the corpus of public diagrams is not here")
def test_every_public_diagram_is_checked_without_a_crash() -> None:
    for path in CORPUS:
        findings = check_file(path.read_bytes(), path.name)
        assert all(finding.zh and finding.en for finding in findings)


def test_one_file_by_itself_does_not_blame_missing_neighbours() -> None:
    findings = check_file(simple(user_task("t", form="elsewhere", groups="others")), "x.bpmn")
    assert [(finding.rule, finding.severity) for finding in findings] == [("missing_form", "info")]
    assert exit_status(findings, single_file=True) == 0


def test_a_file_of_another_kind_is_refused() -> None:
    findings = check_file(b"x", "letter.docx")
    assert [finding.rule for finding in findings] == ["file_kind_unknown"]
    assert exit_status(findings, single_file=True) == 2


def test_a_folder_tells_what_a_release_leaves_out(tmp_path: Path) -> None:
    for name, data in procedure(RIGHT_TASK).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "forms" / "old.xlsx").write_bytes(b"x")
    found = [(f.rule, f.severity, f.file) for f in check_folder(tmp_path) if f.rule != UNSET]
    assert found == [("file_skipped", "info", "forms/old.xlsx")]
    assert exit_status(check_folder(tmp_path / "forms")) == 2


def test_a_file_with_a_space_in_its_name_is_told_to_be_renamed(tmp_path: Path) -> None:
    (tmp_path / "processes").mkdir()
    (tmp_path / "processes" / "triage_a - 副本.dmn").write_bytes(b"x")
    (finding,) = [f for f in check_folder(tmp_path) if f.rule == "file_skipped"]
    assert "Rename it." in finding.en


def test_a_file_in_a_procedure_is_checked_with_what_is_around_it(tmp_path: Path) -> None:
    for name, data in procedure(simple(user_task("t", form="gone"))).items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    diagram_file, elsewhere = tmp_path / "processes" / "p.bpmn", tmp_path / "x.bpmn"
    elsewhere.write_bytes(RIGHT_TASK)
    findings, alone = check_in_procedure([diagram_file, elsewhere])
    assert [(f.rule, f.severity, f.file) for f in findings] == [
        ("missing_form", "error", str(diagram_file))
    ]
    assert alone == [elsewhere]
    assert check_in_procedure([tmp_path / "forms" / "f.form"]) == ([], [])


def test_findings_come_errors_first_and_without_doubles() -> None:
    findings = check(procedure(WRONG["split_without_condition"][1]))
    assert findings == sorted(set(findings), key=findings.index)
    severities = [finding.severity for finding in findings]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)


ROWS = [
    Finding("a.bpmn", "missing_form", "error", "没有表单", "No form", "t", "登记 / Record", 4),
    Finding("a.bpmn", "label_half_missing", "warning", "缺一半", "A half is missing"),
]


def test_text_names_file_line_rule_and_sum_in_the_readers_language() -> None:
    text = format_text(ROWS, "en")
    assert text.split("\n") == [
        "a.bpmn",
        "  error   4: No form  [missing_form]",
        "  warning A half is missing  [label_half_missing]",
        "",
        "1 error, 1 warning.",
    ]
    assert "错误 4: 没有表单" in format_text(ROWS, "zh_Hans_CN")
    assert format_text(ROWS, "zh").endswith("错误 1 条，注意 1 条。")
    assert format_text([], "en") == "Nothing wrong was found."
    assert "\x1b[31m" in format_text(ROWS, "en", colour=True)
    assert "\x1b" not in text


def test_json_rows_carry_what_other_programs_need() -> None:
    rows = json.loads(format_json(ROWS, "en"))
    assert rows[0] == {
        "file": "a.bpmn", "rule": "missing_form", "severity": "error", "element_id": "t",
        "element_name": "登记 / Record", "line": 4, "message": "No form",
    }  # fmt: skip
    assert json.loads(format_json([], "en")) == []


def test_exit_status_follows_the_worst_finding() -> None:
    assert exit_status([]) == 0
    assert exit_status(ROWS[1:]) == 0
    assert exit_status(ROWS) == 1
