"""What is ended around open work, by a terminate end event or an interrupting event sub-process,
is possible on the diagram for the auditor's verifier too."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest

from runner.clock import SetClock
from runner.engine.site import Site
from runner.engine.worker_tokens import ExternalWorker
from runner.store.cases import find_case
from runner.store.database import Database
from runner.store.event_log import read_chain
from runner.store.keys import KeyFolder, Vault
from tests.conformance.cases import Case, all_cases
from tests.conformance.driving import Driver
from tests.engine.conftest import START, House
from tests.invariants import check_path

WORKER = ExternalWorker("ended_around", frozenset({"work", "other"}), inputs_only=False)
ENDED_AROUND = [
    case
    for case in all_cases()
    if case.name.startswith("terminate_event/") and not case.name.endswith("while_undoing")
]


@pytest.fixture(scope="module")
def shared_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("ended-around")
    database = Database(f"sqlite:///{folder / 'site.db'}")
    database.create()
    keys = KeyFolder(folder / "keys")
    keys.create()
    clock = SetClock(START)
    site = Site(
        database=database, vault=Vault(keys.master()), clock=clock, keys=keys, name="ended",
        public_url="http://ended", demo=False, zone=ZoneInfo("Asia/Shanghai"), handlers={},
    )  # fmt: skip
    yield House(site, clock)
    database.close()


@pytest.mark.parametrize("case", ENDED_AROUND, ids=[case.name for case in ENDED_AROUND])
def test_the_verifier_follows_what_a_terminate_end_withdraws(
    shared_house: House, case: Case
) -> None:
    shared_house.release(case.file.read_bytes())
    driver = Driver(shared_house, case, WORKER, restart=False, race=False)
    driver.run()
    site = shared_house.site
    with site.database.read() as connection:
        row = find_case(connection, driver.case_id)
        assert row is not None
        log = list(read_chain(connection, driver.case_id, site.vault))
        assert any(event.type == "element_completed" for event in log)
        check_path(site, connection, row, log)
