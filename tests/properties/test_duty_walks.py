"""Every random walk over a periodic duty ends, and leaves evidence that holds: the same walks as
over complaints, begun as the duty's timer begins it.

``WALK_SEED=<seed>`` makes the first batch begin with it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import select

from runner.clock import SetClock
from runner.engine import instances
from runner.engine.access import SYSTEM
from runner.engine.site import Site
from runner.settings import Settings
from runner.store.tables import complaints
from tests.properties.walking import Walk
from tests.sites import NOW, Released, everybody

FIRST_SEED = int(os.environ.get("WALK_SEED", "0"))
POLICIES = ("demo-autoparts", "demo-consumer", "decided-verify-first-survey")


@dataclass
class DutyWalk(Walk):
    """A walk over one of the duties of the policy."""

    def _start(self) -> None:
        with self.site.database.read() as connection:
            digest = self.site.effective_release(connection).digest
            policy = self.site.definitions(connection, digest).policy(self.policy)
        duties = policy["duties"]
        assert isinstance(duties, list | tuple)
        duty = self.random.choice(duties)
        started = instances.start_complaint(
            self.site,
            actor=SYSTEM,
            variables={"duty_id": duty["id"]},
            channel="timer",
            start_element="duty_due",
            process_id="period_review",
            policy_id=self.policy,
            idempotency_key=uuid4().hex,
        )
        self.case_id = started.case_id
        self._tell(f"duty {duty['id']} under {self.policy}")


@pytest.mark.parametrize("policy", POLICIES)
def test_every_walk_over_a_duty_reaches_an_end(
    released_widely: Released, tmp_path: Path, policy: str
) -> None:
    clock = SetClock(NOW)
    site, settings = released_widely.copy(tmp_path / "site", clock)
    people = everybody(site)
    opened = [site]

    def reopen() -> tuple[Site, Settings]:
        opened.pop().database.close()
        anew, again = released_widely.reopen(settings, clock)
        opened.append(anew)
        return anew, again

    try:
        for seed in range(FIRST_SEED, FIRST_SEED + 8):
            walk = DutyWalk(
                site=opened[0], settings=settings, people=people, clock=clock, reopen=reopen,
                random=Random(seed), policy=policy,
            )  # fmt: skip
            try:
                walk.run()
            except AssertionError as error:
                pytest.fail(f"duty walk {seed} under {policy}: {error}", pytrace=False)
            with opened[0].database.read() as connection:
                row = connection.execute(
                    select(complaints).where(complaints.c.id == walk.case_id)
                ).one()
            assert (row.kind, row.complaint_number, row.state) == ("duty", None, "closed")
    finally:
        opened[0].database.close()
