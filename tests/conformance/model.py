"""The same cases in the token game: what is expected must be a run of the model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from runner.definitions.bpmn import load_diagram
from runner.definitions.model import Element
from runner.definitions.token_game import Move, Node, State, TokenGame
from tests.conformance.cases import Case, Step

MOST_ITEMS = 3
BY_ITSELF = frozenset({"task", "manualTask", "scriptTask"})
NEVER_CANCELLED = frozenset({"boundaryEvent", "startEvent", "eventBasedGateway"})


@dataclass(frozen=True)
class Run:
    """A state with what was seen on the way to it since the last step."""

    state: State
    completed: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()


class Model:
    def __init__(self, case: Case) -> None:
        diagram, findings = load_diagram(case.drawn(), case.name)
        assert diagram is not None, findings
        self.case = case
        self.game = TokenGame(diagram.processes, most_items=MOST_ITEMS)
        self.elements: dict[str, Element] = {
            element.id: element
            for process in diagram.processes.values()
            for element in process.elements.values()
        }

    def agrees(self) -> str:
        """Empty where some run of the model fits every step; else the step that none fits."""
        runs = [Run(self.game.initial("main", "start"))]
        for number, step in enumerate(self.case.steps):
            if step.refused:
                continue
            if step.incidents and self.case.ends != "stuck":
                return ""  # what a person repairs is beyond the model
            begun = runs if step.action == "start" else list(self._acted(runs, step))
            runs = [run for run in self._settled(begun) if self._fits(run, step)]
            runs = [Run(state) for state in {run.state: None for run in runs}]
            if not runs:
                return f"step {number + 1}: {step.action} {step.about}"
        ends = {run.state.completed for run in runs}
        return "" if (self.case.ends == "completed") in ends else f"ends: {self.case.ends}"

    # --- playing ---

    def _acted(self, runs: list[Run], step: Step) -> Iterator[Run]:
        for run in runs:
            for move in self.game.enabled(run.state):
                if move.outside and self._meant(run.state, move, step):
                    yield self._played(run, move)

    def _meant(self, state: State, move: Move, step: Step) -> bool:
        about = step.about
        if step.action == "signal":
            return move.kind == "signal" and move.code == about
        if step.action == "message":
            assert isinstance(about, dict)
            name = self.elements[move.event].event.message_name if move.event else ""
            return move.kind == "happen" and name == about["name"]
        if step.action == "fire":
            return move.kind == "happen" and move.event == about
        label = about["task"] if isinstance(about, dict) else about
        node = next((node for node in state.nodes if node.id == move.owner), None)
        if node is None or _label(node) != label:
            return False
        if step.action == "error":
            assert isinstance(about, dict)
            return move.kind == "throw" and move.code in (about["code"], "")
        return move.kind == "leave"

    def _settled(self, runs: list[Run]) -> list[Run]:
        """Plays on until all rests. Only what data decide is tried in every way; conditional events
        may happen or not."""
        found, todo = [], list(runs)
        tries = 0
        while todo:
            run = todo.pop()
            tries += 1
            assert tries < 20_000, f"{self.case.name} does not come to rest in the model"
            moves = self.game.enabled(run.state)
            inner = [
                move
                for move in moves
                if not move.outside
                or (move.kind == "leave" and self.elements[move.element].kind in BY_ITSELF)
            ]
            conditions = [
                move
                for move in moves
                if move.kind == "happen" and move.outside
                and self.elements[move.event].event.kind == "conditional"
            ]  # fmt: skip
            if inner:
                first = min(inner, key=self._late)
                same = [m for m in inner if m[:4] == first[:4]]
                todo += [self._played(run, move) for move in same]
            else:
                found.append(run)
                todo += [self._played(run, move) for move in conditions if self._new(run, move)]
        return found

    def _rested(self, element: str) -> bool:
        return self.elements[element].kind not in NEVER_CANCELLED

    def _late(self, move: Move) -> int:
        """Signals arrive when all else rests; inclusive joins look before."""
        if move.kind == "happen":
            return 2
        joins = move.kind == "pass" and self.elements[move.element].kind == "inclusiveGateway"
        return 1 if joins else 0

    def _new(self, run: Run, move: Move) -> bool:
        """A condition happens once in a step."""
        return move.event not in run.completed

    def _played(self, run: Run, move: Move) -> Run:
        played = self.game.play(run.state, move)
        labels = {node.id: _label(node) for node in (*run.state.nodes, *played.state.nodes)}
        completed, cancelled = list(run.completed), list(run.cancelled)
        for seen in played.seen:
            label = labels.get(seen.node, seen.element)
            if seen.what == "completed":
                completed.append(label)
            elif seen.what == "cancelled" and self._rested(seen.element):
                cancelled.append(label)
        return replace(
            run, state=played.state, completed=tuple(completed), cancelled=tuple(cancelled)
        )

    def _fits(self, run: Run, step: Step) -> bool:
        if Counter(run.completed) != Counter(step.completed):
            return False
        if Counter(run.cancelled) != Counter(step.cancelled):
            return False
        return Counter(self._waiting(run.state)) == Counter(step.waiting)

    def _waiting(self, state: State) -> Iterator[str]:
        for node in state.nodes:
            element = self.elements[node.element]
            if node.phase == "work":
                yield _label(node)
            elif node.phase == "events":
                flows = self.game.nets[element.process_id].flows
                yield from (flows[flow].target for flow in element.outgoing)


def _label(node: Node) -> str:
    return node.element if node.loop < 0 else f"{node.element}.{node.loop + 1}"
