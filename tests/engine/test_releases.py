"""Releases: content-addressed, checked, one effective; checkpoints over everything recorded."""

from __future__ import annotations

import pytest

from runner.engine import releases
from runner.engine.checkpoints import make_checkpoint, origin, public_key
from runner.errors import InvalidInput, InvalidState, NotAllowed
from runner.merkle import tree_root
from runner.notes import open_note
from runner.store.checkpoints import leaf_hashes_after
from runner.store.releases import all_releases, effective_release, read_release_files
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import House

FIRST = simple(user_task("t", form=""), middle="t")
SECOND = simple(user_task("u", form=""), middle="u")


def test_the_same_files_are_the_same_release(house: House) -> None:
    first = house.release(FIRST)
    assert house.release(FIRST) == first
    second = house.release(SECOND)
    assert second != first
    with house.site.database.read() as connection:
        states = {row.digest: row.state for row in all_releases(connection)}
        assert read_release_files(connection, first)["processes/d0.bpmn"] == FIRST
    assert states == {first: "superseded", second: "effective"}


def test_roll_back_makes_the_old_release_effective_again(house: House) -> None:
    first, second = house.release(FIRST), house.release(SECOND)
    releases.make_effective(house.site, actor=house.owner, digest=first)
    with house.site.database.read() as connection:
        row = effective_release(connection)
    assert row is not None
    assert (row.digest, row.previous) == (first, second)
    changes = house.events("releases", "release_state_changed")
    assert [e.header["facts"]["after"] for e in changes][-2:] == ["superseded", "effective"]


def test_errors_are_named_by_file_and_nothing_is_kept(house: House) -> None:
    with pytest.raises(InvalidInput) as refused:
        house.release(b"<not-bpmn/>")
    assert list(refused.value.errors) == ["processes/d0.bpmn"]
    with house.site.database.read() as connection:
        assert all_releases(connection) == []


def test_only_owners_release_and_only_approved_ones_become_effective(house: House) -> None:
    files = {"processes/d0.bpmn": FIRST}
    with pytest.raises(NotAllowed):
        releases.make_release(house.site, actor=house.ann, files=files, reason="x")
    row = releases.make_release(house.site, actor=house.owner, files=files, reason="x")
    with pytest.raises(InvalidState):
        releases.make_effective(house.site, actor=house.owner, digest=row.digest)


@pytest.mark.parametrize("restart", [False, True])
def test_a_checkpoint_covers_every_event_and_is_signed(house: House, restart: bool) -> None:
    house.release(FIRST)
    first = make_checkpoint(house.site)
    assert first is not None
    assert make_checkpoint(house.site) == first
    house.start()
    if restart:
        house.site.tree_edge = None
    second = make_checkpoint(house.site)
    assert second is not None
    assert second.tree_size > first.tree_size
    opened = open_note(second.note, public_key(house.site))
    assert (opened.origin, opened.size, opened.root) == (
        origin(house.site),
        second.tree_size,
        second.root_hash,
    )
    with house.site.database.read() as connection:
        leaves = list(leaf_hashes_after(connection, 0))
        count = connection.exec_driver_sql("SELECT count(*) FROM events").scalar_one()
    assert len(leaves) == count == second.tree_size
    assert tree_root(leaves) == second.root_hash
    assert tree_root(leaves[: first.tree_size]) == first.root_hash
