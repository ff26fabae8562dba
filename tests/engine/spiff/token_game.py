"""An independent judge of an execution: BPMN's token rules, played on sequence flows.

It knows nothing of the engine; it hears what the host hears and fails on any report that the tokens
on the flows do not allow. The generated diagrams are safe (never two tokens on one flow), so a join
that fires early, twice or not at all is always seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from runner.definitions.model import Element, Process
from runner.engine.spiff.host import Token

ScopeKey = tuple[str, str]


class TokenGame:
    def __init__(self, processes: Mapping[str, Process], root: str) -> None:
        self.processes = processes
        self.flows: dict[ScopeKey, Counter[str]] = {}
        self.inside: dict[str, tuple[ScopeKey, ScopeKey]] = {}  # container -> its own, its inside
        self.split: dict[tuple[ScopeKey, str], int] = {}
        self.entered: dict[str, Token] = {}
        self.done: dict[ScopeKey, list[tuple[str, tuple[Any, ...]]]] = {}
        self.finished: list[str] = []
        self.to_undo: dict[str, list[str]] = {}
        self.root = root
        self.steps = 0

    def scope(self, token: Token) -> ScopeKey:
        """Where the token's flows are: bodies hold none, so a body's key is looked through."""
        scope_id = token.scope_id
        while scope_id in self.entered and self.entered[scope_id].element.multi_instance:
            body = self.entered[scope_id]
            if body.loop is not None:  # an inner sub-process is a scope of its own
                break
            scope_id = body.scope_id
        return (token.instance_id, scope_id)

    def entering(self, token: Token) -> None:
        """An activity or event was entered, or asked for its items."""
        if token.id in self.entered:
            return  # retried
        self.entered[token.id] = token
        element = token.element
        if element.kind in ("boundaryEvent", "startEvent") or token.loop is not None:
            return
        if element.triggered_by_event or element.for_compensation:
            return
        flows = self.flows[self.scope(token)]
        gateway = self._element(element, self._source(element))
        if gateway is None or gateway.kind != "eventBasedGateway":
            assert any(flows[flow] for flow in element.incoming), f"no token reached {element.id}"

    def opened(self, token: Token) -> None:
        """The first start event inside a container (or the whole) is about to be taken."""
        key = self.scope(token)
        assert not any(self.flows.get(key, Counter()).values()), f"{key} is already running"
        self.flows[key] = Counter()

    def took(self, token: Token, taken: Sequence[str]) -> None:
        self.steps += 1
        element = token.element
        assert token.loop is None
        assert set(taken) <= set(element.outgoing)
        if element.kind == "startEvent":
            self.opened(token)
            if token.watches and element.interrupting:
                outer = self.scope(self.entered[token.scope_id])
                self.flows.setdefault(outer, Counter()).clear()  # maybe before its own start
        key = self.scope(token)
        if element.triggered_by_event:
            self.flows.setdefault(key, Counter())  # it may begin before the start of its scope
        flows = self.flows[key]
        self._done(token, key)
        assert not self.to_undo.pop(token.id, []), f"{element.id} left something undone"
        if element.event.kind == "compensation" and element.kind == "boundaryEvent":
            self._undone(token, key)
        elif element.triggered_by_event or element.for_compensation:
            pass
        elif element.kind == "boundaryEvent":
            if element.interrupting:
                assert element.attached_to is not None
                self._consume(flows, self._element(element, element.attached_to))
        elif element.kind == "parallelGateway":
            for flow in element.incoming:
                assert flows[flow] == 1, f"{element.id} fired without {flow}"
                flows[flow] -= 1
        elif element.kind == "inclusiveGateway" and len(element.incoming) > 1:
            present = [flow for flow in element.incoming if flows[flow]]
            opened = self.split.pop((key, element.id.replace("join", "split")))
            assert len(present) == opened, f"{element.id} fired with {present} of {opened}"
            for flow in present:
                flows[flow] -= 1
        elif element.kind != "startEvent":
            self._consume(flows, element)
        if element.kind == "inclusiveGateway" and len(element.outgoing) > 1:
            self.split[key, element.id] = len(taken)
        elif element.kind in ("exclusiveGateway", "eventBasedGateway"):
            assert len(taken) == 1
        elif element.kind != "inclusiveGateway":
            assert len(taken) == len(element.outgoing)
        for flow in taken:
            flows[flow] += 1
            # an event that does not interrupt may happen again before its first branch is done
            again = element.kind == "boundaryEvent" and not element.interrupting
            assert flows[flow] == 1 or again, f"two tokens on {flow}"
        if element.kind in ("subProcess", "callActivity"):
            self._close(token)
        if element.event.kind == "terminate":
            flows.clear()

    def _done(self, token: Token, key: ScopeKey) -> None:
        """Remembers what can be undone, in the order of completion; sub-processes as wholes."""
        process = self.processes[token.element.process_id]
        kinds = {e.event.kind for e in process.boundary_events(token.element.id)}
        if "compensation" in kinds:
            self.done.setdefault(key, []).append((token.element.id, ()))
        elif token.element.kind == "subProcess":
            inside = [
                (inner, list(done))
                for inner, done in self.done.items()
                if token.id in (inner[1], self._around(inner[1]))
            ]
            order = {scope: number for number, scope in enumerate(self.finished)}
            inside.sort(key=lambda pair: order.get(pair[0][1], len(order)))
            self.done.setdefault(key, []).append(("", tuple(part for _, part in inside)))

    def inner_left(self, token: Token) -> None:
        """An inner instance of a multi-instance activity ended."""
        self.finished.append(token.id)

    def _undone(self, token: Token, key: ScopeKey) -> None:
        assert token.attached_to is not None
        assert token.element.attached_to is not None
        thrower = self.scope(self.entered[token.attached_to])
        if token.attached_to not in self.to_undo:
            self.to_undo[token.attached_to] = list(_flat(self.done.pop(thrower, [])))
        expected = self.to_undo[token.attached_to].pop()
        assert token.element.attached_to == expected, f"undid {token.element.attached_to} too early"

    def cancelled(self, token: Token) -> None:
        self.to_undo.pop(token.id, None)
        if token.element.kind in ("subProcess", "callActivity"):
            self._drop(token.id)

    def ended(self) -> None:
        left = {key: +flows for key, flows in self.flows.items() if +flows}
        assert not left, f"tokens left: {left}"

    def _consume(self, flows: Counter[str], element: Element | None) -> None:
        assert element is not None
        present = [flow for flow in element.incoming if flows[flow]]
        assert len(present) == 1, f"{element.id} completed with tokens on {present}"
        flows[present[0]] -= 1

    def _close(self, token: Token) -> None:
        """A container completed: nothing may be left inside it, or inside its inner instances."""
        for key, flows in self.flows.items():
            if key[1] == token.id or self._around(key[1]) == token.id:
                assert not +flows, f"{token.element.id} completed over {+flows}"

    def _around(self, scope_id: str) -> str | None:
        known = self.entered.get(scope_id)
        return known.scope_id if known is not None and known.loop is not None else None

    def _drop(self, container: str) -> None:
        for key in [key for key in self.flows if container in (key[1], self._around(key[1]))]:
            del self.flows[key]

    def _source(self, element: Element) -> str:
        flows = self.processes[element.process_id].flows
        return flows[element.incoming[0]].source if element.incoming else ""

    def _element(self, element: Element, other: str) -> Element | None:
        return self.processes[element.process_id].elements.get(other)


def _flat(done: Sequence[tuple[str, tuple[Any, ...]]]) -> Iterator[str]:
    """Activities in the order of completion, those of a sub-process at its own place."""
    for activity, inside in done:
        if activity:
            yield activity
        for part in inside:
            yield from _flat(part)
