"""Every random walk over the shipped procedure ends, and leaves evidence that holds.

A failure names the walk's seed; ``WALK_SEED=<seed>`` makes the first batches begin with it.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from runner.clock import SetClock
from runner.engine.site import Site
from runner.settings import Settings
from tests.crash.soaking import tell
from tests.properties.walking import Walk
from tests.sites import NOW, Released, everybody

WALKS = 10  # in one test, on one database
FIRST_SEED = int(os.environ.get("WALK_SEED", "0"))
SWITCHED = ("switched-consumer", "switched-ebike", "switched-marketplace")
soak = pytest.mark.soak


class TestConsumer:
    """100 walks, and 2,500 in the long version; one class is one process of a parallel run."""

    @pytest.mark.parametrize("batch", range(10))
    def test_every_walk_reaches_an_end(
        self, released: Released, tmp_path: Path, batch: int
    ) -> None:
        _walk(released, tmp_path, "demo-consumer", batch)

    @soak
    @pytest.mark.parametrize("batch", range(1_000, 1_250))
    def test_every_one_of_many_walks_reaches_an_end(
        self, released: Released, tmp_path: Path, batch: int
    ) -> None:
        _walk(released, tmp_path, "demo-consumer", batch)


class TestEbike:
    @pytest.mark.parametrize("batch", range(10))
    def test_every_walk_reaches_an_end(
        self, released: Released, tmp_path: Path, batch: int
    ) -> None:
        _walk(released, tmp_path, "demo-ebike", batch)

    @soak
    @pytest.mark.parametrize("batch", range(1_000, 1_250))
    def test_every_one_of_many_walks_reaches_an_end(
        self, released: Released, tmp_path: Path, batch: int
    ) -> None:
        _walk(released, tmp_path, "demo-ebike", batch)


class TestSwitchedPolicies:
    """Branches that neither shipped policy takes."""

    @pytest.mark.parametrize("policy", SWITCHED)
    def test_every_walk_reaches_an_end(
        self, released_widely: Released, tmp_path: Path, policy: str
    ) -> None:
        _walk(released_widely, tmp_path, policy, 0)

    @soak
    @pytest.mark.parametrize("policy", SWITCHED)
    @pytest.mark.parametrize("batch", range(1_000, 1_025))
    def test_every_one_of_many_walks_reaches_an_end(
        self, released_widely: Released, tmp_path: Path, policy: str, batch: int
    ) -> None:
        _walk(released_widely, tmp_path, policy, batch)


def _walk(released: Released, folder: Path, policy: str, batch: int) -> None:
    clock = SetClock(NOW)
    site, settings = released.copy(folder / "site", clock)
    people = everybody(site)
    opened = [site]

    def reopen() -> tuple[Site, Settings]:
        opened.pop().database.close()
        anew, again = released.reopen(settings, clock)
        opened.append(anew)
        return anew, again

    try:
        for seed in range(FIRST_SEED + batch * WALKS, FIRST_SEED + (batch + 1) * WALKS):
            walk = Walk(
                site=opened[0],
                settings=settings,
                people=people,
                clock=clock,
                reopen=reopen,
                random=Random(seed),
                policy=policy,
            )
            try:
                walk.run()
            except AssertionError as error:
                pytest.fail(f"walk {seed} under {policy}: {error}", pytrace=False)
            tell(whole_cases=1)
    finally:
        opened[0].database.close()
