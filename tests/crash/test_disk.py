"""The disk is full under load, again and again, and there is room again: the server says so and
goes on by itself, without a restart."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from random import Random

import pytest

from runner.clock import SystemClock
from runner.engine import people
from tests.crash.checking import check_remembered
from tests.crash.load import Load, Remembered
from tests.crash.soaking import rounds, tell
from tests.serving import Server
from tests.sites import Released, everybody

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="limits of another process can be set on Linux alone"
)
ROOM = 60_000  # bytes: enough to begin a transaction, not to end many
UNLIMITED = resource.RLIM_INFINITY


def test_a_full_disk_loses_doubles_and_stops_nothing(released: Released, tmp_path: Path) -> None:
    _fill(released, tmp_path, soak=False)


@pytest.mark.soak
def test_an_hour_of_full_disks(released: Released, tmp_path: Path) -> None:
    _fill(released, tmp_path, soak=True)


def _fill(released: Released, folder: Path, *, soak: bool) -> None:
    """Files of the server may not grow beyond a little more than they are: as on a full disk."""
    random = Random(11)
    site, settings = released.copy(folder / "site", SystemClock())
    staff = {p.id: (p, people.open_session(site, person=p)) for p in everybody(site)}
    remembered = Remembered()
    server = Server(settings, folder / "log")
    load = Load(server, site, staff, remembered, random, patient=True)
    wal = settings.data_dir / "ombud.db-wal"
    try:
        server.start()
        threads = load.start()
        for _ in rounds(4, soak=soak):
            load.stop.wait(0.5 + random.random())
            written = wal.stat().st_size if wal.exists() else 0
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (written + ROOM, UNLIMITED))
            load.stop.wait(0.5 + random.random())
            resource.prlimit(server.pid, resource.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED))
            tell(full_disks=1)
            assert not remembered.wrong, remembered.wrong
        load.stop.wait(2.0)
        load.stop.set()
        for thread in threads:
            thread.join(60)
    finally:
        load.stop.set()
        server.stop()
        site.database.close()
    assert "The database is full" in server.log.read_text(), "the disk was never full"
    check_remembered(released, settings, remembered)
