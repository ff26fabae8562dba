"""Every random walk over the shipped procedure ends, and leaves evidence that holds."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from runner.clock import SetClock
from runner.engine.site import Site
from runner.settings import Settings
from tests.properties.walking import Walk
from tests.sites import NOW, Released, everybody

POLICIES = ("demo-consumer", "demo-ebike")
BATCHES, WALKS, SOAK_WALKS = 20, 10, 250
FIRST_SEED = int(os.environ.get("WALK_SEED", "0"))


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_walk_reaches_an_end(released: Released, tmp_path: Path, batch: int) -> None:
    _walk(released, tmp_path, FIRST_SEED + batch * WALKS, WALKS)


@pytest.mark.soak
@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_one_of_many_walks_reaches_an_end(
    released: Released, tmp_path: Path, batch: int
) -> None:
    _walk(released, tmp_path, 1_000_000 + batch * SOAK_WALKS, SOAK_WALKS)


def _walk(released: Released, folder: Path, first: int, count: int) -> None:
    clock = SetClock(NOW)
    site, settings = released.copy(folder / "site", clock)
    people = everybody(site)
    opened = [site]

    def reopen() -> tuple[Site, Settings]:
        opened.pop().database.close()
        anew, again = released.reopen(settings, clock)
        opened.append(anew)
        return anew, again

    for seed in range(first, first + count):
        walk = Walk(
            site=opened[0],
            settings=settings,
            people=people,
            clock=clock,
            reopen=reopen,
            random=Random(seed),
            policy=POLICIES[seed % len(POLICIES)],
        )
        try:
            walk.run()
        except AssertionError as error:
            pytest.fail(f"walk {seed}: {error}", pytrace=False)
    opened[0].database.close()
