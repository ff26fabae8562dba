"""A model as Camunda's modeler writes it runs unmodified: many instances, much data, job types that
nobody here has a handler for, served over real HTTP."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.serving import make_server

from runner.definitions.check import check
from runner.engine import releases
from runner.engine.access import SYSTEM
from runner.engine.messages import correlate_message
from runner.engine.start_timers import fire_due_start_timers
from runner.engine.worker_tokens import add_worker_token
from runner.errors import InvalidInput
from runner.feel import to_feel
from runner.store.incidents import open_incidents
from runner.web.app import create_app
from tests.definitions.check.procedures import procedure
from tests.definitions.diagrams import diagram, line, node, user_task
from tests.engine.conftest import House
from tests.invariants import check_case

HERE = Path(__file__).parent
TYPES = (
    "check-order:v2", "reserve-part", "tell-customer", "pack", "io.camunda:sendgrid:1",
    "choose-notice", "refund", "file-papers",
)  # fmt: skip
LINES = 50
ORDER = {
    "id": "O-4711",
    "customer": {"name": "Ng & Söhne <GmbH>", "address": ["Kai 1", "20457 Hamburg"]},
    "items": [
        {"number": f"P-{line:03}", "quantity": line, "text": f"部件 {line} " + "x" * 170}
        for line in range(1, LINES + 1)
    ],
}
FILES = dict(
    procedure(
        (HERE / "bulk_order.bpmn").read_bytes(),
        **{
            "processes__policies__plain.yaml": "id: plain\nextends: base\nname: 公司 / Company\n",
            "processes__archive_order.bpmn": (HERE / "archive_order.bpmn").read_bytes(),
        },
    )
)
Job = dict[str, Any]


@dataclass
class Program:
    """A worker of somebody else's: it knows an address and a token."""

    address: str
    token: str

    def post(self, path: str, **body: object) -> Any:
        request = urllib.request.Request(
            f"{self.address}/api/v1/{path}",
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def take(self, job_type: str, most: int = 100) -> list[Job]:
        answer = self.post("jobs/activate", types=[job_type], worker="w", max_jobs=most)
        return list(answer["jobs"])

    def complete(self, job: Job, **variables: object) -> None:
        self.post(f"jobs/{job['id']}/complete", attempt=job["attempt"], variables=variables)

    def serve(self, job_type: str, **variables: object) -> Job:
        (job,) = self.take(job_type)
        self.complete(job, **variables)
        return job


@pytest.fixture
def program(house: House) -> Iterator[Program]:
    house.site.default_policy = "plain"
    token = add_worker_token(
        house.site,
        actor=SYSTEM,
        name="shop",
        job_types=TYPES,
        messages=["payment-received", "order-cancelled"],
    )
    server = make_server("127.0.0.1", 0, create_app(house.site), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Program(f"http://127.0.0.1:{server.server_port}", token)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def case(house: House, program: Program) -> str:
    """Released as a process owner does, every finding that would refuse it included."""
    assert len(json.dumps(ORDER, ensure_ascii=False).encode()) > 11_000
    wrong = [f for f in check(FILES) if f.severity == "error"]
    assert wrong == []
    row = releases.make_release(
        house.site, actor=house.owner, files=FILES, reason="a model", check=check
    )
    releases.approve_release(house.site, actor=house.owner, digest=row.digest)
    releases.make_effective(house.site, actor=house.owner, digest=row.digest)
    return house.start({"order": to_feel(ORDER)}, "StartEvent_1").case_id  # both files have one


def sound(house: House, case: str) -> None:
    with house.site.database.read() as connection:
        assert not open_incidents(connection, case)
        check_case(connection, house.site, case)


def reserved(program: Program) -> None:
    checked = program.serve("check-order:v2", accepted=True, score=7, noise="kept inside")
    assert checked["variables"]["customer"]["name"] == "Ng & Söhne <GmbH>"
    assert checked["headers"] == {"endpoint": "https://example.invalid/check"}
    jobs = program.take("reserve-part")
    assert len(jobs) == LINES
    for job in reversed(jobs):
        program.complete(job, reservation=f"R{job['variables']['quantity']}")


def test_an_order_of_fifty_lines_from_its_start_to_its_end(
    house: House, program: Program, case: str
) -> None:
    reserved(program)
    found = house.variables(case)
    assert found["reservations"] == [f"R{line}" for line in range(1, LINES + 1)]
    assert found["check"] == {"accepted": True, "score": 7}
    assert not {"noise", "accepted", "reservation", "part", "loopCounter", "number"} & set(found)
    for number in range(1, 4):  # one after the other, until three are done
        (job,) = program.take("pack")
        assert job["variables"]["reserved"] == f"R{number}"
        assert job["variables"]["order"]["items"][49]["quantity"] == 50
        program.complete(job, parcel={"kg": number})
    program.post("messages", name="payment-received", correlationKey="O-4711",
                 variables={"amount": 99.5, "other": 1})  # fmt: skip
    archived = program.serve("file-papers", archive_number="A-1", shelf=3)
    assert archived["variables"]["pieces"] == LINES
    program.serve("choose-notice")
    found = house.variables(case)
    assert (str(found["paid"]), found["archived_as"]) == ("99.5", "A-1")
    assert not {"amount", "other", "shelf", "pieces", "parcel"} & set(found)
    assert house.types(case)[-1] == "case_completed"
    sound(house, case)


def test_an_error_of_one_line_ends_the_others(house: House, program: Program, case: str) -> None:
    program.serve("check-order:v2", accepted=True)
    jobs = program.take("reserve-part", most=10)
    program.complete(jobs[0], reservation="R")
    thrown = program.post(f"jobs/{jobs[1]['id']}/error", attempt=1, code="NO_STOCK",
                          variables={"missing": jobs[1]["variables"]["number"]})  # fmt: skip
    assert thrown["caught"]
    told = program.serve("tell-customer")
    assert told["variables"]["missing"] == "P-002"
    assert program.take("reserve-part") == []
    assert "reservations" not in house.variables(case)
    assert house.types(case)[-1] == "case_completed"
    sound(house, case)


def test_a_message_cancels_the_order(house: House, program: Program, case: str) -> None:
    reserved(program)
    program.post("messages", name="order-cancelled", correlationKey="O-4711",
                 variables={"why": "moved"})  # fmt: skip
    assert program.take("pack") == []
    program.serve("refund")
    assert house.variables(case)["why"] == "moved"
    assert house.types(case)[-1] == "case_completed"
    sound(house, case)


def test_a_start_event_of_two_processes_is_refused_by_name(house: House) -> None:
    content = (HERE / "archive_order.bpmn").read_bytes()
    house.release(content, content.replace(b"archive_order", b"other_order"))
    with pytest.raises(InvalidInput, match="archive_order, other_order"):
        house.start({}, "StartEvent_1")


def test_messages_and_times_begin_the_process_they_are_drawn_in(house: House) -> None:
    house.site.default_policy = "plain"
    clock = "<bpmn:timerEventDefinition id='d'><bpmn:timeCycle>R/P1D</bpmn:timeCycle>"
    message = "<bpmn:messageEventDefinition id='d' messageRef='m' />"
    house.release(
        *(
            diagram(
                node("startEvent", "StartEvent_1", begun) + user_task("t", form="")
                + node("endEvent", "e") + line("StartEvent_1", "t", "e"),
                process=process, outside='<bpmn:message id="m" name="news" />',
            )
            for process, begun in (
                ("plain", ""), ("told", message), ("daily", f"{clock}</bpmn:timerEventDefinition>")
            )
        )
    )  # fmt: skip
    correlate_message(house.site, actor=house.ann, name="news", correlation_key="",
                      payload={}, idempotency_key="one")  # fmt: skip
    house.clock.advance(timedelta(days=1))
    fire_due_start_timers(house.site)
    with house.site.database.read() as connection:
        begun = sorted(connection.execute(text("select process_id from process_instances")))
    assert [process for (process,) in begun] == ["daily", "told"]
