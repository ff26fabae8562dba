"""Public diagrams, walked as they are; ``pytest -rs`` lists those that cannot be, and why."""

from __future__ import annotations

from random import Random

import pytest

from tests.crash.soaking import tell
from tests.properties.corpus_walks import corpus_files, processes_of, together, walkable
from tests.properties.generating_walks import Outcome, Walk

FILES = corpus_files()
WALKS, MANY_WALKS = 10, 300


def walk(path_number: int, walks: int) -> None:
    path = FILES[path_number]
    processes = processes_of(path)
    reasons = dict(walkable(processes))
    outcome = Outcome()
    for key in processes:
        if not reasons[key]:
            for seed in range(walks):
                Walk(together(processes, key), Random(seed), key).run(outcome)
            tell(walks=walks)
    refused = {key: reason for key, reason in reasons.items() if reason}
    if not outcome.how:
        pytest.skip(f"{path.name}: {refused or 'holds no process'}")


@pytest.mark.skipif(not FILES, reason="the corpus of public diagrams is not here")
@pytest.mark.parametrize("number", range(len(FILES)), ids=[path.stem for path in FILES])
def test_a_public_diagram_is_walked_without_a_difference(number: int) -> None:
    walk(number, WALKS)


@pytest.mark.soak
@pytest.mark.skipif(not FILES, reason="the corpus of public diagrams is not here")
@pytest.mark.parametrize("number", range(len(FILES)), ids=[path.stem for path in FILES])
def test_a_public_diagram_is_walked_many_times(number: int) -> None:
    walk(number, MANY_WALKS)
