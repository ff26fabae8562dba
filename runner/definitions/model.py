"""The typed form of a BPMN file in the Camunda 8 dialect: what the engine, checker and pages read.

Texts that may hold FEEL keep the file's form: a leading ``=`` means expression, anything else is a
plain text. Everything here is immutable and safe to share between threads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

EventKind = Literal[
    "none", "timer", "message", "signal", "error", "escalation", "terminate", "cancel",
    "compensation", "conditional", "link", "multiple",
]  # fmt: skip

TASK_KINDS = frozenset(
    {"task", "userTask", "manualTask", "serviceTask", "sendTask", "receiveTask",
     "businessRuleTask", "scriptTask"}
)  # fmt: skip
GATEWAY_KINDS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway",
     "complexGateway"}
)  # fmt: skip
EVENT_KINDS = frozenset(
    {"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent",
     "boundaryEvent"}
)  # fmt: skip
ACTIVITY_KINDS = TASK_KINDS | {"callActivity", "subProcess", "transaction", "adHocSubProcess"}
EXECUTED_EVENTS: Mapping[str, frozenset[str]] = {
    "startEvent": frozenset({"none", "timer", "message", "signal", "conditional"}),
    "intermediateCatchEvent": frozenset({"timer", "message", "signal", "conditional", "link"}),
    "boundaryEvent": frozenset(
        {"timer", "message", "signal", "error", "escalation", "conditional", "compensation"}
    ),
    "intermediateThrowEvent": frozenset(
        {"none", "message", "signal", "escalation", "link", "compensation"}
    ),
    "endEvent": frozenset(
        {"none", "message", "signal", "error", "escalation", "terminate", "compensation"}
    ),
}
"""Which kinds each event element may be of; others are a finding of the check."""
EVENT_SUB_PROCESS_STARTS = frozenset(
    {"timer", "message", "signal", "error", "escalation", "conditional", "compensation"}
)
"""What may begin an event sub-process."""


def is_expression(text: str | None) -> bool:
    """Whether ``text`` is FEEL (starts with ``=``)."""
    return text is not None and text.startswith("=")


@dataclass(frozen=True)
class VariableMapping:
    """One ``zeebe:input`` or ``zeebe:output``: ``source`` is FEEL with ``=`` or a plain text."""

    source: str
    target: str


@dataclass(frozen=True)
class MultiInstance:
    """``zeebe:loopCharacteristics``; expressions with their ``=``."""

    sequential: bool
    input_collection: str
    input_element: str | None = None
    output_collection: str | None = None
    output_element: str | None = None
    completion_condition: str | None = None


@dataclass(frozen=True)
class EventDefinition:
    """What an event waits for or throws. ``timer`` is the expression of the kind ``timer_kind``.

    ``code`` is an error's or escalation's code or a signal's or link's name; an expression where an
    event throws it. ``condition`` is a conditional event's, ``variables`` and ``changes`` (create,
    update) narrow what it is asked after. ``activity`` is what a compensation event undoes, empty
    for all of its scope; ``waits`` is false where it does not wait for that.
    """

    kind: EventKind = "none"
    timer_kind: Literal["", "date", "duration", "cycle"] = ""
    timer: str = ""
    message_name: str = ""
    correlation_key: str = ""
    code: str = ""
    condition: str = ""
    variables: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    activity: str = ""
    waits: bool = True


@dataclass(frozen=True)
class Flow:
    """A sequence flow. ``condition`` keeps its ``=``; None where there is none."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None = None


@dataclass(frozen=True)
class Element:
    """A flow node. ``kind`` is the BPMN local name; ``parent`` the process or sub-process id.

    ``for_compensation`` marks an activity that undoes another; ``handler`` is its id at the
    compensation event on that other one's border.
    """

    id: str
    kind: str
    name: str
    process_id: str
    parent: str
    line: int = 0
    documentation: str = ""
    lane: str = ""
    incoming: tuple[str, ...] = ()
    outgoing: tuple[str, ...] = ()
    default: str | None = None
    event: EventDefinition = field(default_factory=EventDefinition)
    attached_to: str | None = None
    interrupting: bool = True
    triggered_by_event: bool = False
    for_compensation: bool = False
    handler: str | None = None
    form_id: str | None = None
    assignee: str | None = None
    candidate_groups: str | None = None
    candidate_users: str | None = None
    due_date: str | None = None
    follow_up_date: str | None = None
    priority: str | None = None
    job_type: str | None = None
    retries: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    inputs: tuple[VariableMapping, ...] = ()
    outputs: tuple[VariableMapping, ...] = ()
    called_process: str | None = None
    propagate_all_child_variables: bool = True
    propagate_all_parent_variables: bool = True
    called_decision: str | None = None
    result_variable: str | None = None
    script: str | None = None
    multi_instance: MultiInstance | None = None
    properties: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_task(self) -> bool:
        return self.kind in TASK_KINDS


@dataclass(frozen=True)
class Process:
    """One ``bpmn:process``: all flow nodes, those of embedded sub-processes included."""

    id: str
    name: str
    file: str
    executable: bool
    documentation: str
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    lanes: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)

    def children(self, parent: str) -> tuple[Element, ...]:
        """The flow nodes directly inside ``parent`` (a process or sub-process), in file order."""
        return tuple(e for e in self.elements.values() if e.parent == parent)

    def boundary_events(self, activity: str) -> tuple[Element, ...]:
        return tuple(e for e in self.elements.values() if e.attached_to == activity)


@dataclass(frozen=True)
class Diagram:
    """One BPMN file."""

    file: str
    platform: str  # "camunda-8", "camunda-7", "spiff" or "plain"
    processes: Mapping[str, Process]
    pools: Mapping[str, str] = field(default_factory=dict)
