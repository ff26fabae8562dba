"""A diagram file as an accessible SVG drawing, with where a case has been and where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from itertools import pairwise

from lxml import etree

from runner.definitions import svg_shapes as shapes
from runner.definitions.bpmn_elements import BPMN
from runner.definitions.findings import half
from runner.definitions.model import ACTIVITY_KINDS
from runner.definitions.outline import outline
from runner.definitions.svg_shapes import Box
from runner.definitions.svg_style import style
from runner.definitions.svg_text import LINE_HEIGHT, text_block, width_of, wrap
from runner.definitions.wording import kind_name
from runner.definitions.xml import read_xml

__all__ = ["outline", "render"]

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
WAY = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
TASK_TEXT, LABEL_TEXT = 13.0, 12.0
_MARKS = {
    "gone": ("没有对应", "without a counterpart"),
    "changed": ("有改动", "changed"),
    "fresh": ("新增", "new"),
}
SUB_PROCESSES = frozenset({"subProcess", "transaction", "adHocSubProcess"})


def render(
    diagram: bytes,
    *,
    language: str,
    taken: Mapping[str, int] | None = None,
    active: Mapping[str, int] | Iterable[str] = (),
    marked: Mapping[str, str] | None = None,
    standalone: bool = False,
    dark: bool = False,
) -> str:
    """The drawing of a BPMN file as an ``<svg class="dg">`` element; all text is escaped.

    ``taken`` counts completions of elements and passages of flows, ``active`` are elements where a
    token rests. Nodes get the classes ``done``, ``now`` or, once anything is taken, ``future``;
    flows ``done``. ``marked`` gives elements one class more, drawn as a border of its own kind:
    ``gone``, ``changed`` or ``fresh``. ``standalone`` puts the colours in (else the page's CSS has
    them), ``dark`` chooses them.
    The reader's half of each label is shown. Raises ``UnreadableFile``.
    """
    root = read_xml(diagram, "")
    drawing = _Drawing(root, language, dict(taken or {}), _counts(active), marked or {})
    return drawing.svg(style(dark=dark) if standalone else "")


def _counts(active: Mapping[str, int] | Iterable[str]) -> dict[str, int]:
    return dict(active) if isinstance(active, Mapping) else dict.fromkeys(active, 1)


class _Drawing:
    def __init__(
        self,
        root: etree._Element,
        language: str,
        taken: dict[str, int],
        active: dict[str, int],
        marked: Mapping[str, str],
    ) -> None:
        self.root = root
        self.language = language
        self.chinese = language.lower().startswith("zh")
        self.taken = taken
        self.active = active
        self.marked = marked
        self.overlay = bool(taken or active)
        self.elements = {
            node.get("id", ""): node for node in root.iter(f"{BPMN}*") if node.get("id")
        }
        self.defaults = {node.get("default") for node in self.elements.values()}
        self.back: list[str] = []
        self.flows: list[str] = []
        self.front: list[str] = []
        self.labels: list[str] = []
        self.xs: list[float] = []
        self.ys: list[float] = []

    def svg(self, colours: str) -> str:
        for shape in self.root.iter(f"{DI}BPMNShape"):
            self._shape(shape)
        for edge in self.root.iter(f"{DI}BPMNEdge"):
            self._edge(edge)
        title = escape(self._title(), quote=True)
        if not self.xs:
            self._cover(Box(0, 0, 400, 60))
            empty = "文件里没有图形。" if self.chinese else "The file holds no drawing."
            self.labels.append(text_block([empty], 200, 30, TASK_TEXT))
        left, top = min(self.xs) - 20, min(self.ys) - 20
        width, height = max(self.xs) + 20 - left, max(self.ys) + 20 - top
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="dg" role="img" aria-label="{title}" '
            f'lang="{"zh-CN" if self.chinese else "en"}" viewBox="{left:g} {top:g} {width:g} '
            f'{height:g}" width="{width:g}" height="{height:g}">{colours}<title>{title}</title>'
            f"{''.join(self.back)}{''.join(self.flows)}{''.join(self.front)}"
            f"{''.join(self.labels)}</svg>"
        )

    def _title(self) -> str:
        process = next(self.root.iter(f"{BPMN}process"), None)
        pool = next(self.root.iter(f"{BPMN}participant"), None)
        name = (process.get("name") if process is not None else "") or (
            pool.get("name", "") if pool is not None else ""
        )
        title = self._half(name or "") or ("流程图" if self.chinese else "Diagram")
        names = [self._half(self.elements[e].get("name", "")) for e in self.active
                 if e in self.elements]  # fmt: skip
        here = ("、" if self.chinese else ", ").join(name for name in names if name)
        if here:
            return f"{title}。现在：{here}" if self.chinese else f"{title}. Now: {here}"
        return title

    def _half(self, label: str) -> str:
        return half(label, self.language)

    def _cover(self, box: Box) -> None:
        self.xs += [box.x, box.right]
        self.ys += [box.y, box.bottom]

    def _state(self, element_id: str) -> str:
        if element_id in self.active:
            return "now"
        if element_id in self.taken:
            return "done"
        return "future" if self.overlay else ""

    # --- nodes ---

    def _shape(self, shape: etree._Element) -> None:
        element = self.elements.get(shape.get("bpmnElement", ""))
        box = _bounds(shape)
        if element is None or box is None:
            return
        self._cover(box)
        kind = etree.QName(element).localname
        label = self._half(element.get("name", ""))
        if kind in ("participant", "lane"):
            self._pool(box, kind, label, black_box=element.get("processRef") is None)
        elif kind in SUB_PROCESSES and shape.get("isExpanded") != "false":
            self._expanded(box, label, element)
        elif kind in ACTIVITY_KINDS:
            self._node(element, box, self._activity(element, kind, box, label))
        elif kind.endswith("Event"):
            self._node(element, box, self._event(element, kind, box))
            self._outside_label(shape, box, label)
        elif kind.endswith("Gateway"):
            self._node(element, box, shapes.gateway(box, kind))
            self._outside_label(shape, box, label)
        elif kind == "textAnnotation":
            lines = wrap(self._half(element.findtext(f"{BPMN}text") or ""), box.width - 10, 12)
            self.front.append(shapes.header_line(box, 0))
            self.labels.append(text_block(lines, box.x + 6, box.cy, LABEL_TEXT, "lb", "start"))
        else:  # data objects, groups and the like: their outline and name
            self.back.append(shapes.container(box, rounded=kind == "group"))
            self._outside_label(shape, box, label)

    def _node(self, element: etree._Element, box: Box, drawn: str) -> None:
        element_id = element.get("id", "")
        state = self._state(element_id)
        kind = etree.QName(element).localname
        mark = shapes.tick(box) if state == "done" and kind in ACTIVITY_KINDS else ""
        count = self.active.get(element_id, 0) or self.taken.get(element_id, 0)
        if count > 1:
            mark = self._count(box, count, state)
        classes = " ".join(filter(None, ("nd", state, self.marked.get(element_id))))
        self.front.append(
            f'<g class="{classes}" data-element="{escape(element_id, quote=True)}">'
            f"<title>{escape(self._told(element, kind, state, count))}</title>{drawn}{mark}</g>"
        )

    def _count(self, box: Box, count: int, state: str) -> str:
        x, y = box.right - 3, box.y + 3
        text = f"×{count}"
        wide = width_of(text, 11) + 10
        badge = (
            f'<rect class="{"bk" if state == "now" else "mk"}" x="{x - wide / 2:.5g}" '
            f'y="{y - 9:g}" width="{wide:.4g}" height="18" rx="9"/>'
        )
        return badge + text_block([text], x, y, 11, "mkt bkt")

    def _told(self, element: etree._Element, kind: str, state: str, count: int) -> str:
        """What a pointer or a screen reader is told about one node."""
        words = kind_name(kind)
        name = self._half(element.get("name", ""))
        if self.chinese:
            said = {"now": "现在在这里", "done": f"已完成 {count} 次" if count > 1 else "已完成"}
            told = _MARKS.get(self.marked.get(element.get("id", ""), ""), ("", ""))[0]
            parts = [f"{words.zh} {name}".strip(), said.get(state, ""), told]
            return "，".join(part for part in parts if part)
        said = {"now": "now here", "done": f"done {count} times" if count > 1 else "done"}
        told = _MARKS.get(self.marked.get(element.get("id", ""), ""), ("", ""))[1]
        parts = [f"{words.en.capitalize()} {name}".strip(), said.get(state, ""), told]
        return ", ".join(part for part in parts if part)

    def _activity(self, element: etree._Element, kind: str, box: Box, label: str) -> str:
        markers = ""
        loop = element.find(f"{BPMN}multiInstanceLoopCharacteristics")
        if loop is not None:
            sequential = loop.get("isSequential") == "true"
            markers = shapes.marker(box, "sequential" if sequential else "parallel")
        elif kind in SUB_PROCESSES or kind == "callActivity":
            markers = shapes.marker(box, "inside")
        drawn = shapes.task(box, kind, markers=markers, bold=kind == "callActivity")
        lines = wrap(label, box.width - 12, TASK_TEXT)
        middle = box.cy - 4 if markers else box.cy + (3 if len(lines) > 2 else 0)
        return drawn + text_block(lines, box.cx, middle, TASK_TEXT)

    def _event(self, element: etree._Element, kind: str, box: Box) -> str:
        definition = next(
            (
                etree.QName(child).localname
                for child in element.iterchildren(f"{BPMN}*")
                if etree.QName(child).localname in shapes.EVENT_SYMBOLS
            ),
            None,
        )
        interrupting = element.get("cancelActivity", element.get("isInterrupting")) != "false"
        return shapes.event(box, kind, definition, interrupting=interrupting)

    # --- containers ---

    def _pool(self, box: Box, kind: str, label: str, *, black_box: bool) -> None:
        self.back.append(shapes.container(box, rounded=False))
        if kind == "participant" and black_box:
            self.labels.append(text_block([label], box.cx, box.cy, TASK_TEXT, "lane-t"))
            return
        if kind == "participant":
            self.back.append(shapes.header_line(box, 30))
        lines = wrap(label, box.height - 10, LABEL_TEXT)[:2]
        self.labels.append(
            f'<g transform="translate({box.x + 15:g} {box.cy:g}) rotate(-90)">'
            f"{text_block(lines, 0, 0, LABEL_TEXT, 'lane-t')}</g>"
        )

    def _expanded(self, box: Box, label: str, element: etree._Element) -> None:
        state = self._state(element.get("id", ""))
        self.back.append(
            f'<g class="{f"nd sub {state}".strip()}">{shapes.container(box, rounded=True)}</g>'
        )
        self.labels.append(
            text_block([label] if label else [], box.x + 14, box.y + 16, LABEL_TEXT, "lane-t",
                       "start")
        )  # fmt: skip

    # --- flows and labels ---

    def _edge(self, edge: etree._Element) -> None:
        element = self.elements.get(edge.get("bpmnElement", ""))
        points = [(_number(p, "x"), _number(p, "y")) for p in edge.iter(WAY)]
        if element is None or len(points) < 2:
            return
        self.xs += [x for x, _ in points]
        self.ys += [y for _, y in points]
        kind = etree.QName(element).localname
        element_id = element.get("id", "")
        state = "done" if element_id in self.taken else ""
        self.flows.append(shapes.flow(points, state, kind))
        if element_id in self.defaults:
            self.flows.append(shapes.default_mark(points, state))
        label = self._half(element.get("name", ""))
        box = _label_bounds(edge)
        if label and box is None:
            (x0, y0), (x1, y1) = points[(len(points) - 1) // 2 : (len(points) + 3) // 2][:2]
            box = Box((x0 + x1) / 2 - 44, (y0 + y1) / 2 - 18, 88, 14)
        if label and box is not None:
            self._label(label, box, box.cy, _beside_line(box, points))

    def _outside_label(self, shape: etree._Element, node: Box, label: str) -> None:
        if not label:
            return
        box = _label_bounds(shape) or Box(node.cx - 45, node.bottom + 6, 90, 14)
        lines = len(wrap(label, max(box.width, 90), LABEL_TEXT))
        tall = lines * LABEL_TEXT * LINE_HEIGHT
        middle = box.cy
        if box.y >= node.bottom - 4:
            middle = box.y + tall / 2
        elif box.bottom <= node.y + 4:
            middle = box.bottom - tall / 2
        anchor = (
            "start" if box.x >= node.cx - 2 else "end" if box.right <= node.cx + 2 else "middle"
        )
        self._label(label, box, middle, anchor)

    def _label(self, label: str, box: Box, middle: float, anchor: str) -> None:
        lines = wrap(label, max(box.width, 90), LABEL_TEXT)
        wide = max(width_of(line, LABEL_TEXT) for line in lines)
        tall = len(lines) * LABEL_TEXT * LINE_HEIGHT
        x = {"start": box.x, "end": box.right}.get(anchor, box.cx)
        left = {"start": x, "end": x - wide}.get(anchor, x - wide / 2)
        self._cover(Box(left, middle - tall / 2, wide, tall))
        self.labels.append(text_block(lines, x, middle, LABEL_TEXT, "lb", anchor))


def _beside_line(box: Box, points: list[tuple[float, float]]) -> str:
    """Where a flow's label begins: at the vertical line it stands beside, else in its middle."""
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 == x1 and min(y0, y1) - 4 <= box.cy <= max(y0, y1) + 4:
            if 0 <= box.x - x0 <= 24:
                return "start"
            if 0 <= x0 - box.right <= 24:
                return "end"
    return "middle"


def _bounds(node: etree._Element) -> Box | None:
    found = node.find(f"{DC}Bounds")
    if found is None:
        return None
    return Box(*(_number(found, name) for name in ("x", "y", "width", "height")))


def _label_bounds(node: etree._Element) -> Box | None:
    label = node.find(f"{DI}BPMNLabel")
    return _bounds(label) if label is not None else None


def _number(node: etree._Element, name: str) -> float:
    """A coordinate; what is no sensible number counts as 0, so that nothing can break the page."""
    try:
        value = float(node.get(name, "0"))
    except ValueError:
        return 0.0
    return value if abs(value) < 1e6 else 0.0
