"""A large case record is kept in parts: a write costs what it changes, and reads as before."""

from __future__ import annotations

from random import Random

from sqlalchemy import func, select

from runner.engine.access import SYSTEM
from runner.engine.scopes import LOCAL, PART, SPLIT_BYTES, Scopes
from runner.engine.transaction import change_case
from runner.store.cases import find_case
from runner.store.tables import scopes
from tests.definitions.diagrams import simple, user_task
from tests.engine.conftest import House
from tests.invariants import check_all

BIG = {f"name_{number}": "x" * 2_000 for number in range(200)}


def _write(house: House, case_id: str, values: dict[str, object]) -> None:
    with change_case(house.site, actor=SYSTEM, case=case_id, command="test") as change:
        assert change.case.execution is not None
        token = change.case.execution.token(next(iter(change.case.tasks.open)))
        change.declare(token, case_id, values)


def _rows(house: House, case_id: str) -> dict[str, bytes]:
    with house.site.database.read() as connection:
        found = connection.execute(
            select(scopes.c.id, scopes.c.data).where(scopes.c.root_id == case_id)
        )
        return {row.id: bytes(row.data) for row in found}


def test_a_write_to_a_large_record_touches_one_part(house: House) -> None:
    house.release(simple(user_task("t", form="")))
    case = house.start({"first": "1"}).case_id
    _write(house, case, dict(BIG))
    before = _rows(house, case)
    _write(house, case, {"name_7": "changed"})
    after = _rows(house, case)
    assert sum(before[key] != after[key] for key in before) == 1
    assert all(len(data) < SPLIT_BYTES for data in after.values())
    wanted = {"first": "1", **BIG, "name_7": "changed"}
    assert house.variables(case).items() >= wanted.items()
    house.site.live.clear()
    _write(house, case, {"name_8": "after a restart", "new": "2"})
    wanted |= {"name_8": "after a restart", "new": "2"}
    assert house.variables(case).items() >= wanted.items()
    with house.site.database.read() as connection:
        assert check_all(connection, house.site) == 1


def test_a_small_record_is_one_row(house: House) -> None:
    house.release(simple(user_task("t", form="")))
    case = house.start({"first": "1"}).case_id
    _write(house, case, {"second": "2"})
    assert len(_rows(house, case)) == 1


def test_random_writes_closings_and_reopenings_read_back(house: House) -> None:
    """Against plain dictionaries, stored and loaded after every transaction."""
    house.release(simple(user_task("t", form="")))
    started = house.start().case_id
    vault, random = house.site.vault, Random(3)
    with house.site.database.read() as connection:
        subject = _subject(house, started)
        loaded = Scopes.load(connection, vault, started, subject)
    expected: dict[str, dict[str, object]] = {started: dict(loaded.all()[0].values)}
    for _ in range(60):
        for _ in range(random.randint(1, 4)):
            _change(random, loaded, expected, started)
        with house.site.database.write() as connection:
            loaded.flush(connection, vault, subject)
        if random.random() < 0.5:
            with house.site.database.read() as connection:
                loaded = Scopes.load(connection, vault, started, subject)
        assert {scope.id: scope.values for scope in loaded.all()} == expected
    with house.site.database.read() as connection:
        known = select(func.count()).where(scopes.c.kind != PART, scopes.c.root_id == started)
        assert connection.execute(known).scalar_one() == len(expected)
        parents = select(scopes.c.parent_id).where(scopes.c.kind == PART)
        assert set(connection.execute(parents).scalars()) <= set(expected)


def _subject(house: House, case_id: str) -> str:
    with house.site.database.read() as connection:
        row = find_case(connection, case_id)
    assert row is not None
    return row.subject_id


def _change(
    random: Random, loaded: Scopes, expected: dict[str, dict[str, object]], case_id: str
) -> None:
    scope_id = f"local{random.randint(1, 3)}"
    choice = random.random()
    if choice < 0.2 and scope_id in expected:
        loaded.close(scope_id)
        del expected[scope_id]
    elif choice < 0.5:
        loaded.open(scope_id, parent_id=case_id, instance_id=case_id, element_id="x", kind=LOCAL)
        expected[scope_id] = {}
    else:
        place = random.choice(list(expected))
        size = random.choice([10, 5_000, 30_000])
        values = {f"v{random.randint(1, 30)}": "y" * random.randint(1, size) for _ in range(3)}
        loaded.declare(place, values)
        expected[place].update(values)
