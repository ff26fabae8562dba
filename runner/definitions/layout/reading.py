"""A BPMN file as a drawing: shapes, lines and labels with their places, one drawing per plane."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from lxml import etree

from runner.definitions.bpmn_elements import BPMN, line_of, read_properties
from runner.definitions.model import ACTIVITY_KINDS, EVENT_KINDS, GATEWAY_KINDS
from runner.definitions.svg_shapes import Box

Point = tuple[float, float]
Segment = tuple[Point, Point]

SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})
MARKED = SUB_PROCESSES | {"callActivity"}
NODE_KINDS = ACTIVITY_KINDS | EVENT_KINDS | GATEWAY_KINDS
HOUSE = "house"
_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_DC = "{http://www.omg.org/spec/DD/20100524/DC}"
_WAY = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"


@dataclass(frozen=True)
class Part:
    """What a fault can be about: id, name as in the file, and where the file says so."""

    id: str
    kind: str
    name: str
    line: int

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines its name is written in."""
        return tuple(line.strip() for line in self.name.split("\n") if line.strip())


@dataclass(frozen=True)
class Node(Part):
    """A drawn flow node. ``parent`` is the expanded sub-process it lies in, ``host`` what a
    boundary event is attached to, ``process`` the process it belongs to. ``marked`` tells that it
    has a sign in the middle of its bottom edge (several instances, something inside)."""

    box: Box
    parent: str
    host: str
    process: str
    expanded: bool
    marked: bool


@dataclass(frozen=True)
class Line(Part):
    """A drawn sequence or message flow."""

    source: str
    target: str
    points: tuple[Point, ...]
    default: bool

    @property
    def segments(self) -> Iterator[Segment]:
        return pairwise(self.points)


@dataclass(frozen=True)
class Frame(Part):
    """A drawn pool or innermost lane; ``members`` are the nodes a lane says it holds, ``process``
    what is in a pool (empty for a black box)."""

    box: Box
    members: frozenset[str]
    process: str


@dataclass(frozen=True)
class Drawing:
    """One plane. ``missing`` are elements without any shape or line (told with the first one)."""

    house: bool
    process: Part
    nodes: Mapping[str, Node]
    lines: tuple[Line, ...]
    pools: tuple[Frame, ...]
    lanes: tuple[Frame, ...]
    labels: Mapping[str, Box]
    missing: tuple[Part, ...]

    def part(self, element_id: str) -> Part | None:
        """The drawn part with this id."""
        found = self.nodes.get(element_id)
        parts = (*self.lines, *self.pools, *self.lanes)
        return found or next((part for part in parts if part.id == element_id), None)

    def inside(self, node_id: str, container_id: str) -> bool:
        """Whether a node lies in a sub-process, however deep."""
        seen: set[str] = set()
        while (node := self.nodes.get(node_id)) is not None and node.parent not in seen:
            if node.parent == container_id:
                return True
            seen.add(node.parent)
            node_id = node.parent
        return False

    def flows_at(self, node_id: str) -> int:
        """How many lines begin or end at a node."""
        return sum(node_id in (line.source, line.target) for line in self.lines)

    def flows_out(self, node_id: str) -> tuple[Line, ...]:
        return tuple(
            line for line in self.lines if line.source == node_id and line.kind == "sequenceFlow"
        )


def drawings(root: etree._Element) -> tuple[Drawing, ...]:
    """The drawings of a file, empty where it holds none. Never raises: what has no sensible place
    counts as not drawn."""
    elements = {node.get("id", ""): node for node in root.iter(f"{BPMN}*") if node.get("id")}
    planes = [_plane(plane) for plane in root.iter(f"{_DI}BPMNPlane")]
    planes = [plane for plane in planes if plane[0] or plane[1]]
    if not planes:
        return ()
    drawn = {element_id for shapes, ways, _ in planes for element_id in (*shapes, *ways)}
    missing = tuple(_undrawn(root, drawn))
    processes = list(root.iter(f"{BPMN}process"))
    house = any(read_properties(process).get("layout") == HOUSE for process in processes)
    of = {
        node.get("id", ""): process.get("id", "")
        for process in processes
        for node in process.iter(f"{BPMN}*")
    }
    found: list[Drawing] = []
    for shapes, ways, labels in planes:
        expanded = {
            element_id
            for element_id, (_, open_) in shapes.items()
            if open_ and element_id in elements and _kind(elements[element_id]) in SUB_PROCESSES
        }
        found.append(
            Drawing(
                house=house,
                process=_part(processes[0]) if processes else Part("", "process", "", 0),
                nodes={node.id: node for node in _nodes(elements, shapes, expanded, of)},
                lines=tuple(_lines(elements, ways)),
                pools=tuple(_frames(root, "participant", shapes)),
                lanes=tuple(_frames(root, "lane", shapes)),
                labels=labels,
                missing=missing if not found else (),
            )
        )
    return tuple(found)


_Plane = tuple[dict[str, tuple[Box, bool]], dict[str, tuple[Point, ...]], dict[str, Box]]


def _plane(plane: etree._Element) -> _Plane:
    shapes: dict[str, tuple[Box, bool]] = {}
    ways: dict[str, tuple[Point, ...]] = {}
    labels: dict[str, Box] = {}
    for drawn in plane.iterchildren(f"{_DI}*"):
        element_id = drawn.get("bpmnElement", "")
        label = drawn.find(f"{_DI}BPMNLabel")
        label_box = _bounds(label) if label is not None else None
        if label_box is not None:
            labels[element_id] = label_box
        if _kind(drawn) == "BPMNShape":
            box = _bounds(drawn)
            if box is not None:
                shapes[element_id] = (box, drawn.get("isExpanded") == "true")
        elif _kind(drawn) == "BPMNEdge":
            points = [_point(point) for point in drawn.iterchildren(_WAY)]
            sound = tuple(point for point in points if point is not None)
            if len(sound) > 1 and len(sound) == len(points):
                ways[element_id] = sound
    return shapes, ways, labels


def _nodes(
    elements: Mapping[str, etree._Element],
    shapes: Mapping[str, tuple[Box, bool]],
    expanded: set[str],
    process_of: Mapping[str, str],
) -> Iterator[Node]:
    for element_id, (box, _) in shapes.items():
        element = elements.get(element_id)
        if element is None or _kind(element) not in NODE_KINDS:
            continue
        above = element.getparent()
        parent = above.get("id", "") if above is not None else ""
        yield Node(
            *_told(element),
            box=box,
            parent=parent if parent in expanded else "",
            host=element.get("attachedToRef", ""),
            process=process_of.get(element_id, ""),
            expanded=element_id in expanded,
            marked=_kind(element) in MARKED
            or element.find(f"{BPMN}multiInstanceLoopCharacteristics") is not None,
        )


def _lines(
    elements: Mapping[str, etree._Element], ways: Mapping[str, tuple[Point, ...]]
) -> Iterator[Line]:
    for element_id, points in ways.items():
        element = elements.get(element_id)
        if element is None or _kind(element) not in ("sequenceFlow", "messageFlow"):
            continue
        source = element.get("sourceRef", "")
        begins = elements.get(source)
        yield Line(
            *_told(element),
            source=source,
            target=element.get("targetRef", ""),
            points=points,
            default=begins is not None and begins.get("default") == element_id,
        )


def _frames(
    root: etree._Element, kind: str, shapes: Mapping[str, tuple[Box, bool]]
) -> Iterator[Frame]:
    for element in root.iter(f"{BPMN}{kind}"):
        found = shapes.get(element.get("id", ""))
        if found is None or element.find(f"{BPMN}childLaneSet") is not None:
            continue
        members = {(ref.text or "").strip() for ref in element.iterchildren(f"{BPMN}flowNodeRef")}
        yield Frame(
            *_told(element),
            box=found[0],
            members=frozenset(members),
            process=element.get("processRef", ""),
        )


def _undrawn(root: etree._Element, drawn: set[str]) -> Iterator[Part]:
    kinds = NODE_KINDS | {"sequenceFlow", "messageFlow", "participant", "lane"}
    for element in root.iter(f"{BPMN}*"):
        if _kind(element) in kinds and element.get("id") and element.get("id") not in drawn:
            yield _part(element)


def _part(element: etree._Element) -> Part:
    return Part(*_told(element))


def _told(element: etree._Element) -> tuple[str, str, str, int]:
    return element.get("id", ""), _kind(element), element.get("name", ""), line_of(element)


def _kind(element: etree._Element) -> str:
    return etree.QName(element).localname


def _bounds(node: etree._Element) -> Box | None:
    found = node.find(f"{_DC}Bounds")
    if found is None:
        return None
    numbers = [_number(found.get(name)) for name in ("x", "y", "width", "height")]
    x, y, width, height = numbers
    if x is None or y is None or width is None or height is None:
        return None
    return Box(x, y, width, height)


def _point(node: etree._Element) -> Point | None:
    x, y = _number(node.get("x")), _number(node.get("y"))
    return None if x is None or y is None else (x, y)


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "0")
    except ValueError:
        return None
    return value if isfinite(value) and abs(value) < 1e6 else None
