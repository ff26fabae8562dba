"""Bringing a database to the schema this version of Ombud declares.

Alembic is imported only where it works: reading the version of a made database needs one query.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, inspect, text

from runner.errors import Refusal
from runner.store.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config

NEWEST = "0001"


class OldSchema(Refusal):
    """The database was made by another version; ``ombud upgrade`` brings it up to date."""


def stamp(connection: Connection) -> None:
    """Notes that the schema is the newest: after making all tables from their declaration."""
    from alembic import command

    command.stamp(_config(connection), "head")


def upgrade(connection: Connection) -> None:
    """Applies what is missing. One transaction: all of it or nothing. Raises ``OldSchema`` for a
    database whose version was never noted."""
    from alembic import command

    inspected = inspect(connection)
    if inspected.has_table("cases") and not inspected.has_table("alembic_version"):
        raise OldSchema(
            "这个数据库没有记录结构版本，不能升级。 / "
            "This database has no noted schema version and cannot be upgraded."
        )
    command.upgrade(_config(connection), "head")


def check_current(connection: Connection) -> None:
    """Raises ``OldSchema`` naming both versions when the database is not the newest."""
    found = None
    if inspect(connection).has_table("alembic_version"):
        query = text("SELECT version_num FROM alembic_version")
        found = connection.execute(query).scalar_one_or_none()
    if found != NEWEST:
        known = found or "none"
        raise OldSchema(
            f"数据库的结构是 {known}，此版本需要 {NEWEST}。请先备份，再运行 ombud upgrade。 / "
            f"The database has schema {known}, this version needs {NEWEST}. "
            "Make a backup, then run: ombud upgrade"
        )


def newest_migration(connection: Connection) -> str | None:
    """The last migration there is; ``NEWEST`` must be the same."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(_config(connection)).get_current_head()


def differences(connection: Connection) -> list[Any]:
    """What a migrated database lacks or has too much, compared with the declared tables. The
    tables of the queue are its own."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    options = {"include_name": _ours}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _ours(name: str | None, kind: str, parents: object) -> bool:
    return kind != "table" or not (name or "").startswith("procrastinate_")


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
