"""How boxes and straight segments lie to each other."""

from __future__ import annotations

from typing import Literal

from runner.definitions.layout.reading import Point, Segment
from runner.definitions.svg_shapes import Box

TOUCH = 0.5
"""Closer than this is the same place."""


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share some area."""
    return (
        min(one.right, other.right) - max(one.x, other.x) > TOUCH
        and min(one.bottom, other.bottom) - max(one.y, other.y) > TOUCH
    )


def distance(one: Box, other: Box) -> float:
    """The free space between two boxes, along the axis where it is larger; negative inside."""
    return max(other.x - one.right, one.x - other.right, other.y - one.bottom, one.y - other.bottom)


def margin(inner: Box, outer: Box) -> float:
    """The free space between a box and the border of the box around it."""
    return min(
        inner.x - outer.x, inner.y - outer.y, outer.right - inner.right, outer.bottom - inner.bottom
    )


def shrunk(box: Box, across: float, down: float) -> Box:
    return Box(box.x + across, box.y + down, box.width - 2 * across, box.height - 2 * down)


def upright(segment: Segment) -> bool:
    """Whether a segment runs straight across or straight down."""
    (x0, y0), (x1, y1) = segment
    return abs(x0 - x1) < TOUCH or abs(y0 - y1) < TOUCH


def passes(segment: Segment, box: Box, gap: float) -> bool:
    """Whether a segment comes closer than ``gap`` to a box."""
    (x0, y0), (x1, y1) = segment
    return (
        min(x0, x1) < box.right + gap
        and max(x0, x1) > box.x - gap
        and min(y0, y1) < box.bottom + gap
        and max(y0, y1) > box.y - gap
    )


def on_border(point: Point, box: Box) -> bool:
    x, y = point
    within = box.x - TOUCH <= x <= box.right + TOUCH and box.y - TOUCH <= y <= box.bottom + TOUCH
    sides = (abs(x - box.x), abs(x - box.right), abs(y - box.y), abs(y - box.bottom))
    return within and min(sides) < TOUCH


def meeting(one: Segment, other: Segment) -> Literal["", "cross", "share"]:
    """Whether two upright segments cross, or run along each other."""
    flat, other_flat = _flat(one), _flat(other)
    if flat == other_flat:
        return "share" if _along(one, other, 0 if flat else 1) else ""
    across, down = (one, other) if flat else (other, one)
    x, y = down[0][0], across[0][1]
    left, right = sorted((across[0][0], across[1][0]))
    top, bottom = sorted((down[0][1], down[1][1]))
    crossing = left - TOUCH <= x <= right + TOUCH and top - TOUCH <= y <= bottom + TOUCH
    if not crossing or set(one) & set(other):  # a common end is where both dock
        return ""
    return "cross"


def _flat(segment: Segment) -> bool:
    return abs(segment[0][1] - segment[1][1]) < TOUCH


def _along(one: Segment, other: Segment, axis: int) -> bool:
    if abs(one[0][1 - axis] - other[0][1 - axis]) > 4:
        return False
    low, high = sorted((one[0][axis], one[1][axis]))
    other_low, other_high = sorted((other[0][axis], other[1][axis]))
    return min(high, other_high) - max(low, other_low) > 1
