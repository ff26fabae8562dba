"""The engine against the token game, on random diagrams: same moves, same effects.

A failure names its seed and shows the diagram; ``WALK_SEED=<seed>`` makes the walks begin with it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from random import Random

import pytest
from SpiffWorkflow.util.task import TaskState

from runner.engine.spiff import containers, gateways, specs
from runner.engine.spiff.procedure import UnsupportedDiagram
from tests.crash.soaking import tell
from tests.properties.generating import FEATURES, Generator
from tests.properties.generating_following import Difference
from tests.properties.generating_walks import Outcome, Walk

FIRST_SEED = int(os.environ.get("WALK_SEED", "0"))
# Signals are the host's business: their cases are in the conformance suite.
WALKED = tuple(feature for feature in FEATURES if feature != "signal")


def walk(seed: int, outcome: Outcome) -> None:
    random = Random(seed)
    found = Walk(Generator(random, WALKED).processes(), random)
    try:
        found.run(outcome)
    except Difference as difference:
        pytest.fail(f"walk {seed}: {difference}", pytrace=False)


@pytest.mark.parametrize(
    "batch", [0, 1, *(pytest.param(batch, marks=pytest.mark.once) for batch in range(2, 10))]
)
def test_the_engine_does_what_the_model_allows(batch: int) -> None:
    outcome = Outcome()
    for seed in range(FIRST_SEED + batch * 25, FIRST_SEED + (batch + 1) * 25):
        walk(seed, outcome)
    assert outcome.how["ended"] > 15
    assert outcome.moves > 500


@pytest.mark.soak
@pytest.mark.parametrize("batch", range(100))
def test_the_engine_does_what_the_model_allows_ten_thousand_times(batch: int) -> None:
    outcome = Outcome()
    for seed in range(100_000 + batch * 100, 100_000 + (batch + 1) * 100):
        walk(seed, outcome)
    tell(walks=100)


def join_early(monkeypatch: pytest.MonkeyPatch) -> None:
    def fires_with_one_missing(self: gateways.ParallelSpec, task: object) -> bool:
        if len(self.element.incoming) < 2:
            return True
        task._set_state(TaskState.WAITING)  # type: ignore[attr-defined]
        arrived = self._arrived(task.workflow)  # type: ignore[attr-defined]
        if len(arrived) >= max(2, len(self.element.incoming) - 1):
            self._merge(arrived.values())
        return False

    monkeypatch.setattr(gateways.ParallelSpec, "_update_hook", fires_with_one_missing)


def do_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways.InclusiveSpec, "awaited", lambda self, flow: [])


def never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    made = specs.BoundarySpec.__init__

    def once(self: specs.BoundarySpec, *given: object) -> None:
        made(self, *given)  # type: ignore[arg-type]
        self.again = False

    monkeypatch.setattr(specs.BoundarySpec, "__init__", once)


def all_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made = containers.BodySpec.__init__

    def parallel(self: containers.BodySpec, *given: object) -> None:
        made(self, *given)  # type: ignore[arg-type]
        self.sequential = False

    monkeypatch.setattr(containers.BodySpec, "__init__", parallel)


@pytest.mark.parametrize("mistake", [join_early, do_not_wait, never_again, all_at_once])
def test_a_mistake_in_the_engine_is_noticed(
    monkeypatch: pytest.MonkeyPatch, mistake: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """The judge itself: engines that break one rule each are found out within a few walks."""
    mistake(monkeypatch)
    for seed in range(300):
        random = Random(seed)
        try:
            Walk(Generator(random, WALKED).processes(), random).run(Outcome())
        except Difference:
            return
    raise AssertionError("300 walks and no difference")


def test_the_generator_draws_only_what_it_is_asked_for() -> None:
    for seed in range(200):
        try:
            Walk(Generator(Random(seed), WALKED).processes(), Random(seed))
        except UnsupportedDiagram as refused:
            pytest.fail(f"{seed}: {refused}")
