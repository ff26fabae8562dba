"""Engines and transactions: the only place that begins and commits.

SQLite by default, PostgreSQL by address. On SQLite every writing transaction is ``BEGIN IMMEDIATE``
(SQLAlchemy's default would read outside the transaction and lose updates), with WAL, foreign keys,
a busy timeout and ``synchronous=FULL``.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url

from runner.store import migrating
from runner.store.event_log import append_only
from runner.store.job_queue import ANNOUNCING, make_queue
from runner.store.tables import metadata
from runner.store.unavailable import told

BUSY_TIMEOUT_MS = 20_000
IDLE_TIMEOUT_MS = 60_000  # of a process that stands still within a transaction, and holds its locks
CONNECT_SECONDS = 10
_MAKING = 0x6F6D627564  # any number that is always the same: who makes tables waits for the other


class Database:
    """One database. Thread-safe; ``write`` is serialised per process on SQLite, first come first
    served, so that a slow disk makes nobody starve."""

    def __init__(self, url: str, *, pool_size: int = 16, queue: bool = True) -> None:
        """``queue``: on PostgreSQL workers are told of due jobs, see ``job_queue``."""
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.announces = queue and not self.is_sqlite
        if self.is_sqlite and self.url.database not in (None, "", ":memory:"):
            _only_for_us(Path(str(self.url.database)))
        self._engine = create_engine(
            self.url,
            pool_size=pool_size,
            max_overflow=0,
            pool_use_lifo=True,  # the one used last has the database's pages in its cache
            pool_pre_ping=not self.is_sqlite,
            connect_args={} if self.is_sqlite else _postgresql_arguments(self.url),
            execution_options={ANNOUNCING: self.announces},
            hide_parameters=True,  # an error's text goes to the log, what people wrote does not
        )
        self._turn = _Turnstile() if self.is_sqlite else None
        if self.is_sqlite:
            event.listen(self._engine, "connect", _prepare_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)

    @property
    def engine(self) -> Engine:
        """For tests and measurements; commands use ``write`` and ``read``."""
        return self._engine

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction: commits at the end, rolls back on any exception. Raises ``Unavailable``
        where the database cannot be written now."""
        with told(), self._turn or _no_turn(), self._engine.connect() as connection:
            connection = connection.execution_options(ombud_write=True)
            with connection.begin() as transaction:
                yield connection
                with told(committing=True):
                    transaction.commit()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent snapshot; nothing is written. Raises ``Unavailable``."""
        with told(), self._engine.connect() as connection:
            connection = connection.execution_options(ombud_write=False)
            if not self.is_sqlite:  # its default gives every statement a snapshot of its own
                connection = connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    def now(self) -> datetime:
        """The time of the database's machine: on SQLite ours."""
        if self.is_sqlite:
            return datetime.now(UTC)
        with self.read() as connection:
            found: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
        return found.astimezone(UTC)

    def create(self) -> None:
        """Makes all tables and triggers in an empty database; leaves a made one alone.

        Raises ``migrating.OldSchema`` for a database of another version.
        """
        with self.write() as connection:
            self._alone(connection)
            if inspect(connection).has_table("cases"):
                migrating.check_current(connection)
            else:
                metadata.create_all(connection)
                append_only(connection)
                migrating.stamp(connection)
            if self.announces:
                make_queue(connection)

    def upgrade(self) -> None:
        """Brings an older database to this version's schema: all of it or nothing."""
        with self.write() as connection:
            self._alone(connection)
            migrating.upgrade(connection)
            if self.announces:
                make_queue(connection)

    def close(self) -> None:
        self._engine.dispose()

    def _alone(self, connection: Connection) -> None:
        """Processes that start together make the tables one after the other."""
        if not self.is_sqlite:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MAKING})")


def _only_for_us(path: Path) -> None:
    """Makes the database's folder and file, readable by nobody else of the machine."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


class _Turnstile:
    """A lock that lets threads through in the order they came."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._next = 0
        self._serving = 0

    def __enter__(self) -> None:
        with self._condition:
            mine = self._next
            self._next += 1
            while self._serving != mine:
                self._condition.wait()

    def __exit__(self, *error: object) -> None:
        with self._condition:
            self._serving += 1
            self._condition.notify_all()


@contextmanager
def _no_turn() -> Iterator[None]:
    yield


def _postgresql_arguments(url: URL) -> dict[str, object]:
    """No lock is waited for without end, and nobody holds one without end."""
    given = url.query.get("options", "")
    ours = (
        f"-c lock_timeout={BUSY_TIMEOUT_MS} "
        f"-c idle_in_transaction_session_timeout={IDLE_TIMEOUT_MS}"
    )
    options = f"{ours} {given if isinstance(given, str) else ' '.join(given)}".strip()
    return {"options": options, "connect_timeout": CONNECT_SECONDS}


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions are begun by _begin_sqlite alone
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get("ombud_write", True)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")
