"""The text version of a diagram: every step in order, for readers who cannot see the drawing."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from runner.definitions.findings import half
from runner.definitions.model import Element, Process
from runner.definitions.wording import kind_name


@dataclass(frozen=True)
class Step:
    """One line. ``level`` is 0 for the process, 1 inside a sub-process, and so on.

    ``text`` is what happens there, ``ways`` are the ways on: (answer, name of what comes next), the
    answer empty where there is only one way. ``state`` is ``done``, ``now`` or empty.
    """

    element_id: str
    level: int
    kind: str
    text: str
    ways: tuple[tuple[str, str], ...]
    state: str = ""


def outline(
    process: Process,
    language: str,
    taken: Mapping[str, int] | None = None,
    active: Collection[str] = (),
) -> list[Step]:
    """The steps of a process in the order a reader meets them from its start events.

    Merges without a name are left out: the way leads straight to what comes after them.
    """
    return _Reader(process, language, dict(taken or {}), frozenset(active)).steps(process.id, 0)


class _Reader:
    def __init__(
        self, process: Process, language: str, taken: dict[str, int], active: frozenset[str]
    ) -> None:
        self.process = process
        self.language = language
        self.chinese = language.lower().startswith("zh")
        self.taken = taken
        self.active = active

    def steps(self, parent: str, level: int) -> list[Step]:
        found: list[Step] = []
        for element in self._in_order(parent):
            if not self._silent(element):
                found.append(self._step(element, level))
            if element.kind in ("subProcess", "transaction", "adHocSubProcess") and level < 20:
                found.extend(self.steps(element.id, level + 1))
        return found

    def _in_order(self, parent: str) -> list[Element]:
        """Start events first, then each way to its end before the next; leftovers at the end."""
        inside = {element.id: element for element in self.process.children(parent)}
        starts = [element for element in inside.values() if element.kind == "startEvent"]
        order = {element.id: element for element in starts}
        todo = [
            inside[self.process.flows[flow].target]
            for element in reversed(starts)
            for flow in element.outgoing
            if self.process.flows[flow].target in inside
        ]
        while todo:
            element = todo.pop()
            if element.id in order:
                continue
            order[element.id] = element
            after = [self.process.flows[flow].target for flow in element.outgoing]
            after += [event.id for event in self.process.boundary_events(element.id)]
            todo.extend(inside[target] for target in reversed(after) if target in inside)
        rest = [element for element in inside.values() if element.id not in order]
        return [*order.values(), *rest]

    def _silent(self, element: Element) -> bool:
        return element.kind.endswith("Gateway") and not element.name and len(element.outgoing) < 2

    def _step(self, element: Element, level: int) -> Step:
        state = "now" if element.id in self.active else ""
        if not state and element.id in self.taken:
            state = "done"
        words = kind_name(element.kind)
        return Step(
            element_id=element.id,
            level=level,
            kind=words.zh if self.chinese else words.en,
            text=self._name(element),
            ways=tuple(
                (half(self.process.flows[flow].name, self.language), self._target(flow))
                for flow in element.outgoing
            ),
            state=state,
        )

    def _target(self, flow: str) -> str:
        """The name of what comes next, looking through merges without a name."""
        seen: set[str] = set()
        target = self.process.flows[flow].target
        while target in self.process.elements and target not in seen:
            seen.add(target)
            element = self.process.elements[target]
            if not (self._silent(element) and element.outgoing):
                return self._name(element)
            target = self.process.flows[element.outgoing[0]].target
        return target

    def _name(self, element: Element) -> str:
        name = half(element.name, self.language)
        if name:
            return name
        if element.kind == "parallelGateway":
            if self.chinese:
                return "同时进行" if len(element.outgoing) > 1 else "都完成后继续"
            return "At the same time" if len(element.outgoing) > 1 else "When all are done"
        if element.kind == "startEvent":
            return "开始" if self.chinese else "Start"
        if element.kind == "endEvent":
            return "结束" if self.chinese else "End"
        words = kind_name(element.kind)
        return words.zh if self.chinese else words.en.capitalize()
