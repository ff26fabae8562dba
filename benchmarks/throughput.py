"""Whole complaints through the shipped procedure, with full history: every task completed, every
automatic step done by the worker, every timer fired, in one process."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import uuid4

from sqlalchemy import func, select

from benchmarks.cases import Ground
from benchmarks.measuring import Figure
from runner.clock import SetClock
from runner.engine import instances, timers, user_tasks
from runner.engine.access import Person
from runner.engine.attachments import Upload
from runner.engine.task_forms import form_context
from runner.errors import NotAllowed
from runner.store.cases import active_instances
from runner.store.tables import events
from runner.store.user_tasks import UserTask, open_user_tasks
from runner.worker.loop import Worker
from tests.crash.load import LEANINGS
from tests.properties.answers import PNG, Answers
from tests.sites import everybody, members

COMPLAINTS, ROUNDS, MOST_STEPS = 4, 2, 120


@dataclass
class Spent:
    """What the product took: not the thinking of people, which the measurement does for them."""

    finished: int = 0
    processor: float = 0.0
    clock: float = 0.0

    def on(self, work: Callable[[], object]) -> None:
        began, used = time.perf_counter(), time.process_time()
        try:
            work()
        finally:
            self.clock += time.perf_counter() - began
            self.processor += time.process_time() - used


def measure(ground: Ground) -> list[Figure]:
    """The quickest of some rounds. Processor seconds leave out other work on the machine and the
    waiting for disk and server; beside them stands the clock."""
    with _set_clock(ground):
        people = everybody(ground.site)
        _round(ground, people, 1, Random(1))  # compiles
        before = _events(ground)
        rounds = [_round(ground, people, COMPLAINTS, Random(n + 2)) for n in range(ROUNDS)]
    finished = sum(spent.finished for spent in rounds)
    each = (_events(ground) - before) / finished
    core = max(spent.finished / spent.processor for spent in rounds)
    second = max(spent.finished / spent.clock for spent in rounds)
    return [
        Figure(f"whole complaints, {each:.0f} events each", "a core second", core, core, "", True),
        Figure("the same by the clock, one thread", "a second", second, second, "", True),
    ]


def one_complaint(ground: Ground, seed: int = 7) -> str:
    """Runs one complaint to its end; the id of its case."""
    with _set_clock(ground):
        return _complaint(ground, everybody(ground.site), Random(seed), Spent())


@contextmanager
def _set_clock(ground: Ground) -> Iterator[None]:
    """A clock that can be moved to the next timer, as long as it is used."""
    clock = ground.site.clock
    ground.site.clock = SetClock(clock.now())
    try:
        yield
    finally:
        ground.site.clock = clock


def _round(ground: Ground, people: list[Person], complaints: int, random: Random) -> Spent:
    spent = Spent()
    for _ in range(complaints):
        _complaint(ground, people, random, spent)
    return spent


def _complaint(ground: Ground, people: list[Person], random: Random, spent: Spent) -> str:
    """The case's id; it has come to its end, or has taken ``MOST_STEPS`` steps."""
    site = ground.site
    worker = Worker(site, ground.settings)
    key, started = uuid4().hex, []

    def start() -> None:
        started.append(
            instances.start_complaint(
                site,
                actor=people[0],
                variables={},
                channel="phone",
                start_element="start_recorded",
                policy_id="demo-consumer",
                idempotency_key=key,
            ).case_id
        )

    spent.on(start)
    (case_id,) = started
    for _ in range(MOST_STEPS):
        spent.on(worker.work_off)
        with site.database.read() as connection:
            if not active_instances(connection, case_id):
                spent.finished += 1
                return case_id
            open_tasks = open_user_tasks(connection, case_id)
        if open_tasks:
            _complete(ground, people, random.choice(open_tasks), random, spent)
            continue
        due = timers.next_timer_at(site)
        assert due is not None
        assert isinstance(site.clock, SetClock)
        site.clock.set(max(due, site.clock.now() + timedelta(seconds=1)))
    return case_id


def _complete(
    ground: Ground, people: list[Person], task: UserTask, random: Random, spent: Spent
) -> None:
    site = ground.site
    able = members(people, task.groups)
    if task.assignee is not None:
        able = [person for person in people if person.id == task.assignee]
    context = form_context(site, actor=able[0], task_id=task.id)
    assert context.form is not None
    scope = {name: context.variables[name] for name in context.variables}
    answers = Answers(random, site.zone, leanings=LEANINGS, optional=0.2)
    answer = answers.fill(context.form, scope, site.clock.now())
    files = [Upload("照片.png", "image/png", PNG, field) for field in answer.files]
    for person in able:

        def complete(person: Person = person) -> None:
            user_tasks.complete_user_task(
                site,
                actor=person,
                task_id=task.id,
                submission=answer.data,
                attachments=files,
            )

        try:
            spent.on(complete)
            return
        except NotAllowed:  # four eyes: a colleague does it
            continue


def _events(ground: Ground) -> int:
    with ground.site.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(events)).scalar_one())
