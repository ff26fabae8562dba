"""The library as it is shipped, running what our engine runs: one description, written in the
dialect it reads. What a test says of it is a fact of version 3.2.0, and the reason for our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from runner.definitions.model import Element, Process
from tests.engine.spiff.diagrams import processes

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="file" targetNamespace="x">'
)
FAR = '"2999-01-01T00:00:00+00:00"'
CYCLE = '"R3/P900D"'
DEFINITIONS = {
    "none": "", "message": "message", "signal": "signal", "error": "error", "link": "link",
    "escalation": "escalation", "terminate": "terminate", "compensation": "compensate",
}  # fmt: skip


def written(text: str, timers: Mapping[str, str] | None = None, **others: str) -> str:
    """A diagram of ``tests.engine.spiff.diagrams`` for the library. Conditions are names of data;
    ``timers`` are expressions by element, far away where none is given."""
    models = processes(main=text, **others)
    body = "".join(_process(model, timers or {}) for model in models.values())
    return f"{HEAD}{_shared(models)}{body}</bpmn:definitions>"


def _shared(models: Mapping[str, Process]) -> str:
    found: dict[str, None] = {}
    for model in models.values():
        for element in model.elements.values():
            kind, code = element.event.kind, _code(element)
            if kind in ("message", "signal"):
                found[f'<bpmn:{kind} id="{kind}_{code}" name="{code}" />'] = None
            elif kind in ("error", "escalation") and code:
                found[f'<bpmn:{kind} id="{kind}_{code}" name="{code}" {kind}Code="{code}" />'] = (
                    None
                )
    return "".join(found)


def _code(element: Element) -> str:
    return element.event.code or ("m" if element.event.kind in ("message", "signal") else "")


def _process(model: Process, timers: Mapping[str, str]) -> str:
    return (
        f'<bpmn:process id="{model.id}" isExecutable="true">'
        f"{_inside(model, model.id, timers)}</bpmn:process>"
    )


def _inside(model: Process, parent: str, timers: Mapping[str, str]) -> str:
    elements = [e for e in model.elements.values() if e.parent == parent]
    ids = {element.id for element in elements}
    nodes = "".join(_node(model, element, timers) for element in elements)
    flows = "".join(
        f'<bpmn:sequenceFlow id="{flow.id}" sourceRef="{flow.source}" targetRef="{flow.target}">'
        f"{_condition(flow.condition)}</bpmn:sequenceFlow>"
        for flow in model.flows.values()
        if flow.source in ids
    )
    joined = "".join(
        f'<bpmn:association id="{e.id}_by" sourceRef="{e.id}" targetRef="{e.handler}" />'
        for e in elements
        if e.handler
    )
    return nodes + flows + joined


def _condition(text: str | None) -> str:
    if text is None:
        return ""
    return f"<bpmn:conditionExpression>{text[1:]}</bpmn:conditionExpression>"


def _node(model: Process, element: Element, timers: Mapping[str, str]) -> str:
    attributes = {"id": element.id, "name": element.id}
    if element.default:
        attributes["default"] = element.default
    if element.called_process:
        attributes["calledElement"] = element.called_process
    if element.attached_to:
        attributes |= {
            "attachedToRef": element.attached_to,
            "cancelActivity": str(element.interrupting).lower(),
        }
    if element.kind == "startEvent" and element.event.kind != "none":
        attributes["isInterrupting"] = str(element.interrupting).lower()
    if element.triggered_by_event:
        attributes["triggeredByEvent"] = "true"
    if element.for_compensation:
        attributes["isForCompensation"] = "true"
    if element.kind == "receiveTask" and element.event.kind == "message":
        attributes["messageRef"] = f"message_{_code(element)}"
    inside = _inside(model, element.id, timers) if element.kind == "subProcess" else ""
    if element.kind.endswith("Event"):
        inside += _event(element, timers)
    if element.multi_instance is not None:
        inside += (
            "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality>"
            "</bpmn:multiInstanceLoopCharacteristics>"
        )
    text = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<bpmn:{element.kind}{text}>{inside}</bpmn:{element.kind}>"


def _event(element: Element, timers: Mapping[str, str]) -> str:
    kind, code = element.event.kind, _code(element)
    if kind == "none":
        return ""
    if kind == "timer":
        cycle = element.event.timer_kind == "cycle"
        tag = "timeCycle" if cycle else "timeDate"
        given = timers.get(element.id, CYCLE if cycle else FAR)
        if not cycle and given.startswith('"P'):
            tag = "timeDuration"
        inside = f"<bpmn:{tag}>{given}</bpmn:{tag}>"
        return f"<bpmn:timerEventDefinition>{inside}</bpmn:timerEventDefinition>"
    if kind == "conditional":
        condition = element.event.condition[1:]
        return (
            f"<bpmn:conditionalEventDefinition><bpmn:condition>{condition}</bpmn:condition>"
            "</bpmn:conditionalEventDefinition>"
        )
    if kind == "link":
        return f'<bpmn:linkEventDefinition name="{code}" />'
    reference = f' {kind}Ref="{kind}_{code}"' if code and kind != "compensation" else ""
    return f"<bpmn:{DEFINITIONS[kind]}EventDefinition{reference} />"


def parsed(xml: str, process: str = "main") -> tuple[Any, Any]:
    """The library's specs of a process and of what it holds."""
    parser = BpmnParser()
    parser.add_bpmn_str(xml.encode())
    return parser.get_spec(process), parser.get_subprocess_specs(process)


class Stock:
    """One run. ``data`` are the variables, written at the start."""

    def __init__(
        self,
        text: str,
        *,
        timers: Mapping[str, str] | None = None,
        specs: tuple[Any, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        **others: str,
    ) -> None:
        self.specs = specs or parsed(written(text, timers, **others))
        self.workflow = BpmnWorkflow(*self.specs)
        self.workflow.task_tree.data.update(data or {})
        self.workflow.do_engine_steps()

    def tasks(self, state: int) -> list[Task]:
        found = self.workflow.get_tasks(state=state)
        return [task for task in found if task.task_spec.bpmn_id is not None]

    @property
    def here(self) -> list[str]:
        """What a person could do now."""
        return [task.task_spec.name for task in self.tasks(TaskState.READY)]

    @property
    def waiting(self) -> list[str]:
        return [task.task_spec.name for task in self.tasks(TaskState.WAITING)]

    @property
    def completed(self) -> list[str]:
        return [task.task_spec.name for task in self.tasks(TaskState.COMPLETED)]

    def at(self, name: str) -> Task:
        return next(task for task in self.tasks(TaskState.READY) if task.task_spec.name == name)

    def do(self, *names: str, **data: Any) -> list[str]:
        for name in names:
            task = self.at(name)
            task.data.update(data)
            task.run()
            self.workflow.do_engine_steps()
        return self.here

    @property
    def done(self) -> bool:
        return bool(self.workflow.completed)


def saved_and_loaded(run: Stock, specs: tuple[Any, Any]) -> BpmnWorkflow:
    """What a restarted process has: the tasks of ``run`` on specs that were parsed anew."""
    serializer = BpmnWorkflowSerializer()
    workflow = serializer.from_dict(serializer.to_dict(run.workflow))
    workflow.spec, workflow.subprocess_specs = specs
    for task in workflow.tasks.values():
        task.task_spec = specs[0].task_specs[task.task_spec.name]
    return workflow
