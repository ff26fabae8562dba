"""Where the policy asks for four eyes, a colleague confirms a migration and its revert."""

from __future__ import annotations

import pytest

from runner.engine.access import SYSTEM, Person
from runner.engine.migration_batches import decide_migration
from runner.errors import InvalidInput, InvalidState, NotAllowed
from runner.store.migration_batches import find_batch
from tests.engine import conftest
from tests.engine.conftest import House
from tests.engine.moving import NEW, OLD, Moving
from tests.invariants import check_all


@pytest.fixture
def strict(house: House, monkeypatch: pytest.MonkeyPatch) -> tuple[Moving, Person]:
    monkeypatch.setattr(
        conftest, "POLICY", conftest.POLICY + "changes: {four_eyes: [migrate_cases]}\n"
    )
    properties = conftest.POLICY_SCHEMA["properties"]
    monkeypatch.setitem(properties, "changes", conftest.SECTION)  # type: ignore[arg-type]
    return Moving(house, OLD, NEW), house.person("otto", "process_owner")


def state_of(moving: Moving, batch: str) -> str:
    with moving.house.site.database.read() as connection:
        found = find_batch(connection, batch)
    assert found is not None
    return found.state


def test_a_colleague_confirms_and_nobody_else(strict: tuple[Moving, Person]) -> None:
    moving, otto = strict
    house = moving.house
    batch = moving.run()
    assert (state_of(moving, batch), moving.release()) == ("asked", moving.source)
    for person in (house.owner, SYSTEM):
        with pytest.raises(NotAllowed):
            decide_migration(house.site, actor=person, batch_id=batch, confirm=True)
    with pytest.raises(NotAllowed):
        decide_migration(house.site, actor=house.ann, batch_id=batch, confirm=True)
    decide_migration(house.site, actor=otto, batch_id=batch, confirm=True)
    with pytest.raises(InvalidState):
        decide_migration(house.site, actor=otto, batch_id=batch, confirm=True)
    moving.work()
    assert moving.result(batch) == ("migrated", "")
    (event,) = house.events(moving.case, "case_migrated")
    assert event.header["actor"] == otto.id
    (started,) = house.events("releases", "migration_started")
    assert started.header["facts"]["requested_by"] == house.owner.id
    moving.back(batch)
    assert (state_of(moving, batch), moving.release()) == ("revert_asked", moving.target)
    with pytest.raises(NotAllowed):
        decide_migration(house.site, actor=house.owner, batch_id=batch, confirm=True)
    decide_migration(house.site, actor=otto, batch_id=batch, confirm=True)
    moving.work()
    assert moving.result(batch) == ("reverted", "")
    (event,) = house.events(moving.case, "migration_reverted")
    assert event.header["actor"] == otto.id
    with house.site.database.read() as connection:
        check_all(connection, house.site)


def test_a_colleague_declines_with_a_reason(strict: tuple[Moving, Person]) -> None:
    moving, otto = strict
    house = moving.house
    batch = moving.run()
    with pytest.raises(InvalidInput):
        decide_migration(house.site, actor=otto, batch_id=batch, confirm=False)
    decide_migration(
        house.site, actor=otto, batch_id=batch, confirm=False, reason="the form lacks a field"
    )
    moving.work()
    assert state_of(moving, batch) == "declined"
    state, message = moving.result(batch)
    assert (state, moving.release()) == ("refused", moving.source)
    assert "the form lacks a field" in message
    batch = moving.run()
    decide_migration(house.site, actor=otto, batch_id=batch, confirm=True)
    moving.work()
    moving.back(batch)
    decide_migration(house.site, actor=otto, batch_id=batch, confirm=False, reason="stays")
    assert (state_of(moving, batch), moving.release()) == ("done", moving.target)
    moving.back(batch)  # asked for once more, and withdrawn by the one who asked
    decide_migration(house.site, actor=house.owner, batch_id=batch, confirm=False, reason="no")
    assert state_of(moving, batch) == "done"
    assert len(house.events("releases", "migration_declined")) == 3
