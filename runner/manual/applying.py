"""Which parts of the diagrams a policy never uses, as far as its values alone decide it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from runner.definitions.model import Flow, Process
from runner.definitions.policies import Policy
from runner.feel import FeelError, FeelSyntaxError, compile_expression

_ASKS = frozenset({"exclusiveGateway", "inclusiveGateway"})
_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"|[()\[\]{}]|\b(?:and|or|if|for|some|every|between)\b')
# Conditions on a policy ask no clock; one that did would say nothing certain.
_NEVER = datetime(2000, 1, 1, tzinfo=UTC)


class Applying:
    """What can be reached under one policy. What a case decides counts as possible."""

    def __init__(self, processes: Mapping[str, Process], policy: Policy) -> None:
        self._scope = {"policy": policy.values}
        self._asked: dict[str, bool | None] = {}
        self._shut: dict[str, set[str]] = {}
        self.elements: dict[str, frozenset[str]] = {}
        called = {
            element.called_process
            for process in processes.values()
            for element in process.elements.values()
        }
        waiting = [process_id for process_id in processes if process_id not in called]
        while waiting:
            process = processes[waiting.pop()]
            if process.id in self.elements:
                continue
            found = frozenset(self._reached(process))
            self.elements[process.id] = found
            for element_id in found:
                target = process.elements[element_id].called_process
                if target in processes:
                    waiting.append(target or "")

    def uses(self, process_id: str, element_id: str = "") -> bool:
        """Whether a case can get to a diagram, or to an element of it."""
        found = self.elements.get(process_id)
        if found is None:
            return False
        return not element_id or element_id in found

    def open(self, process: Process, flow_id: str) -> bool:
        """Whether a case can go along a flow."""
        return flow_id not in self._closed(process)

    def _reached(self, process: Process) -> set[str]:
        closed = self._closed(process)
        found: set[str] = set()
        waiting = [e.id for e in process.elements.values() if not e.incoming and not e.attached_to]
        while waiting:
            element = process.elements.get(waiting.pop())
            if element is None or element.id in found:
                continue
            parent = process.elements.get(element.parent)
            if parent is not None and parent.id not in found:
                continue  # its sub-process brings it in
            found.add(element.id)
            waiting += [
                process.flows[flow].target
                for flow in element.outgoing
                if flow in process.flows and flow not in closed
            ]
            waiting += [event.id for event in process.boundary_events(element.id)]
            inner = process.children(element.id)
            waiting += [child.id for child in inner if not child.incoming and not child.attached_to]
        return found

    def _closed(self, process: Process) -> set[str]:
        """Flows whose condition the policy alone makes false, and defaults nothing falls to."""
        known = self._shut.get(process.id)
        if known is not None:
            return known
        closed = self._shut[process.id] = set()
        for element in process.elements.values():
            if element.kind not in _ASKS or len(element.outgoing) < 2:
                continue
            flows = [process.flows[flow] for flow in element.outgoing if flow in process.flows]
            taken = False
            for flow in sorted(flows, key=lambda flow: flow.id == element.default):
                answer = None if flow.condition is None else self._answer(flow)
                if answer is False or (taken and element.kind == "exclusiveGateway"):
                    closed.add(flow.id)
                taken = taken or answer is True
        return closed

    def _answer(self, flow: Flow) -> bool | None:
        """True or False where the policy's values decide a condition, None where a case does."""
        text = (flow.condition or "").removeprefix("=").strip()
        if text not in self._asked:
            whole = self._evaluated(text)
            parts = [self._evaluated(part) for part in _conjuncts(text)]
            self._asked[text] = False if whole is None and False in parts else whole
        return self._asked[text]

    def _evaluated(self, text: str) -> bool | None:
        try:
            compiled = compile_expression(text)
            names = compiled.names | compiled.possible_names
            if not names or any(name.split(".")[0] != "policy" for name in names):
                return None
            value = compiled.evaluate(self._scope, now=_NEVER).value
        except FeelSyntaxError:
            return None  # the check tells what is wrong with it
        except FeelError:
            return None  # not decided yet: anything is possible
        return value if isinstance(value, bool) else None


def _conjuncts(text: str) -> Iterator[str]:
    """The parts of ``a and b and c``; nothing where other words join them."""
    depth, start, cuts = 0, 0, []
    for found in _WORDS.finditer(text):
        word = found[0]
        if word in "([{":
            depth += 1
        elif word in ")]}":
            depth -= 1
        elif depth == 0 and word == "and":
            cuts.append((found.start(), found.end()))
        elif depth == 0 and not word.startswith('"'):
            return
    for before, after in cuts:
        yield text[start:before].strip()
        start = after
    if cuts:
        yield text[start:].strip()
