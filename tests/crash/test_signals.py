"""Workers are killed with -9 while a signal is on its way to many cases: each gets it once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from runner.clock import SystemClock
from runner.engine.access import SYSTEM, Person
from runner.engine.instances import start_complaint
from runner.engine.signals import broadcast_signal
from runner.engine.site import Site
from runner.store.signal_tables import signal_deliveries
from runner.store.tables import events
from tests.crash.soaking import rounds, tell
from tests.definitions.diagrams import diagram, line, node
from tests.invariants import check_all
from tests.serving import Process
from tests.sites import Released, everybody, release_shipped

SIGNAL = '<bpmn:signalEventDefinition signalRef="sig" />'
DIAGRAM = diagram(
    node("startEvent", "s_recall")
    + node("intermediateCatchEvent", "w", SIGNAL)
    + node("intermediateThrowEvent", "again", SIGNAL.replace('"sig"', '"sig2"'))
    + node("endEvent", "e")
    + line("s_recall", "w", "again", "e"),
    process="recall",
    outside='<bpmn:signal id="sig" name="recall" /><bpmn:signal id="sig2" name="nobody" />',
)
KINDS = ["sqlite", "embedded", "procrastinate"]
CASES, WORKERS = 40, 2
KILLED_AT = (38, 20, 5)  # how many signals are on their way then


@pytest.mark.parametrize("kind", ["sqlite", "procrastinate"])
def test_each_waiting_case_gets_a_signal_once(
    request: pytest.FixtureRequest, tmp_path: Path, kind: str
) -> None:
    _broadcast(request, tmp_path, kind, rounds(1, soak=False))


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_an_hour_of_signals(request: pytest.FixtureRequest, tmp_path: Path, kind: str) -> None:
    _broadcast(request, tmp_path, kind, rounds(2, soak=True))


def _broadcast(
    request: pytest.FixtureRequest, folder: Path, kind: str, often: Iterator[int]
) -> None:
    url = "" if kind == "sqlite" else request.getfixturevalue("postgresql").new_database()
    made = release_shipped(folder / "site", url, {"processes/recall.bpmn": DIAGRAM})
    settings = replace(made.settings, executor="embedded" if kind == "embedded" else "")
    site, _ = Released(settings, made.site).reopen(settings, SystemClock())
    owner = next(p for p in everybody(site) if "process_owner" in p.groups)
    random = Random(17)
    count = 1 if kind == "sqlite" else WORKERS
    workers = [Process(settings, folder / f"worker {n}") for n in range(count)]
    begun = 0
    try:
        for number in often:
            begun += _round(site, owner, workers, random, number)
    finally:
        for worker in workers:
            worker.stop()
    with site.database.read() as connection:
        assert check_all(connection, site) == begun
        received = connection.execute(
            select(func.count()).where(events.c.type == "signal_received")
        ).scalar_one()
        ended = connection.execute(
            select(func.count()).where(events.c.type == "case_completed")
        ).scalar_one()
    assert begun == received == ended
    tell(cases=begun)
    site.database.close()


def _round(site: Site, owner: Person, workers: list[Process], random: Random, number: int) -> int:
    for _ in range(CASES):
        start_complaint(
            site, actor=SYSTEM, variables={}, channel="phone", start_element="s_recall",
            policy_id="demo-consumer", idempotency_key=uuid4().hex,
        )  # fmt: skip
    sent = broadcast_signal(site, actor=owner, name="recall", idempotency_key=f"round {number}")
    assert sent == CASES
    tell(signals=1)
    until = time.monotonic() + 240
    for worker in workers:
        if worker.running is None:
            worker.start()
    for left in KILLED_AT:
        _until(lambda left=left: _on_their_way(site) <= left, until)
        worker = random.choice(workers)
        worker.kill()
        tell(kills=1)
        worker.start()
    _until(lambda: _on_their_way(site) == 0, until)
    return CASES


def _on_their_way(site: Site) -> int:
    with site.database.read() as connection:
        return int(
            connection.execute(
                select(func.count()).where(signal_deliveries.c.state == "waiting")
            ).scalar_one()
        )


def _until(holds: Callable[[], bool], until: float) -> None:
    while not holds():
        assert time.monotonic() < until, "signals are stuck"
        time.sleep(0.005)
