"""Walks over the flows of one process: what a token can reach, and where it can end."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

from runner.definitions.model import Element, Process

Place = TypeVar("Place", bound=Hashable)


def walk(starts: Iterable[Place], ways: Callable[[Place], Iterable[Place]]) -> frozenset[Place]:
    """``starts`` and every place that ``ways`` lead to from them."""
    found: set[Place] = set()
    ahead = list(starts)
    while ahead:
        place = ahead.pop()
        if place not in found:
            found.add(place)
            ahead.extend(ways(place))
    return frozenset(found)


def reachable(process: Process, parent: str) -> frozenset[str]:
    """The elements directly inside ``parent`` that a token can come to from a start event.

    A boundary event is reached when its activity is, and what undoes that by its compensation
    event; an event sub-process always, a link by those of its name.
    """
    inside = {element.id: element for element in process.children(parent)}

    def onward(place: str) -> Iterator[str]:
        flows = (process.flows[flow].target for flow in inside[place].outgoing)
        events = (event.id for event in process.boundary_events(place))
        jumps = (inside[place].handler or "", *_linked(process, inside[place], onward=True))
        return (target for target in (*flows, *events, *jumps) if target in inside)

    begin = (e.id for e in inside.values() if e.kind == "startEvent" or e.triggered_by_event)
    return walk(begin, onward)


def can_end(process: Process, parent: str) -> frozenset[str]:
    """The elements directly inside ``parent`` from which an end event can be reached. What undoes
    an activity, its compensation event and an event sub-process end by themselves."""
    inside = {element.id: element for element in process.children(parent)}

    def back(place: str) -> Iterator[str]:
        sources = (process.flows[flow].source for flow in inside[place].incoming)
        jumps = _linked(process, inside[place], onward=False)
        return (source for source in (*sources, *jumps) if source in inside)

    ends = (e.id for e in inside.values() if e.kind == "endEvent" or _ends_itself(e))
    return walk(ends, back)


def _linked(process: Process, element: Element, *, onward: bool) -> tuple[str, ...]:
    """Where a link leads to in the same scope, or the links that lead to it."""
    throws = element.kind == "intermediateThrowEvent"
    if element.event.kind != "link" or throws != onward:
        return ()
    return tuple(
        other.id
        for other in process.children(element.parent)
        if other.event.kind == "link"
        and other.event.code == element.event.code
        and other.kind != element.kind
    )


def _ends_itself(element: Element) -> bool:
    undo = element.kind == "boundaryEvent" and element.event.kind == "compensation"
    return undo or element.for_compensation or element.triggered_by_event


def enclosing(process: Process, element: Element) -> Iterator[Element]:
    """What lies around an element, from the inside out; the activity a boundary event sits on
    counts as around it. Ends even where a damaged file attaches elements to each other."""
    seen = {element.id}
    current = process.elements.get(element.attached_to or element.parent)
    while current is not None and current.id not in seen:
        yield current
        seen.add(current.id)
        current = process.elements.get(current.attached_to or current.parent)


def containers(process: Process) -> tuple[str, ...]:
    """The process itself and every sub-process with something inside."""
    return tuple(dict.fromkeys([process.id, *(e.parent for e in process.elements.values())]))


def is_split(element: Element) -> bool:
    return len(element.outgoing) > 1
