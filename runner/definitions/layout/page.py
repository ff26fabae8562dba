"""One diagram, one A3 sheet: how much a drawing may hold and how large it may be."""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.layout.faults import Fault, fault
from runner.definitions.layout.reading import Drawing
from runner.definitions.model import ACTIVITY_KINDS

WIDEST, HIGHEST = 1840, 1340
FIRST = (160, 80)
MOST_ACTIVITIES, MOST_NODES = 15, 40


def page(drawing: Drawing) -> Iterator[Fault]:
    """What keeps a drawing from being read on one sheet."""
    boxes = [frame.box for frame in drawing.pools] or [n.box for n in drawing.nodes.values()]
    if boxes:
        left, top = min(box.x for box in boxes), min(box.y for box in boxes)
        width = max(box.right for box in boxes) - left
        height = max(box.bottom for box in boxes) - top
        if width > WIDEST or height > HIGHEST:
            yield fault(
                drawing.process,
                f"的图框是 {width:g} × {height:g}，最多 {WIDEST} × {HIGHEST} 才放得进一张 A3。"
                "请把一部分移到被调用的流程图里。",
                f"has a frame of {width:g} x {height:g}, at most {WIDEST} x {HIGHEST} fits an A3 "
                "sheet. Move a part into a called diagram.",
            )
        if (left, top) != FIRST:
            yield fault(
                drawing.process,
                f"的图框从（{left:g}，{top:g}）开始，应为（{FIRST[0]}，{FIRST[1]}）。",
                f"has a frame that begins at ({left:g}, {top:g}), expected at {FIRST}.",
            )
    activities = sum(node.kind in ACTIVITY_KINDS for node in drawing.nodes.values())
    if activities > MOST_ACTIVITIES or len(drawing.nodes) > MOST_NODES:
        yield fault(
            drawing.process,
            f"有 {activities} 个步骤、{len(drawing.nodes)} 个节点，超过 {MOST_ACTIVITIES} 个步骤或 "
            f"{MOST_NODES} 个节点就该拆开。请把一部分移到被调用的流程图里。",
            f"has {activities} steps and {len(drawing.nodes)} nodes; more than {MOST_ACTIVITIES} "
            f"steps or {MOST_NODES} nodes are split. Move a part into a called diagram.",
        )
