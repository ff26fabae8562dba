"""The worker of docs/workers.md, run for real: against a served site, and killed in its work."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

import pytest

from runner.clock import SystemClock
from runner.engine.access import SYSTEM
from runner.engine.site import Site, open_site
from runner.engine.worker_tokens import add_worker_token
from runner.settings import Settings
from runner.store.jobs import find_job, open_jobs
from tests.engine.conftest import House
from tests.engine.test_jobs import service
from tests.invariants import check_case
from tests.serving import ROOT, Server

LOCK_SECONDS = 3.0


@dataclass
class Office:
    house: House
    url: str
    token: str
    program: Path

    def begin(self, **variables: object) -> str:
        return self.house.start({"amount": Decimal("12.50"), **variables}).case_id

    def worker(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ,
            "OMBUD_URL": self.url,
            "OMBUD_TOKEN": self.token,
            "LOCK_SECONDS": str(LOCK_SECONDS),
        }
        return subprocess.Popen([sys.executable, str(self.program)], env=environment)

    def job_of(self, case: str) -> str:
        with self.house.site.database.read() as connection:
            (job,) = open_jobs(connection, case)
        return job.id

    def state(self, job: str) -> tuple[str, int]:
        with self.house.site.database.read() as connection:
            found = find_job(connection, job)
        assert found is not None
        return found.state, found.attempts


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    settings = Settings(data_dir=tmp_path / "site", policy="plain")
    settings.data_dir.mkdir()
    site: Site = open_site(settings)
    house = House(site, SystemClock())  # type: ignore[arg-type]  # nobody sets it here
    house.release(service("book", retries="3"))
    token = add_worker_token(site, actor=SYSTEM, name="erp", job_types=["book"])
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs/workers.md").read_text("utf-8"), re.S)
    assert found is not None
    program = tmp_path / "worker.py"
    program.write_text(found[1], encoding="utf-8")
    server = Server(replace(settings), tmp_path / "server.log")
    server.start()
    yield Office(house, f"http://127.0.0.1:{server.port}", token, program)
    server.stop()
    site.database.close()


def until(seen: Callable[[], bool], seconds: float = 40.0) -> None:
    end = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_killed_worker_loses_nothing_and_another_does_it_once(office: Office) -> None:
    quick = office.begin()
    first = office.worker()
    job = office.job_of(quick) if office.house.types(quick)[-1] != "case_completed" else ""
    until(lambda: office.house.types(quick)[-1] == "case_completed")
    booked = office.house.variables(quick)
    assert booked["total"] == Decimal(25)
    assert job == "" or booked["booked_as"] == "B-" + job[:6]

    slow = office.begin(seconds=2)
    job = office.job_of(slow)
    until(lambda: office.state(job) == ("activated", 1))
    first.kill()
    first.wait()
    second = office.worker()
    try:
        until(lambda: office.house.types(slow)[-1] == "case_completed")
    finally:
        second.kill()
        second.wait()
    assert office.state(job) == ("completed", 2)
    assert office.house.variables(slow)["booked_as"] == "B-" + job[:6]
    assert len(office.house.events(slow, "job_completed")) == 1
    (failed,) = office.house.events(slow, "job_attempt_failed")
    assert failed.values is not None
    assert "lease ended" in str(failed.values["error.text"])
    with office.house.site.database.read() as connection:
        for case in (quick, slow):
            check_case(connection, office.house.site, case)


def test_the_command_makes_lists_and_revokes_tokens(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "site")
    settings.data_dir.mkdir()
    open_site(settings).database.close()

    def ombud(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from runner.cli import main; main()", "worker-token", *words],
            cwd=ROOT,
            env={**os.environ, "OMBUD_DATA_DIR": str(settings.data_dir), "LANG": "en_GB.UTF-8",
                 "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip

    made = ombud("add", "erp", "--type", "book", "--inputs-only")
    assert (made.returncode, made.stdout[:13]) == (0, "ombud_worker_"), made.stderr
    assert ombud("add", "erp", "--type", "book").returncode == 1
    listed = ombud("list").stdout
    assert "erp  book  mapped inputs only  never used" in listed
    assert made.stdout.strip() not in listed
    assert ombud("revoke", "erp").returncode == 0
    assert "revoked 20" in ombud("list").stdout
    assert ombud("revoke", "erp").returncode == 1
