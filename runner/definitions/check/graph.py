"""Walks over the flows of one process: what a token can reach, and where it can end."""

from __future__ import annotations

from collections.abc import Iterator

from runner.definitions.model import Element, Process


def reachable(process: Process, parent: str) -> frozenset[str]:
    """The elements directly inside ``parent`` that a token can come to from a start event.

    A boundary event is reached when its activity is.
    """
    inside = {element.id: element for element in process.children(parent)}
    todo = [element.id for element in inside.values() if element.kind == "startEvent"]
    found: set[str] = set()
    while todo:
        current = todo.pop()
        if current in found or current not in inside:
            continue
        found.add(current)
        todo.extend(process.flows[flow].target for flow in inside[current].outgoing)
        todo.extend(event.id for event in process.boundary_events(current))
    return frozenset(found)


def can_end(process: Process, parent: str) -> frozenset[str]:
    """The elements directly inside ``parent`` from which an end event can be reached."""
    inside = {element.id: element for element in process.children(parent)}
    todo = [element.id for element in inside.values() if element.kind == "endEvent"]
    found: set[str] = set()
    while todo:
        current = todo.pop()
        if current in found or current not in inside:
            continue
        found.add(current)
        todo.extend(process.flows[flow].source for flow in inside[current].incoming)
    return frozenset(found)


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
