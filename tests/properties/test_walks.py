"""Every random walk over the shipped procedure ends, and leaves evidence that holds.

A failure names the walk's seed; ``WALK_SEED=<seed>`` makes the first batches begin with it.
``OMBUD_WALKS`` is how many walks the long version takes under each profile: 5,000 for a release.
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
WALKS_OF_A_PROFILE = 4  # in the short version; the long one takes FAR
FAR = int(os.environ.get("OMBUD_WALKS", "250"))
FAR_BATCH = 50
PROFILES = (
    "consumer-3track", "light-industry-incident", "autoparts-8d-30min", "aftersales-1-2-1wd",
    "aftersales-ticket-24h-3-7wd", "aftersales-24h-5wd-mediation", "marketplace-7d-24h-3wd",
    "custservice-open", "service-monitor-24h", "warranty-1y", "verify-first-survey",
    "custservice-5class", "ebike-3level", "general-admin-negotiated", "contingency-generic",
    "iso9001-8d-minimal", "iatf-liability-split", "restaurant-crisis", "hotel-signoff",
    "b2b-section-return-recall", "b2b-appeal-claim",
)  # fmt: skip
SWITCHED = ("switched-consumer", "switched-ebike", "switched-marketplace")
soak = pytest.mark.soak


class TestConsumer:
    """60 walks, and 2,500 in the long version; one class is one process of a parallel run."""

    @pytest.mark.parametrize("batch", range(6))
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
    @pytest.mark.parametrize("batch", range(6))
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


class TestProfiles:
    """Each of the procedures of the sources, its open values as the schema proposes."""

    @pytest.mark.parametrize("profile", PROFILES)
    def test_every_walk_reaches_an_end(
        self, released_widely: Released, tmp_path: Path, profile: str
    ) -> None:
        _walk(released_widely, tmp_path, f"decided-{profile}", 0, WALKS_OF_A_PROFILE)

    @soak
    @pytest.mark.parametrize("batch", range(-(-FAR // FAR_BATCH)))
    @pytest.mark.parametrize("profile", PROFILES)
    def test_every_one_of_many_walks_reaches_an_end(
        self, released_widely: Released, tmp_path: Path, profile: str, batch: int
    ) -> None:
        walks = min(FAR_BATCH, FAR - batch * FAR_BATCH)
        first = 1_000 + batch * (FAR_BATCH // WALKS)
        _walk(released_widely, tmp_path, f"decided-{profile}", first, walks)

    def test_no_profile_is_forgotten(self, released_widely: Released) -> None:
        site = released_widely.site
        policies = next(iter(site._definitions.values())).policies.values()
        assert {policy.id for policy in policies if len(policy.lineage) == 1} == set(PROFILES)


def _walk(released: Released, folder: Path, policy: str, batch: int, walks: int = WALKS) -> None:
    clock = SetClock(NOW)
    site, settings = released.copy(folder / "site", clock)
    site.typesets = False
    people = everybody(site)
    opened = [site]

    def reopen() -> tuple[Site, Settings]:
        opened.pop().database.close()
        anew, again = released.reopen(settings, clock)
        anew.typesets = False  # documents are filled and kept, not set
        opened.append(anew)
        return anew, again

    try:
        first = FIRST_SEED + batch * WALKS
        for seed in range(first, first + walks):
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
