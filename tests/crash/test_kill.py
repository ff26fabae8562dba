"""``kill -9`` of the server under load: nothing acknowledged is lost, doubled or stuck."""

from __future__ import annotations

from collections.abc import Iterator
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

KILLS, KILLS_OF_AN_HOUR = 6, 10


def test_nothing_is_lost_doubled_or_stuck(released: Released, tmp_path: Path) -> None:
    _kill_again_and_again(released, tmp_path, rounds(KILLS, soak=False), Random(2))


@pytest.mark.soak
def test_nothing_is_lost_doubled_or_stuck_after_many_kills(
    released: Released, tmp_path: Path
) -> None:
    _kill_again_and_again(released, tmp_path, rounds(KILLS_OF_AN_HOUR, soak=True), Random(3))


def _kill_again_and_again(
    released: Released, folder: Path, kills: Iterator[int], random: Random
) -> None:
    site, settings = released.copy(folder / "site", SystemClock())
    staff = {p.id: (p, people.open_session(site, person=p)) for p in everybody(site)}
    remembered = Remembered()
    server = Server(settings, folder / "log")
    try:
        for _ in kills:
            server.start()
            load = Load(server, site, staff, remembered, random)
            threads = load.start()
            load.stop.wait(0.5 + random.random() * 3.0)
            server.kill()
            tell(kills=1)
            load.stop.set()
            for thread in threads:
                thread.join(60)
            assert not remembered.wrong, remembered.wrong
        server.start()  # those who got no answer send once more
        load = Load(server, site, staff, remembered, random)
        threads = load.start()
        load.stop.wait(4.0)
        load.stop.set()
        for thread in threads:
            thread.join(60)
        assert not remembered.wrong, remembered.wrong
        server.kill()
    finally:
        server.stop()
        site.database.close()
    check_remembered(released, settings, remembered)
