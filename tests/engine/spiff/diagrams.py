"""A small text notation for ``Process`` models, so that tests of the engine need no XML.

    g: xor                      a declaration: id, kind, options
    fork: and                   and, or, xor, event (gateways)
    work: call other            a call activity of the process ``other``
    part: sub {                 an embedded sub-process; its lines follow, then }
    clock: timer on a           boundary events: interrupting
    nag: timer cycle beside a   and non-interrupting
    all: user each              multi-instance; ``sequential`` and ``until`` (condition) may follow
    help: eventsub {            an event sub-process; its start: ``begin: start message [beside]``
    undo: compensation on a by fix      what undoes ``a``, with ``fix: user undoes``
    t: throw link L             throw events, and ``l: link L``, the catch event
    hot: conditional x on a     conditional events: ``=x``
    start > a > g               flows; their ids are start_to_a and a_to_g
    g ?again > a                a flow with the condition ``=again``

Names that are not declared are start events (``start...``), end events (``end...``) or user tasks.
A gateway's only flow without a condition is its default.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any

from runner.definitions.model import Element, EventDefinition, Flow, MultiInstance, Process

GATEWAYS = {
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "event": "eventBasedGateway",
    "complex": "complexGateway",
}
WORK = {
    "user": "userTask",
    "service": "serviceTask",
    "rule": "businessRuleTask",
    "send": "sendTask",
    "receive": "receiveTask",
    "task": "task",
}
EVENTS = {
    "timer", "message", "signal", "error", "escalation", "terminate", "conditional", "link",
    "compensation",
}  # fmt: skip


def processes(**texts: str) -> dict[str, Process]:
    return {name: process(name, text) for name, text in texts.items()}


def process(name: str, text: str) -> Process:
    elements: dict[str, Element] = {}
    flows: dict[str, Flow] = {}
    parents = [name]

    def declare(element_id: str, **fields: Any) -> None:
        elements[element_id] = Element(
            **{"id": element_id, "name": "", "process_id": name, "parent": parents[-1], **fields}
        )

    def connect(source: str, target: str, condition: str | None) -> None:
        flow_id = f"{source}_to_{target}"
        while flow_id in flows:
            flow_id += "_again"
        flows[flow_id] = Flow(flow_id, "", source, target, condition and f"={condition}")

    for line in filter(None, (raw.split("#")[0].strip() for raw in text.splitlines())):
        if line == "}":
            parents.pop()
        elif found := re.fullmatch(r"(\w+): (.+)", line):
            declare(found[1], **_fields(found[2].split()))
            if line.endswith("{"):
                parents.append(found[1])
        else:
            stations = [part.split(" ?") for part in line.split(" > ")]
            for station, *_ in stations:
                if station not in elements:
                    kind = next((k for k in ("start", "end") if station.startswith(k)), None)
                    declare(station, kind=f"{kind}Event" if kind else "userTask")
            for (source, *condition), (target, *_) in pairwise(stations):
                connect(source, target, condition[0] if condition else None)
    for flow in flows.values():
        source, target = elements[flow.source], elements[flow.target]
        elements[flow.source] = replace(source, outgoing=(*source.outgoing, flow.id))
        target = elements[flow.target]
        elements[flow.target] = replace(target, incoming=(*target.incoming, flow.id))
    for element in elements.values():
        plain = [flow for flow in element.outgoing if flows[flow].condition is None]
        if element.kind in ("exclusiveGateway", "inclusiveGateway") and len(plain) == 1:
            elements[element.id] = replace(element, default=plain[0])
    return Process(name, "", f"{name}.bpmn", True, "", elements, flows)


def _fields(words: list[str]) -> dict[str, Any]:
    word = words[0]
    fields: dict[str, Any] = {}
    if word in GATEWAYS:
        return {"kind": GATEWAYS[word]}
    if word in WORK:
        fields["kind"] = WORK[word]
        if word == "receive":
            fields["event"] = EventDefinition("message", message_name="m")
    elif word == "call":
        fields |= {"kind": "callActivity", "called_process": words[1]}
    elif word in ("sub", "eventsub"):
        fields |= {"kind": "subProcess", "triggered_by_event": word == "eventsub"}
    elif word in ("start", "end", "throw"):
        kind = words[1] if len(words) > 1 else "none"
        options = [option for option in words[2:] if option not in ("beside", "cycle")]
        fields["kind"] = "intermediateThrowEvent" if word == "throw" else f"{word}Event"
        fields["event"] = _event(kind, options, "cycle" in words)
        fields["interrupting"] = "beside" not in words
    elif word in EVENTS:
        attached = next((i for i, w in enumerate(words) if w in ("on", "beside")), None)
        options = words[1:attached]
        fields["kind"] = "intermediateCatchEvent" if attached is None else "boundaryEvent"
        fields["event"] = _event(word, options, "cycle" in options)
        if "by" in words:
            fields["handler"] = words[words.index("by") + 1]
        if attached is not None:
            fields |= {
                "attached_to": words[attached + 1],
                "interrupting": words[attached] == "on",
            }
    else:
        fields["kind"] = word
    if "undoes" in words:
        fields["for_compensation"] = True
    if "each" in words:
        fields["multi_instance"] = MultiInstance(
            sequential="sequential" in words,
            input_collection="=items",
            completion_condition="=enough" if "until" in words else None,
        )
    return fields


def _event(kind: str, options: list[str], cycle: bool) -> EventDefinition:
    given = options[0] if options and kind != "timer" else ""
    return EventDefinition(
        kind,  # type: ignore[arg-type]
        timer_kind=("cycle" if cycle else "date") if kind == "timer" else "",
        code=given if kind not in ("conditional", "compensation") else "",
        condition=f"={given}" if kind == "conditional" else "",
        activity=given if kind == "compensation" else "",
    )
