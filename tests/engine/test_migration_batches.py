"""Many cases at once: two workers on one batch, while people complete tasks and timers fire."""

from __future__ import annotations

import threading
from collections.abc import Callable
from random import Random

import pytest
from sqlalchemy import select

from runner.engine.migration import make_plan, work_migrations
from runner.engine.migration_batches import revert_migration, start_migration
from runner.engine.timers import due_timers, fire_timer
from runner.engine.user_tasks import complete_user_task
from runner.errors import Refusal
from runner.store.migration_batches import count_items, find_batch, item_lines
from runner.store.running_cases import Selection
from runner.store.tables import cases
from runner.store.user_tasks import open_user_tasks
from tests.definitions.diagrams import diagram
from tests.engine.conftest import House
from tests.engine.moving import HOUR, chain, clock, task
from tests.invariants import check_case

FEW, MANY = 50, 2_000
OLD = diagram(chain(("a", task("a", due=5)), ("b", task("b"))) + clock("late", "a", 1))
NEW = diagram(
    chain(("a2", task("a2", due=9).replace("Name of a2", "Name of a")), ("m", task("m")),
          ("b", task("b")))
    + clock("late", "a2", 7)
)  # fmt: skip


@pytest.mark.parametrize(
    "number", [FEW, pytest.param(MANY, marks=pytest.mark.soak)], ids=["few", "many"]
)
def test_two_workers_staff_and_timers_at_once(house: House, number: int) -> None:
    source = house.release(OLD)
    started = [house.start().case_id for _ in range(number)]
    target = house.release(NEW)
    plan = make_plan(house.site, actor=house.owner, source=source, target=target)
    batch = start_migration(
        house.site, actor=house.owner, plan_digest=plan.digest, selection=Selection(source),
        reason="new law",
    )  # fmt: skip
    house.clock.advance(2 * HOUR)
    staff = _Staff(house, started)
    going = _together(
        lambda: _work(house),
        lambda: _work(house),
        lambda: staff.complete(number // 3),
        lambda: [fire_timer(house.site, timer_id=t) for t in _due(house)[: number // 2]],
    )
    assert going == []
    with house.site.database.read() as connection:
        found = find_batch(connection, batch)
        assert found is not None
        assert found.state == "done"
        counts = count_items(connection, batch)
        refused = {line.root_id for line in item_lines(connection, batch, state="refused")}
    ended = {case for case in started if house.types(case)[-1] == "case_completed"}
    assert refused <= ended  # people were faster
    assert counts.pop("refused", 0) == len(refused)
    assert counts == {"migrated": number - len(refused)}
    for case in started:
        assert house.types(case).count("case_migrated") == (case not in refused)
    touched = _touched_after(house, started)
    revert_migration(house.site, actor=house.owner, batch_id=batch, reason="a mistake")
    assert _together(lambda: _work(house), lambda: _work(house)) == []
    with house.site.database.read() as connection:
        lines = {line.root_id: line for line in item_lines(connection, batch, limit=number)}
        rows = connection.execute(select(cases.c.id, cases.c.release_digest)).all()
        on = {row.id: row.release_digest for row in rows}
    for case in started:
        if case in refused:
            continue
        kept = case in touched
        assert lines[case].state == ("kept" if kept else "reverted")
        assert on[case] == (target if kept else source)
        assert bool(lines[case].message) == kept
    while _due(house):
        for timer in _due(house):
            fire_timer(house.site, timer_id=timer)
    staff.complete(4 * number)
    with house.site.database.read() as connection:
        for case in started:
            check_case(connection, house.site, case)
    assert {house.types(case)[-1] for case in started} == {"case_completed"}


class _Staff:
    """Complete whatever task of a random case is open."""

    def __init__(self, house: House, started: list[str]) -> None:
        self.house, self.started, self.random = house, list(started), Random(3)

    def complete(self, tasks: int) -> None:
        site = self.house.site
        for _ in range(tasks):
            if not self.started:
                return
            case = self.random.choice(self.started)
            with site.database.read() as connection:
                found = open_user_tasks(connection, case)
            if not found:
                self.started.remove(case)
                continue
            try:
                complete_user_task(site, actor=self.house.ann, task_id=found[0].id, submission={})
            except Refusal:  # ended meanwhile
                continue


def _due(house: House) -> list[str]:
    return list(due_timers(house.site, house.clock.now()))


def _work(house: House) -> None:
    while work_migrations(house.site, 5):
        pass


def _touched_after(house: House, started: list[str]) -> set[str]:
    """Cases in which something happened after the migration."""
    found = set()
    for case in started:
        events = house.events(case)
        migrated = next((e for e in events if e.type == "case_migrated"), None)
        if migrated is None:
            continue
        after = [e for e in events[migrated.number :] if e.header["actor"] != house.owner.id]
        if after:
            found.add(case)
    return found


def _together(*work: Callable[[], object]) -> list[BaseException]:
    """All at once; what went wrong in any of them."""
    wrong: list[BaseException] = []
    start = threading.Barrier(len(work), timeout=30)

    def run(one: Callable[[], object]) -> None:
        start.wait()
        try:
            one()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(one,)) for one in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(600)
    return wrong
