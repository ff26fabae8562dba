"""A migrated database is the declared one; another version's is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from runner.store import migrating
from runner.store.database import Database
from runner.store.event_log import APPEND_ONLY_TABLES


def test_a_migrated_schema_equals_the_declared_one(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/migrated.db")
    database.upgrade()
    with database.read() as connection:
        assert migrating.differences(connection) == []
        assert migrating.newest_migration(connection) == migrating.NEWEST
        triggers = connection.execute(
            text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'")
        ).scalar_one()
    assert triggers == 2 * len(APPEND_ONLY_TABLES)
    database.create()  # is current: nothing to do
    database.close()


def test_both_ways_to_a_schema_give_the_same_tables(tmp_path: Path) -> None:
    def tables(database: Database) -> list[str]:
        with database.read() as connection:
            rows = connection.execute(
                text("SELECT type, name FROM sqlite_master ORDER BY type, name")
            )
            return [f"{row.type} {row.name}" for row in rows]

    made, migrated = (Database(f"sqlite:///{tmp_path}/{name}.db") for name in ("made", "migrated"))
    made.create()
    migrated.upgrade()
    assert tables(made) == tables(migrated)
    made.close()
    migrated.close()


def test_a_database_of_another_version_is_refused(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/old.db")
    database.create()
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(migrating.OldSchema, match=r"0000.*0001.*ombud upgrade"):
        database.create()
    database.close()


def test_a_database_without_a_noted_version_is_not_guessed_at(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/old.db")
    database.create()
    with database.write() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    with pytest.raises(migrating.OldSchema, match="cannot be upgraded"):
        database.upgrade()
    database.close()


@pytest.mark.parametrize("table", APPEND_ONLY_TABLES)
def test_evidence_cannot_be_changed_or_deleted(tmp_path: Path, table: str) -> None:
    database = Database(f"sqlite:///{tmp_path}/log.db")
    database.create()
    with database.read() as connection:
        triggers = connection.execute(
            text("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :t"),
            {"t": table},
        ).scalars()
        assert set(triggers) == {f"{table}_refuse_update", f"{table}_refuse_delete"}
    database.close()
