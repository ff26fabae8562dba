"""One flow node of a BPMN file with its Camunda 8 (``zeebe:``) extension elements."""

from __future__ import annotations

from typing import Literal

from lxml import etree

from runner.definitions.model import (
    Element,
    EventDefinition,
    EventKind,
    MultiInstance,
    VariableMapping,
)

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"

EVENT_DEFINITIONS: dict[str, EventKind] = {
    "timerEventDefinition": "timer",
    "messageEventDefinition": "message",
    "signalEventDefinition": "signal",
    "errorEventDefinition": "error",
    "escalationEventDefinition": "escalation",
    "terminateEventDefinition": "terminate",
    "cancelEventDefinition": "cancel",
    "compensateEventDefinition": "compensation",
    "conditionalEventDefinition": "conditional",
    "linkEventDefinition": "link",
}
TIMERS: tuple[tuple[str, Literal["date", "duration", "cycle"]], ...] = (
    ("timeDate", "date"),
    ("timeDuration", "duration"),
    ("timeCycle", "cycle"),
)


def line_of(node: etree._Element) -> int:
    """The line ``node`` begins on, 0 where the parser does not know."""
    return node.sourceline if isinstance(node.sourceline, int) else 0


class References:
    """What elements refer to from elsewhere in the file: messages, errors, signals, escalations."""

    def __init__(self, root: etree._Element) -> None:
        self.messages: dict[str, tuple[str, str]] = {}
        self.codes: dict[str, str] = {}
        self.joined: dict[str, list[str]] = {}  # by associations, in both directions
        for line in root.iter(f"{BPMN}association"):
            source, target = line.get("sourceRef", ""), line.get("targetRef", "")
            self.joined.setdefault(source, []).append(target)
            self.joined.setdefault(target, []).append(source)
        self.handlers = {
            node.get("id", "")
            for node in root.iter(f"{BPMN}*")
            if node.get("isForCompensation") == "true"
        }
        for child in root.iterchildren(f"{BPMN}*"):
            child_id, kind = child.get("id", ""), etree.QName(child).localname
            if kind == "message":
                subscription = child.find(f".//{ZEEBE}subscription")
                key = subscription.get("correlationKey", "") if subscription is not None else ""
                self.messages[child_id] = (child.get("name", ""), key)
            elif kind in ("error", "escalation"):
                self.codes[child_id] = child.get(f"{kind}Code", "")
            elif kind == "signal":
                self.codes[child_id] = child.get("name", "")


def read_element(
    node: etree._Element,
    *,
    process_id: str,
    parent: str,
    references: References,
    incoming: tuple[str, ...],
    outgoing: tuple[str, ...],
    lane: str,
) -> Element:
    """The element ``node`` describes. What is absent is None or empty; nothing is judged here."""
    kind = etree.QName(node).localname
    extension = _Extensions(node)
    decision, script = extension.get("calledDecision"), extension.get("script")
    result = extension.value("calledDecision", "resultVariable")
    return Element(
        id=node.get("id") or f"{kind}_line_{line_of(node)}",
        kind=kind,
        name=node.get("name", ""),
        process_id=process_id,
        parent=parent,
        line=line_of(node),
        documentation="\n".join(
            (text.text or "").strip() for text in node.iterchildren(f"{BPMN}documentation")
        ),
        lane=lane,
        incoming=incoming,
        outgoing=outgoing,
        default=node.get("default"),
        event=_event(node, kind, references),
        attached_to=node.get("attachedToRef"),
        interrupting=node.get("cancelActivity", node.get("isInterrupting", "true")) != "false",
        triggered_by_event=node.get("triggeredByEvent") == "true",
        for_compensation=node.get("isForCompensation") == "true",
        handler=next(
            (
                other
                for other in references.joined.get(node.get("id", ""), ())
                if kind == "boundaryEvent" and other in references.handlers
            ),
            None,
        ),
        form_id=extension.value("formDefinition", "formId"),
        assignee=extension.value("assignmentDefinition", "assignee"),
        candidate_groups=extension.value("assignmentDefinition", "candidateGroups"),
        candidate_users=extension.value("assignmentDefinition", "candidateUsers"),
        due_date=extension.value("taskSchedule", "dueDate"),
        follow_up_date=extension.value("taskSchedule", "followUpDate"),
        priority=extension.value("priorityDefinition", "priority"),
        job_type=extension.value("taskDefinition", "type"),
        retries=extension.value("taskDefinition", "retries"),
        headers=extension.pairs("taskHeaders", "header", "key", "value"),
        inputs=extension.mappings("input"),
        outputs=extension.mappings("output"),
        called_process=extension.value("calledElement", "processId"),
        propagate_all_child_variables=extension.flag("calledElement", "propagateAllChildVariables"),
        propagate_all_parent_variables=extension.flag(
            "calledElement", "propagateAllParentVariables"
        ),
        called_decision=decision.get("decisionId") if decision is not None else None,
        result_variable=result or extension.value("script", "resultVariable"),
        script=_script(node, script),
        multi_instance=_multi_instance(node),
        properties=extension.pairs("properties", "property", "name", "value"),
    )


def read_properties(node: etree._Element) -> dict[str, str]:
    """The extension properties of an element, a process among them, by name."""
    return _Extensions(node).pairs("properties", "property", "name", "value")


class _Extensions:
    """The ``zeebe:`` children of one element's ``extensionElements``."""

    def __init__(self, node: etree._Element) -> None:
        self._by_name: dict[str, etree._Element] = {}
        for holder in node.iterchildren(f"{BPMN}extensionElements"):
            for child in holder.iterchildren(f"{ZEEBE}*"):
                self._by_name.setdefault(etree.QName(child).localname, child)

    def get(self, name: str) -> etree._Element | None:
        return self._by_name.get(name)

    def value(self, name: str, attribute: str) -> str | None:
        node = self._by_name.get(name)
        text = node.get(attribute) if node is not None else None
        return text.strip() or None if text else None

    def flag(self, name: str, attribute: str) -> bool:
        return self.value(name, attribute) != "false"

    def pairs(self, name: str, child: str, key: str, value: str) -> dict[str, str]:
        node = self._by_name.get(name)
        if node is None:
            return {}
        return {c.get(key, ""): c.get(value, "") for c in node.iterchildren(f"{ZEEBE}{child}")}

    def mappings(self, direction: str) -> tuple[VariableMapping, ...]:
        node = self._by_name.get("ioMapping")
        if node is None:
            return ()
        return tuple(
            VariableMapping(source=c.get("source", ""), target=c.get("target", ""))
            for c in node.iterchildren(f"{ZEEBE}{direction}")
        )


def _event(node: etree._Element, kind: str, references: References) -> EventDefinition:
    if kind == "receiveTask":
        reference = node.get("messageRef")
        if reference is None:
            return EventDefinition()
        name, key = references.messages.get(reference, ("", ""))
        return EventDefinition(kind="message", message_name=name, correlation_key=key)
    if not kind.endswith("Event"):
        return EventDefinition()
    found = [
        child
        for child in node.iterchildren(f"{BPMN}*")
        if etree.QName(child).localname in EVENT_DEFINITIONS
    ]
    referenced = sum(1 for _ in node.iterchildren(f"{BPMN}eventDefinitionRef"))
    if len(found) + referenced > 1:
        return EventDefinition(kind="multiple")
    return _event_definition(found[0], references) if found else EventDefinition()


def _event_definition(node: etree._Element, references: References) -> EventDefinition:
    kind = EVENT_DEFINITIONS[etree.QName(node).localname]
    if kind == "timer":
        for tag, timer_kind in TIMERS:
            child = node.find(f"{BPMN}{tag}")
            if child is not None:
                return EventDefinition(
                    kind=kind, timer_kind=timer_kind, timer=(child.text or "").strip()
                )
        return EventDefinition(kind=kind)
    if kind == "message":
        name, key = references.messages.get(node.get("messageRef", ""), ("", ""))
        return EventDefinition(kind=kind, message_name=name, correlation_key=key)
    if kind == "conditional":
        return _conditional(node)
    if kind == "compensation":
        waits = node.get("waitForCompletion") != "false"
        return EventDefinition(kind=kind, activity=node.get("activityRef", ""), waits=waits)
    reference = node.get(f"{kind}Ref", "")
    code = node.get("name", "") if kind == "link" else references.codes.get(reference, "")
    return EventDefinition(kind=kind, code=code)


def _conditional(node: etree._Element) -> EventDefinition:
    extension = node.find(f"{BPMN}extensionElements/{ZEEBE}conditionalFilter")

    def listed(name: str) -> tuple[str, ...]:
        parts = ("" if extension is None else extension.get(name, "")).split(",")
        return tuple(part.strip() for part in parts if part.strip())

    return EventDefinition(
        kind="conditional",
        condition=(node.findtext(f"{BPMN}condition") or "").strip(),
        variables=listed("variableNames"),
        changes=listed("variableEvents"),
    )


def _script(node: etree._Element, extension: etree._Element | None) -> str | None:
    if extension is not None:
        return extension.get("expression")
    plain = node.find(f"{BPMN}script")
    return (plain.text or "").strip() if plain is not None else None


def _multi_instance(node: etree._Element) -> MultiInstance | None:
    loop = node.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is None:
        return None
    extension = loop.find(f"{BPMN}extensionElements/{ZEEBE}loopCharacteristics")
    condition = loop.find(f"{BPMN}completionCondition")
    values: dict[str, str | None] = {}
    if extension is not None:
        values = {str(name): str(value) or None for name, value in extension.attrib.items()}
    return MultiInstance(
        sequential=loop.get("isSequential") == "true",
        input_collection=values.get("inputCollection") or "",
        input_element=values.get("inputElement"),
        output_collection=values.get("outputCollection"),
        output_element=values.get("outputElement"),
        completion_condition=(condition.text or "").strip() or None
        if condition is not None
        else None,
    )
