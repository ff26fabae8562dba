"""The disk of the PostgreSQL server is full under load, and there is room again: pages say so, and
everything goes on by itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from runner.clock import SystemClock
from runner.engine import people
from runner.store.database import Database
from tests.crash.checking import check_remembered
from tests.crash.grounds import ground
from tests.crash.load import Load, Remembered
from tests.crash.soaking import rounds, tell
from tests.postgresql import Server as DatabaseServer
from tests.postgresql import _as_somebody, find_programs, start_server
from tests.serving import Server
from tests.sites import Released, everybody

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="limits of other processes can be set on Linux alone"
)
LOG_MEGABYTES = 1  # files of the server's own log stay below the limit: it does not die
LIMIT = 1_500_000  # bytes; the table of events is larger, and cannot grow by one page
UNLIMITED = "unlimited"


def test_a_full_disk_of_the_server_loses_doubles_and_stops_nothing(
    released: Released, tmp_path: Path
) -> None:
    _fill(released, tmp_path, soak=False)


@pytest.mark.soak
def test_an_hour_of_full_disks_of_the_server(released: Released, tmp_path: Path) -> None:
    _fill(released, tmp_path, soak=True)


def _fill(released: Released, folder: Path, *, soak: bool) -> None:
    if find_programs() is None or shutil.which("prlimit") is None:
        pytest.skip("PostgreSQL: no initdb, pg_ctl and prlimit found")
    random = Random(13)
    database = start_server(
        folder / "postgresql", options="-c autovacuum=off", log_megabytes=LOG_MEGABYTES
    )
    site, settings = ground(released, folder / "site", database.new_database(), SystemClock())
    _grow(site.database)
    staff = {p.id: (p, people.open_session(site, person=p)) for p in everybody(site)}
    remembered = Remembered()
    server = Server(settings, folder / "log")
    load = Load(server, site, staff, remembered, random, patient=True)
    try:
        server.start()
        threads = load.start()
        for _ in rounds(3, soak=soak):
            load.stop.wait(1.0 + random.random())
            before = _refused(database)
            _limit(database, LIMIT)
            until = time.monotonic() + 60
            while _refused(database) == before and time.monotonic() < until:
                load.stop.wait(0.1)
            load.stop.wait(random.random())
            _limit(database, UNLIMITED)
            assert _refused(database) > before, "the disk was never full"
            tell(full_disks=1)
            assert not remembered.wrong, remembered.wrong
        load.stop.wait(3.0)
        load.stop.set()
        for thread in threads:
            thread.join(60)
    finally:
        load.stop.set()
        server.stop()
        site.database.close()
    try:
        check_remembered(released, settings, remembered)
    finally:
        database.stop()


def _grow(database: Database) -> None:
    """Makes the file of the events large, with rows that never came to be."""
    with database.engine.connect() as connection:
        columns = [
            name
            for (name,) in connection.execute(
                text("SELECT column_name FROM information_schema.columns WHERE table_name='events'")
            )
            if name != "id"
        ]
        values = ", ".join("g || chain" if name == "chain" else name for name in columns)
        connection.execute(
            text(
                f"INSERT INTO events ({', '.join(columns)}) SELECT {values} FROM "
                "(SELECT * FROM events LIMIT 20) e, generate_series(1, 300) g"
            )
        )
        connection.rollback()
        size = connection.execute(text("SELECT pg_relation_size('events')")).scalar_one()
    assert size > LIMIT


def _refused(server: DatabaseServer) -> int:
    """How often it had no room."""
    return (server.folder / "log").read_text(errors="replace").count("could not extend file")


def _limit(server: DatabaseServer, size: int | str) -> None:
    """Of the server and all its processes, as their owner: that needs no privilege."""
    parent = str(server.pid)
    family = [parent]
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if (place / "stat").read_text().rpartition(")")[2].split()[1] == parent:
                family.append(place.name)
    # one that ended meanwhile needs no limit
    limit = f'for pid; do prlimit --pid "$pid" --fsize={size}: 2>/dev/null || true; done'
    subprocess.run(["sh", "-c", limit, "sh", *family], check=True, **_as_somebody())
