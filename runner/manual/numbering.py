"""Step numbers and printable lines on a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from runner.definitions.layout.reading import drawings
from runner.definitions.model import ACTIVITY_KINDS
from runner.definitions.xml import read_xml

# Lines on paper need more contrast than those on a screen.
_PRINT = (
    "<style>.dg .sh,.dg .fl{stroke:#3d4654}.dg .ar{fill:#3d4654}.dg .lane{stroke:#7b8491}"
    ".dg text.step{fill:#1f4e79;font-weight:700}</style>"
)


def numbered(svg: str, diagram: bytes, numbers: Mapping[str, str]) -> str:
    """The drawing with the number of each told activity in its upper right corner."""
    marks = [
        f'<text class="step" font-size="10.5" text-anchor="end" x="{node.box.right - 6:g}" '
        f'y="{node.box.y + 14:g}">{escape(numbers[node.id])}</text>'
        for plane in drawings(read_xml(diagram, ""))
        for node in plane.nodes.values()
        if node.kind in ACTIVITY_KINDS and node.id in numbers
    ]
    head, _, tail = svg.rpartition("</svg>")
    return f"{head}{_PRINT}{''.join(marks)}</svg>{tail}"
