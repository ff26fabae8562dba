"""The small language conformance diagrams are written in, so that a case can be read at a glance.

    start > a > g > end          flows, with ids start_to_a, a_to_g, ...
    g [x = 1] > b > end2         a flow with a condition; a gateway's plain flow is its default
    g: xor                       xor, and, or, event: gateways
    b: service work              user, manual, task, service TYPE, send TYPE, rule TYPE, receive M,
                                 script x = 1, call PROCESS, sub {, eventsub {  (closed by })
    c: catch timer PT1H          start, catch, throw, end; on A and beside A (boundary events), with
                                 timer PT1H (R3/PT1H, a date), message M, signal S, error E,
                                 escalation E, conditional x > 1, link L, terminate, compensation
    u: on a compensation by undo
    begin: start message M beside        an event sub-process's start that does not interrupt
    a: user | each [1,2] as item; sequential; until x; collect r of n; in x = 1; out y = x + 1

Names that are not declared are start events (start...), end events (end...) or user tasks.
``process NAME`` begins a further process; the first one is ``main``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

GATEWAYS = {
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "event": "eventBasedGateway",
}
WORK = {
    "user": "userTask",
    "manual": "manualTask",
    "task": "task",
    "service": "serviceTask",
    "send": "sendTask",
    "rule": "businessRuleTask",
    "receive": "receiveTask",
    "script": "scriptTask",
    "call": "callActivity",
}
EVENTS = {
    "start": "startEvent",
    "end": "endEvent",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
}


@dataclass
class Shape:
    """A flow node as it is written down. ``event`` is its kind of event, ``about`` what follows."""

    id: str
    kind: str
    parent: str
    event: str = ""
    about: str = ""
    attached_to: str = ""
    interrupting: bool = True
    event_sub_process: bool = False
    handler: str = ""
    undoes: bool = False
    loop: dict[str, str] = field(default_factory=dict)
    inputs: list[tuple[str, str]] = field(default_factory=list)
    outputs: list[tuple[str, str]] = field(default_factory=list)
    default: str = ""


@dataclass(frozen=True)
class Line:
    """A sequence flow."""

    id: str
    source: str
    target: str
    condition: str


@dataclass
class Sketch:
    """One process: shapes by id, in the order of writing."""

    id: str
    shapes: dict[str, Shape] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def children(self, parent: str) -> list[Shape]:
        return [shape for shape in self.shapes.values() if shape.parent == parent]

    def outgoing(self, shape_id: str) -> list[Line]:
        return [line for line in self.lines if line.source == shape_id]


def read(text: str) -> list[Sketch]:
    """All processes of a case. Raises ``ValueError`` for what is not in the language."""
    sketches = [Sketch("main")]
    parents = ["main"]
    for raw in text.splitlines():
        line = raw.split("#")[0].strip()
        if not line:
            continue
        if found := re.fullmatch(r"process (\w+)", line):
            sketches.append(Sketch(found[1]))
            parents = [found[1]]
        elif line == "}":
            parents.pop()
        elif found := re.fullmatch(r"(\w+): (.+)", line):
            opens = found[2].endswith("{")
            shape = _declared(found[1], found[2].removesuffix("{").strip(), parents[-1])
            sketches[-1].shapes[shape.id] = shape
            if opens:
                parents.append(shape.id)
        else:
            _flows(sketches[-1], line, parents[-1])
    for sketch in sketches:
        _finish(sketch)
    return sketches


def _declared(name: str, text: str, parent: str) -> Shape:
    head, _, options = text.partition(" | ")
    word, _, rest = head.partition(" ")
    shape = _shape(name, word, rest.strip(), parent)
    for option in filter(None, (part.strip() for part in options.split(";"))):
        _option(shape, option)
    return shape


def _shape(name: str, word: str, rest: str, parent: str) -> Shape:
    if word in GATEWAYS:
        return Shape(name, GATEWAYS[word], parent)
    if word in ("sub", "eventsub"):
        return Shape(name, "subProcess", parent, event_sub_process=word == "eventsub")
    if word in WORK:
        event = "message" if word == "receive" else ""
        return Shape(name, WORK[word], parent, event=event, about=rest)
    if word in EVENTS:
        shape = Shape(name, EVENTS[word], parent)
        if rest.endswith("beside"):
            rest, shape.interrupting = rest.removesuffix("beside").strip(), False
        shape.event, _, shape.about = rest.partition(" ")
        return shape
    if word in ("on", "beside"):
        host, _, rest = rest.partition(" ")
        shape = Shape(name, "boundaryEvent", parent, attached_to=host, interrupting=word == "on")
        shape.event, _, shape.about = rest.partition(" ")
        if shape.event == "compensation":
            shape.handler = shape.about.removeprefix("by ")
            shape.about = ""
        return shape
    raise ValueError(f"unknown word {word!r} at {name}")


def _option(shape: Shape, option: str) -> None:
    word, _, rest = option.partition(" ")
    if word == "each":
        items, _, item = rest.partition(" as ")
        shape.loop["items"] = items
        if item:
            shape.loop["item"] = item
    elif word in ("sequential", "until"):
        shape.loop[word] = rest or "yes"
    elif word == "collect":
        shape.loop["collection"], _, shape.loop["element"] = rest.partition(" of ")
    elif word in ("in", "out"):
        target, _, source = rest.partition(" = ")
        (shape.inputs if word == "in" else shape.outputs).append((target, source))
    else:
        shape.loop[word] = rest or "yes"


def _flows(sketch: Sketch, text: str, parent: str) -> None:
    stations = re.findall(r"(\w+)(?:\s*\[([^\]]*)\])?", text)
    if " > ".join(n + (f" [{c}]" if c else "") for n, c in stations) != text:
        raise ValueError(f"not a line of flows: {text!r}")
    for (source, condition), (target, _) in pairwise(stations):
        for name in (source, target):
            if name not in sketch.shapes:
                kind = next((k for k in ("start", "end") if name.startswith(k)), "user")
                sketch.shapes[name] = _shape(name, kind, "", parent)
        line_id = f"{source}_to_{target}"
        while any(line.id == line_id for line in sketch.lines):
            line_id += "_again"
        sketch.lines.append(Line(line_id, source, target, condition))


def _finish(sketch: Sketch) -> None:
    for shape in sketch.shapes.values():
        if shape.handler:
            sketch.shapes[shape.handler].undoes = True
        plain = [line for line in sketch.outgoing(shape.id) if not line.condition]
        conditional = len(plain) < len(sketch.outgoing(shape.id))
        splits = shape.kind in ("exclusiveGateway", "inclusiveGateway")
        if splits and len(plain) == 1 and conditional:
            shape.default = plain[0].id
        if "default" in shape.loop:
            shape.default = f"{shape.id}_to_{shape.loop.pop('default')}"
