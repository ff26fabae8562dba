"""Two processes do the same at the same moment: it happens once, and both learn what happened."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from runner.engine import messages, people, releases, signals, start_timers, worker_tokens
from runner.engine.access import SYSTEM
from runner.engine.releases import make_effective, make_release
from runner.engine.signals import broadcast_signal
from runner.engine.start_timers import fire_due_start_timers, fire_start_timer
from runner.errors import AlreadyExists
from runner.store.database import Database
from runner.store.registers import customer_file
from runner.store.releases import all_releases
from runner.store.start_timers import armed_start_timers
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import START, House
from tests.engine.test_kept_messages import HOUR, begins, publish
from tests.engine.test_start_timers import begins as timed

DIAGRAMS = tuple(simple(user_task(name, form=""), middle=name) for name in ("t", "u"))


class Meanwhile:
    """What another process does while a command of this one is under way. Where the two must not
    be under way together, it waits until the first has ended."""

    def __init__(self, work: Callable[[], object]) -> None:
        self._work = work
        self._result: list[object] = []
        self._thread = threading.Thread(target=self._run)
        self._begun = False

    def _run(self) -> None:
        try:
            self._result.append(self._work())
        except Exception as error:
            self._result.append(error)

    def begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._thread.start()
            self._thread.join(0.5)

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """``function``, but the other begins before it."""

        def late(*arguments: object, **options: object) -> object:
            self.begin()
            return function(*arguments, **options)

        return late

    def end(self) -> object:
        """What it gave or raised."""
        self._thread.join(30)
        (result,) = self._result
        return result


def made(house: House, diagram: bytes) -> str:
    files = {"processes/d0.bpmn": diagram}
    return make_release(house.site, actor=house.owner, files=files, reason="x").digest


def test_of_two_first_releases_one_is_effective(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (made(house, diagram) for diagram in DIAGRAMS)
    for digest in (first, second):
        releases.approve_release(house.site, actor=house.owner, digest=digest)
    other = Meanwhile(lambda: make_effective(house.site, actor=house.owner, digest=second))
    arm = releases.arm_start_timers
    monkeypatch.setattr(releases, "arm_start_timers", other.before(arm))
    make_effective(house.site, actor=house.owner, digest=first)
    assert isinstance(other.end(), releases.ReleaseRow)
    with house.site.database.read() as connection:
        states = {row.digest: row.state for row in all_releases(connection)}
    assert states == {first: "superseded", second: "effective"}


def test_releases_made_together_have_numbers_of_their_own(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Meanwhile(lambda: made(house, DIAGRAMS[1]))
    monkeypatch.setattr(releases, "insert_release", other.before(releases.insert_release))
    made(house, DIAGRAMS[0])
    other.end()
    with house.site.database.read() as connection:
        assert [row.number for row in all_releases(connection)] == [2, 1]


def test_a_cycle_does_not_outlive_its_release(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next firing is armed while another release takes the place of the timer's."""
    house.site.default_policy = "plain"
    first = house.release(timed("timeCycle", "R/PT1H"))
    second = house.release(timed("timeCycle", "R/PT2H", "t2"))
    make_effective(house.site, actor=house.owner, digest=first)
    house.clock.advance(HOUR)
    other = Meanwhile(lambda: make_effective(house.site, actor=house.owner, digest=second))
    insert = start_timers.insert_start_timer

    def then(*arguments: Any) -> None:
        insert(*arguments)
        other.begin()

    monkeypatch.setattr(start_timers, "insert_start_timer", then)
    assert fire_due_start_timers(house.site) == 1
    assert isinstance(other.end(), releases.ReleaseRow)
    with house.site.database.read() as connection:
        assert {t.release_digest for t in armed_start_timers(connection)} == {second}


def test_of_two_workers_one_says_it_began_the_case(house: House) -> None:
    house.site.default_policy = "plain"
    house.release(timed("timeDuration", "PT1H"))
    house.clock.advance(HOUR)
    with house.site.database.read() as connection:
        (found,) = armed_start_timers(connection)
    assert fire_start_timer(house.site, found)
    assert not fire_start_timer(house.site, found)


def test_a_signal_is_thrown_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.release(DIAGRAMS[0])

    def throw() -> int:
        return broadcast_signal(house.site, actor=house.owner, name="x", idempotency_key="k")

    other = Meanwhile(throw)
    monkeypatch.setattr(signals.signals, "send", other.before(signals.signals.send))
    assert throw() == other.end() == 0
    assert house.types("access").count("signal_thrown") == 1


def test_a_message_begins_one_case_also_when_it_comes_again_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.site.default_policy = "plain"
    house.release(begins())
    first = publish(house, "1", life=timedelta())
    find, runs, looks = messages.find_command, messages.running_start, []

    def blind(*arguments: Any) -> object:
        looks.append(arguments)  # the first look came too early to see it
        return None if len(looks) == 1 else find(*arguments)

    monkeypatch.setattr(messages, "find_command", blind)
    monkeypatch.setattr(
        messages, "running_start", lambda *found: None if len(looks) == 1 else runs(*found)
    )
    assert publish(house, "1", life=timedelta()) == first


def test_a_customer_has_one_file(database: Database) -> None:
    def second() -> str:
        with database.write() as connection:
            return customer_file(connection, "contact", "b", START)

    other = Meanwhile(second)
    with database.write() as connection:
        assert customer_file(connection, "contact", "a", START) == "a"
        other.begin()
    assert other.end() == "a"


def test_names_are_given_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def name() -> object:
        return people.add_person(house.site, actor=SYSTEM, username="li", display_name="Li")

    other = Meanwhile(name)
    monkeypatch.setattr(people.store, "insert_person", other.before(people.store.insert_person))
    name()
    assert isinstance(other.end(), AlreadyExists)

    def token() -> object:
        return worker_tokens.add_worker_token(
            house.site, actor=SYSTEM, name="erp", job_types=["book"]
        )

    another = Meanwhile(token)
    monkeypatch.setattr(worker_tokens, "put_worker", another.before(worker_tokens.put_worker))
    token()
    assert isinstance(another.end(), AlreadyExists)
