"""Is a diagram drawn so that it can be understood from the print alone?

The standard is ``docs/drawing.md``. Files that keep it say so: their process has the extension
property ``layout`` with the value ``house``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from runner.definitions.layout.faults import Fault
from runner.definitions.layout.flows import flows
from runner.definitions.layout.labels import labels
from runner.definitions.layout.page import page
from runner.definitions.layout.places import places
from runner.definitions.layout.reading import Drawing, drawings
from runner.definitions.layout.wording import names
from runner.definitions.xml import UnreadableFile, read_xml

__all__ = ["ASPECTS", "Fault", "Looked", "look"]

ASPECTS: Mapping[str, Callable[[Drawing], Iterator[Fault]]] = {
    "layout_places": places,
    "layout_flows": flows,
    "layout_labels": labels,
    "layout_names": names,
    "layout_page": page,
}
MOST_NODES, MOST_POINTS = 300, 3_000
"""A larger drawing fits no sheet whatever else is true of it, so only that is told."""


class Looked(dict[str, tuple[Fault, ...]]):
    """The faults of one file by rule, and whether the file says it keeps the standard."""

    house: bool = False


@lru_cache(maxsize=64)
def look(data: bytes) -> Looked:
    """What the drawing standard finds in a BPMN file; nothing where there is no drawing.

    Never raises for what a file holds. The same bytes are looked at once.
    """
    looked = Looked()
    try:
        planes = drawings(read_xml(data, ""))
    except UnreadableFile:
        return looked
    looked.house = any(plane.house for plane in planes)
    size = sum(len(plane.nodes) + len(plane.lines) for plane in planes)
    points = sum(len(line.points) for plane in planes for line in plane.lines)
    large = size > 2 * MOST_NODES or points > MOST_POINTS
    for rule, aspect in ASPECTS.items():
        if not large or rule == "layout_page":
            looked[rule] = tuple(fault for plane in planes for fault in aspect(plane))
    return looked
