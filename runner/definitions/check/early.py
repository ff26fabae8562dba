"""What a case passes before anybody did anything: from its start to the first user tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.definitions.check.graph import walk
from runner.definitions.model import Element, Process
from runner.definitions.release import Definitions

Place = tuple[str, str]
"""(process id, element id)"""

WHOLES = frozenset({"subProcess", "transaction", "adHocSubProcess"})


def always_early(definitions: Definitions) -> frozenset[Place]:
    """The elements that every case comes to, if at all, before any user task was done.

    Nothing is said about what follows a boundary event: it may come at any time.
    """
    ways = _ways(definitions)
    starts: list[Place] = []
    later: list[Place] = []
    called = _called(definitions)
    for process in definitions.processes.values():
        for element in process.elements.values():
            place = (process.id, element.id)
            if element.kind == "startEvent" and element.parent == process.id:
                if process.id not in called:
                    starts.append(place)
            elif element.kind == "boundaryEvent":
                later.append(place)
            elif element.kind == "userTask":
                later.extend(ways[place])
    from_starts = walk(starts, ways.__getitem__)
    after_people = walk(later, ways.__getitem__)
    return from_starts - after_people


def _called(definitions: Definitions) -> frozenset[str]:
    return frozenset(
        element.called_process
        for process in definitions.processes.values()
        for element in process.elements.values()
        if element.called_process is not None
    )


def _ways(definitions: Definitions) -> Mapping[Place, tuple[Place, ...]]:
    """Where a token can go from each element: along flows, and into and out of wholes."""
    ways: dict[Place, list[Place]] = {}
    for process in definitions.processes.values():
        for element in process.elements.values():
            ways.setdefault((process.id, element.id), []).extend(_flows(process, element))
    for process in definitions.processes.values():
        for element in process.elements.values():
            inner, parent = process, element.id
            if element.kind == "callActivity":
                callee = definitions.processes.get(element.called_process or "")
                if callee is None:
                    continue
                inner, parent = callee, callee.id
            elif element.kind not in WHOLES:
                continue
            place = (process.id, element.id)
            outside = list(ways[place])
            for child in inner.children(parent):
                if child.kind == "startEvent":
                    ways[place].append((inner.id, child.id))
                elif child.kind == "endEvent":
                    ways[inner.id, child.id].extend(outside)
            for flow in _flows(process, element):
                ways[place].remove(flow)  # a case leaves by the ends inside
    return {place: tuple(targets) for place, targets in ways.items()}


def _flows(process: Process, element: Element) -> Iterator[Place]:
    for flow in element.outgoing:
        if process.flows[flow].target in process.elements:
            yield process.id, process.flows[flow].target
