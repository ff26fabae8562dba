"""Two people complete one task at the same moment: one succeeds, the other reads who was first."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from runner.clock import SetClock
from runner.engine import user_tasks
from runner.engine.access import Person
from runner.engine.site import Site
from runner.errors import InvalidState
from runner.store.tables import events
from tests.crash.grounds import WaitingTask, ground, waiting_task
from tests.invariants import check_all
from tests.sites import NOW, Released, everybody

RACES = 100
Racers = tuple[Site, Site]


@pytest.fixture(params=["sqlite", "postgresql"])
def racers(request: pytest.FixtureRequest, released: Released, tmp_path: Path) -> Iterator[Racers]:
    """The same database opened twice, as by two processes."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql").new_database()
    one, settings = ground(released, tmp_path / "site", url)
    two, _ = released.reopen(settings, SetClock(NOW))
    yield one, two
    one.database.close()
    two.database.close()


def test_of_two_who_complete_one_task_one_succeeds(racers: Racers) -> None:
    people = everybody(racers[0])
    for race in range(RACES):
        task = waiting_task(racers[0], people, race)
        places = racers if race % 2 else (racers[0], racers[0])
        won, lost = _both_complete(places, task)
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


def _both_complete(
    places: Racers, task: WaitingTask
) -> tuple[list[Person], list[tuple[Person, InvalidState]]]:
    start = threading.Barrier(2, timeout=30)
    won: list[Person] = []
    lost: list[tuple[Person, InvalidState]] = []
    unexpected: list[BaseException] = []

    def complete(site: Site, person: Person) -> None:
        start.wait()
        try:
            user_tasks.complete_user_task(
                site, actor=person, task_id=task.task_id, submission=task.submission
            )
            won.append(person)
        except InvalidState as refusal:
            lost.append((person, refusal))
        except BaseException as error:
            unexpected.append(error)

    threads = [
        threading.Thread(target=complete, args=(site, person))
        for site, person in zip(places, task.people, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not unexpected, unexpected
    return won, lost
