"""In which order a procedure is told: diagrams as they are called, steps as the flow goes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from runner.definitions.model import Element, Process

ROOT = "complaint"


def diagrams_in_order(processes: Mapping[str, Process]) -> tuple[Process, ...]:
    """The whole procedure first, then what it calls, in the order of the calls and their depth;
    last what nobody calls."""
    called = {
        element.called_process
        for process in processes.values()
        for element in process.elements.values()
        if element.called_process
    }
    roots = [ROOT] if ROOT in processes else []
    roots += [process_id for process_id in processes if process_id not in called]
    found: dict[str, Process] = {}
    for root in roots:
        waiting = [root]
        while waiting:  # breadth first: a chapter never stands far before what it calls
            process_id = waiting.pop(0)
            if process_id in found or process_id not in processes:
                continue
            found[process_id] = processes[process_id]
            waiting += [
                element.called_process
                for element in in_order(processes[process_id])
                if element.called_process
            ]
    for process_id, process in processes.items():
        found.setdefault(process_id, process)
    return tuple(found.values())


def in_order(process: Process) -> tuple[Element, ...]:
    """Every flow node: along the flow from the starts, a boundary event after its step, the inside
    of a sub-process after the sub-process. Loops are told where they begin."""
    return tuple(_of_container(process, process.id, set()))


def _of_container(process: Process, parent: str, seen: set[str]) -> Iterator[Element]:
    children = {element.id: element for element in process.children(parent)}
    if parent in seen:
        return
    seen.add(parent)
    for element in _along(process, children):
        yield element
        yield from _of_container(process, element.id, seen)


def _along(process: Process, children: Mapping[str, Element]) -> list[Element]:
    """Reverse postorder, without recursion: diagrams of others can be long."""
    starts = [e for e in children.values() if not e.incoming and e.attached_to is None]
    done: dict[str, None] = {}
    for start in reversed(starts):
        stack: list[tuple[Element, Iterator[str]]] = [(start, _next(process, start))]
        entered = {start.id}
        while stack:
            element, following = stack[-1]
            target = next(following, None)
            if target is None:
                done.setdefault(element.id)
                stack.pop()
            elif target in children and target not in entered and target not in done:
                entered.add(target)
                stack.append((children[target], _next(process, children[target])))
    told = [children[element_id] for element_id in reversed(done)]
    return [*told, *(e for e in children.values() if e.id not in done)]


def _next(process: Process, element: Element) -> Iterator[str]:
    """What follows, last first: what is entered last is told first, a boundary event at once."""
    targets = [process.flows[flow].target for flow in element.outgoing if flow in process.flows]
    yield from reversed(targets)
    yield from (event.id for event in reversed(process.boundary_events(element.id)))
