"""The worker's rounds: nothing that fails keeps what stands behind it from being done."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select

from runner.engine.attachments import MAX_BYTES
from runner.engine.incidents import resolve_incident
from runner.engine.timers import due_timers
from runner.settings import Settings
from runner.store.incidents import open_incidents
from runner.store.jobs import find_job
from runner.store.tables import jobs
from runner.worker import loop, patience
from runner.worker.loop import Worker
from service_tasks.contract import Attachment, Call, Handler, Outcome
from tests.definitions.diagrams import diagram, extended, flow, line, node, simple
from tests.engine.conftest import House, house, make_house
from tests.engine.test_timers import timer
from tests.invariants import check_case

__all__ = ["house", "make_house"]
HOUR = timedelta(hours=1)
ENDLESS = diagram(
    node("startEvent", "s")
    + node("intermediateCatchEvent", "wait", timer("timeDuration", "PT1H"))
    + node("exclusiveGateway", "a")
    + node("exclusiveGateway", "b", default="b_to_e")
    + node("endEvent", "e")
    + line("s", "wait", "a", "b", "e")
    + flow("b", "a", "=true")
)
WAITING = simple(
    node("intermediateCatchEvent", "wait", timer("timeDuration", "PT1H")), middle="wait"
)


@contextmanager
def running(worker: Worker) -> Iterator[None]:
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        yield
    finally:
        worker.stop()
        thread.join(30)
    assert not thread.is_alive()


def eventually(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + 20
    while not holds() and time.monotonic() < until:
        time.sleep(0.02)
    return holds()


def test_timers_that_cannot_be_fired_hold_up_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.engine.spiff.execution.MAX_STEPS", 500)
    monkeypatch.setattr(loop, "BATCH", 2)
    house.release(ENDLESS)
    endless = [house.start().case_id for _ in range(3)]  # more than a batch, due before the good
    house.clock.advance(timedelta(seconds=1))
    house.release(WAITING)
    good = house.start().case_id
    house.clock.advance(HOUR)
    with running(Worker(house.site, Settings())):
        assert eventually(lambda: house.types(good)[-1] == "case_completed")
        assert eventually(lambda: all("incident_raised" in house.types(case) for case in endless))
    for case in endless:
        (told,) = house.events(case, "incident_raised")
        assert told.header["facts"]["kind"] == "halted"
        assert "The diagram goes round without end" in str(told.values)
    assert due_timers(house.site, house.clock.now()) == []


def test_a_timer_that_breaks_is_tried_again_later(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(patience, "ASIDE_SECONDS", 0.05)
    house.release(WAITING)
    case = house.start().case_id
    house.clock.advance(HOUR)
    _break_firing(monkeypatch, times=patience.TRIES - 1)
    with running(Worker(house.site, Settings())):
        assert eventually(lambda: house.types(case)[-1] == "case_completed")
    assert "failed; it is tried again" in caplog.text
    assert "incident_raised" not in house.types(case)


def test_a_timer_that_breaks_again_and_again_waits_for_a_person(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And fires when the person says so, with no word of what was in the error."""
    monkeypatch.setattr(patience, "ASIDE_SECONDS", 0.05)
    house.release(WAITING)
    case = house.start().case_id
    house.clock.advance(HOUR)
    _break_firing(monkeypatch, times=patience.TRIES)
    with running(Worker(house.site, Settings())):
        assert eventually(lambda: "incident_raised" in house.types(case))
        with house.site.database.read() as connection:
            (incident,) = open_incidents(connection, case)
            check_case(connection, house.site, case)
        assert "RuntimeError" in incident.message
        assert "Ann" not in incident.message
        assert due_timers(house.site, house.clock.now()) == []
        resolve_incident(house.site, actor=house.owner, incident_id=incident.id, reason="repaired")
        assert eventually(lambda: house.types(case)[-1] == "case_completed")


def _break_firing(monkeypatch: pytest.MonkeyPatch, *, times: int) -> None:
    fire = loop.timers.fire_timer
    left = [times]

    def broken(*arguments: object, **named: object) -> bool:
        left[0] -= 1
        if left[0] >= 0:
            raise RuntimeError("no room for what Ann wrote")
        return fire(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(loop.timers, "fire_timer", broken)


@pytest.mark.parametrize("lease", [1, 60, 300])
def test_a_job_in_hand_keeps_its_lease_while_the_worker_ends(
    make_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch, lease: int
) -> None:
    if lease > 1:  # a short lease is kept by itself
        monkeypatch.setattr(loop, "HEARTBEAT_SECONDS", 0.02)
    slowly = {"job_type": "slow", "kind": "external", "title": "慢 / Slow", "description": "—"}
    begun, go_on = threading.Event(), threading.Event()

    def slow(call: Call) -> Outcome:
        begun.set()
        assert go_on.wait(30)
        return Outcome()

    house = make_house({"slow": Handler(**slowly, run=slow, timeout_seconds=lease)})
    house.release(
        simple(node("serviceTask", "t", extended('<zeebe:taskDefinition type="slow" />')))
    )
    case = house.start().case_id
    with house.site.database.read() as connection:
        job_id = connection.execute(select(jobs.c.id)).scalar_one()

    def leased() -> bool:
        with house.site.database.read() as connection:
            job = find_job(connection, job_id)
        assert job is not None
        return job.leased_until == house.clock.now() + timedelta(seconds=lease)

    worker = Worker(house.site, Settings())
    with running(worker):
        assert begun.wait(20)
        worker.stop()
        house.clock.advance(timedelta(seconds=lease))
        kept = eventually(leased)
        go_on.set()
    assert kept
    assert house.types(case)[-1] == "case_completed"


def test_an_outcome_the_case_refuses_is_an_incident_and_not_repeated(
    make_house: Callable[..., House],
) -> None:
    calls: list[int] = []

    def huge(call: Call) -> Outcome:
        calls.append(call.attempt)
        return Outcome(attachments=[Attachment("a", "text/plain", b"x" * (MAX_BYTES + 1))])

    house = make_house({"huge": Handler("huge", "external", "大 / Huge", "大 / Huge", huge)})
    house.release(
        simple(node("serviceTask", "t", extended('<zeebe:taskDefinition type="huge" />')))
    )
    case = house.start().case_id
    worker = Worker(house.site, Settings())
    for _ in range(5):
        worker.work_off()
        house.clock.advance(2 * HOUR)
    assert calls == [1]
    (failed,) = house.events(case, "job_attempt_failed")
    assert "larger than 10 MB" in str(failed.values)
    assert len(house.events(case, "incident_raised")) == 1
