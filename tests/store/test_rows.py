"""Rows as commands write them: prepared statements, guarded writes, registers, append-only logs."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import bindparam, text, update
from sqlalchemy.exc import DBAPIError

from runner.clock import SetClock
from runner.errors import InvalidState
from runner.events import CaseCompleted, VariablesWritten
from runner.store.chains import advance_chain, lock_chain
from runner.store.database import Database
from runner.store.event_log import ChainHead, EventWriter, Stamp, read_chain
from runner.store.guarded import write_guarded
from runner.store.keys import Erased, KeyFolder, Vault
from runner.store.people import PersonRow, all_people, find_username, group_addresses, insert_person
from runner.store.prepared import Prepared, prepared_insert
from runner.store.registers import customer_file, next_number
from runner.store.tables import people, sessions

NOW = datetime(2026, 11, 20, 1, 0, 0, 123456, tzinfo=UTC)


def person(name: str, *groups: str, email: str | None = None, active: bool = True) -> PersonRow:
    return PersonRow(name, name, name.title(), email, None, "zh", active, False, frozenset(groups))


def test_a_failing_statement_does_not_tell_what_people_wrote(database: Database) -> None:
    anonymous = person("王芳")
    with pytest.raises(DBAPIError) as failed, database.write() as connection:
        insert_person(connection, anonymous, NOW)
        insert_person(connection, anonymous, NOW)
    assert "[SQL: INSERT" in str(failed.value)
    assert "[parameters" not in str(failed.value)


def test_a_reader_sees_one_moment(database: Database) -> None:
    with database.write() as connection:
        insert_person(connection, person("ann"), NOW)
    with database.read() as reading:
        assert len(all_people(reading)) == 1
        with database.write() as connection:
            insert_person(connection, person("bob"), NOW)
        assert len(all_people(reading)) == 1
    with database.read() as reading:
        assert len(all_people(reading)) == 2


def test_prepared_statements_convert_values_as_the_tables_declare(database: Database) -> None:
    insert = prepared_insert(people)
    row = {
        "id": "p", "username": "p", "display_name": "P", "email": None, "password_hash": None,
        "language": "zh", "active": True, "demo": False, "created_at": NOW,
    }  # fmt: skip
    with database.write() as connection:
        assert insert.each(connection, [row]) == 1
        assert insert.each(connection, [{**row, "id": n, "username": n} for n in "ab"]) == 2
        rename = Prepared(
            update(people)
            .where(people.c.id == bindparam("key"), people.c.active)
            .values(display_name=bindparam("name"))
        )
        assert rename.each(connection, [{"key": k, "name": "N"} for k in ("a", "b", "x")]) == 2
        found = connection.execute(people.select().where(people.c.id == "a")).one()
    assert (found.display_name, found.active, found.created_at) == ("N", True, NOW)


def test_a_guarded_write_that_changes_nothing_is_refused(database: Database) -> None:
    statement = update(people).where(people.c.id == bindparam("key")).values(demo=True)
    with database.write() as connection:
        insert_person(connection, person("ann"), NOW)
        write_guarded(connection, statement, [], "people")
        write_guarded(connection, Prepared(statement), [{"key": "ann"}], "people")
        with pytest.raises(InvalidState, match="Expected to change 2"):
            write_guarded(connection, statement, [{"key": "ann"}, {"key": "bob"}], "people")


def test_people_and_their_addresses(database: Database) -> None:
    with database.write() as connection:
        insert_person(connection, person("ann", "office", "leader", email="a@x"), NOW)
        insert_person(connection, person("bob", "office", email="b@x"), NOW)
        insert_person(connection, person("cy", "office", email="c@x", active=False), NOW)
        insert_person(connection, person("di", "leader"), NOW)
    with database.read() as connection:
        assert group_addresses(connection, ["office", "leader"]) == ["a@x", "b@x"]
        found = find_username(connection, "ann")
        assert found is not None
        assert found.groups == {"office", "leader"}
        assert [p.username for p in all_people(connection)] == ["ann", "bob", "cy", "di"]


def test_a_register_has_no_gaps_and_no_doubles_under_load(database: Database) -> None:
    given: list[int] = []

    def take(number: int) -> None:
        for attempt in range(5):
            try:
                with database.write() as connection:
                    found = next_number(connection, "complaint", 2026)
                    if (number + attempt) % 3 == 0:
                        raise InterruptedError  # a command that fails gives its number back
                    given.append(found)
            except InterruptedError:
                continue

    threads = [threading.Thread(target=take, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given) == list(range(1, len(given) + 1))
    with database.write() as connection:
        assert next_number(connection, "complaint", 2027) == 1


def test_one_contact_has_one_file(database: Database) -> None:
    with database.write() as connection:
        assert customer_file(connection, "d1", "c1", NOW) == "c1"
        assert customer_file(connection, "d1", "c2", NOW) == "c1"
        assert customer_file(connection, "d2", "c3", NOW) == "c3"


def written(database: Database, tmp_path: Path) -> Vault:
    keys = KeyFolder(tmp_path / "store keys")
    keys.create()
    vault = Vault(keys.master())
    with database.write() as connection:
        vault.create(connection, "subject", SetClock(NOW))
        writer = EventWriter(connection, ChainHead("c"), vault, "subject")
        stamp = Stamp("system", NOW, NOW, "release")
        writer.append(VariablesWritten(scope="c", names=["a"], new={"a": "王芳"}), stamp)
        writer.append(CaseCompleted(), stamp)
        writer.flush()
    return vault


def test_events_are_read_back_and_stay_when_the_person_is_erased(
    database: Database, tmp_path: Path
) -> None:
    vault = written(database, tmp_path)
    with database.read() as connection:
        first, second = read_chain(connection, "c", vault)
        raw = connection.execute(text("SELECT data FROM event_values")).scalar_one()
    assert first.values == {"new.a": "王芳"}
    assert second.header["previous"] != first.header["previous"]
    assert "王芳".encode() not in bytes(raw) + bytes(first.header_bytes)
    with database.write() as connection:
        vault.erase(connection, "subject", SetClock(NOW))
    with database.read() as connection:
        again = next(iter(read_chain(connection, "c", vault)))
    assert again.values is None
    assert again.header_bytes == first.header_bytes


@pytest.mark.parametrize(
    "change", ["UPDATE events SET type = 'x'", "DELETE FROM events", "DELETE FROM event_values"]
)
def test_the_log_refuses_change(database: Database, tmp_path: Path, change: str) -> None:
    written(database, tmp_path)
    with pytest.raises(DBAPIError, match="append-only"), database.write() as connection:
        connection.execute(text(change))


def test_chains_outside_cases_advance(database: Database) -> None:
    for expected in (0, 1):
        with database.write() as connection:
            head = lock_chain(connection, "access")
            assert head.count == expected
            head.count += 1
            advance_chain(connection, head)


def test_sessions_need_their_person(database: Database) -> None:
    row = {"digest": "d", "person_id": "nobody", "created_at": NOW, "seen_at": NOW,
           "expires_at": NOW}  # fmt: skip
    with pytest.raises(DBAPIError), database.write() as connection:
        connection.execute(sessions.insert().values(**row))


def test_another_process_forgets_an_erased_key_within_a_minute(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = KeyFolder(tmp_path / "keys")
    folder.create()
    here, there = Vault(folder.master()), Vault(folder.master())
    with database.write() as connection:
        here.create(connection, "li", SetClock(NOW))
        sealed = there.encrypt(connection, "li", b"secret")
    with database.write() as connection:
        here.erase(connection, "li", SetClock(NOW))
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with database.read() as connection, pytest.raises(Erased):
        there.decrypt(connection, "li", sealed)


def test_two_who_begin_a_chain_write_one_after_the_other(database: Database) -> None:
    database.create()
    begun, heads = threading.Event(), []

    def first() -> None:
        with database.write() as connection:
            head = lock_chain(connection, "access")
            begun.set()
            time.sleep(0.3)  # the other stands before the same new row
            head.count = 1
            advance_chain(connection, head)

    def second() -> None:
        begun.wait(10)
        with database.write() as connection:
            heads.append(lock_chain(connection, "access").count)

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heads == [1]
