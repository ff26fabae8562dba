"""Labels that can be read: short enough, with a place of their own, covered by nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from runner.definitions.layout import metrics
from runner.definitions.layout.faults import Fault, fault
from runner.definitions.layout.geometry import overlap, passes, shrunk
from runner.definitions.layout.reading import Drawing, Frame, Node, Part
from runner.definitions.model import ACTIVITY_KINDS, EVENT_KINDS, GATEWAY_KINDS
from runner.definitions.svg_shapes import Box

FLOWS = frozenset({"sequenceFlow", "messageFlow"})
OUTSIDE = EVENT_KINDS | GATEWAY_KINDS | FLOWS
MOST_LINES, LANE_FREE = 2, 20


def labels(drawing: Drawing) -> Iterator[Fault]:
    """Every label that is too long, has no room, or lies on something."""
    for named in (*drawing.nodes.values(), *drawing.lines, *drawing.pools, *drawing.lanes):
        yield from _lengths(named)
        if named.kind in OUTSIDE and named.name.strip():
            yield from _bounds(drawing, named)
    placed = [
        (part, shrunk(box, 2, 1))  # bounds are a little larger than the text
        for element_id, box in drawing.labels.items()
        if (part := drawing.part(element_id)) is not None and part.kind in OUTSIDE and part.name
    ]
    for part, box in placed:
        yield from _covered(drawing, part, box)
    for (part, box), (other, second) in combinations(placed, 2):
        if overlap(box, second):
            yield fault(
                part,
                f"的文字与“{other.id}”的文字重叠。",
                f'has a label that lies on the label of "{other.id}".',
            )


def _lengths(part: Part) -> Iterator[Fault]:
    lines = part.lines
    if len(lines) > MOST_LINES:
        yield fault(part, f"的名称有 {len(lines)} 行，最多 {MOST_LINES} 行。",
                    f"has a name of {len(lines)} lines, at most {MOST_LINES} are allowed."
        )  # fmt: skip
    size, most = metrics.TASK_TEXT, metrics.TASK_WIDTH
    if isinstance(part, Frame):
        if part.kind != "lane":
            return
        size, most = metrics.LANE_TEXT, part.box.height - LANE_FREE
    elif part.kind in EVENT_KINDS | GATEWAY_KINDS | {"sequenceFlow"}:
        size, most = metrics.OUTSIDE_TEXT, metrics.OUTSIDE_WIDTH
    elif part.kind not in ACTIVITY_KINDS or (isinstance(part, Node) and part.expanded):
        return
    for number, line in enumerate(lines, 1):
        width = metrics.text_width(line, size)
        if width > most + 0.5:
            yield fault(
                part, f"的名称第 {number} 行宽 {width:.0f}，最多 {most:g}。请写短一些。",
                f"has a name whose line {number} is {width:.0f} wide, at most {most:g} fit. "
                "Make it shorter.",
            )  # fmt: skip


def _bounds(drawing: Drawing, part: Part) -> Iterator[Fault]:
    box = drawing.labels.get(part.id)
    if box is None:
        yield fault(part, "的文字没有位置。请在建模工具里把文字放好。",
                    "has a label without a place. Put it in place in the modeler.")  # fmt: skip
        return
    width = metrics.widest(part.lines, metrics.OUTSIDE_TEXT)
    height = metrics.LINE * len(part.lines)
    if box.width < width or box.height < height - 1:
        yield fault(
            part, f"的文字要占 {width:.0f} × {height:g}，留的位置只有 {box.width:g} × "
            f"{box.height:g}。",
            f"has a label of {width:.0f} x {height:g}, but room for {box.width:g} x "
            f"{box.height:g}.",
        )  # fmt: skip


def _covered(drawing: Drawing, part: Part, box: Box) -> Iterator[Fault]:
    for node in drawing.nodes.values():
        if not overlap(box, node.box):
            continue
        if not node.expanded:
            yield fault(part, f"的文字压在“{node.id}”上。",
                        f'has a label that lies on "{node.id}".')  # fmt: skip
        elif not _within(box, node.box):
            yield _on_the_border(part, node.id)
    for line in drawing.lines:
        if any(passes(segment, box, 0) for segment in line.segments):
            yield fault(part, f"的文字被“{line.id}”穿过。",
                        f'has a label with "{line.id}" running through it.')  # fmt: skip
    for lane in drawing.lanes:
        across = box.x < lane.box.right and box.right > lane.box.x
        if across and any(box.y < y < box.bottom for y in (lane.box.y, lane.box.bottom)):
            yield _on_the_border(part, lane.id)
            return


def _within(box: Box, around: Box) -> bool:
    return (
        around.x < box.x
        and box.right < around.right
        and around.y < box.y
        and box.bottom < around.bottom
    )


def _on_the_border(part: Part, other: str) -> Fault:
    return fault(part, f"的文字压在“{other}”的边线上。",
                 f'has a label that lies on the border of "{other}".')  # fmt: skip
