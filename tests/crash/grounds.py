"""What fault tests stand on: the shipped procedure on either database, and a task to complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from uuid import uuid4

from runner.clock import Clock, SetClock
from runner.engine import instances
from runner.engine.access import Person
from runner.engine.site import Site
from runner.engine.task_forms import form_context
from runner.settings import Settings
from runner.store.user_tasks import open_user_tasks
from tests.properties.answers import Answers
from tests.sites import NOW, Released, members, release_shipped


@dataclass(frozen=True)
class WaitingTask:
    """An open user task, two who may complete it, and an answer its form takes."""

    case_id: str
    task_id: str
    people: tuple[Person, ...]
    submission: Mapping[str, object]


def ground(
    released: Released, folder: Path, database_url: str = "", clock: Clock | None = None
) -> tuple[Site, Settings]:
    """A site of one's own: on SQLite a copy, on PostgreSQL released anew into ``database_url``."""
    clock = clock or SetClock(NOW)
    if not database_url:
        return released.copy(folder, clock)
    made = release_shipped(folder, database_url)
    return made.reopen(made.settings, clock)


def waiting_task(site: Site, people: list[Person], number: int = 0) -> WaitingTask:
    """Records a call; what waits then is the first task of its case."""
    case_id = instances.start_complaint(
        site,
        actor=people[0],
        variables={},
        channel="phone",
        start_element="start_recorded",
        policy_id="demo-consumer",
        idempotency_key=uuid4().hex,
    ).case_id
    with site.database.read() as connection:
        (task,) = open_user_tasks(connection, case_id)
    able = tuple(members(people, task.groups)[:2])
    context = form_context(site, actor=able[0], task_id=task.id)
    assert context.form is not None
    scope = {name: context.variables[name] for name in context.variables}
    answers = Answers(Random(number), site.zone, optional=0.0)
    answer = answers.fill(context.form, scope, site.clock.now())
    return WaitingTask(case_id, task.id, able, answer.data)
