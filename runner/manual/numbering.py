"""Step numbers and printable lines on a drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from runner.definitions.layout.geometry import overlap
from runner.definitions.layout.reading import drawings
from runner.definitions.model import ACTIVITY_KINDS
from runner.definitions.svg_shapes import Box
from runner.definitions.xml import read_xml

# Lines on paper need more contrast than those on a screen.
_PRINT = (
    "<style>.dg .sh,.dg .fl{stroke:#3d4654}.dg .ar{fill:#3d4654}.dg .lane{stroke:#7b8491}"
    ".dg text.step{fill:#1f4e79;font-weight:700}</style>"
)


def numbered(svg: str, diagram: bytes, numbers: Mapping[str, str]) -> str:
    """The drawing with the number of each told activity in its upper right corner, or in the lower
    one where an event sits on the upper."""
    marks = []
    for plane in drawings(read_xml(diagram, "")):
        events = [node.box for node in plane.nodes.values() if node.host]
        for node in plane.nodes.values():
            if node.kind in ACTIVITY_KINDS and node.id in numbers:
                x, y = _corner(node.box, events)
                marks.append(
                    f'<text class="step" font-size="10.5" text-anchor="end" x="{x:g}" y="{y:g}">'
                    f"{escape(numbers[node.id])}</text>"
                )
    head, _, tail = svg.rpartition("</svg>")
    return f"{head}{_PRINT}{''.join(marks)}</svg>{tail}"


def _corner(box: Box, events: Sequence[Box]) -> tuple[float, float]:
    x, upper, lower = box.right - 6, box.y + 14, box.bottom - 6
    wide = Box(x - 28, upper - 10, 28, 12)
    return (x, lower if any(overlap(wide, event) for event in events) else upper)
