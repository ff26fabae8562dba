"""Clocks that jump, and clocks of two processes that differ: nothing fires twice or never."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from runner.clock import SetClock
from runner.engine import jobs, user_tasks
from runner.engine.jobs import CLOCKS_APART
from runner.engine.timers import due_timers
from runner.settings import Settings
from runner.worker.loop import Worker
from service_tasks.contract import Call, Handler, Outcome
from tests.crash.soaking import rounds, tell
from tests.definitions.diagrams import diagram, extended, line, node, simple
from tests.engine.conftest import START, House, make_house
from tests.engine.test_timers import timer
from tests.invariants import check_all
from tests.worker.test_loop import running

__all__ = ["make_house"]
DAY = timedelta(days=1)
TASK = '<zeebe:userTask /><zeebe:assignmentDefinition candidateGroups="office" />'
# a task, a timer, an automatic step: everything that depends on a time
PATH = diagram(
    node("startEvent", "s")
    + node("userTask", "ask", extended(TASK))
    + node("boundaryEvent", "late", timer("timeDuration", "PT12H"), attachedToRef="ask",
           cancelActivity="false")
    + node("endEvent", "late_end")
    + node("intermediateCatchEvent", "pause", timer("timeDuration", "PT1H"))
    + node("serviceTask", "t", extended('<zeebe:taskDefinition type="work" />'))
    + node("endEvent", "e")
    + line("s", "ask", "pause", "t", "e")
    + line("late", "late_end")
)  # fmt: skip


class Jumping:
    """A machine's clock that somebody sets again and again, to both sides."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._offset = self._highest = timedelta()
        self._lock = threading.Lock()

    def jump(self) -> None:
        with self._lock:
            self._offset += DAY * self._random.uniform(-1, 2)
            self._highest = max(self._highest, self._offset)

    def forward(self, by: timedelta) -> None:
        with self._lock:
            self._offset = self._highest = self._highest + by

    def now(self) -> datetime:
        with self._lock:
            return datetime.now(UTC) + self._offset


def test_a_lease_by_a_clock_that_was_a_day_ahead_is_not_waited_for(
    make_house: Callable[..., House],
) -> None:
    done: list[int] = []

    def work(call: Call) -> Outcome:
        done.append(call.attempt)
        return Outcome()

    house = make_house({"work": Handler("work", "external", "W", "—", run=work)})
    house.release(
        simple(node("serviceTask", "t", extended('<zeebe:taskDefinition type="work" />')))
    )
    case = house.start().case_id
    house.site.clock = SetClock(START + DAY)
    (job,) = jobs.claim_jobs(house.site, "ahead", 1)  # and dies
    house.site.clock = SetClock(START + timedelta(seconds=1))
    assert jobs.release_expired_leases(house.site) == 1
    assert not jobs.complete_job(house.site, job.id, job.attempt, Outcome())
    house.site.clock = SetClock(START + timedelta(minutes=5))
    Worker(house.site, Settings()).work_off()
    assert done == [2]
    assert house.types(case)[-1] == "case_completed"


def test_clocks_a_little_apart_take_no_job_away(make_house: Callable[..., House]) -> None:
    handler = Handler("work", "external", "W", "—", run=lambda call: Outcome())
    house = make_house({"work": handler})
    house.release(
        simple(node("serviceTask", "t", extended('<zeebe:taskDefinition type="work" />')))
    )
    house.start()
    house.site.clock = SetClock(START + CLOCKS_APART - timedelta(seconds=1))
    (job,) = jobs.claim_jobs(house.site, "ahead", 1)
    house.site.clock = SetClock(START)
    assert jobs.release_expired_leases(house.site) == 0
    assert jobs.complete_job(house.site, job.id, job.attempt, Outcome())


def test_a_clock_that_jumps_fires_everything_once(make_house: Callable[..., House]) -> None:
    _jump_under_work(make_house, soak=False)


@pytest.mark.soak
def test_an_hour_of_jumping_clocks(make_house: Callable[..., House]) -> None:
    _jump_under_work(make_house, soak=True)


def _jump_under_work(make_house: Callable[..., House], *, soak: bool) -> None:
    done: list[str] = []

    def work(call: Call) -> Outcome:
        done.append(call.idempotency_key)
        return Outcome()

    handler = Handler("work", "external", "W", "—", run=work, retries=50)
    house = make_house({"work": handler})
    house.release(PATH)
    clock = Jumping(Random(7))
    house.site.clock = clock
    cases: list[str] = []
    with running(Worker(house.site, Settings(), "a")), running(Worker(house.site, Settings(), "b")):
        for number in rounds(12, soak=soak):
            if number < 500:
                cases.append(house.start().case_id)
            waiting = cases[-min(len(cases), 1 + number % 3)]
            for task in house.tasks(waiting).values():
                user_tasks.complete_user_task(
                    house.site, actor=house.ann, task_id=task, submission={}
                )
            threading.Event().wait(0.1)
            clock.jump()
            tell(clock_jumps=1)
        for case in cases:
            for task in house.tasks(case).values():
                user_tasks.complete_user_task(
                    house.site, actor=house.ann, task_id=task, submission={}
                )

        clock.forward(2 * DAY)  # beyond every time that was ever written
        for _ in range(100):
            if all(house.types(case)[-1] == "case_completed" for case in cases):
                break
            threading.Event().wait(0.3)  # a job in hand ends before its lease does
            clock.forward(timedelta(minutes=20))
        unfinished = [house.types(c)[-3:] for c in cases if house.types(c)[-1] != "case_completed"]
        assert not unfinished
    assert not due_timers(house.site, clock.now())
    for case in cases:
        fired = [event.header["element"] for event in house.events(case, "timer_fired")]
        assert sorted(fired) in (["pause"], ["late", "pause"])
        assert len(house.events(case, "job_completed")) == 1
    with house.site.database.read() as connection:
        assert check_all(connection, house.site) == len(cases)
    tell(cases=len(cases))
