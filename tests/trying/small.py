"""A small procedure with everything scenarios speak about, and a way to play texts on it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from runner.definitions.release import load_definitions
from runner.trying import Result, build_stage, load_scenarios, run_scenario
from tests.definitions.diagrams import HEAD, extended, flow, line, node, user_task

ROLES = """groups:
  - {id: office, name: 办公室 / Office, duties: 受理 / Receives}
  - {id: leader, name: 领导 / Leader, duties: 批准 / Approves}
  - {id: quality_manager, name: 质量 / Quality, duties: 取消 / Cancels}
  - {id: process_owner, name: 流程负责人 / Process owner, duties: 维护 / Keeps it}
"""
POLICY = """id: plain
name: 制度 / Policy
owner: [process_owner]
calendar: cn
roles: {window: [office], leader: [leader]}
ack: {first_response_due: {amount: 30, unit: minute, from: received}, message: unset}
"""
SECTION = {"type": "object", "additionalProperties": {}}
SCHEMA = {
    "type": "object",
    "properties": {
        "roles": SECTION,
        "ack": {
            "type": "object",
            "properties": {
                "first_response_due": {"description": "首次回应 / First response AK-03"},
                "message": {"description": "受理通知 / Acknowledgement", "x-proposal": True},
            },
        },
    },
}
RECORD = {
    "type": "default",
    "id": "record",
    "executionPlatform": "Camunda Cloud",
    "executionPlatformVersion": "8.9.0",
    "schemaVersion": 19,
    "components": [
        {"type": "textfield", "id": "n", "key": "customer_name", "label": "姓名 / Name",
         "validate": {"required": True}, "properties": {"requirements": "IN-36"}},
        {"type": "number", "id": "a", "key": "amount", "label": "金额 / Amount",
         "validate": {"min": 5, "max": 100}},
        {"type": "select", "id": "k", "key": "kind", "label": "种类 / Kind",
         "validate": {"required": True},
         "values": [{"label": "甲 / A", "value": "a"}, {"label": "乙 / B", "value": "b"}]},
        {"type": "textfield", "id": "w", "key": "why", "label": "原因 / Why",
         "conditional": {"hide": "=kind != \"b\""}, "validate": {"required": True}},
        {"type": "filepicker", "id": "h", "key": "photos", "label": "照片 / Photos",
         "multiple": True},
        {"type": "dynamiclist", "id": "r", "path": "parts", "label": "部件 / Parts",
         "defaultRepetitions": 0,
         "components": [
             {"type": "textfield", "id": "p", "key": "part", "label": "部件 / Part",
              "validate": {"required": True}},
             {"type": "select", "id": "q", "key": "state", "label": "状态 / State",
              "validate": {"required": True},
              "values": [{"label": "好 / Good", "value": "good"}]}]},
    ],
}  # fmt: skip
DECIDE = {
    "type": "default",
    "id": "decide",
    "executionPlatform": "Camunda Cloud",
    "executionPlatformVersion": "8.9.0",
    "schemaVersion": 19,
    "components": [
        {"type": "radio", "id": "d", "key": "decision", "label": "决定 / Decision",
         "validate": {"required": True},
         "values": [{"label": "否 / No", "value": "rejected"},
                    {"label": "是 / Yes", "value": "approved"}]},
    ],
}  # fmt: skip
RULES = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
  namespace="x"><decision id="grade" name="Grade"><variable id="v" name="grade"/>
  <decisionTable id="t" hitPolicy="FIRST"><input id="i"><inputExpression id="ie" typeRef="string">
  <text>kind</text></inputExpression></input><output id="o" name="grade" typeRef="string"/>
  <rule id="high"><description>TR-01</description><inputEntry id="e1"><text>"b"</text></inputEntry>
  <outputEntry id="o1"><text>"high"</text></outputEntry></rule>
  <rule id="low"><inputEntry id="e2"><text>-</text></inputEntry>
  <outputEntry id="o2"><text>"low"</text></outputEntry></rule>
  </decisionTable></decision></definitions>"""


def _properties(**given: str) -> str:
    found = "".join(f'<zeebe:property name="{k}" value="{v}" />' for k, v in given.items())
    return f"<zeebe:properties>{found}</zeebe:properties>"


def _diagram() -> bytes:
    """s > record > grading > approve > (no: record) > paid (a message) > e; late reminds."""
    paid = '<bpmn:messageEventDefinition id="m" messageRef="message_paid" />'
    timer = (
        '<bpmn:timerEventDefinition id="td"><bpmn:timeDate xsi:type="bpmn:tFormalExpression">'
        "=due at(policy.ack.first_response_due, clock)</bpmn:timeDate>"
        "</bpmn:timerEventDefinition>"
    )
    due = '<zeebe:taskSchedule dueDate="=due at(policy.ack.first_response_due, clock)" />'
    asks = (
        '<zeebe:taskSchedule dueDate="=if get or else(ask, false) then '
        '(if policy.ack.message then null else null) else null" />'
    )
    remind = extended(
        '<zeebe:taskDefinition type="notify_staff" retries="1" />',
        '<zeebe:ioMapping><zeebe:input source="=[&quot;leader&quot;]" target="groups" />'
        '<zeebe:input source="=&quot;late&quot;" target="template" /></zeebe:ioMapping>',
    )
    grading = extended('<zeebe:calledDecision decisionId="grade" resultVariable="grade" />')
    content = "".join([
        node("startEvent", "s"),
        user_task("record", due, _properties(clauses="ISO 9001:2015 8.2.1"), form="record",
                  groups="=policy.roles.window").replace(
            "<bpmn:extensionElements>",
            "<bpmn:documentation>登记。 / Record.\nIN-26</bpmn:documentation>"
            "<bpmn:extensionElements>"),
        node("boundaryEvent", "late", timer, attachedToRef="record", cancelActivity="false"),
        node("serviceTask", "remind", remind),
        node("endEvent", "e_late"),
        node("businessRuleTask", "grading", grading),
        user_task("approve", asks, _properties(four_eyes="record"), form="decide",
                  groups="office,leader"),
        node("exclusiveGateway", "agreed", default="agreed_to_record"),
        node("intermediateCatchEvent", "paid", paid),
        node("endEvent", "e"),
        line("s", "record", "grading", "approve", "agreed"),
        line("late", "remind", "e_late"),
        flow("agreed", "paid", "=decision = &quot;approved&quot;"),
        flow("agreed", "record"),
        line("paid", "e"),
    ])  # fmt: skip
    message = (
        '<bpmn:message id="message_paid" name="paid"><bpmn:extensionElements>'
        '<zeebe:subscription correlationKey="=customer_name" /></bpmn:extensionElements>'
        "</bpmn:message>"
    )
    return (
        f'{HEAD}{message}<bpmn:process id="p" name="小流程 / Small" isExecutable="true">'
        f"{content}</bpmn:process></bpmn:definitions>"
    ).encode()


def small_files() -> dict[str, bytes]:
    letter = "主题: 迟了\n\n{customer_name} 还没有登记。\n".encode()
    calendar = Path(__file__).parents[2] / "processes/calendars/cn.yaml"
    return {
        "processes/p.bpmn": _diagram(),
        "processes/grade.dmn": RULES,
        "processes/roles.yaml": ROLES.encode(),
        "processes/policies/plain.yaml": POLICY.encode(),
        "processes/policies/policy.schema.json": json.dumps(SCHEMA).encode(),
        "processes/calendars/cn.yaml": calendar.read_bytes(),
        "processes/templates/late.zh.txt": letter,
        "processes/templates/late.en.txt": b"Subject: Late\n\n{customer_name} is not recorded.\n",
        "processes/scenarios/usual_answers.yaml": b"decisions: {decision: approved}\n",
        "forms/record.form": json.dumps(RECORD).encode(),
        "forms/decide.form": json.dumps(DECIDE).encode(),
    }


@dataclass
class Player:
    """Plays a scenario given as text; the stage is built anew for each."""

    folder: Path
    count: int = 0

    def __call__(self, text: str, **others: str) -> Result:
        """``text`` without id, title, profile and start gets usual ones."""
        self.count += 1
        files = small_files()
        texts = {"one": text, **others}
        for name, body in texts.items():
            files[f"processes/scenarios/{name}.yaml"] = _whole(name, body).encode()
        scenarios = load_scenarios(files, load_definitions(files))
        known = {scenario.id: scenario for scenario in scenarios}
        stage = build_stage(files, scenarios, self.folder / f"stage{self.count}")
        return run_scenario(stage, known["one"], known, self.folder)


def _whole(name: str, body: str) -> str:
    head = f"id: {name}\ntitle: 一 / One\nprofile: plain\n"
    if "start:" not in body:
        head += "start: {event: s, by: office, at: 2026-03-02 09:00}\n"
    return head + body


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., Result]:
    return Player(tmp_path)
