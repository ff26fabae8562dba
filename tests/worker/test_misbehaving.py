"""Handlers that hang, eat memory, die or give nonsense, under every executor: each is an incident,
what stands behind it is done, and when the handler is repaired the case goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random

import pytest

from runner.clock import SystemClock
from runner.engine.incidents import resolve_incident
from runner.settings import Settings
from runner.store.incidents import open_incidents
from runner.worker.loop import Worker
from service_tasks.contract import Call, Handler, Outcome
from tests.crash.soaking import rounds, tell
from tests.definitions.diagrams import diagram, extended, line, node
from tests.engine.conftest import House, make_house
from tests.invariants import check_all
from tests.worker import misbehaving
from tests.worker.test_executor import database
from tests.worker.test_loop import eventually, running

__all__ = ["database", "make_house"]
GOOD = "good"
PATIENCE = 6  # times twenty seconds


def good(call: Call) -> Outcome:
    return Outcome()


def _handler(job_type: str, run: Callable[[Call], Outcome], **options: object) -> Handler:
    return Handler(job_type, "external", "做 / Work", "—", run, **options)  # type: ignore[arg-type]


BAD = {
    "hangs": (misbehaving.sleeps, {"isolated": True, "time_limit_seconds": 1.5}, "did not end"),
    "eats": (misbehaving.eats_memory, {"isolated": True, "memory_mb": 200}, "MemoryError"),
    "dies": (misbehaving.kills_itself, {"isolated": True}, "the process ended with -9"),
    "leaves": (misbehaving.leaves, {}, "SystemExit"),
    "nonsense": (misbehaving.returns_nonsense, {}, "dict"),
}


def _process(job_type: str) -> bytes:
    task = node(
        "serviceTask", f"t_{job_type}",
        extended(f'<zeebe:taskDefinition type="{job_type}" retries="1" />'),
    )  # fmt: skip
    start, end = f"s_{job_type}", f"e_{job_type}"
    return diagram(
        node("startEvent", start) + task + node("endEvent", end)
        + line(start, f"t_{job_type}", end), process=f"p_{job_type}",
    )  # fmt: skip


def test_no_handler_stops_the_others(make_house: Callable[..., House]) -> None:
    _misbehave(make_house, rounds(1, soak=False))


@pytest.mark.soak
def test_an_hour_of_bad_handlers(make_house: Callable[..., House]) -> None:
    _misbehave(make_house, rounds(3, soak=True))


def _misbehave(make_house: Callable[..., House], often: Iterator[int]) -> None:
    bad = {key: _handler(key, run, **options) for key, (run, options, _) in BAD.items()}
    house = make_house({**bad, GOOD: _handler(GOOD, good)})
    house.site.clock = SystemClock()
    house.release(*(_process(job_type) for job_type in (*BAD, GOOD)))
    random = Random(23)
    handlers = dict(house.site.handlers)
    everything = 0
    with running(Worker(house.site, Settings(), "a")), running(Worker(house.site, Settings(), "b")):
        for _ in often:
            house.site.handlers = handlers
            kinds = random.sample(list(BAD), len(BAD))
            cases = {kind: house.start(element=f"s_{kind}").case_id for kind in kinds}
            behind = [house.start(element=f"s_{GOOD}").case_id for _ in range(5)]
            everything += len(cases) + len(behind)
            assert _patiently(lambda cases=behind: all(_ended(house, case) for case in cases))
            assert _patiently(lambda cases=cases: all(_stopped(house, c) for c in cases.values()))
            house.site.handlers = {
                key: replace(handler, run=good, isolated=False) for key, handler in handlers.items()
            }
            for kind, case in cases.items():
                _repair(house, case, BAD[kind][2])
            assert _patiently(lambda cases=cases: all(_ended(house, c) for c in cases.values()))
            tell(bad_handlers=len(cases))
    with house.site.database.read() as connection:
        assert check_all(connection, house.site) == everything
    tell(cases=everything)


def _repair(house: House, case: str, said: str) -> None:
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, case)
    assert incident.kind == "job_failed"
    failed = house.events(case, "job_attempt_failed")
    assert len(failed) == 1
    assert said in str(failed[0].values)
    resolve_incident(house.site, actor=house.owner, incident_id=incident.id, reason="repaired")


def _ended(house: House, case: str) -> bool:
    return house.types(case)[-1] == "case_completed"


def _stopped(house: House, case: str) -> bool:
    return "incident_raised" in house.types(case)


def _patiently(holds: Callable[[], bool]) -> bool:
    return any(eventually(holds) for _ in range(PATIENCE))
