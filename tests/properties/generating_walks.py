"""One random walk of the engine, followed by the token game."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from runner.definitions.model import Element, Flow, Process
from runner.definitions.token_game import TokenGame
from runner.engine.spiff.execution import EndlessLoop, Execution
from runner.engine.spiff.host import Token
from runner.engine.spiff.procedure import Procedure
from tests.properties.generating_following import Difference, Follower

RESTS = frozenset({"userTask", "receiveTask", "intermediateCatchEvent", "boundaryEvent"})
FROM_OUTSIDE = frozenset({"timer", "message", "signal", "conditional"})
NEVER_STAY = frozenset({"boundaryEvent", "startEvent", "endEvent", "intermediateThrowEvent"})
MOST_ACTIONS = 60
MOST_TOKENS = 80


class WalkHost:
    """Answers by chance, with a stay now and then, and tells the follower."""

    def __init__(self, follower: Follower, random: Random) -> None:
        self.follower = follower
        self.random = random
        self.staying: set[str] = set()

    def _stays(self, token: Token) -> bool:
        self.staying.discard(token.id)
        if token.element.kind in NEVER_STAY or self.random.random() > 0.03:
            return False
        self.staying.add(token.id)
        return True

    def enter(self, token: Token) -> bool:
        self.follower.entering(token)
        if token.element.event.kind in ("link", "compensation"):
            return True
        if token.watches:
            return False
        if token.element.kind in RESTS:
            return False
        return not self._stays(token)

    def items(self, token: Token) -> int | None:
        self.follower.entering(token)
        if self._stays(token):
            return None
        number = self.random.randint(0, 3)
        self.follower.items(token, number)
        return number

    def enough(self, body: Token) -> bool | None:
        if self._stays(body):
            return None
        enough = self.random.random() < 0.3
        self.follower.judged(body, enough=enough)
        return enough

    def choose(self, token: Token, flows: Sequence[Flow]) -> Sequence[str] | None:
        net = self.follower.game.nets[token.element.process_id]
        return self.random.choice(net.exits(token.element))

    def leave(self, token: Token) -> bool:
        if self._stays(token):
            return False
        self.follower.left(token)
        return True

    def took(self, token: Token, flows: Sequence[str]) -> None:
        self.follower.took(token, flows)

    def cancelled(self, token: Token) -> None:
        self.staying.discard(token.id)
        self.follower.cancelled(token)

    def uncaught(self, token: Token, code: str) -> None:
        self.follower.uncaught(token)

    def code(self, token: Token) -> str | None:
        raise AssertionError(f"the code {token.element.event.code} is no expression")

    def condition(self, token: Token, *, fresh: bool) -> bool:
        holds = self.random.random() < (0.05 if fresh else 0.02)
        if holds:
            self.follower.happening(token)
        return holds

    def forgotten(self, token: Token) -> None:
        """What can no longer be undone: of no interest here."""


@dataclass
class Outcome:
    """How walks ended: ``ended``, ``stuck``, ``endless``, ``long`` (still going on)."""

    how: Counter[str] = field(default_factory=Counter)
    moves: int = 0
    elements: Counter[str] = field(default_factory=Counter)


class Walk:
    """Raises ``Difference`` with the diagram and what happened until then."""

    def __init__(
        self, processes: Mapping[str, Process], random: Random, main: str = "main"
    ) -> None:
        self.processes = dict(processes)
        self.random = random
        self.main = main
        self.game = TokenGame(self.processes)
        self.procedure = Procedure.compile(self.processes)
        self.actions: list[str] = []

    def run(self, outcome: Outcome) -> None:
        start = self.random.choice(self._starts())
        follower = Follower(self.game, self.main, start)
        host = WalkHost(follower, self.random)
        try:
            how = self._walk(follower, host, start)
        except EndlessLoop:
            how = "endless"
        except Exception as error:
            told = "\n".join([*self.actions[-12:], "--", *follower.story[-30:]])
            raise Difference(f"{error}\n{told}\n{drawn(self.processes)}") from error
        outcome.how[how] += 1
        outcome.moves += follower.moves

    def _starts(self) -> list[str]:
        process = self.processes[self.main]
        return [e.id for e in process.children(self.main) if e.kind == "startEvent"]

    def _walk(self, follower: Follower, host: WalkHost, start: str) -> str:
        execution = Execution.start(self.procedure, self.main, host, start)  # type: ignore[arg-type]
        follower.rested(execution, host.staying)
        for _ in range(MOST_ACTIONS):
            if execution.completed:
                return "ended"
            resting = execution.resting()
            if not resting:
                assert execution.stuck
                return "stuck"
            if len(follower.state.nodes) > MOST_TOKENS:
                return "long"
            self._act(execution, follower, host, self.random.choice(resting))
            follower.rested(execution, host.staying)
            if self.random.random() < 0.25:
                state = execution.dump()
                execution = Execution.load(self.procedure, state, host)  # type: ignore[arg-type]
                assert execution.dump() == state, "another state after loading"
        return "long"

    def _act(self, execution: Execution, follower: Follower, host: WalkHost, token: Token) -> None:
        element, chance = token.element, self.random.random()
        if token.id in host.staying:
            self._tell("retry", element)
            execution.retry(token.id)
        elif token.watches:
            from_outside = element.event.kind in FROM_OUTSIDE
            if from_outside and chance < 0.3 and token.attached_to not in host.staying:
                self._tell("fire", element)
                follower.happening(token)
                execution.fire(token.id)
        elif chance < 0.12 and element.kind.endswith("Task"):
            code = self.random.choice(("A", "B", "C"))
            self._tell(f"throw {code}", element)
            expected = follower.throwing(token, code)
            if execution.throw_error(token.id, code) != expected:
                raise Difference(f"the error {code} from {element.id} is caught: {expected}")
        else:
            self._tell("complete", element)
            execution.complete(token.id)

    def _tell(self, what: str, element: Element) -> None:
        self.actions.append(f"{what} {element.id}")


def drawn(processes: Mapping[str, Process]) -> str:
    """The diagrams in few lines, to be read in a report."""
    lines = []
    for process in processes.values():
        lines.append(f"process {process.id}")
        for element in process.elements.values():
            about = [element.id, element.kind, f"in {element.parent}"]
            if element.event.kind != "none":
                about.append(f"{element.event.kind} {element.event.code}{element.event.timer_kind}")
            if element.attached_to:
                about.append(f"{'on' if element.interrupting else 'beside'} {element.attached_to}")
            if element.kind == "startEvent" and not element.interrupting:
                about.append("not interrupting")
            if element.multi_instance is not None:
                loop = element.multi_instance
                about.append(f"each{' sequential' * loop.sequential}")
                about.append("until" if loop.completion_condition else "")
            lines.append("  " + " ".join(filter(None, about)))
        for flow in process.flows.values():
            lines.append(f"  {flow.source} > {flow.target}{' ?' if flow.condition else ''}")
    return "\n".join(lines)
