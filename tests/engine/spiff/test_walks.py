"""Random walks over generated diagrams, with restarts, judged by a token game."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest

from runner.definitions.model import Flow, Process
from runner.engine.spiff.execution import Execution
from runner.engine.spiff.host import Token
from runner.engine.spiff.procedure import Procedure
from tests.crash.soaking import tell
from tests.engine.spiff.diagrams import processes
from tests.engine.spiff.generated import Generator
from tests.engine.spiff.token_game import TokenGame

RESTS = frozenset({"userTask", "receiveTask", "intermediateCatchEvent", "boundaryEvent"})
STEPS = 3000


class WalkHost:
    """Answers by chance, with a stay now and then, and passes everything on to the judge."""

    def __init__(self, game: TokenGame, random: Random) -> None:
        self.game = game
        self.random = random
        self.staying: set[str] = set()
        self.calm = False  # towards the end: no more second passes or stays

    def _stays(self, token: Token) -> bool:
        self.staying.discard(token.id)
        if self.calm or token.element.kind == "boundaryEvent" or self.random.random() > 0.04:
            return False
        self.staying.add(token.id)
        return True

    def enter(self, token: Token) -> bool:
        self.game.entering(token)
        if token.watches:
            return False
        if token.element.kind == "boundaryEvent":  # it leads to what undoes its activity
            return True
        return not self._stays(token) and token.element.kind not in RESTS

    def items(self, token: Token) -> int | None:
        self.game.entering(token)
        return None if self._stays(token) else self.random.randint(0, 3)

    def enough(self, body: Token) -> bool | None:
        return None if self._stays(body) else self.random.random() < 0.2

    def choose(self, token: Token, flows: Sequence[Flow]) -> Sequence[str] | None:
        if self._stays(token):
            return None
        if token.element.id.startswith("loop"):
            again = not self.calm and self.random.random() < 0.4
            return [next(f.id for f in flows if (f.condition is not None) == again)]
        many = self.random.randint(1, len(flows))
        count = many if token.element.kind == "inclusiveGateway" else 1
        return [flow.id for flow in self.random.sample(list(flows), count)]

    def leave(self, token: Token) -> bool:
        if self._stays(token):
            return False
        if token.loop is not None:
            self.game.inner_left(token)
        return True

    def took(self, token: Token, flows: Sequence[str]) -> None:
        self.game.took(token, flows)

    def cancelled(self, token: Token) -> None:
        self.staying.discard(token.id)
        self.game.cancelled(token)

    def code(self, token: Token) -> str | None:
        raise AssertionError("no generated diagram computes a code")

    def condition(self, token: Token, *, fresh: bool) -> bool:
        raise AssertionError("no generated diagram waits for a condition")

    def forgotten(self, token: Token) -> None:
        assert token.kept

    def uncaught(self, token: Token, code: str) -> None:
        raise AssertionError(f"no generated diagram throws {code}")


def step(execution: Execution, host: WalkHost, random: Random) -> None:
    token = random.choice(execution.resting())
    kind = token.element.event.kind
    if token.id in host.staying:
        execution.retry(token.id)
    elif not token.watches:
        execution.complete(token.id)
    elif random.random() < 0.8:
        return  # most clocks do not run out
    elif kind == "error":
        assert token.attached_to is not None
        if token.element.kind == "boundaryEvent":
            assert execution.throw_error(token.attached_to, "any")
        else:
            execution.fire(token.id)
    else:
        execution.fire(token.id)


def walk(models: dict[str, Process], random: Random) -> TokenGame:
    game = TokenGame(models, "main")
    host = WalkHost(game, random)
    procedure = Procedure.compile(models)
    execution = Execution.start(procedure, "main", host)
    for number in range(STEPS):
        if execution.completed:
            break
        host.calm = number > STEPS // 10
        assert not execution.stuck
        step(execution, host, random)
        if random.random() < 0.3:
            state = execution.dump()
            if random.random() < 0.1:
                procedure = Procedure.compile(models)
            execution = Execution.load(procedure, state, host)
            assert execution.dump() == state
    assert execution.completed, f"not ended after {STEPS} steps: {execution.resting()}"
    game.ended()
    return game


@pytest.mark.parametrize("seed", range(150))
def test_a_random_walk_ends_and_follows_the_rules(seed: int) -> None:
    random = Random(seed)
    models = processes(**Generator(random).processes(depth=5))
    assert walk(models, random).steps > 0


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1000, 1100))
def test_many_random_walks(seed: int) -> None:
    for part in range(50):
        random = Random(seed * 1000 + part)
        walk(processes(**Generator(random).processes(depth=5)), random)
    tell(walks=50)


def test_the_judge_notices_a_join_that_fires_early() -> None:
    """The judge itself: a report of a join that misses a branch is refused."""
    models = processes(main="f: and\nj: and\nstart > f\nf > a > j\nf > b > j\nj > end")
    elements = models["main"].elements
    game = TokenGame(models, "main")

    def token(name: str) -> Token:
        return Token(name, elements[name], "case", "case")

    game.took(token("start"), ["start_to_f"])
    game.took(token("f"), ["f_to_a", "f_to_b"])
    game.took(token("a"), ["a_to_j"])
    with pytest.raises(AssertionError, match="b_to_j"):
        game.took(token("j"), ["j_to_end"])
