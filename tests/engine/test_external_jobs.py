"""Jobs of external workers: locks, fencing, errors, and who was first."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest

from runner.clock import SetClock
from runner.engine.access import SYSTEM
from runner.engine.external_jobs import (
    ActivatedJob,
    activate_jobs,
    complete_external_job,
    extend_lock,
    fail_external_job,
    has_jobs,
    throw_job_error,
)
from runner.engine.incidents import resolve_incident
from runner.engine.instances import cancel_case
from runner.engine.jobs import claim_jobs, release_expired_leases
from runner.engine.worker_tokens import ExternalWorker
from runner.errors import InvalidInput, InvalidState, NotAllowed, NotFound
from runner.store.incidents import open_incidents
from service_tasks.contract import Handler, Outcome
from tests.definitions.diagrams import diagram, extended, flow, line, node
from tests.engine.conftest import START, House
from tests.engine.test_jobs import service
from tests.invariants import check_case

MINUTE = timedelta(minutes=1)
ERP = ExternalWorker("erp", frozenset({"book", "post"}), inputs_only=False)
OTHER = ExternalWorker("other", frozenset({"book"}), inputs_only=False)
STRANGER = ExternalWorker("stranger", frozenset({"paint"}), inputs_only=False)


def take(
    house: House, worker: ExternalWorker = ERP, *names: str, limit: int = 10
) -> list[ActivatedJob]:
    return activate_jobs(
        house.site,
        worker=worker,
        job_types=["book"],
        name="one",
        limit=limit,
        lock=MINUTE,
        variables=names or None,
    )


def one_job(house: House, *mappings: str, retries: str = "2") -> tuple[str, ActivatedJob]:
    house.release(service("book", *mappings, retries=retries))
    case = house.start({"amount": Decimal("12.50"), "customer_name": "王芳"}).case_id
    (job,) = take(house)
    return case, job


def complete(house: House, job: ActivatedJob, attempt: int = 1, **variables: object) -> None:
    complete_external_job(
        house.site, worker=ERP, job_id=job.id, attempt=attempt, variables=variables
    )


def test_a_job_without_a_handler_waits_for_an_external_worker(house: House) -> None:
    case, job = one_job(house, '<zeebe:input source="=amount * 2" target="double" />')
    assert job.variables["double"] == Decimal(25)
    assert job.variables["customer_name"] == "王芳"
    assert (job.attempt, job.attempts_left, job.job_type) == (1, 1, "book")
    assert job.locked_until == house.clock.now() + MINUTE
    complete(house, job, booked="B-1")
    assert house.variables(case)["booked"] == "B-1"
    (completed,) = house.events(case, "job_completed")
    assert completed.header["actor"] == "worker:erp"
    assert house.types(case)[-1] == "case_completed"
    with house.site.database.read() as connection:
        check_case(connection, house.site, case)


def test_our_own_worker_leaves_it_alone_and_they_leave_ours(
    make_house: Callable[..., House],
) -> None:
    def run(call: object) -> Outcome:
        return Outcome()

    house = make_house({"send": Handler("send", "external", "发 / Send", "发 / Sends", run)})
    house.release(service("book"))
    house.start()
    assert claim_jobs(house.site, "ours", 10) == []
    assert len(take(house)) == 1
    house.release(service("send"))
    house.start()
    greedy = ExternalWorker("greedy", frozenset({"send"}), inputs_only=False)
    taken = activate_jobs(
        house.site, worker=greedy, job_types=["send"], name="", limit=1, lock=MINUTE
    )
    assert taken == []
    assert len(claim_jobs(house.site, "ours", 10)) == 1


def test_a_worker_gets_only_its_types_and_what_it_asks_for(house: House) -> None:
    house.release(service("book", '<zeebe:input source="=amount" target="sum" />'))
    house.start({"amount": Decimal(5), "customer_name": "王芳"})
    with pytest.raises(NotAllowed, match="book"):
        take(house, STRANGER)
    careful = ExternalWorker("careful", frozenset({"book"}), inputs_only=True)
    assert has_jobs(house.site, careful, ["book"])
    assert not has_jobs(house.site, STRANGER, ["book"])
    (job,) = take(house, careful)
    assert job.variables == {"sum": Decimal(5)}
    house.start({"amount": Decimal(5), "customer_name": "王芳"})
    (job,) = take(house, ERP, "customer_name", "nothing")
    assert job.variables == {"customer_name": "王芳"}


def test_a_locked_job_is_nobody_elses_until_its_lock_ends(house: House) -> None:
    case, job = one_job(house)
    assert take(house, OTHER) == []
    house.clock.advance(2 * MINUTE)
    assert release_expired_leases(house.site) == 1
    (again,) = take(house, OTHER)  # at once: nothing says that the job is to blame
    assert (again.attempt, again.attempts_left) == (2, 0)
    with pytest.raises(InvalidState, match=r"attempt 2 is held by other/one"):
        complete(house, job)
    with pytest.raises(InvalidState, match=r"held by other/one"):  # the number alone is no key
        complete(house, job, attempt=2)
    complete_external_job(
        house.site, worker=OTHER, job_id=job.id, attempt=2, variables={"booked": "B-2"}
    )
    with pytest.raises(InvalidState, match=r"other/one completed it in attempt 2 at 2026") as late:
        complete(house, job, booked="B-1")
    assert late.value.details["person"] == "other/one"
    assert house.variables(case)["booked"] == "B-2"
    assert len(house.events(case, "job_completed")) == 1


def test_an_extended_lock_lasts(house: House) -> None:
    _, job = one_job(house)
    house.clock.advance(MINUTE / 2)
    until = extend_lock(house.site, worker=ERP, job_id=job.id, attempt=1, lock=5 * MINUTE)
    house.clock.advance(4 * MINUTE)
    assert release_expired_leases(house.site) == 0
    assert until > house.clock.now()
    for lock in (timedelta(), timedelta(days=2)):
        with pytest.raises(InvalidInput, match="lock_seconds"):
            extend_lock(house.site, worker=ERP, job_id=job.id, attempt=1, lock=lock)
    with pytest.raises(NotFound):
        extend_lock(house.site, worker=STRANGER, job_id=job.id, attempt=1, lock=MINUTE)


def test_a_failed_attempt_comes_back_as_the_worker_says(house: House) -> None:
    case, job = one_job(house)
    retry_at = fail_external_job(
        house.site, worker=ERP, job_id=job.id, attempt=1, message="ERP is \x00 down",
        retries_left=5, pause=10 * MINUTE,
    )  # fmt: skip
    assert retry_at == house.clock.now() + 10 * MINUTE
    with pytest.raises(InvalidState, match="waits for another attempt"):
        complete(house, job)
    assert take(house) == []
    house.clock.advance(10 * MINUTE)
    (again,) = take(house)
    assert (again.attempt, again.attempts_left) == (2, 4)
    (failed,) = house.events(case, "job_attempt_failed")
    assert failed.values == {"error.text": "ERP is down"}


def test_the_last_failure_is_an_incident_that_gives_the_job_back(house: House) -> None:
    case, job = one_job(house)
    assert fail_external_job(
        house.site, worker=ERP, job_id=job.id, attempt=1, message="no such article", retries_left=0
    ) is None  # fmt: skip
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, case)
    assert (incident.kind, incident.job_id) == ("job_failed", job.id)
    with pytest.raises(InvalidState, match="waits for a person"):
        complete(house, job)
    resolve_incident(house.site, actor=house.owner, incident_id=incident.id, reason="mended")
    (again,) = take(house)
    complete(house, again, attempt=2)
    assert house.types(case)[-1] == "case_completed"


def caught(code: str = "NO_STOCK") -> bytes:
    error = '<bpmn:errorEventDefinition errorRef="err" />'
    return diagram(
        node("startEvent", "s")
        + node("serviceTask", "t", extended('<zeebe:taskDefinition type="book" />'))
        + node("boundaryEvent", "oops", error, attachedToRef="t")
        + node("endEvent", "e")
        + node("endEvent", "caught")
        + line("s", "t", "e")
        + flow("oops", "caught"),
        outside=f'<bpmn:error id="err" name="x" errorCode="{code}" />',
    )


@pytest.mark.parametrize("restart", [False, True])
def test_a_thrown_error_takes_the_way_the_diagram_draws(house: House, restart: bool) -> None:
    house.release(caught())
    case = house.start().case_id
    (job,) = take(house)
    if restart:
        house.site.live.clear()
    assert throw_job_error(
        house.site, worker=ERP, job_id=job.id, attempt=1, code="NO_STOCK", message="none left",
        variables={"missing": Decimal(3)},
    )  # fmt: skip
    assert house.variables(case)["missing"] == Decimal(3)
    ended = [e.header["element"] for e in house.events(case, "element_completed")]
    assert ended[-1] == "caught"
    assert house.types(case)[-1] == "case_completed"
    with pytest.raises(InvalidState, match="erp/one completed it"):
        throw_job_error(house.site, worker=ERP, job_id=job.id, attempt=1, code="NO_STOCK")
    with house.site.database.read() as connection:
        check_case(connection, house.site, case)


def test_an_error_nobody_catches_is_an_incident_that_gives_the_job_back(house: House) -> None:
    house.release(caught("OTHER"))
    case = house.start().case_id
    (job,) = take(house)
    assert not throw_job_error(
        house.site, worker=ERP, job_id=job.id, attempt=1, code="NO_STOCK", variables={"lost": True}
    )
    assert "lost" not in house.variables(case)
    with house.site.database.read() as connection:
        (incident,) = open_incidents(connection, case)
    assert (incident.kind, incident.job_id) == ("error_uncaught", job.id)
    assert "NO_STOCK" in incident.message
    resolve_incident(house.site, actor=house.owner, incident_id=incident.id, reason="try again")
    (again,) = take(house)
    complete(house, again, attempt=2)
    assert house.types(case)[-1] == "case_completed"


def test_a_cancelled_case_says_so(house: House) -> None:
    case, job = one_job(house)
    cancel_case(house.site, actor=SYSTEM, case_id=case, reason="double")
    with pytest.raises(InvalidState, match="it was withdrawn at 2026"):
        complete(house, job)


@pytest.mark.parametrize("wrong", [{"clock": 1}, {"#items": 1}, {"x": 1.5j}, {"x": {"😀": 2}}])
def test_variables_no_case_can_keep_are_refused_by_name(
    house: House, wrong: dict[str, object]
) -> None:
    case, job = one_job(house)
    with pytest.raises(InvalidInput) as refused:
        complete(house, job, **wrong)
    assert set(refused.value.errors) == set(wrong)
    complete(house, job)
    assert house.types(case)[-1] == "case_completed"


@pytest.mark.parametrize(
    ("written", "kind"),
    [("=1 + 1", None), ("=null", "service_failed"), ("0", "service_failed")],
)
def test_retries_may_be_an_expression_and_nonsense_is_an_incident(
    house: House, written: str, kind: str | None
) -> None:
    house.release(service("book", retries=written))
    case = house.start().case_id
    if kind is None:
        assert take(house)[0].attempts_left == 1
    else:
        facts = house.events(case, "incident_raised")[0].header["facts"]
        assert facts["kind"] == kind
        assert take(house) == []


def test_a_job_type_may_be_an_expression(house: House) -> None:
    house.release(service("=&quot;bo&quot; + &quot;ok&quot;"))
    house.start()
    assert len(take(house)) == 1


def test_workers_that_ask_at_once_share_the_jobs(house: House) -> None:
    house.release(service("book"))
    cases = {house.start().case_id for _ in range(12)}
    taken: list[ActivatedJob] = []
    together = threading.Barrier(4)

    def ask() -> None:
        together.wait()
        while jobs := take(house, limit=2):
            taken.extend(jobs)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(cases)
    assert {job.case_id for job in taken} == cases
    assert {job.attempt for job in taken} == {1}


def test_a_lock_by_a_clock_that_was_a_year_ahead_is_not_waited_for(house: House) -> None:
    house.release(service("book"))
    house.start()
    now, house.site.clock = house.site.clock, SetClock(START + timedelta(days=365))
    (job,) = take(house)
    house.site.clock = now
    assert release_expired_leases(house.site) == 1
    (again,) = take(house)
    assert again.attempt == job.attempt + 1
