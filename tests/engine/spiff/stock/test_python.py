"""Expressions, scripts and what goes wrong in them: ours beside the library as shipped."""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine, TaskDataEnvironment
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from runner.engine.incidents import resolve_incident
from runner.feel import FeelSyntaxError, compile_expression, to_feel
from runner.store.incidents import open_incidents
from tests.conformance.drawing import draw
from tests.engine.conftest import House
from tests.engine.spiff.stock.library import HEAD, Stock, parsed, written

OUT = "().__class__.__base__.__subclasses__()"
SCRIPT = (
    'found = [c for c in ().__class__.__base__.__subclasses__() if c.__name__ == "catch_warnings"]'
    '[0]()._module.__builtins__["open"]; name = found.__name__; del found'
)


def process(*parts: str) -> str:
    inside = "".join(parts)
    return f'{HEAD}<bpmn:process id="main">{inside}</bpmn:process></bpmn:definitions>'


def flow(source: str, target: str) -> str:
    name = f"{source}_{target}"
    return f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}" />'


def test_a_condition_that_reaches_for_the_interpreter() -> None:
    text = "g: xor\nstart > g\ng ?x > a > end\ng > b > end2"
    reaching = written(text).replace(">x<", f">len({OUT}) > 10<")
    assert Stock("", specs=parsed(reaching)).here == ["a"]
    with pytest.raises(FeelSyntaxError):
        compile_expression(f"count({OUT}) > 10")


def test_builtins_taken_away_are_no_sandbox() -> None:
    task = f"<bpmn:scriptTask id='s'><bpmn:script>{SCRIPT}</bpmn:script></bpmn:scriptTask>"
    events = "<bpmn:startEvent id='a' /><bpmn:userTask id='u' /><bpmn:endEvent id='e' />"
    flows = flow("a", "s") + flow("s", "u") + flow("u", "e")
    engine = PythonScriptEngine(TaskDataEnvironment({"__builtins__": {}}))
    workflow = BpmnWorkflow(*parsed(process(events, task, flows)), script_engine=engine)
    workflow.do_engine_steps()
    (waiting,) = workflow.get_tasks(state=TaskState.READY)
    assert waiting.data == {"name": "open"}
    with pytest.raises(FeelSyntaxError):
        compile_expression(SCRIPT)


def test_a_script_that_fails(house: House) -> None:
    nodes = (
        "<bpmn:startEvent id='a' /><bpmn:userTask id='u' /><bpmn:endEvent id='e' />"
        "<bpmn:scriptTask id='s'><bpmn:script>y = 1 / x</bpmn:script></bpmn:scriptTask>"
        "<bpmn:boundaryEvent id='b' attachedToRef='s'><bpmn:errorEventDefinition />"
        "</bpmn:boundaryEvent><bpmn:userTask id='fix' /><bpmn:endEvent id='e2' />"
    )
    flows = flow("a", "u") + flow("u", "s") + flow("s", "e") + flow("b", "fix") + flow("fix", "e2")
    shipped = Stock("", specs=parsed(process(nodes, flows)))
    with pytest.raises(WorkflowException, match="division"):
        shipped.do("u", x=0)
    shipped.workflow.do_engine_steps()
    assert shipped.here == []  # the error event did not hear of it
    assert not shipped.done  # and nothing can be done any more: the task is in error for good
    assert [task.task_spec.name for task in shipped.tasks(TaskState.ERROR)] == ["s"]

    drawn = "g: xor\nstart > g\ng [1 / x > 0] > a > end\ng > b > end2"
    house.release(draw(drawn, "main"))
    case = house.start({"x": 0}, "start").case_id
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, case)
    assert incident.element_id == "g"
    resolve_incident(
        house.site,
        actor=house.owner,
        incident_id=incident.id,
        variables={"x": to_feel(1)},
        reason="x was not known",
    )
    assert set(house.tasks(case)) == {"a"}
