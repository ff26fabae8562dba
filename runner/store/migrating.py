"""Bringing a database to the schema this version of Ombud declares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from runner.errors import Refusal
from runner.store.tables import metadata


class OldSchema(Refusal):
    """The database was made by another version; ``ombud upgrade`` brings it up to date."""


def stamp(connection: Connection) -> None:
    """Notes that the schema is the newest: after making all tables from their declaration."""
    command.stamp(_config(connection), "head")


def upgrade(connection: Connection) -> None:
    """Applies what is missing. One transaction: all of it or nothing."""
    command.upgrade(_config(connection), "head")


def check_current(connection: Connection) -> None:
    """Raises ``OldSchema`` naming both versions when the database is not the newest."""
    found = MigrationContext.configure(connection).get_current_revision()
    wanted = ScriptDirectory.from_config(_config(connection)).get_current_head()
    if found != wanted:
        raise OldSchema(
            f"数据库的结构是 {found or 'none'}，此版本需要 {wanted}。请先备份，再运行 ombud upgrade。 / "
            f"The database has schema {found or 'none'}, this version needs {wanted}. "
            "Make a backup, then run: ombud upgrade"
        )


def differences(connection: Connection) -> list[Any]:
    """What a migrated database lacks or has too much, compared with the declared tables."""
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
