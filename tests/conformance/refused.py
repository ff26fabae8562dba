"""Elements that are findings: a small diagram of each, the checker's sentence, what to draw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from runner.definitions.check import check_file
from runner.definitions.findings import Finding
from tests.conformance.drawing import HEAD


@dataclass(frozen=True)
class Refused:
    """``xml`` is the element ``x`` without its id; ``inside`` what it holds. It stands between a
    start and an end, or alone."""

    zh: str
    en: str
    rule: str
    kind: str
    inside: str
    meaning: str
    instead: str
    size: tuple[int, int] = (150, 90)
    alone: bool = False

    def diagram(self) -> bytes:
        """The file, with its drawing."""
        width, height = self.size
        flows = [] if self.alone else [("start", "x"), ("x", "end")]
        nodes = "" if self.alone else START + END
        for number, (source, target) in enumerate(flows):
            nodes += (
                f'<bpmn:sequenceFlow id="f{number}" sourceRef="{source}" targetRef="{target}" />'
            )
        boxes = [] if self.alone else [("start", 60, 36, 36), ("end", 300 + width, 36, 36)]
        shapes = "".join(
            f'<bpmndi:BPMNShape id="{name}_di" bpmnElement="{name}"><dc:Bounds x="{x}" '
            f'y="{150 - h // 2}" width="{w}" height="{h}" /></bpmndi:BPMNShape>'
            for name, x, w, h in [*boxes, ("x", 200, width, height)]
        )
        ways = [(96, 200), (200 + width, 300 + width)]
        edges = "".join(
            f'<bpmndi:BPMNEdge id="f{number}_di" bpmnElement="f{number}"><di:waypoint x="{a}" '
            f'y="150" /><di:waypoint x="{b}" y="150" /></bpmndi:BPMNEdge>'
            for number, (a, b) in enumerate(ways[: len(flows)])
        )
        name = f"{self.zh} / {self.en}"
        return (
            f'{HEAD.format(name=self.kind)}<bpmn:process id="main" name="流程 / Process" '
            f'isExecutable="true"><bpmn:{self.kind} id="x" name="{name}">{self.inside}'
            f'</bpmn:{self.kind}>{nodes}</bpmn:process><bpmndi:BPMNDiagram id="diagram">'
            f'<bpmndi:BPMNPlane id="plane" bpmnElement="main">{shapes}{edges}</bpmndi:BPMNPlane>'
            "</bpmndi:BPMNDiagram></bpmn:definitions>"
        ).encode()

    def finding(self) -> Finding:
        """What the checker says of the element: an error that keeps it out of a release."""
        found = check_file(self.diagram(), "main.bpmn")
        return next(
            f for f in found if (f.rule, f.element_id, f.severity) == (self.rule, "x", "error")
        )


START = '<bpmn:startEvent id="start" name="开始 / Start" />'
END = '<bpmn:endEvent id="end" name="结束 / End" />'
REFUSED: Mapping[str, Refused] = {
    "ad_hoc_sub_process": Refused(
        "临时子流程",
        "Ad-hoc sub-process",
        "unsupported_activity",
        "adHocSubProcess",
        "",
        "Steps in any order, as often as somebody likes.",
        "A parallel multi-instance activity over the list of what is to be done; or the order of "
        "the steps, with an inclusive gateway for those that may be left out.",
        (220, 120),
    ),
    "data_store": Refused(
        "数据存储",
        "Data store",
        "unknown_element",
        "dataStoreReference",
        "",
        "A place outside the case that keeps data.",
        "What is kept with the case is a variable. What lies elsewhere is read and written by a "
        "service task's worker. A text annotation tells the reader.",
        (50, 50),
        alone=True,
    ),
    "complex_gateway": Refused(
        "复杂网关",
        "Complex gateway",
        "unsupported_activity",
        "complexGateway",
        "",
        "A gateway with a rule of its own for when it goes on.",
        "Exclusive, parallel and inclusive gateways. For the first three of five: a multi-instance "
        "activity with a completion condition.",
        (50, 50),
    ),
    "transaction": Refused(
        "事务子流程",
        "Transaction",
        "unsupported_activity",
        "transaction",
        "",
        "A sub-process that is undone as a whole when it is cancelled.",
        "A plain sub-process: its steps have compensation events, an error event on its border "
        "leads to a throwing compensation event.",
        (220, 120),
    ),
    "loop_marker": Refused(
        "循环标记",
        "Loop marker",
        "unknown_element",
        "userTask",
        "<bpmn:standardLoopCharacteristics />",
        "An activity that is done again and again until a condition holds.",
        "An exclusive gateway behind the activity with a way back; or, over a list, a sequential "
        "multi-instance activity.",
    ),
}
