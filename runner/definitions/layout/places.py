"""Sizes, grid, distances and containers: where the shapes of a drawing may stand."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from runner.definitions.layout.faults import Fault, fault
from runner.definitions.layout.geometry import TOUCH, distance, margin
from runner.definitions.layout.reading import Drawing, Frame, Node
from runner.definitions.model import EVENT_KINDS, GATEWAY_KINDS
from runner.definitions.svg_shapes import Box

TASK, EVENT, GATEWAY = (150, 90), (36, 36), (50, 50)
GRID, FREE, CORNER, BLACK_BOX, APART = 10, 20, 25, 60, 40
MARKER = 30
"""Nearer to the middle of the bottom edge a boundary event covers the sign that stands there."""


def places(drawing: Drawing) -> Iterator[Fault]:
    """Everything that stands in the wrong place or has the wrong size, or has no shape at all."""
    for part in drawing.missing:
        yield fault(part, "没有画出来。请在建模工具里画上。",
                    "is not drawn. Draw it in the modeler.")  # fmt: skip
    for node in drawing.nodes.values():
        yield from _container(node) if node.expanded else _size_and_grid(node)
        if node.kind == "boundaryEvent":
            yield from _on_edge(drawing, node)
    for frame in (*drawing.pools, *drawing.lanes):
        yield from _frame(frame)
    yield from _apart(drawing)
    yield from _pools_apart(drawing)
    for node in drawing.nodes.values():
        if node.kind != "boundaryEvent":
            yield from _inside(drawing, node)


def _size_and_grid(node: Node) -> Iterator[Fault]:
    width, height = (
        EVENT if node.kind in EVENT_KINDS else GATEWAY if node.kind in GATEWAY_KINDS else TASK
    )
    box = node.box
    if (box.width, box.height) != (width, height):
        yield fault(node, f"的大小是 {box.width:g} × {box.height:g}，应为 {width} × {height}。",
                    f"is {box.width:g} x {box.height:g}, expected {width} x {height}.")  # fmt: skip
    # A boundary event's height is that of its host's edge.
    if box.cx % GRID or (box.cy % GRID and node.kind != "boundaryEvent"):
        yield fault(
            node, f"的中心是（{box.cx:g}，{box.cy:g}），应在间距 {GRID} 的网格上。",
            f"has its centre at ({box.cx:g}, {box.cy:g}), expected on the grid of {GRID}.",
        )  # fmt: skip


def _container(part: Node | Frame) -> Iterator[Fault]:
    box = part.box
    if any(value % GRID for value in (box.x, box.y, box.width, box.height)):
        yield fault(
            part, f"的边框从（{box.x:g}，{box.y:g}）起，{box.width:g} × {box.height:g}，"
            f"四角应在间距 {GRID} 的网格上。",
            f"begins at ({box.x:g}, {box.y:g}) and is {box.width:g} x {box.height:g}; expected "
            f"corners on the grid of {GRID}.",
        )  # fmt: skip


def _frame(frame: Frame) -> Iterator[Fault]:
    yield from _container(frame)
    if frame.kind == "participant" and not frame.process and frame.box.height != BLACK_BOX:
        yield fault(frame, f"是折叠的泳池，高 {frame.box.height:g}，应为 {BLACK_BOX}。",
                    f"is a collapsed pool {frame.box.height:g} high, expected {BLACK_BOX}."
        )  # fmt: skip


def _on_edge(drawing: Drawing, node: Node) -> Iterator[Fault]:
    host = drawing.nodes.get(node.host)
    if host is None:
        return
    cx, cy, box = node.box.cx, node.box.cy, host.box
    if min(abs(cy - box.y), abs(cy - box.bottom)) > TOUCH:
        yield fault(node, "不在所附步骤的上边或下边。",
                    "is not on the bottom or top edge of its host.")  # fmt: skip
    elif not box.x + CORNER <= cx <= box.right - CORNER:
        yield fault(node, f"离所附步骤的角不到 {CORNER}。",
                    f"is less than {CORNER} from its host's corner.")  # fmt: skip
    elif host.marked and not host.expanded and cy > box.cy and abs(cx - box.cx) < MARKER:
        yield fault(node, "盖住了所附步骤下边中间的标记，请往旁边移。",
                    "covers the sign in the middle of its host's bottom edge; move it aside."
        )  # fmt: skip


def _apart(drawing: Drawing) -> Iterator[Fault]:
    standing = [node for node in drawing.nodes.values() if node.kind != "boundaryEvent"]
    for one, other in combinations(standing, 2):
        if drawing.inside(one.id, other.id) or drawing.inside(other.id, one.id):
            continue
        gap = distance(one.box, other.box)
        if gap < FREE:
            near = f"“{one.id}”"
            yield fault(other, f"离{near}只有 {gap:g}，至少 {FREE}。",
                        f'is {gap:g} from "{one.id}", expected {FREE} or more.')  # fmt: skip


def _pools_apart(drawing: Drawing) -> Iterator[Fault]:
    for one, other in combinations(drawing.pools, 2):
        gap = distance(one.box, other.box)
        if gap < APART and not (one.process and other.process):
            closed = other if not other.process else one
            yield fault(closed, f"离下一个泳池 {gap:g}，至少 {APART}。",
                        f"is {gap:g} from the next pool, expected {APART} or more.")  # fmt: skip


def _inside(drawing: Drawing, node: Node) -> Iterator[Fault]:
    around = _around(drawing, node)
    if around is None:
        if any(frame.process for frame in drawing.pools) and drawing.lanes and not node.parent:
            yield fault(node, "不在任何泳道里。", "stands in no lane.")
        return
    container_id, box = around
    free = margin(node.box, box)
    if free < FREE:
        yield fault(
            node, f"离“{container_id}”的边只有 {free:g}，至少 {FREE}。",
            f'is {free:g} from the border of "{container_id}", expected {FREE} or more.',
        )  # fmt: skip


def _around(drawing: Drawing, node: Node) -> tuple[str, Box] | None:
    """The container a node should stand in with room around it."""
    parent = drawing.nodes.get(node.parent)
    if parent is not None:
        return parent.id, parent.box
    lane = next((lane for lane in drawing.lanes if node.id in lane.members), None)
    if lane is not None:
        return lane.id, lane.box
    pool = next((pool for pool in drawing.pools if pool.process == node.process), None)
    return None if pool is None or drawing.lanes else (pool.id, pool.box)
