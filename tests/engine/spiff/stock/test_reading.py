"""What is read from a file and told of a run: ours beside the library as shipped."""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.camunda.parser import CamundaParser
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

from runner.definitions.bpmn import load_diagram
from tests.conformance.drawing import draw
from tests.engine.spiff.running import Running
from tests.engine.spiff.stock.library import HEAD, Stock, parsed

DRAWN = {
    "call": "c: call child\nstart > c > end\nprocess child\nstart_child > end_child",
    "each": "a: user | each [1,2] as item\nstart > a > end",
    "script": "s: script x = 1\nstart > s > end",
    "rule": "r: rule work\nstart > r > end",
}


@pytest.mark.parametrize("what", DRAWN)
def test_a_camunda_8_file(what: str) -> None:
    content = draw(DRAWN[what], "main")
    diagram, findings = load_diagram(content, "main.bpmn")
    assert diagram is not None
    assert not findings
    unread = 0
    for kind in (BpmnParser, CamundaParser, SpiffBpmnParser):
        parser = kind()
        try:
            parser.add_bpmn_str(content)
            parser.get_spec("main")
        except (KeyError, ValidationException):
            unread += 1
    assert unread >= 2, "it can be read now"


def test_what_is_written_on_a_multi_instance_task() -> None:
    text = (
        f'{HEAD}<bpmn:process id="main" isExecutable="true"><bpmn:laneSet id="ls">'
        '<bpmn:lane id="l" name="team"><bpmn:flowNodeRef>u</bpmn:flowNodeRef></bpmn:lane>'
        '</bpmn:laneSet><bpmn:startEvent id="s" /><bpmn:userTask id="u">'
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
        '</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask><bpmn:endEvent id="e" />'
        '<bpmn:sequenceFlow id="f1" sourceRef="s" targetRef="u" />'
        '<bpmn:sequenceFlow id="f2" sourceRef="u" targetRef="e" /></bpmn:process>'
        "</bpmn:definitions>"
    )
    shipped = parsed(text)[0].task_specs
    assert not hasattr(shipped["u"], "extensions")
    assert shipped["u"].lane is None
    assert shipped["u [child]"].lane == "team"

    run = Running("a: user each\nstart > a > end")
    assert run.at("a[0]").element is run.models["main"].elements["a"]


def test_what_is_told_of_a_step() -> None:
    text = "late: timer on a\nstart > a > x > end\nlate > b > end2"
    run = Running(text)
    run.host.forget()
    run.do("a")
    assert run.host.said("cancelled") == ["late"]
    assert run.host.said("took") == ["a"]
    assert run.host.said("enter") == ["x"]

    shipped = Stock(text)
    told: list[str] = []
    shipped.at("a").run()
    shipped.workflow.do_engine_steps(did_complete_task=lambda t: told.append(t.task_spec.name))
    assert [task.task_spec.name for task in shipped.tasks(TaskState.CANCELLED)] == ["late"]
    assert not {"late", "a", "x"} & set(told)
