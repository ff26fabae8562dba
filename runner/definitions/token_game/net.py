"""What of a diagram decides about tokens, looked up once: ways out, listeners, reachability."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from itertools import combinations

from runner.definitions.model import ACTIVITY_KINDS, GATEWAY_KINDS, Element, Process

CONTAINERS = frozenset({"subProcess", "callActivity"})
FROM_OUTSIDE = frozenset({"timer", "message", "signal", "conditional"})
REPEATING = frozenset({"message", "signal", "escalation", "conditional"})
_KINDS = (ACTIVITY_KINDS | GATEWAY_KINDS) - {"transaction", "adHocSubProcess", "complexGateway"}
_EVENTS: Mapping[str, frozenset[str]] = {
    "startEvent": FROM_OUTSIDE | {"none", "error", "escalation"},
    "intermediateCatchEvent": FROM_OUTSIDE | {"link"},
    "boundaryEvent": FROM_OUTSIDE | {"error", "escalation", "compensation"},
    "intermediateThrowEvent": frozenset(
        {"none", "message", "signal", "escalation", "link", "compensation"}
    ),
    "endEvent": frozenset(
        {"none", "message", "signal", "error", "escalation", "terminate", "compensation"}
    ),
}


class NotModelled(Exception):
    """The process holds something this model gives no meaning to. ``element_id`` says where."""

    def __init__(self, process_id: str, element_id: str, reason: str) -> None:
        super().__init__(f"{process_id}: {element_id}: {reason}")
        self.element_id = element_id


def happens_again(element: Element) -> bool:
    """Whether a non-interrupting event can happen again while it is awaited."""
    event = element.event
    return event.kind in REPEATING or (event.kind == "timer" and event.timer_kind == "cycle")


def interrupts(element: Element) -> bool:
    """An error always interrupts, however it is drawn."""
    return element.interrupting or element.event.kind == "error"


class Net:
    """One process. Raises ``NotModelled``."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.elements = process.elements
        self.flows = process.flows
        self.boundary: dict[str, tuple[Element, ...]] = {}
        self.starts: dict[str, list[Element]] = {}
        self.listening: dict[str, list[Element]] = {}  # place to starts of event sub-processes
        self.links: dict[tuple[str, str], Element] = {}
        for element in process.elements.values():
            self._check(element)
            self._look_up(element)
        self._reach: dict[str, Mapping[str, frozenset[str]]] = {}

    def _check(self, element: Element) -> None:
        allowed = _EVENTS.get(element.kind)
        if allowed is None and element.kind not in _KINDS:
            raise self._unknown(element, f"a {element.kind} has no meaning here")
        if allowed is not None and element.event.kind not in allowed:
            raise self._unknown(element, f"a {element.kind} of the kind {element.event.kind}")
        for flow in element.outgoing:
            target = self.elements.get(self.flows[flow].target)
            if target is None or target.parent != element.parent:
                raise self._unknown(element, f"its flow {flow} leads out of its (sub-)process")

    def _look_up(self, element: Element) -> None:
        if element.kind == "boundaryEvent" and element.event.kind != "compensation":
            at = element.attached_to or ""
            self.boundary[at] = (*self.boundary.get(at, ()), element)
        elif element.kind == "startEvent":
            self.starts.setdefault(element.parent, []).append(element)
            around = self.elements.get(element.parent)
            if around is not None and around.triggered_by_event:
                self.listening.setdefault(around.parent, []).append(element)
        elif element.kind == "intermediateCatchEvent" and element.event.kind == "link":
            self.links[element.parent, element.event.code] = element

    def _unknown(self, element: Element, reason: str) -> NotModelled:
        return NotModelled(self.process.id, element.id, reason)

    def start(self, place: str) -> Element:
        """The plain start event of a (sub-)process. Raises ``NotModelled``."""
        plain = [s for s in self.starts.get(place, ()) if s.event.kind == "none"]
        if len(plain) != 1:
            raise NotModelled(self.process.id, place, f"has {len(plain)} plain start events")
        return plain[0]

    def target(self, flow: str) -> Element:
        return self.elements[self.flows[flow].target]

    @cached_property
    def undone_by(self) -> Mapping[str, str]:
        """The compensation event on the border of each activity that has one; it names the
        handler."""
        return {
            element.attached_to: element.id
            for element in self.elements.values()
            if element.attached_to is not None and element.handler is not None
        }

    def exits(self, element: Element) -> list[tuple[str, ...]]:
        """The sets of flows by which ``element`` may be left, by what its conditions may say."""
        out = element.outgoing
        if element.kind == "exclusiveGateway" and out:
            return [(flow,) for flow in out]
        # the default flow is for the case that no other way is open
        always = tuple(
            flow for flow in out if flow != element.default and self.flows[flow].condition is None
        )
        asked = [flow for flow in out if flow != element.default and flow not in always]
        if element.kind in ("parallelGateway", "eventBasedGateway"):
            return [out]
        found = [
            tuple(flow for flow in out if flow in always or flow in some)
            for size in range(1, len(asked) + 1)
            for some in combinations(asked, size)
        ]
        if always:
            found.append(always)
        elif element.default is not None:
            found.append((element.default,))
        return found or [()]

    def reach(self, join: Element) -> Mapping[str, frozenset[str]]:
        """For each element: the incoming flows of ``join`` by which a token there can still come
        without passing ``join`` itself."""
        known = self._reach.get(join.id)
        if known is None:
            found: dict[str, set[str]] = {}
            for incoming in join.incoming:
                self._backwards(join, incoming, found)
            known = {key: frozenset(flows) for key, flows in found.items()}
            self._reach[join.id] = known
        return known

    def _backwards(self, join: Element, incoming: str, found: dict[str, set[str]]) -> None:
        todo = [self.flows[incoming].source]
        while todo:
            at = todo.pop()
            if at == join.id or incoming in found.setdefault(at, set()):
                continue
            found[at].add(incoming)
            element = self.elements[at]
            todo += [self.flows[flow].source for flow in element.incoming]
            if element.attached_to is not None:
                todo.append(element.attached_to)
            if element.event.kind == "link" and element.kind == "intermediateCatchEvent":
                todo += [
                    other.id
                    for other in self.elements.values()
                    if other.kind == "intermediateThrowEvent"
                    and other.event.kind == "link"
                    and other.parent == element.parent
                    and other.event.code == element.event.code
                ]
