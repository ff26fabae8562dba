"""The symbols of BPMN as SVG, our own drawing. Colours come from CSS classes, never from here.

Classes: ``sh`` outline of a node (``end`` thick, ``call`` bold, ``in`` the inner ring), ``gl`` a
symbol in lines, ``gf`` a filled symbol, ``fl`` a flow, ``ar`` its arrow (``arm`` of a message),
``lane`` pools, lanes and expanded sub-processes, ``mk`` and ``mkp`` the tick.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import hypot

TASK_SYMBOLS = {  # in a box of 18 x 18
    "userTask": '<circle cx="9" cy="5.5" r="3.4"/><path d="M2.5 16.5c0-4.6 2.8-6.6 6.5-6.6s6.5 2 '
    '6.5 6.6z"/>',
    "manualTask": '<path d="M3 15.5V8.2l3.2-3.8v4.2h9v2h-6 6v2h-6 5v2.2z"/>',
    "serviceTask": '<circle cx="9" cy="9" r="2.5"/><circle cx="9" cy="9" r="5"/>'
    '<path d="M9 1.5V4M9 14v2.5M1.5 9H4M14 9h2.5M3.7 3.7l1.8 1.8M12.5 12.5l1.8 1.8M14.3 3.7l-1.8 '
    '1.8M5.5 12.5l-1.8 1.8"/>',
    "sendTask": '<path class="gf" d="M2 4h14v10H2z"/><path class="gi" d="M2 4.5l7 5.5 7-5.5"/>',
    "receiveTask": '<path d="M2 4h14v10H2zM2 4l7 6 7-6"/>',
    "scriptTask": '<path d="M5 2h10c-3 3 1 5-1 8-1 2-1 4-3 6H2c3-3-1-5 1-8 1-2 0-4 2-6zM5.5 6h6M5 '
    '9h6M4 12h6"/>',
    "businessRuleTask": '<path d="M2 3.5h14v11H2zM2 7.5h14M2 11h14M6.5 7.5v7"/>',
}
EVENT_SYMBOLS = {  # around the origin
    "timerEventDefinition": '<circle r="9.5"/><path d="M0-6V0l4 2.5"/>',
    "messageEventDefinition": '<path d="M-8-5.5H8v11H-8zM-8-5.5 0 1l8-6.5"/>',
    "signalEventDefinition": '<path d="M0-8 8 6H-8z"/>',
    "errorEventDefinition": '<path d="M-8 7-3-6 3 3 8-8 3 7-3-2z"/>',
    "escalationEventDefinition": '<path d="M0-9 7 8 0 1-7 8z"/>',
    "conditionalEventDefinition": '<path d="M-6-8H6V8H-6zM-4-4H4M-4 0H4M-4 4H4"/>',
    "terminateEventDefinition": '<circle class="gf" r="10"/>',
    "compensateEventDefinition": '<path d="M0-6-8 0 0 6zM8-6 0 0l8 6z"/>',
    "linkEventDefinition": '<path d="M-8-3H2v-4L9 0 2 7V3H-8z"/>',
    "cancelEventDefinition": '<path d="M-7-7 7 7M7-7-7 7"/>',
}
GATEWAY_SYMBOLS = {  # around the origin
    "exclusiveGateway": '<path stroke-width="3.4" d="M-7.5-8.5l15 17M7.5-8.5l-15 17"/>',
    "parallelGateway": '<path stroke-width="3.4" d="M0-12v24M-12 0h24"/>',
    "inclusiveGateway": '<circle stroke-width="2.6" r="11"/>',
    "eventBasedGateway": '<circle r="13"/><circle r="10"/>'
    '<path d="M0-7 6.7-2.2 4.1 5.7h-8.2L-6.7-2.2z"/>',
    "complexGateway": '<path stroke-width="2.6" d="M0-12v24M-12 0h24M-8.5-8.5l17 17M8.5-8.5l-17 '
    '17"/>',
}


@dataclass(frozen=True)
class Box:
    """A rectangle in the drawing's pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def cx(self) -> float:
        return self.x + self.width / 2

    @property
    def cy(self) -> float:
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height


def at(x: float, y: float, content: str, kind: str = "gl") -> str:
    """A symbol moved to a place."""
    return (
        f'<g class="{kind}" fill="none" stroke="currentColor" stroke-width="1.3" '
        f'transform="translate({x:g} {y:g})">{content}</g>'
    )


def task(box: Box, kind: str, *, markers: str = "", bold: bool = False) -> str:
    """A task or call activity (``bold``), with its symbol and markers at the bottom."""
    name = "sh call" if bold else "sh"
    shape = (
        f'<rect class="{name}" x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" '
        f'height="{box.height:g}" rx="8"/>'
    )
    symbol = TASK_SYMBOLS.get(kind)
    return shape + (at(box.x + 6, box.y + 5, symbol) if symbol else "") + markers


def marker(box: Box, name: str) -> str:
    """``parallel``, ``sequential`` or ``inside`` at the bottom of an activity."""
    lines = {
        "parallel": "M-5-6V6M0-6V6M5-6V6",
        "sequential": "M-6-5H6M-6 0H6M-6 5H6",
        "inside": "M-7-7H7V7H-7zM0-4V4M-4 0H4",
    }
    return at(box.cx, box.bottom - 10, f'<path d="{lines[name]}"/>')


def event(box: Box, kind: str, definition: str | None, *, interrupting: bool) -> str:
    """An event: thin, double or thick ring; dashed where it interrupts nothing."""
    radius = box.width / 2
    dashed = "" if interrupting else ' stroke-dasharray="4 3"'
    name = "sh end" if kind == "endEvent" else "sh"
    ring = f'<circle class="{name}" cx="{box.cx:g}" cy="{box.cy:g}" r="{radius:g}"{dashed}/>'
    if kind in ("intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"):
        ring += (
            f'<circle class="sh in" cx="{box.cx:g}" cy="{box.cy:g}" r="{radius - 3.5:g}"{dashed}/>'
        )
    symbol = EVENT_SYMBOLS.get(definition or "")
    if symbol is None:
        return ring
    throws = kind in ("endEvent", "intermediateThrowEvent")
    return ring + at(box.cx, box.cy, symbol, "gl throw" if throws else "gl")


def gateway(box: Box, kind: str) -> str:
    """A diamond with its symbol."""
    shape = (
        f'<path class="sh" d="M{box.cx:g} {box.y:g}L{box.right:g} {box.cy:g} {box.cx:g} '
        f'{box.bottom:g} {box.x:g} {box.cy:g}z"/>'
    )
    return shape + at(box.cx, box.cy, GATEWAY_SYMBOLS.get(kind, ""))


def container(box: Box, *, rounded: bool) -> str:
    """A pool, a lane, or an expanded sub-process (``rounded``)."""
    radius = ' rx="10"' if rounded else ""
    return (
        f'<rect class="lane" fill="none" stroke="currentColor" x="{box.x:g}" y="{box.y:g}" '
        f'width="{box.width:g}" height="{box.height:g}"{radius}/>'
    )


def header_line(box: Box, offset: float) -> str:
    """The line between a pool's or lane's name and its content."""
    return (
        f'<path class="lane" fill="none" stroke="currentColor" '
        f'd="M{box.x + offset:g} {box.y:g}v{box.height:g}"/>'
    )


def tick(box: Box) -> str:
    """The mark of what is done, on the upper right corner."""
    x, y = box.right - 3, box.y + 3
    return (
        f'<circle class="mk" cx="{x:g}" cy="{y:g}" r="8"/>'
        f'<path class="mkp" d="M{x - 3.5:g} {y:g}l2.4 2.6 4.4-5"/>'
    )


def flow(points: list[tuple[float, float]], state: str, kind: str) -> str:
    """A line with rounded corners and its arrow. ``kind``: sequenceFlow, messageFlow or other."""
    name = f"fl {state}".strip()
    dash = {"sequenceFlow": "", "messageFlow": ' stroke-dasharray="8 5"'}.get(
        kind, ' stroke-dasharray="1 5" stroke-linecap="round"'
    )
    line = f'<path class="{name}"{dash} d="{_rounded(points)}"/>'
    if kind not in ("sequenceFlow", "messageFlow"):
        return line
    hollow = ' fill="none" stroke="currentColor"' if kind == "messageFlow" else ""
    arrow = "arm" if kind == "messageFlow" else f"ar {state}".strip()
    return line + f'<path class="{arrow}"{hollow} d="{_arrow(points[-2], points[-1])}"/>'


def default_mark(points: list[tuple[float, float]], state: str) -> str:
    """The slash across the beginning of a default flow."""
    (x0, y0), (x1, y1) = points[0], points[1]
    length = hypot(x1 - x0, y1 - y0) or 1
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    x, y = x0 + ux * 11, y0 + uy * 11
    ax, ay = x - ux * 3.5 - uy * 5.5, y - uy * 3.5 + ux * 5.5
    bx, by = x + ux * 3.5 + uy * 5.5, y + uy * 3.5 - ux * 5.5
    return f'<path class="{f"fl {state}".strip()}" d="M{ax:.5g} {ay:.5g}L{bx:.5g} {by:.5g}"/>'


def _arrow(before: tuple[float, float], tip: tuple[float, float]) -> str:
    length = hypot(tip[0] - before[0], tip[1] - before[1]) or 1
    ux, uy = (tip[0] - before[0]) / length, (tip[1] - before[1]) / length
    bx, by = tip[0] - ux * 9, tip[1] - uy * 9
    return (
        f"M{tip[0]:.5g} {tip[1]:.5g}L{bx - uy * 4.5:.5g} {by + ux * 4.5:.5g} "
        f"{bx + uy * 4.5:.5g} {by - ux * 4.5:.5g}z"
    )


def _rounded(points: list[tuple[float, float]], radius: float = 6) -> str:
    """A path through the points whose corners are eased, never more than half a segment."""
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for (a, b), (_, c) in pairwise(pairwise(points)):
        before, after = hypot(b[0] - a[0], b[1] - a[1]), hypot(c[0] - b[0], c[1] - b[1])
        ease = min(radius, before / 2, after / 2)
        if ease <= 0:
            continue
        sx, sy = b[0] + (a[0] - b[0]) * ease / before, b[1] + (a[1] - b[1]) * ease / before
        ex, ey = b[0] + (c[0] - b[0]) * ease / after, b[1] + (c[1] - b[1]) * ease / after
        parts.append(f"L{sx:.5g} {sy:.5g}Q{b[0]:g} {b[1]:g} {ex:.5g} {ey:.5g}")
    parts.append(f"L{points[-1][0]:g} {points[-1][1]:g}")
    return "".join(parts)
