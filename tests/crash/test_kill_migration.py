"""``kill -9`` of the workers in the middle of a migration and of its revert, two at a time: every
case is moved exactly once, none half, every hash verifies."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, select

from runner.clock import SystemClock
from runner.definitions.files import read_folder
from runner.engine import releases, user_tasks
from runner.engine.access import SYSTEM
from runner.engine.migration import make_plan
from runner.engine.migration_batches import revert_migration, start_migration
from runner.engine.site import Site
from runner.errors import Refusal
from runner.settings import Settings
from runner.store.migration_batches import WORK, count_items, find_batch
from runner.store.running_cases import Selection
from runner.store.tables import cases, events
from tests.crash.grounds import WaitingTask, ground, waiting_task
from tests.invariants import check_all
from tests.serving import Process
from tests.sites import ROOT, Released, everybody

CASES, SOAK_CASES = 30, 600
KILLS, SOAK_KILLS = 1, 20
WORKERS = 2
PATIENCE = 120.0


@dataclass(frozen=True)
class Batch:
    """A batch under way, and where it comes from and goes to."""

    site: Site
    id: str
    source: str
    target: str

    def done(self) -> int:
        with self.site.database.read() as connection:
            counts = count_items(connection, self.id)
        return sum(counts.values()) - counts.get("pending", 0) - counts.get("reverting", 0)

    def going(self) -> bool:
        with self.site.database.read() as connection:
            found = find_batch(connection, self.id)
        assert found is not None
        return found.state in WORK

    def counts(self) -> dict[str, int]:
        with self.site.database.read() as connection:
            return count_items(connection, self.id)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(
    request: pytest.FixtureRequest, released: Released, tmp_path: Path
) -> Iterator[tuple[Site, Settings]]:
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").new_database()
    site, settings = ground(released, tmp_path / "site", url, SystemClock())
    yield site, settings
    site.database.close()


def test_every_case_is_moved_once_and_put_back_once(
    place: tuple[Site, Settings], tmp_path: Path
) -> None:
    _kill_again_and_again(*place, tmp_path, CASES, KILLS)


@pytest.mark.soak
def test_hundreds_of_cases_are_moved_once_and_put_back_once(
    place: tuple[Site, Settings], tmp_path: Path
) -> None:
    _kill_again_and_again(*place, tmp_path, SOAK_CASES, SOAK_KILLS)


def _kill_again_and_again(
    site: Site, settings: Settings, folder: Path, number: int, kills: int
) -> None:
    random = Random(11)
    people = everybody(site)
    tasks = [waiting_task(site, people, n) for n in range(number)]
    batch = _begin(site)
    workers = [Process(settings, folder / f"worker {n}") for n in range(WORKERS)]
    try:
        _work_and_kill(batch, workers, kills, random, lambda: None)
        assert batch.counts() == {"migrated": number}
        assert _told(site, "case_migrated") == number
        staff = _Staff(site, random.sample(tasks, number // 4))
        while staff.one():
            pass
        revert_migration(site, actor=SYSTEM, batch_id=batch.id, reason="a mistake")
        _work_and_kill(batch, workers, kills, random, lambda: None)
    finally:
        for worker in workers:
            worker.stop()
    found = batch.counts()
    assert found == {"reverted": number - len(staff.done), "kept": len(staff.done)}
    assert _told(site, "migration_reverted") == found["reverted"]
    site.live.clear()
    with site.database.read() as connection:
        assert check_all(connection, site) == number
        there = connection.execute(
            select(cases.c.id).where(cases.c.release_digest == batch.target)
        ).scalars()
        assert set(there) == staff.done
    staff = _Staff(site, tasks)
    while staff.one():
        pass
    assert len(staff.done) + found["kept"] == number  # the tasks are still the same, and open
    with site.database.read() as connection:
        check_all(connection, site)


def _begin(site: Site) -> Batch:
    files = dict(read_folder(ROOT))
    for path in [path for path in files if path.endswith(".bpmn")]:
        files[path] = files[path].replace(b'"complete_facts"', b'"facts_completed"')
    other = releases.make_release(site, actor=SYSTEM, files=files, reason="second")
    releases.approve_release(site, actor=SYSTEM, digest=other.digest)
    with site.database.read() as connection:
        source = site.effective_release(connection).digest
    plan = make_plan(site, actor=SYSTEM, source=source, target=other.digest)
    batch = start_migration(
        site, actor=SYSTEM, plan_digest=plan.digest, selection=Selection(source), reason="new law"
    )
    return Batch(site, batch, source, other.digest)


def _work_and_kill(
    batch: Batch,
    workers: list[Process],
    kills: int,
    random: Random,
    meanwhile: Callable[[], object],
) -> None:
    """Lets the workers work, and kills one whenever a part of the batch is done."""
    total = sum(batch.counts().values())
    before = batch.done()
    for worker in workers:
        worker.start()
    for kill in range(kills):
        wanted = before + (total - before) * (kill + 1) // (kills + 2)
        _until(lambda wanted=wanted: batch.done() >= wanted or not batch.going())  # type: ignore[misc]
        victim = random.choice(workers)
        victim.kill()
        meanwhile()
        victim.start()
    _until(lambda: not batch.going())
    for worker in workers:
        worker.stop()


class _Staff:
    """People who complete tasks one after the other."""

    def __init__(self, site: Site, tasks: list[WaitingTask]) -> None:
        self.site = site
        self.left = list(tasks)
        self.done: set[str] = set()

    def one(self) -> bool:
        if not self.left:
            return False
        task = self.left.pop()
        try:
            user_tasks.complete_user_task(
                self.site, actor=task.people[0], task_id=task.task_id, submission=task.submission
            )
        except Refusal:
            return True
        self.done.add(task.case_id)
        return True


def _told(site: Site, kind: str) -> int:
    with site.database.read() as connection:
        rows = connection.execute(
            select(events.c.chain, func.count())
            .where(events.c.type == kind)
            .group_by(events.c.chain)
        ).all()
    assert all(count == 1 for _, count in rows)
    return len(rows)


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "nothing went on for two minutes"
        time.sleep(0.01)
