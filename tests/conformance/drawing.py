"""A sketch as a BPMN file in the Camunda 8 dialect, with its drawing.

``python -m tests.conformance.cases`` draws every case anew; a test compares.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

from tests.conformance.layout import Box, Plan, plan
from tests.conformance.notation import Shape, Sketch, read

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions '
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
    'xmlns:di="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions_{name}" '
    'targetNamespace="http://bpmn.io/schema/bpmn" modeler:executionPlatform="Camunda Cloud" '
    'modeler:executionPlatformVersion="8.9.0">\n'
)
PAGE = (160, 80)
NAMES = {
    "startEvent": ("开始", "Start"),
    "endEvent": ("结束", "End"),
    "boundaryEvent": ("发生", "When"),
    "intermediateCatchEvent": ("等待", "Wait"),
    "intermediateThrowEvent": ("发出", "Send"),
    "userTask": ("人工", "Do"),
    "manualTask": ("手工", "By hand"),
    "task": ("步骤", "Step"),
    "serviceTask": ("服务", "Serve"),
    "sendTask": ("发送", "Send"),
    "receiveTask": ("接收", "Receive"),
    "businessRuleTask": ("规则", "Decide"),
    "scriptTask": ("计算", "Compute"),
    "callActivity": ("调用", "Call"),
    "subProcess": ("部分", "Part"),
    "eventBasedGateway": ("哪个先来？", "Which first?"),
}


def draw(text: str, name: str) -> bytes:
    """The file of one case."""
    return _File(read(text), name).text().encode()


class _File:
    def __init__(self, sketches: list[Sketch], name: str) -> None:
        self.sketches = sketches
        self.name = name
        self.shared: dict[str, str] = {}

    def text(self) -> str:
        processes = "".join(self._process(sketch) for sketch in self.sketches)
        pools = len(self.sketches) > 1
        collaboration = ""
        if pools:
            participants = "".join(
                f'    <bpmn:participant id="pool_{s.id}" name="{_both("流程", "Process", s.id)}" '
                f'processRef="{s.id}" />\n'
                for s in self.sketches
            )
            collaboration = (
                f'  <bpmn:collaboration id="collaboration_{self.name}">\n{participants}'
                "  </bpmn:collaboration>\n"
            )
        plane = f"collaboration_{self.name}" if pools else self.sketches[0].id
        return (
            HEAD.format(name=self.name) + collaboration + processes + "".join(self.shared.values())
            + f'  <bpmndi:BPMNDiagram id="diagram">\n    <bpmndi:BPMNPlane id="plane" '
            f'bpmnElement="{plane}">\n{self._drawings(pools=pools)}    </bpmndi:BPMNPlane>\n'
            "  </bpmndi:BPMNDiagram>\n</bpmn:definitions>\n"
        )  # fmt: skip

    # --- meaning ---

    def _process(self, sketch: Sketch) -> str:
        name = _both("流程", "Process", self.name if sketch.id == "main" else sketch.id)
        return (
            f'  <bpmn:process id="{sketch.id}" name="{name}" isExecutable="true">\n'
            f"{self._inside(sketch, sketch.id)}  </bpmn:process>\n"
        )

    def _inside(self, sketch: Sketch, parent: str) -> str:
        members = sketch.children(parent)
        ids = {shape.id for shape in members}
        lines = [line for line in sketch.lines if line.source in ids]
        found = [self._shape(sketch, shape) for shape in members]
        for line in lines:
            condition = (
                '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">='
                f"{escape(line.condition)}</bpmn:conditionExpression>"
                if line.condition
                else ""
            )
            name = f' name="{escape(line.condition, quote=True)}"' if line.condition else ""
            found.append(
                f'    <bpmn:sequenceFlow id="{line.id}"{name} sourceRef="{line.source}" '
                f'targetRef="{line.target}">{condition}</bpmn:sequenceFlow>\n'
            )
        for shape in members:
            if shape.handler:
                found.append(
                    f'    <bpmn:association id="{shape.id}_to_{shape.handler}" '
                    f'associationDirection="One" sourceRef="{shape.id}" '
                    f'targetRef="{shape.handler}" />\n'
                )
        return "".join(found)

    def _shape(self, sketch: Sketch, shape: Shape) -> str:
        attributes = {"id": shape.id, "name": self._name(sketch, shape)}
        if shape.default:
            attributes["default"] = shape.default
        if shape.attached_to:
            attributes["attachedToRef"] = shape.attached_to
            if not shape.interrupting:
                attributes["cancelActivity"] = "false"
        elif not shape.interrupting:
            attributes["isInterrupting"] = "false"
        if shape.event_sub_process:
            attributes["triggeredByEvent"] = "true"
        if shape.undoes:
            attributes["isForCompensation"] = "true"
        if shape.kind == "receiveTask":
            attributes["messageRef"] = self._message(shape.about)
        given = "".join(f' {key}="{value}"' for key, value in attributes.items() if value)
        inside = self._extension(shape) + self._flow_refs(sketch, shape)
        inside += self._loop(shape) + self._event(shape)
        if shape.kind == "subProcess":
            inside += self._inside(sketch, shape.id)
        return f"    <bpmn:{shape.kind}{given}>{inside}</bpmn:{shape.kind}>\n"

    @staticmethod
    def _flow_refs(sketch: Sketch, shape: Shape) -> str:
        return "".join(
            f"<bpmn:incoming>{line.id}</bpmn:incoming>"
            for line in sketch.lines
            if line.target == shape.id
        ) + "".join(
            f"<bpmn:outgoing>{line.id}</bpmn:outgoing>" for line in sketch.outgoing(shape.id)
        )

    @staticmethod
    def _name(sketch: Sketch, shape: Shape) -> str:
        if shape.kind.endswith("Gateway") and shape.kind != "eventBasedGateway":
            asks = any(line.condition for line in sketch.outgoing(shape.id))
            return "哪条路？ /&#10;Which way?" if asks else ""
        zh, en = NAMES[shape.kind]
        return _both(zh, en, "" if shape.kind == "eventBasedGateway" else shape.id, line="&#10;")

    def _extension(self, shape: Shape) -> str:
        parts = []
        if shape.kind == "userTask":
            parts.append(
                '<zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="office" />'
            )
        elif shape.event == "message" and shape.kind in ("intermediateThrowEvent", "endEvent"):
            parts.append('<zeebe:taskDefinition type="work" />')
        elif shape.kind in ("serviceTask", "sendTask", "businessRuleTask"):
            parts.append(f'<zeebe:taskDefinition type="{shape.about or "work"}" />')
        elif shape.kind == "scriptTask":
            target, _, source = shape.about.partition(" = ")
            parts.append(
                f'<zeebe:script expression="={escape(source, quote=True)}" '
                f'resultVariable="{target}" />'
            )
        elif shape.kind == "callActivity":
            called, *how = shape.about.split()
            flags = "" if not how else f' propagateAllChildVariables="{str("all" in how).lower()}"'
            parts.append(f'<zeebe:calledElement processId="{called}"{flags} />')
        mappings = "".join(
            f'<zeebe:{word} source="={escape(source, quote=True)}" target="{target}" />'
            for word, pairs in (("input", shape.inputs), ("output", shape.outputs))
            for target, source in pairs
        )
        if mappings:
            parts.append(f"<zeebe:ioMapping>{mappings}</zeebe:ioMapping>")
        joined = "".join(parts)
        return f"<bpmn:extensionElements>{joined}</bpmn:extensionElements>" if joined else ""

    @staticmethod
    def _loop(shape: Shape) -> str:
        loop = shape.loop
        if not loop:
            return ""
        given = f'inputCollection="={escape(loop["items"], quote=True)}"'
        if "item" in loop:
            given += f' inputElement="{loop["item"]}"'
        if "collection" in loop:
            element = escape(loop["element"], quote=True)
            given += f' outputCollection="{loop["collection"]}" outputElement="={element}"'
        until = ""
        if "until" in loop:
            until = (
                '<bpmn:completionCondition xsi:type="bpmn:tFormalExpression">='
                f"{escape(loop['until'])}</bpmn:completionCondition>"
            )
        sequential = ' isSequential="true"' if "sequential" in loop else ""
        return (
            f"<bpmn:multiInstanceLoopCharacteristics{sequential}><bpmn:extensionElements>"
            f"<zeebe:loopCharacteristics {given} /></bpmn:extensionElements>{until}"
            "</bpmn:multiInstanceLoopCharacteristics>"
        )

    def _event(self, shape: Shape) -> str:
        kind, about = shape.event, shape.about
        if not kind or not shape.kind.endswith("Event") or kind == "none":
            return ""
        own = f'id="{shape.id}_event"'
        if kind == "timer":
            return f"<bpmn:timerEventDefinition {own}>{_timer(about)}</bpmn:timerEventDefinition>"
        if kind == "message":
            return f'<bpmn:messageEventDefinition {own} messageRef="{self._message(about)}" />'
        if kind in ("signal", "error", "escalation"):
            reference = f' {kind}Ref="{self._thrown(kind, about)}"' if about else ""
            return f"<bpmn:{kind}EventDefinition {own}{reference} />"
        if kind == "conditional":
            return (
                f"<bpmn:conditionalEventDefinition {own}><bpmn:condition "
                f'xsi:type="bpmn:tFormalExpression">={escape(about)}</bpmn:condition>'
                "</bpmn:conditionalEventDefinition>"
            )
        if kind == "link":
            return f'<bpmn:linkEventDefinition {own} name="{about}" />'
        if kind == "compensation":
            activity = f' activityRef="{about}"' if about else ""
            return f"<bpmn:compensateEventDefinition {own}{activity} />"
        return f"<bpmn:{kind}EventDefinition {own} />"

    def _message(self, name: str) -> str:
        self.shared[f"message {name}"] = (
            f'  <bpmn:message id="message_{name}" name="{name}"><bpmn:extensionElements>'
            '<zeebe:subscription correlationKey="=key" /></bpmn:extensionElements>'
            "</bpmn:message>\n"
        )
        return f"message_{name}"

    def _thrown(self, kind: str, code: str) -> str:
        reference = f"{kind}_{code}"
        given = f'name="{code}"' if kind == "signal" else f'name="{code}" {kind}Code="{code}"'
        self.shared[f"{kind} {code}"] = f'  <bpmn:{kind} id="{reference}" {given} />\n'
        return reference

    # --- drawing ---

    def _drawings(self, *, pools: bool) -> str:
        found, y = [], PAGE[1]
        for sketch in self.sketches:
            laid = plan(sketch)
            if pools:
                box = Box(PAGE[0], y, laid.width + 30, laid.height)
                found.append(_shape_xml(f"pool_{sketch.id}", box, ' isHorizontal="true"'))
                y_next = box.bottom + 40
                found.append(self._drawn(sketch, laid, PAGE[0] + 30, y))
                y = y_next
            else:
                found.append(self._drawn(sketch, laid, *PAGE))
        return "".join(found)

    def _drawn(self, sketch: Sketch, laid: Plan, dx: int, dy: int) -> str:
        found = []
        for shape in _outside_first(sketch):
            box = laid.boxes[shape.id].moved(dx, dy)
            more = ' isExpanded="true"' if shape.kind == "subProcess" else ""
            more += ' isMarkerVisible="true"' if shape.kind == "exclusiveGateway" else ""
            found.append(_shape_xml(shape.id, box, more, label=_label(shape, box)))
        for line in sketch.lines:
            way = [(x + dx, y + dy) for x, y in laid.ways[line.id]]
            found.append(_edge_xml(line.id, way, named=bool(line.condition)))
        for shape in sketch.shapes.values():
            if shape.handler:
                event = laid.boxes[shape.id].moved(dx, dy)
                handler = laid.boxes[shape.handler].moved(dx, dy)
                way = [(event.cx, event.bottom), (event.cx, handler.cy), (handler.x, handler.cy)]
                found.append(_edge_xml(f"{shape.id}_to_{shape.handler}", way, named=False))
        return "".join(found)


def _outside_first(sketch: Sketch) -> Iterable[Shape]:
    """Containers before what lies in them, boundary events last."""
    shapes = list(sketch.shapes.values())
    return [
        *(s for s in shapes if s.kind == "subProcess"),
        *(s for s in shapes if s.kind not in ("subProcess", "boundaryEvent")),
        *(s for s in shapes if s.kind == "boundaryEvent"),
    ]


def _label(shape: Shape, box: Box) -> str:
    if shape.kind.endswith("Event"):
        left = box.cx + 14 if shape.attached_to else box.cx - 44
        return f'<dc:Bounds x="{left}" y="{box.bottom + 6}" width="88" height="28" />'
    if shape.kind.endswith("Gateway"):
        return f'<dc:Bounds x="{box.cx - 44}" y="{box.y - 34}" width="88" height="28" />'
    return ""


def _shape_xml(element: str, box: Box, more: str = "", label: str = "") -> str:
    labelled = f"<bpmndi:BPMNLabel>{label}</bpmndi:BPMNLabel>" if label else ""
    return (
        f'      <bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}"{more}>'
        f'<dc:Bounds x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" />'
        f"{labelled}</bpmndi:BPMNShape>\n"
    )


def _edge_xml(element: str, way: list[tuple[int, int]], *, named: bool) -> str:
    points = "".join(f'<di:waypoint x="{x}" y="{y}" />' for x, y in way)
    label = ""
    if named:
        (x, y), (x2, y2) = way[-2:] if way[0][0] == way[1][0] else way[:2]
        at = f'x="{min(x, x2) + 6}" y="{min(y, y2) - 20}"'
        label = f'<bpmndi:BPMNLabel><dc:Bounds {at} width="88" height="14" /></bpmndi:BPMNLabel>'
    return (
        f'      <bpmndi:BPMNEdge id="{element}_di" bpmnElement="{element}">{points}{label}'
        "</bpmndi:BPMNEdge>\n"
    )


def _both(zh: str, en: str, name: str, line: str = "") -> str:
    return f"{zh} {name}".strip() + f" /{line or ' '}" + f"{en} {name}".strip()


def _timer(text: str) -> str:
    kind = "timeDuration"
    if text.startswith("R"):
        kind = "timeCycle"
    elif re.match(r"\d{4}-", text):
        kind = "timeDate"
    quoted = escape(text if text.startswith("=") else f'="{text}"')
    if kind == "timeDuration" and not text.startswith("="):
        quoted = escape(f'=duration("{text}")')
    elif kind == "timeDate":
        quoted = escape(f'=date and time("{text}")')
    return f'<bpmn:{kind} xsi:type="bpmn:tFormalExpression">{quoted}</bpmn:{kind}>'
