"""A kept message that begins no case is told once and waits for a person; it is not lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from runner.engine import refused_starts
from runner.engine.access import SYSTEM
from runner.engine.instances import cancel_case
from runner.engine.kept_messages import tend_kept_messages
from runner.errors import InvalidInput, NotAllowed, NotFound
from runner.settings import Settings
from runner.store.refused_starts import RefusedStart
from runner.store.refused_starts import refused_starts as waiting_starts
from runner.worker.loop import Worker
from runner.worker.patience import TRIES
from tests.engine.conftest import House
from tests.engine.test_kept_messages import HOUR, begins, kept, publish, sound


def refused(house: House) -> list[RefusedStart]:
    with house.site.database.read() as connection:
        return waiting_starts(connection, 100)


@pytest.fixture
def start(house: House) -> RefusedStart:
    """A message kept behind a case with its key, which has ended; and no case can begin."""
    house.release(begins())
    house.site.default_policy = "plain"
    first = publish(house, "1", lot=1)
    assert publish(house, "2", lot=2).kept
    cancel_case(house.site, actor=SYSTEM, case_id=first.case_id, reason="not needed")
    house.site.default_policy = "missing"
    assert tend_kept_messages(house.site) == 1
    (found,) = refused(house)
    return found


def test_it_is_told_once_and_stays_beyond_its_time(house: House, start: RefusedStart) -> None:
    assert (start.source, start.element_id, start.name) == ("message", "reported", "reply")
    assert "There is no policy 'missing'" in start.message
    house.clock.advance(2 * HOUR)  # longer than it would have been kept
    assert tend_kept_messages(house.site) == 0
    assert Worker(house.site, Settings()).work_off() == 0
    (told,) = house.events("releases", "start_refused")
    assert told.header["facts"]["source"] == "message"
    assert kept(house) == 1
    sound(house)


def test_a_person_tries_again_when_the_cause_is_repaired(house: House, start: RefusedStart) -> None:
    house.clock.advance(2 * HOUR)
    with pytest.raises(NotAllowed):
        refused_starts.retry_start(house.site, actor=house.ann, start_id=start.id, reason="x")
    with pytest.raises(InvalidInput):
        refused_starts.retry_start(house.site, actor=house.owner, start_id=start.id, reason=" ")
    refused_starts.retry_start(house.site, actor=house.owner, start_id=start.id, reason="again")
    assert tend_kept_messages(house.site) == 1  # the cause is still there
    (again,) = refused(house)
    house.site.default_policy = "plain"
    refused_starts.retry_start(house.site, actor=house.owner, start_id=again.id, reason="repaired")
    assert refused(house) == []
    assert tend_kept_messages(house.site) == 1
    assert kept(house) == 0
    (case,) = [c for c in _cases(house) if "case_cancelled" not in house.types(c)]
    assert house.variables(case)["lot"] == 2
    sound(house)


def test_a_person_gives_it_up(house: House, start: RefusedStart) -> None:
    refused_starts.give_up_start(house.site, actor=house.owner, start_id=start.id, reason="no")
    assert (refused(house), kept(house)) == ([], 0)
    with pytest.raises(NotFound):
        refused_starts.give_up_start(house.site, actor=house.owner, start_id=start.id, reason="no")
    (decided,) = house.events("releases", "start_decided")
    assert decided.header["facts"]["decision"] == "given_up"
    house.clock.advance(2 * HOUR)
    assert tend_kept_messages(house.site) == 0
    sound(house)


def test_it_is_in_no_later_messages_way(house: House, start: RefusedStart) -> None:
    house.site.default_policy = "plain"
    begun = publish(house, "3", lot=3)
    assert begun.case_id
    assert house.variables(begun.case_id)["lot"] == 3
    assert [found.id for found in refused(house)] == [start.id]


def test_what_breaks_again_and_again_is_handed_over(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.release(begins())
    house.site.default_policy = "plain"
    first = publish(house, "1")
    publish(house, "2")
    cancel_case(house.site, actor=SYSTEM, case_id=first.case_id, reason="not needed")
    monkeypatch.setattr("runner.engine.kept_messages.begin_by_message", lambda *_: 1 / 0)
    monkeypatch.setattr("runner.worker.patience.ASIDE_SECONDS", 0.0)
    worker = Worker(house.site, Settings())
    for _ in range(TRIES):
        worker._tend_patiently()
    (found,) = refused(house)
    assert found.source == "message"
    assert SYSTEM.id == house.events("releases", "start_refused")[0].header["actor"]
    house.clock.advance(timedelta(hours=2))
    assert kept(house) == 1


def _cases(house: House) -> list[str]:
    from sqlalchemy import text

    with house.site.database.read() as connection:
        return list(connection.execute(text("SELECT id FROM cases")).scalars())
