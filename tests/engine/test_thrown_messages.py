"""Message throw and end events send by a job; errors of jobs begin event sub-processes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from runner.engine.external_jobs import activate_jobs, complete_external_job, throw_job_error
from runner.engine.worker_tokens import ExternalWorker
from tests.definitions.diagrams import diagram, extended, line, node
from tests.engine.conftest import House
from tests.engine.test_events import E, S, do, ended, event_sub, plain, sound

ERP = ExternalWorker("erp", frozenset({"post"}), inputs_only=False)
JOB = '<zeebe:taskDefinition type="post" />'
ERROR = '<bpmn:errorEventDefinition errorRef="er" />'
OUTSIDE = '<bpmn:message id="m" name="posted" /><bpmn:error id="er" errorCode="lost" />'


def post(kind: str) -> str:
    return node(kind, "out", extended(JOB) + '<bpmn:messageEventDefinition messageRef="m" />')


def take(house: House) -> str:
    house.site.live.clear()
    (job,) = activate_jobs(
        house.site, worker=ERP, job_types=["post"], name="one", limit=5, lock=timedelta(minutes=1)
    )
    house.site.live.clear()
    return job.id


@pytest.mark.parametrize("kind", ["intermediateThrowEvent", "endEvent"])
def test_a_message_is_thrown_by_a_job(house: House, kind: str) -> None:
    last = kind == "endEvent"
    more = "" if last else plain("t") + E + line("out", "t", "e")
    house.release(diagram(S + post(kind) + line("s", "out") + more, outside=OUTSIDE))
    case = house.start().case_id
    job = take(house)
    complete_external_job(house.site, worker=ERP, job_id=job, attempt=1, variables={"sent": True})
    assert house.variables(case)["sent"] is True
    assert set(house.tasks(case)) == (set() if last else {"t"})
    assert ended(house, case) == last
    sound(house, case)


def test_an_error_of_a_job_begins_the_event_sub_process_around_it(house: House) -> None:
    house.release(
        diagram(
            S + node("parallelGateway", "f") + node("serviceTask", "w", extended(JOB)) + plain("t")
            + E + node("endEvent", "e2") + line("s", "f", "w", "e") + line("f", "t", "e2")
            + event_sub(ERROR),
            outside=OUTSIDE,
        )
    )  # fmt: skip
    case = house.start().case_id
    job = take(house)
    assert throw_job_error(
        house.site, worker=ERP, job_id=job, attempt=1, code="lost", variables={"why": "wind"}
    )
    assert set(house.tasks(case)) == {"help"}
    assert house.variables(case)["why"] == "wind"
    assert do(house, case, "help") == set()
    assert ended(house, case)
    sound(house, case)
