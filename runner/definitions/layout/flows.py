"""How the lines of a drawing may run: upright, with few bends, without crossing, off shapes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from runner.definitions.layout.faults import Fault, fault
from runner.definitions.layout.geometry import (
    TOUCH,
    meeting,
    on_border,
    passes,
    shrunk,
    upright,
)
from runner.definitions.layout.reading import Drawing, Line, Node, Point, Segment
from runner.definitions.model import GATEWAY_KINDS

MOST_BENDS, SHORTEST, OFF = 2, 15, 10
BESIDE_A_CORNER_FROM = 5
"""With this many flows at a gateway some may dock beside its corners; with fewer only where two
come to the same corner."""


def flows(drawing: Drawing) -> Iterator[Fault]:
    """Every line that does not run as it should."""
    for line in drawing.lines:
        bends = len(line.points) - 2
        if bends > MOST_BENDS:
            yield fault(line, f"拐了 {bends} 个弯，最多 {MOST_BENDS} 个。",
                        f"has {bends} bends, at most {MOST_BENDS} are allowed.")  # fmt: skip
        for segment in line.segments:
            yield from _segment(drawing, line, segment)
        yield from _docking(drawing, line, line.source, line.points[0])
        yield from _docking(drawing, line, line.target, line.points[-1])
        yield from _backward(drawing, line)
    yield from _meetings(drawing)


def _segment(drawing: Drawing, line: Line, segment: Segment) -> Iterator[Fault]:
    (x0, y0), (x1, y1) = segment
    if not upright(segment):
        yield fault(line, f"从（{x0:g}，{y0:g}）起是斜的，应横平竖直。",
                    f"is slanted from ({x0:g}, {y0:g}); lines run across or down.")  # fmt: skip
        return
    if abs(x0 - x1) + abs(y0 - y1) < SHORTEST:
        yield fault(line, f"在（{x0:g}，{y0:g}）处有一段不到 {SHORTEST}。",
                    f"has a piece shorter than {SHORTEST} at ({x0:g}, {y0:g}).")  # fmt: skip
    for node in drawing.nodes.values():
        if _too_near(drawing, line, segment, node):
            yield fault(line, f"离“{node.id}”不到 {OFF}。",
                        f'comes within {OFF} of "{node.id}".')  # fmt: skip


def _too_near(drawing: Drawing, line: Line, segment: Segment, node: Node) -> bool:
    ends = (line.source, line.target)
    if node.id in ends:
        return False
    if node.expanded:
        inner = any(drawing.inside(end, node.id) for end in ends)
        if inner or line.kind == "messageFlow":
            return False
    hosts = {found.host for end in ends if (found := drawing.nodes.get(end)) is not None}
    if node.id in hosts:  # a boundary event's line begins at its host's edge
        return not node.expanded and passes(segment, shrunk(node.box, 1, 1), 0)
    if node.host and node.host in ends:
        return passes(segment, node.box, 0)
    return passes(segment, node.box, OFF - 0.1)


def _docking(drawing: Drawing, line: Line, end: str, point: Point) -> Iterator[Fault]:
    node = drawing.nodes.get(end)
    if node is None:
        return
    if node.kind not in GATEWAY_KINDS:
        if not on_border(point, node.box):
            yield fault(line, f"没有停在“{end}”的边上。",
                        f'does not end at the border of "{end}".')  # fmt: skip
        return
    across, down = abs(point[0] - node.box.cx), abs(point[1] - node.box.cy)
    if abs(across + down - node.box.width / 2) > 1.5:
        yield fault(line, f"没有停在网关“{end}”的边上。",
                    f'does not end at the edge of the gateway "{end}".')  # fmt: skip
    elif (
        min(across, down) > TOUCH
        and drawing.flows_at(end) < BESIDE_A_CORNER_FROM
        and not _shared_corner(drawing, line, node, point)
    ):
        yield fault(line, f"停在网关“{end}”的角旁边，应停在角上。",
                    f'ends beside a corner of the gateway "{end}", expected at the corner.'
        )  # fmt: skip


def _shared_corner(drawing: Drawing, line: Line, gateway: Node, point: Point) -> bool:
    """Whether another line docks at the corner that ``point`` is nearest to."""
    docks = [
        dock
        for other in drawing.lines
        if other.id != line.id
        for end, dock in ((other.source, other.points[0]), (other.target, other.points[-1]))
        if end == gateway.id
    ]
    corner = _corner(gateway, point)
    return any(_corner(gateway, dock) == corner for dock in docks)


def _corner(gateway: Node, point: Point) -> tuple[int, int]:
    across, down = point[0] - gateway.box.cx, point[1] - gateway.box.cy
    if abs(across) > abs(down):
        return (1 if across > 0 else -1, 0)
    return (0, 1 if down > 0 else -1)


def _backward(drawing: Drawing, line: Line) -> Iterator[Fault]:
    source, target = drawing.nodes.get(line.source), drawing.nodes.get(line.target)
    if source is None or target is None or line.kind == "messageFlow":
        return
    if line.points[-1][0] > line.points[0][0] - 1 or target.box.right >= source.box.x:
        return
    arriving = sum(other.target == target.id for other in drawing.lines)
    if target.kind not in GATEWAY_KINDS or arriving < 2:
        yield fault(
            line, f"往回走到“{target.id}”，它不是汇合网关；只有循环往回走。",
            f'runs backward into "{target.id}", which is no merge; only loops run backward.',
        )  # fmt: skip


def _meetings(drawing: Drawing) -> Iterator[Fault]:
    pieces = [(line, segment) for line in drawing.lines for segment in line.segments]
    told: set[tuple[str, str, str]] = set()
    for (line, segment), (other, second) in combinations(pieces, 2):
        if line.id == other.id or not (upright(segment) and upright(second)):
            continue
        how = meeting(segment, second)
        if not how or (line.id, other.id, how) in told:
            continue
        told.add((line.id, other.id, how))
        if how == "cross":
            yield fault(line, f"与“{other.id}”交叉。", f'crosses "{other.id}".')
        else:
            yield fault(line, f"有一段与“{other.id}”重叠。",
                        f'lies on "{other.id}" for a while.')  # fmt: skip
