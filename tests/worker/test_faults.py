"""Handlers that hang, eat memory, die, or return nonsense: an incident or another try, never a
stuck case, and the worker goes on."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Mapping
from decimal import Decimal

import pytest

from runner.engine.jobs import claim_jobs, complete_job, pause_after
from runner.engine.outcomes import problem_with
from runner.settings import Settings
from runner.store.incidents import open_incidents
from runner.store.jobs import find_job, open_jobs
from runner.worker.jobs import perform
from service_tasks.contract import (
    Attachment,
    Call,
    Delivery,
    Handler,
    Message,
    Outcome,
    Parameter,
)
from tests.engine.conftest import House
from tests.engine.test_jobs import service
from tests.invariants import check_case
from tests.worker import misbehaving

MAKE = Callable[..., House]
OUTPUTS = (
    Parameter("count", "数量 / Count", kind="number"),
    Parameter("text", "文本 / Text", kind="text"),
    Parameter("must", "必填 / Must", required=True),
)


def handler(run: Callable[[Call], Outcome], **options: object) -> Handler:
    return Handler("send", "external", "发 / Send", "发 / Sends", run, **options)  # type: ignore[arg-type]


def begin(make_house: MAKE, made: Handler) -> tuple[House, str]:
    house = make_house({"send": made})
    house.release(service("send", retries="2"))
    return house, house.start().case_id


def work(house: House) -> float:
    """Does what is due; how long that took."""
    since = time.monotonic()
    for job in claim_jobs(house.site, "w", 10):
        perform(house.site, Settings(), job)
    return time.monotonic() - since


def error_of(house: House, case: str) -> str:
    last = house.events(case, "job_attempt_failed")[-1]
    assert last.values is not None
    with house.site.database.read() as connection:
        check_case(connection, house.site, case)
    return str(last.values["error.text"])


def incidents(house: House, case: str) -> list[str]:
    with house.site.database.read() as connection:
        return [incident.kind for incident in open_incidents(connection, case)]


def test_a_handler_that_never_returns_is_given_up_and_what_it_does_late_is_noted(
    make_house: MAKE,
) -> None:
    go_on = threading.Event()
    message = Message("k", "a@example.org", "s", "b")

    def hangs(call: Call) -> Outcome:
        go_on.wait(30)
        return Outcome({"x": "late"}, deliveries=[Delivery(message, "sent")])

    house, case = begin(make_house, handler(hangs, time_limit_seconds=0.2))
    assert work(house) < 10
    assert "did not end within 0.2 seconds" in error_of(house, case)
    with house.site.database.read() as connection:
        (job,) = open_jobs(connection, case)
    assert job.state == "created"  # tried again elsewhere
    go_on.set()
    end = time.monotonic() + 20
    while "job_outcome_discarded" not in house.types(case):
        assert time.monotonic() < end
        time.sleep(0.05)
    assert "x" not in house.variables(case)
    house.clock.advance(pause_after(job.id, 1))
    (again,) = claim_jobs(house.site, "w2", 1)
    assert complete_job(house.site, again.id, again.attempt, Outcome())
    assert house.types(case)[-1] == "case_completed"


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (misbehaving.leaves, "SystemExit"),
        (misbehaving.interrupts, "KeyboardInterrupt"),
        (misbehaving.recurses, "RecursionError"),
    ],
)
@pytest.mark.parametrize("isolated", [False, True])
def test_odd_exceptions_are_failed_attempts(
    make_house: MAKE, run: Callable[[Call], Outcome], said: str, isolated: bool
) -> None:
    house, case = begin(make_house, handler(run, isolated=isolated))
    work(house)
    assert said in error_of(house, case)
    with house.site.database.read() as connection:
        (job,) = open_jobs(connection, case)
    house.clock.advance(pause_after(job.id, 1))
    work(house)
    assert incidents(house, case) == ["job_failed"]


@pytest.mark.parametrize(
    ("run", "said"),
    [
        (misbehaving.sleeps, "did not end within 1.5 seconds"),
        (misbehaving.eats_memory, "MemoryError"),
        (misbehaving.kills_itself, "the process ended with -9"),
        (misbehaving.retries, "later"),
        (misbehaving.returns_an_open_file, "TypeError"),
    ],
)
def test_an_isolated_handler_is_killed_and_the_worker_goes_on(
    make_house: MAKE, run: Callable[[Call], Outcome], said: str
) -> None:
    limit = 1.5 if run is misbehaving.sleeps else 30
    made = handler(run, isolated=True, memory_mb=200, time_limit_seconds=limit)
    house, case = begin(make_house, made)
    assert work(house) < 25
    assert said in error_of(house, case)
    with house.site.database.read() as connection:
        (job,) = open_jobs(connection, case)
        found = find_job(connection, job.id)
    assert found is not None
    assert (found.state, found.attempts) == ("created", 1)


def test_an_isolated_handler_has_its_ports(make_house: MAKE) -> None:
    house, case = begin(make_house, handler(misbehaving.asks, isolated=True))
    house.person("eve", "office")
    work(house)
    found = house.variables(case)
    assert found["pid"] != os.getpid()
    assert found["people"] == []
    assert house.types(case)[-1] == "case_completed"
    missing = handler(misbehaving.asks_for_a_missing_template, isolated=True)
    house.site.handlers = {"send": missing}
    other = house.start().case_id
    work(house)
    assert incidents(house, other) == ["job_failed"]
    assert "missing" in error_of(house, other)


@pytest.mark.parametrize(
    ("variables", "name", "found"),
    [
        ({"count": "three", "must": 1}, "count", "text (5)"),
        ({"count": True, "must": 1}, "count", "boolean True"),
        ({"text": 12, "must": 1}, "text", "number 12"),
        ({"text": "x"}, "must", "null"),
        ({"must": {1, 2}}, "must", "set"),
        ({"must": 1, 3: 4}, "3", "int"),
    ],
)
@pytest.mark.parametrize("kind", ["external", "pure"])
def test_outputs_of_the_wrong_kind_are_an_incident_that_names_them(
    make_house: MAKE, variables: Mapping[str, object], name: str, found: str, kind: str
) -> None:
    made = Handler(
        "send", kind, "发 / Send", "发 / Sends",  # type: ignore[arg-type]
        lambda call: Outcome(variables), outputs=OUTPUTS,
    )  # fmt: skip
    house, case = begin(make_house, made)
    work(house)
    (raised,) = house.events(case, "incident_raised")
    assert raised.header["facts"]["kind"] == (
        "job_failed" if kind == "external" else "service_failed"
    )
    assert raised.values is not None
    told = error_of(house, case) if kind == "external" else str(raised.values["detail.message"])
    assert f"'{name}'" in told
    assert f"found {found}" in told
    assert "three" not in told


def test_whatever_is_no_outcome_is_told() -> None:
    made = handler(misbehaving.returns_nonsense)
    wrong: list[object] = [
        None,
        {"a": 1},
        Outcome([1]),  # type: ignore[arg-type]
        Outcome(attachments="file"),  # type: ignore[arg-type]
        Outcome(attachments=["file"]),  # type: ignore[list-item]
        Outcome(attachments=[Attachment("a", "b", "text")]),  # type: ignore[arg-type]
        Outcome(deliveries=[Delivery("mail", "sent")]),  # type: ignore[arg-type]
    ]
    assert all(problem_with(made, outcome) for outcome in wrong)
    fine = Outcome({"count": 3, "more": Decimal(1)}, [Attachment("a", "text/plain", b"")])
    assert problem_with(handler(misbehaving.sleeps, outputs=OUTPUTS[:1]), fine) is None


@pytest.mark.parametrize("run", [misbehaving.leaves, misbehaving.recurses])
def test_a_pure_handler_that_breaks_is_an_incident(
    make_house: MAKE, run: Callable[[Call], Outcome]
) -> None:
    made = Handler("send", "pure", "发 / Send", "发 / Sends", run)
    house, case = begin(make_house, made)
    assert incidents(house, case) == ["service_failed"]
