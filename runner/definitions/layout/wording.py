"""Names a reader of the print needs: questions at splits, answers on their flows."""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.findings import half
from runner.definitions.layout.faults import Fault, fault
from runner.definitions.layout.reading import Drawing, Frame, Line, Node, Part
from runner.definitions.model import ACTIVITY_KINDS, EVENT_KINDS, GATEWAY_KINDS

SPLITS = frozenset({"exclusiveGateway", "inclusiveGateway"})


def names(drawing: Drawing) -> Iterator[Fault]:
    """Every name that is missing, or is there where none belongs."""
    for node in drawing.nodes.values():
        yield from _node(drawing, node)
    for line in drawing.lines:
        yield from _answer(drawing, line)
    frames: tuple[Frame, ...] = (*drawing.pools, *drawing.lanes)
    for frame in frames:
        if not frame.name.strip():
            yield _nameless(frame)
    for part in (*drawing.nodes.values(), *drawing.lines, *frames):
        if part.name.strip() and _one_language(part.name):
            yield fault(part, "的名称缺中文或英文的一半。",
                        "lacks the Chinese or the English half of its name.")  # fmt: skip


def _node(drawing: Drawing, node: Node) -> Iterator[Fault]:
    if node.kind in ACTIVITY_KINDS | EVENT_KINDS:
        if not node.name.strip():
            yield _nameless(node)
        return
    if node.kind not in GATEWAY_KINDS:
        return
    splits = node.kind in SPLITS and len(drawing.flows_out(node.id)) > 1
    if splits and not node.name.strip():
        yield fault(node, "分出几条路，却没有写问题。", "is a split without a question.")
    elif node.kind == "exclusiveGateway" and splits:
        if not all(half(node.name, to).endswith(("?", "？")) for to in ("zh", "en")):
            yield fault(node, "是分支，名称应是以“?”结尾的问句。",
                        'is a split; its name should be a question ending in "?".')  # fmt: skip
    elif not splits and node.name.strip() and node.kind != "eventBasedGateway":
        yield fault(node, "是汇合或并行网关，不写名称。",
                    "is a merge, fork or join, which has no name.")  # fmt: skip


def _answer(drawing: Drawing, line: Line) -> Iterator[Fault]:
    source = drawing.nodes.get(line.source)
    if line.name.strip() or source is None or line.kind != "sequenceFlow":
        return
    if source.kind == "exclusiveGateway" and len(drawing.flows_out(source.id)) > 1:
        yield fault(line, f"没有写它是“{source.id}”的哪个答案。",
                    f'does not say which answer of "{source.id}" it is.')  # fmt: skip


def _nameless(part: Part) -> Fault:
    return fault(part, "没有名称。", "has no name.")


def _one_language(name: str) -> bool:
    chinese, english = half(name, "zh"), half(name, "en")
    return not chinese or not english or chinese == english
