from __future__ import annotations

from pathlib import Path

import pytest

from runner.definitions.bpmn import load_diagram
from tests.definitions.diagrams import diagram, extended, flow, line, node, simple, user_task
from tests.hanging import not_hanging

SHARED = Path(__file__).resolve().parents[3] / "shared" / "corpus"
CORPUS = sorted(SHARED.glob("*/*.bpmn"))


def rules(data: bytes) -> list[str]:
    return [finding.rule for finding in load_diagram(data, "x.bpmn")[1]]


@pytest.mark.skipif(not CORPUS, reason="the corpus of public diagrams is not here")
@pytest.mark.parametrize("path", CORPUS, ids=lambda p: p.name)
def test_every_public_diagram_is_read(path: Path) -> None:
    loaded, findings = load_diagram(path.read_bytes(), path.name)
    assert loaded is not None
    assert sum(len(process.elements) for process in loaded.processes.values()) > 0
    foreign = [finding for finding in findings if finding.rule == "dialect"]
    assert len(foreign) == (loaded.platform != "camunda-8")


def test_user_task_settings_are_read() -> None:
    data = simple(
        user_task(
            "t",
            '<zeebe:taskSchedule dueDate="=due at(policy.triage.due, clock)" />',
            '<zeebe:priorityDefinition priority="70" />',
            '<zeebe:ioMapping><zeebe:input source="=a" target="b" />'
            '<zeebe:output source="=decision" target="leader_decision" /></zeebe:ioMapping>',
            '<zeebe:properties><zeebe:property name="four_eyes" value="s" /></zeebe:properties>',
            groups="=policy.roles.window",
        )
    )
    loaded, findings = load_diagram(data, "x.bpmn")
    assert findings == []
    assert loaded is not None
    task = loaded.processes["p"].elements["t"]
    assert (task.form_id, task.candidate_groups) == ("f", "=policy.roles.window")
    assert (task.due_date, task.priority) == ("=due at(policy.triage.due, clock)", "70")
    assert [(m.source, m.target) for m in task.inputs] == [("=a", "b")]
    assert [(m.source, m.target) for m in task.outputs] == [("=decision", "leader_decision")]
    assert task.properties == {"four_eyes": "s"}
    assert (task.incoming, task.outgoing) == (("s_to_t",), ("t_to_e",))


def test_events_calls_decisions_and_loops_are_read() -> None:
    outside = (
        '<bpmn:message id="m" name="withdrawal_received">'
        + extended('<zeebe:subscription correlationKey="=complaint_number" />')
        + "</bpmn:message>"
    )
    loop = (
        '<bpmn:multiInstanceLoopCharacteristics isSequential="true">'
        + extended('<zeebe:loopCharacteristics inputCollection="=items" inputElement="item" '
                   'outputCollection="results" outputElement="=result" />')
        + "<bpmn:completionCondition>=done</bpmn:completionCondition>"
        "</bpmn:multiInstanceLoopCharacteristics>"
    )  # fmt: skip
    data = diagram(
        node("startEvent", "s")
        + node("callActivity", "c", extended(
            '<zeebe:calledElement processId="other" propagateAllChildVariables="false" />'))
        + node("boundaryEvent", "b", '<bpmn:timerEventDefinition id="td"><bpmn:timeDate>=x'
               "</bpmn:timeDate></bpmn:timerEventDefinition>", attachedToRef="c",
               cancelActivity="false")
        + node("boundaryEvent", "w", '<bpmn:messageEventDefinition id="md" messageRef="m" />',
               attachedToRef="c")
        + node("businessRuleTask", "d", extended(
            '<zeebe:calledDecision decisionId="=scheme" resultVariable="class" />') + loop)
        + node("endEvent", "e") + line("s", "c", "d", "e") + line("b", "d") + line("w", "d"),
        outside=outside,
    )  # fmt: skip
    loaded, findings = load_diagram(data, "x.bpmn")
    assert findings == []
    assert loaded is not None
    process = loaded.processes["p"]
    call, late, withdrawn, decide = (process.elements[i] for i in "cbwd")
    assert (call.called_process, call.propagate_all_child_variables) == ("other", False)
    assert (late.event.timer_kind, late.event.timer, late.interrupting) == ("date", "=x", False)
    message = withdrawn.event
    assert (message.message_name, message.correlation_key) == (
        "withdrawal_received",
        "=complaint_number",
    )
    assert withdrawn.interrupting
    assert (decide.called_decision, decide.result_variable) == ("=scheme", "class")
    body = decide.multi_instance
    assert body is not None
    assert (body.sequential, body.input_collection, body.input_element) == (True, "=items", "item")
    assert (body.output_collection, body.output_element) == ("results", "=result")
    assert body.completion_condition == "=done"
    assert {event.id for event in process.boundary_events("c")} == {"b", "w"}


def test_sub_processes_and_lanes_give_every_element_its_place() -> None:
    data = diagram(
        '<bpmn:laneSet id="ls"><bpmn:lane id="l" name="窗口 / Window">'
        "<bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>"
        + node("startEvent", "s")
        + node("subProcess", "sub", node("startEvent", "s1") + user_task("t") + flow("s1", "t"))
        + line("s", "sub")
    )
    loaded, _ = load_diagram(data, "x.bpmn")
    assert loaded is not None
    process = loaded.processes["p"]
    assert process.elements["t"].parent == "sub"
    assert process.elements["t"].lane == "窗口 / Window"
    assert [element.id for element in process.children("sub")] == ["s1", "t"]


@pytest.mark.parametrize(
    ("namespace", "attribute"),
    [
        ("http://camunda.org/schema/1.0/bpmn", 'v:formKey="a"'),
        ("http://spiffworkflow.org/bpmn/schema/1.0/core", 'v:script="a"'),
    ],
)
def test_a_file_for_another_engine_gets_one_finding(namespace: str, attribute: str) -> None:
    data = (
        '<b:definitions xmlns:b="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        f'xmlns:v="{namespace}" id="d"><b:process id="p"><b:startEvent id="s"/>'
        f'<b:userTask id="t" {attribute}/></b:process></b:definitions>'
    ).encode()
    loaded, findings = load_diagram(data, "x.bpmn")
    assert loaded is not None
    assert [finding.rule for finding in findings] == ["dialect"]
    assert "Camunda 8" in findings[0].zh
    assert "Camunda 8" in findings[0].en


def test_what_is_not_read_is_named() -> None:
    data = simple(
        node("task", "t", extended("<zeebe:executionListeners />")),
        '<bpmn:dataStoreReference id="store" name="客户库 / Customers" />',
    )
    findings = load_diagram(data, "x.bpmn")[1]
    assert {(f.rule, f.element_id) for f in findings} == {
        ("unknown_extension", "t"),
        ("unknown_element", "store"),
    }
    assert "「客户库」" in next(f.zh for f in findings if f.rule == "unknown_element")


def test_doubled_and_missing_ids_are_errors() -> None:
    assert rules(simple(node("task", "t") + node("task", "t"))) == ["duplicate_id"]
    assert rules(simple(node("task", "t") + "<bpmn:task />")) == ["missing_id"]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"<a/>", "not_bpmn"),
        (b"", "xml_not_well_formed"),
        (b"\x00\x01\x02 not xml", "xml_not_well_formed"),
        (simple()[:-30], "xml_not_well_formed"),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "xml_doctype"),
        (b'<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;">]><a>&y;</a>', "xml_doctype"),
        (b"<a>" * 10_000 + b"</a>" * 10_000, "xml_too_deep"),
        (b"<a>" + b" " * 50_000_000 + b"</a>", "xml_too_large"),
        (diagram("".join(node("task", f"t{i}") for i in range(2_001))), "too_many_elements"),
        (b'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"/>', "no_process"),
    ],
)
def test_hostile_or_unusable_files_give_exactly_one_finding_at_once(data: bytes, rule: str) -> None:
    with not_hanging():
        loaded, findings = load_diagram(data, "x.bpmn")
        assert loaded is None
        assert [finding.rule for finding in findings] == [rule]
