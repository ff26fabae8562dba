"""Every case on the real engine: straight through, restarted after each step, raced by two."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from runner.clock import SetClock
from runner.engine.site import Site
from runner.engine.worker_tokens import ExternalWorker
from runner.errors import Refusal
from runner.store.database import Database
from runner.store.keys import KeyFolder, Vault
from tests.conformance.cases import Case, all_cases
from tests.conformance.driving import Differs, Driver
from tests.engine.conftest import START, House

CASES = all_cases()
WORKER = ExternalWorker("conformance", frozenset({"work", "other"}), inputs_only=False)
MODES = {
    "straight": {"restart": False, "race": False},
    "restarted": {"restart": True, "race": False},
    "raced": {"restart": False, "race": True},
}


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One site on SQLite; cases are told apart by their key, releases by their diagram."""
    folder = tmp_path_factory.mktemp("conformance")
    database = Database(f"sqlite:///{folder / 'site.db'}")
    database.create()
    keys = KeyFolder(folder / "keys")
    keys.create()
    clock = SetClock(START)
    site = Site(
        database=database, vault=Vault(keys.master()), clock=clock, keys=keys, name="conformance",
        public_url="http://conformance", demo=False, zone=ZoneInfo("Asia/Shanghai"), handlers={},
    )  # fmt: skip
    yield House(site, clock)
    database.close()


@pytest.mark.parametrize(
    "mode", ["straight", *(pytest.param(m, marks=pytest.mark.once) for m in ("restarted", "raced"))]
)
@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_engine_does_what_the_standard_says(shared_house: House, case: Case, mode: str) -> None:
    try:
        shared_house.release(case.file.read_bytes())
    except Refusal as refused:
        pytest.fail(f"refused: {refused} {getattr(refused, 'errors', '')}", pytrace=False)
    try:
        Driver(shared_house, case, WORKER, **MODES[mode]).run()
    except Differs as difference:
        pytest.fail(str(difference), pytrace=False)


def test_there_are_enough_cases_of_every_kind() -> None:
    assert len(CASES) >= 150
