"""For each rule about drawings: a small drawn diagram that breaks it, and one that breaks none."""

from __future__ import annotations

from tests.definitions.diagrams import HEAD

SPACES = (
    ' xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:w="http://www.omg.org/spec/DD/20100524/DI"'
)
HOUSE = (
    "<bpmn:extensionElements><zeebe:properties>"
    '<zeebe:property name="layout" value="house" /></zeebe:properties></bpmn:extensionElements>'
)
TASK = (
    '<bpmn:userTask id="{0}" name="{1} /&#10;{2}"><bpmn:extensionElements><zeebe:userTask />'
    '<zeebe:formDefinition formId="f" /><zeebe:assignmentDefinition candidateGroups="office" />'
    "</bpmn:extensionElements></bpmn:userTask>"
)
ELEMENTS = {
    "start": '<bpmn:startEvent id="start" name="开始 /&#10;Start" />',
    "ask": TASK.format("ask", "询问", "Ask"),
    "fits": '<bpmn:exclusiveGateway id="fits" name="符合? /&#10;Fits?" default="fits_to_end" />',
    "mend": TASK.format("mend", "补充", "Mend"),
    "end": '<bpmn:endEvent id="end" name="完成 /&#10;Done" />',
    "end_mended": '<bpmn:endEvent id="end_mended" name="已补充 /&#10;Mended" />',
}
CONDITION = (
    '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">=decision = "no"'
    "</bpmn:conditionExpression>"
)
FLOWS = {
    "start_to_ask": ("start", "ask", "", ""),
    "ask_to_fits": ("ask", "fits", "", ""),
    "fits_to_end": ("fits", "end", "是 / Yes", ""),
    "fits_to_mend": ("fits", "mend", "否 / No", CONDITION),
    "mend_to_end_mended": ("mend", "end_mended", "", ""),
}
BOXES: dict[str, tuple[float, ...]] = {
    "start": (242, 162, 36, 36, 242, 203, 35, 28),
    "ask": (325, 135, 150, 90),
    "fits": (515, 155, 50, 50, 519, 122, 42, 28),
    "mend": (465, 265, 150, 90),
    "end": (622, 162, 36, 36, 621, 203, 38, 28),
    "end_mended": (662, 292, 36, 36, 657, 333, 46, 28),
}
WAYS: dict[str, tuple[float, ...]] = {
    "start_to_ask": (278, 180, 325, 180),
    "ask_to_fits": (475, 180, 515, 180),
    "fits_to_end": (565, 180, 622, 180),
    "fits_to_mend": (540, 205, 540, 265),
    "mend_to_end_mended": (615, 310, 662, 310),
}
FLOW_LABELS = {"fits_to_end": (571, 158, 46, 14), "fits_to_mend": (546, 211, 42, 14)}


def drawn(
    *,
    house: bool = True,
    boxes: dict[str, tuple[float, ...]] | None = None,
    ways: dict[str, tuple[float, ...]] | None = None,
    names: dict[str, str] | None = None,
    labels: dict[str, tuple[float, ...]] | None = None,
    pool: tuple[float, ...] = (160, 80, 600, 320),
    undrawn: tuple[str, ...] = (),
) -> bytes:
    """start, a task, a split, one more task and two ends in one pool; the arguments change it."""
    elements = "".join(ELEMENTS.values())
    flows = "".join(
        f'<bpmn:sequenceFlow id="{i}" name="{n}" sourceRef="{a}" targetRef="{b}">{inside}'
        "</bpmn:sequenceFlow>"
        for i, (a, b, n, inside) in FLOWS.items()
    )
    for old, new in (names or {}).items():
        assert old in elements + flows
        elements, flows = elements.replace(old, new), flows.replace(old, new)
    shapes = "".join(
        _shape(i, box) for i, box in {**BOXES, **(boxes or {})}.items() if i not in undrawn
    )
    edges = "".join(
        _edge(i, way, {**FLOW_LABELS, **(labels or {})}.get(i))
        for i, way in {**WAYS, **(ways or {})}.items()
        if i not in undrawn
    )
    return (
        f"{HEAD.replace(' id=', SPACES + ' id=', 1)}"
        '<bpmn:collaboration id="c"><bpmn:participant id="pool" name="流程 / Process" '
        'processRef="p" /></bpmn:collaboration>'
        '<bpmn:process id="p" name="流程 / Process" isExecutable="true">'
        f"{HOUSE if house else ''}{elements}{flows}</bpmn:process>"
        '<di:BPMNDiagram id="dd"><di:BPMNPlane id="dp" bpmnElement="c">'
        f"{_shape('pool', pool)}{shapes}{edges}</di:BPMNPlane></di:BPMNDiagram></bpmn:definitions>"
    ).encode()


def _shape(element_id: str, box: tuple[float, ...]) -> str:
    label = f"<di:BPMNLabel>{_bounds(box[4:])}</di:BPMNLabel>" if len(box) > 4 else ""
    return (
        f'<di:BPMNShape id="{element_id}_di" bpmnElement="{element_id}">{_bounds(box)}{label}'
        "</di:BPMNShape>"
    )


def _edge(element_id: str, way: tuple[float, ...], label: tuple[float, ...] | None) -> str:
    points = "".join(
        f'<w:waypoint x="{x}" y="{y}" />' for x, y in zip(way[::2], way[1::2], strict=True)
    )
    written = f"<di:BPMNLabel>{_bounds(label)}</di:BPMNLabel>" if label else ""
    return (
        f'<di:BPMNEdge id="{element_id}_di" bpmnElement="{element_id}">{points}{written}'
        "</di:BPMNEdge>"
    )


def _bounds(box: tuple[float, ...]) -> str:
    return f'<dc:Bounds x="{box[0]}" y="{box[1]}" width="{box[2]}" height="{box[3]}" />'


def late(across: int) -> bytes:
    """The first task done several times, with a late clock whose centre is at ``across``."""
    several = (
        "<bpmn:multiInstanceLoopCharacteristics><bpmn:extensionElements>"
        '<zeebe:loopCharacteristics inputCollection="=items" inputElement="item" />'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
        '<bpmn:boundaryEvent id="late" name="迟 /&#10;Late" attachedToRef="ask" />'
    )
    boxes: dict[str, tuple[float, ...]] = {
        "late": (across - 18, 207, 36, 36, across + 22, 231, 30, 28)
    }
    return drawn(boxes=boxes).replace(
        b"</bpmn:userTask><bpmn:excl", f"{several}<bpmn:excl".encode()
    )


PLACES = {
    "too small": (drawn(boxes={"ask": (350, 140, 100, 80)}), "is 100 x 80, expected 150 x 90"),
    "off the grid": (drawn(boxes={"mend": (468, 265, 150, 90)}), "centre at (543, 310)"),
    "too close": (drawn(boxes={"end_mended": (632, 292, 36, 36)}), 'is 17 from "mend"'),
    "at the border": (drawn(pool=(160, 80, 600, 280)), 'is 5 from the border of "pool"'),
    "on the sign": (late(410), "covers the sign"),
    "not drawn": (drawn(undrawn=("end_mended",)), "is not drawn"),
}
FLOWING = {
    "slanted": (drawn(ways={"mend_to_end_mended": (615, 300, 662, 312)}), "is slanted"),
    "short": (drawn(ways={"fits_to_mend": (540, 205, 540, 215, 550, 215, 550, 265)}),
              "shorter than 15"),
    "three bends": (
        drawn(ways={"mend_to_end_mended": (615, 330, 640, 330, 640, 380, 720, 380, 720, 310,
                                           698, 310)}),
        "has 4 bends",
    ),
    "crossing": (
        drawn(ways={"mend_to_end_mended": (590, 265, 590, 120, 680, 120, 680, 292)}),
        'crosses "mend_to_end_mended"',
    ),
    "running along": (
        drawn(ways={"fits_to_mend": (565, 180, 600, 180, 600, 265)}), "lies on"),
    "near a shape": (
        drawn(ways={"mend_to_end_mended": (615, 290, 635, 290, 635, 190, 680, 190, 680, 292)}),
        'within 10 of "end"',
    ),
    "in the air": (drawn(ways={"mend_to_end_mended": (615, 310, 652, 310)}),
                   "does not end at the border"),
    "beside a corner": (drawn(ways={"fits_to_mend": (552, 193, 552, 265)}), "beside a corner"),
    "backward": (
        drawn(boxes={"end_mended": (372, 292, 36, 36, 367, 333, 46, 28)},
              ways={"mend_to_end_mended": (465, 310, 408, 310)}),
        "runs backward",
    ),
}  # fmt: skip
LABELLED = {
    "long task name": (drawn(names={"补充": "请客户补充全部所需材料"}), "at most 134 fit"),
    "long event name": (drawn(names={"已补充": "客户已经补充材料"}), "room for 46 x 28"),
    "no place": (drawn(boxes={"end": (622, 162, 36, 36)}), "without a place"),
    "on a shape": (drawn(boxes={"end": (622, 162, 36, 36, 575, 285, 38, 28)}), 'lies on "mend"'),
    "on a line": (drawn(boxes={"end": (622, 162, 36, 36, 525, 225, 38, 28)}), "running through"),
    "on a label": (drawn(labels={"fits_to_end": (519, 130, 46, 14)}), "lies on the label of"),
}
NAMED = {
    "no question": (drawn(names={"符合? /&#10;Fits?": "符合 /&#10;Fits"}), "should be a question"),
    "nameless split": (drawn(names={"符合? /&#10;Fits?": ""}), "a split without a question"),
    "no answer": (drawn(names={"是 / Yes": ""}), 'which answer of "fits"'),
    "nameless end": (drawn(names={"已补充 /&#10;Mended": ""}), "has no name"),
    "one language": (drawn(names={'补充 /&#10;Mend"': 'Mend"'}), "lacks the Chinese or"),
}
PAGED = {
    "too wide": (drawn(pool=(160, 80, 1900, 320)), "a frame of 1900 x 320"),
    "elsewhere": (drawn(pool=(150, 80, 620, 320)), "begins at (150, 80)"),
}
BY_RULE = {
    "layout_places": PLACES,
    "layout_flows": FLOWING,
    "layout_labels": LABELLED,
    "layout_names": NAMED,
    "layout_page": PAGED,
}
WRONG = {rule: [data for data, _ in cases.values()] for rule, cases in BY_RULE.items()}
RIGHT = dict.fromkeys(BY_RULE, drawn())
