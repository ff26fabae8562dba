"""Two people complete one task at the same moment: one succeeds, the other reads who was first."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from runner.clock import SetClock
from runner.engine import instances, user_tasks
from runner.engine.access import Person
from runner.engine.site import Site
from runner.engine.task_forms import form_context
from runner.errors import InvalidState
from runner.store.tables import events
from runner.store.user_tasks import open_user_tasks
from tests.invariants import check_all
from tests.properties.answers import Answers
from tests.sites import NOW, Released, everybody, members, release_shipped

RACES = 100
Racers = tuple[Site, Site]


@pytest.fixture(params=["sqlite", "postgresql"])
def racers(request: pytest.FixtureRequest, released: Released, tmp_path: Path) -> Iterator[Racers]:
    """The same database opened twice, as by two processes."""
    if request.param == "sqlite":
        one, settings = released.copy(tmp_path / "site")
    else:
        url = request.getfixturevalue("postgresql").new_database()
        made = release_shipped(tmp_path / "site", url)
        settings = made.settings
        one, _ = made.reopen(settings, SetClock(NOW))
    two, _ = released.reopen(settings, SetClock(NOW))
    yield one, two
    one.database.close()
    two.database.close()


def test_of_two_who_complete_one_task_one_succeeds(racers: Racers) -> None:
    people = everybody(racers[0])
    for race in range(RACES):
        task_id, pair, submission = _task_for_two(racers[0], people, race)
        places = racers if race % 2 else (racers[0], racers[0])
        won, lost = _both_complete(places, pair, task_id, submission)
        assert len(won) == 1, f"race {race}: {won} won, {lost}"
        loser, refusal = lost[0]
        assert loser not in won
        assert won[0].display_name in refusal.message
        assert racers[0].local_time(NOW) in refusal.message
    with racers[0].database.read() as connection:
        assert check_all(connection, racers[0]) == RACES
        completed = connection.execute(
            select(func.count()).where(events.c.type == "user_task_completed")
        ).scalar_one()
        assert completed == RACES


def _task_for_two(
    site: Site, people: list[Person], race: int
) -> tuple[str, list[Person], Mapping[str, object]]:
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
    pair = members(people, task.groups)[:2]
    context = form_context(site, actor=pair[0], task_id=task.id)
    assert context.form is not None
    scope = {name: context.variables[name] for name in context.variables}
    answers = Answers(Random(race), site.zone, optional=0.0)
    answer = answers.fill(context.form, scope, site.clock.now())
    return task.id, pair, answer.data


def _both_complete(
    places: Racers, pair: list[Person], task_id: str, submission: Mapping[str, object]
) -> tuple[list[Person], list[tuple[Person, InvalidState]]]:
    start = threading.Barrier(2, timeout=30)
    won: list[Person] = []
    lost: list[tuple[Person, InvalidState]] = []
    unexpected: list[BaseException] = []

    def complete(site: Site, person: Person) -> None:
        start.wait()
        try:
            user_tasks.complete_user_task(
                site, actor=person, task_id=task_id, submission=submission
            )
            won.append(person)
        except InvalidState as refusal:
            lost.append((person, refusal))
        except BaseException as error:
            unexpected.append(error)

    threads = [
        threading.Thread(target=complete, args=(site, person))
        for site, person in zip(places, pair, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not unexpected, unexpected
    return won, lost
