"""Several web and several worker processes on one PostgreSQL database, while any of them is killed
and while the server restarts: nothing acknowledged is lost, doubled or stuck."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from runner.clock import SystemClock
from runner.engine import people
from runner.store.database import BUSY_TIMEOUT_MS, Database
from tests.crash.checking import check_remembered
from tests.crash.grounds import ground
from tests.crash.load import Load, Remembered
from tests.crash.soaking import rounds, tell
from tests.postgresql import Server as DatabaseServer
from tests.serving import Process, Server
from tests.sites import Released, everybody

WEB, WORKERS = 2, 2
EXECUTORS = ["procrastinate", "embedded"]
SETTLE_SECONDS = 2.0  # those who got no answer send once more


@dataclass(frozen=True)
class Park:
    """All processes of one site."""

    web: list[Server]
    workers: list[Process]

    def kill_one(self, random: Random) -> None:
        """Workers more often than pages; whoever died is started again, as a supervisor would."""
        one = random.choice([*self.workers, *self.workers, *self.web])
        one.kill()
        one.start()
        tell(kills=1)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_killed_processes_lose_double_and_stop_nothing(
    postgresql: DatabaseServer, released: Released, tmp_path: Path, executor: str
) -> None:
    url = postgresql.new_database()
    _under_load(released, tmp_path, url, executor, Park.kill_one, rounds(4, soak=False))


def test_a_database_that_restarts_loses_doubles_and_stops_nothing(
    own_postgresql: DatabaseServer, released: Released, tmp_path: Path
) -> None:
    _under_restarts(own_postgresql, released, tmp_path, "procrastinate", soak=False)


@pytest.mark.parametrize("executor", ["procrastinate"])
def test_workers_with_a_wrong_clock_stand_still_and_the_others_go_on(
    postgresql: DatabaseServer, released: Released, tmp_path: Path, executor: str
) -> None:
    _with_wrong_clocks(postgresql, released, tmp_path, executor, rounds(2, soak=False))


@pytest.mark.soak
@pytest.mark.parametrize("executor", EXECUTORS)
def test_an_hour_of_workers_with_a_wrong_clock(
    postgresql: DatabaseServer, released: Released, tmp_path: Path, executor: str
) -> None:
    _with_wrong_clocks(postgresql, released, tmp_path, executor, rounds(5, soak=True))


@pytest.mark.soak
@pytest.mark.parametrize("executor", EXECUTORS)
def test_an_hour_of_killed_processes(
    postgresql: DatabaseServer, released: Released, tmp_path: Path, executor: str
) -> None:
    url = postgresql.new_database()
    _under_load(released, tmp_path, url, executor, Park.kill_one, rounds(10, soak=True))


@pytest.mark.soak
@pytest.mark.parametrize("executor", EXECUTORS)
def test_an_hour_of_restarting_databases(
    own_postgresql: DatabaseServer, released: Released, tmp_path: Path, executor: str
) -> None:
    _under_restarts(own_postgresql, released, tmp_path, executor, soak=True)


@pytest.mark.soak
@pytest.mark.parametrize("executor", EXECUTORS)
def test_an_hour_of_locks(
    postgresql: DatabaseServer, released: Released, tmp_path: Path, executor: str
) -> None:
    """All cases are locked by somebody else: shorter, and longer than anybody waits."""
    url = postgresql.new_database()

    def hold(park: Park, random: Random) -> None:
        other = Database(url, queue=False)
        with other.engine.connect() as connection:
            connection.execute(text("LOCK TABLE cases IN EXCLUSIVE MODE"))
            time.sleep(random.choice([1.0, BUSY_TIMEOUT_MS / 1_000 + 2]))
        other.close()
        tell(locks=1)

    _under_load(released, tmp_path, url, executor, hold, rounds(4, soak=True))


def _under_restarts(
    server: DatabaseServer, released: Released, folder: Path, executor: str, *, soak: bool
) -> None:
    def restart(park: Park, random: Random) -> None:
        server.stop(random.choice(["fast", "immediate"]))
        server.start()
        tell(database_restarts=1)

    url = server.new_database()
    _under_load(released, folder, url, executor, restart, rounds(10 if soak else 3, soak=soak))


def _with_wrong_clocks(
    server: DatabaseServer, released: Released, folder: Path, executor: str, often: Iterator[int]
) -> None:
    """One worker's clock is right, one an hour ahead, one an hour behind."""
    url = server.new_database()
    clocks = (0.0, 3_600.0, -3_600.0)
    _under_load(released, folder, url, executor, Park.kill_one, often, clocks)
    tell(wrong_clocks=2)
    for number, words in ((1, "60 minutes ahead of"), (2, "60 minutes behind")):
        assert words in (folder / f"worker {number}").read_text()
    assert "stands still" not in (folder / "worker 0").read_text()


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < until, "nothing has happened for a minute"
        time.sleep(0.05)


def _under_load(
    released: Released,
    folder: Path,
    url: str,
    executor: str,
    disturb: Callable[[Park, Random], None],
    often: Iterator[int],
    clocks: Sequence[float] = (0.0,) * WORKERS,
) -> None:
    random = Random(5)
    site, settings = ground(released, folder / "site", url, SystemClock())
    settings = replace(settings, executor=executor)
    staff = {p.id: (p, people.open_session(site, person=p)) for p in everybody(site)}
    remembered = Remembered()
    park = Park(
        [Server(settings, folder / f"web {n}", ("serve", "--no-worker")) for n in range(WEB)],
        [
            Process(settings, folder / f"worker {n}", clock_ahead=ahead)
            for n, ahead in enumerate(clocks)
        ],
    )
    processes = [*park.workers, *park.web]
    loads = [Load(web, site, staff, remembered, random, patient=True) for web in park.web]
    try:
        for process in processes:
            process.start()
        threads = [thread for load in loads for thread in load.start()]
        _until(lambda: bool(remembered.completed))
        for _ in often:
            loads[0].stop.wait(0.5 + random.random())
            disturb(park, random)
            assert not remembered.wrong, remembered.wrong
        loads[0].stop.wait(SETTLE_SECONDS)
        for load in loads:
            load.stop.set()
        for thread in threads:
            thread.join(60)
    finally:
        for load in loads:
            load.stop.set()
        for process in processes:
            process.stop()
        site.database.close()
    check_remembered(released, settings, remembered)
