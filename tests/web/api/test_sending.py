"""Messages and signals from programs outside, over real HTTP: rights, repetition, refusals."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import waitress

from runner.engine.access import SYSTEM
from runner.engine.kept_messages import tend_kept_messages
from runner.engine.signals import deliver_signals
from runner.engine.worker_tokens import add_worker_token, revoke_worker_token
from runner.web.app import create_app
from tests.engine import test_signals
from tests.engine.conftest import House
from tests.engine.test_messages import receiving
from tests.invariants import check_case

JSON = "application/json"
REFUSED: list[tuple[str, dict[str, object], str]] = [
    ("messages", {"correlationKey": 5}, "correlationKey"),
    ("messages", {"correlationKey": "x\x00"}, "correlationKey"),
    ("messages", {"correlationKey": "\ud800"}, "correlationKey"),
    ("messages", {"correlationKey": "x" * 201}, "name"),
    ("messages", {"name": ["reply"]}, "name"),
    ("messages", {"timeToLive": -1}, "timeToLive"),
    ("messages", {"timeToLive": 1.5}, "timeToLive"),
    ("messages", {"timeToLive": "PT1H"}, "timeToLive"),
    ("messages", {"timeToLive": 10**15}, "timeToLive"),
    ("messages", {"messageId": 1}, "messageId"),
    ("messages", {"messageId": "x" * 201}, "messageId"),
    ("messages", {"messageId": "\x00"}, "messageId"),
    ("messages", {"variables": [1]}, "variables"),
    ("messages", {"variables": {"policy": {}}}, "policy"),
    ("messages", {"variables": {"#x": 1}}, "#x"),
    ("messages", {"variables": {"x": "plain"}, "values": "typed"}, "variables.x"),
    ("messages", {"values": "xml"}, "values"),
    ("messages", {"ttl": 1}, "ttl"),
    ("signals", {"signalName": 1}, "signalName"),
    ("signals", {"signalId": "\n"}, "signalId"),
    ("signals", {"variables": {"clock": 1}}, "clock"),
    ("signals", {"name": "recall"}, "name"),
]
NOT_THERE = [
    ("GET", "/api/v1/messages", 405, "method_not_allowed"),
    ("PUT", "/api/v1/signals", 405, "method_not_allowed"),
    ("DELETE", "/api/v1/jobs/activate", 405, "method_not_allowed"),
    ("PROPFIND", "/api/v1/worker", 405, "method_not_allowed"),
    ("GET", "/api/v1", 404, "not_found"),
    ("POST", "/api/v1/", 404, "not_found"),
    ("GET", "/api/v1/nothing/there", 404, "not_found"),
    ("POST", "/api/v1/jobs/%00/complete", 404, "not_found"),
    ("GET", "/api/v1/nothing%00", 404, "not_found"),
]


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def json(self) -> dict[str, Any]:
        return dict(json.loads(self.text))

    def problem(self, status: int, code: str) -> dict[str, Any]:
        """What it says, which must be this refusal as problem details."""
        assert self.status == status, self.text
        assert self.headers["Content-Type"] == "application/problem+json"
        assert "Set-Cookie" not in self.headers
        assert (self.json["status"], self.json["code"]) == (status, code)
        assert self.json["title"]
        assert self.json["detail"]
        assert self.json["detail_zh"]
        return self.json


@dataclass
class Sender:
    port: int
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, method: str, path: str, data: bytes | None, media: str = JSON) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": media}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, data, {**headers, **self.headers})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read().decode())
        finally:
            connection.close()

    def post(self, path: str, **body: object) -> Answer:
        return self.ask("POST", f"/api/v1/{path}", json.dumps(body).encode())

    def message(self, key: str = "K1", **more: object) -> Answer:
        return self.post("messages", name="reply", correlationKey=key, **more)

    def signal(self, **more: object) -> Answer:
        return self.post("signals", signalName="recall", **more)


@pytest.fixture
def port(house: House) -> Iterator[int]:
    house.site.default_policy = "plain"
    server = waitress.create_server(create_app(house.site), host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield int(server.effective_port)
    server.trigger.pull_trigger(server.maintenance and server.close)
    server.task_dispatcher.shutdown()
    thread.join(10)


@pytest.fixture
def sender(house: House, port: int) -> Sender:
    token = add_worker_token(
        house.site, actor=SYSTEM, name="shop", messages=["reply"], signals=["recall"]
    )
    return Sender(port, token)


def test_a_message_reaches_the_case_that_waits_once(house: House, sender: Sender) -> None:
    house.release(receiving())
    case = house.start({"reference": "K1"}).case_id
    sent = {"variables": {"answer": "yes", "amount": 12.5}, "messageId": "m-1"}
    first = sender.message(**sent)
    told = {"state": "correlated", "repeated": False, "caseId": case, "elementId": "wait"}
    assert (first.status, first.json) == (200, told)
    assert house.variables(case)["amount"] == Decimal("12.5")
    assert sender.message(**sent).json == {**told, "repeated": True}
    assert len(house.events(case, "message_received")) == 1
    (received,) = house.events(case, "message_received")
    assert received.header["actor"] == "worker:shop"
    other = sender.message(messageId="m-1", variables={"answer": "no"})
    other.problem(409, "already_exists")
    sender.message(messageId="m-2").problem(404, "not_found")  # waits no more
    with house.site.database.read() as connection:
        check_case(connection, house.site, case)


def test_the_same_id_under_another_key_or_of_another_sender_is_another_message(
    house: House, sender: Sender
) -> None:
    house.release(receiving())
    other = add_worker_token(house.site, actor=SYSTEM, name="crm", messages=["reply"])
    cases = [house.start({"reference": key}).case_id for key in ("K1", "K2")]
    assert sender.message("K1", messageId="1").json["caseId"] == cases[0]
    assert sender.message("K2", messageId="1").json["caseId"] == cases[1]
    third = house.start({"reference": "K1"}).case_id
    assert Sender(sender.port, other).message("K1", messageId="1").json["caseId"] == third


def test_a_message_is_kept_as_long_as_it_may_live(house: House, sender: Sender) -> None:
    house.release(receiving())
    kept = sender.message("K7", timeToLive=60_000, messageId="k", variables={"answer": "early"})
    told = {"state": "kept", "repeated": False, "caseId": None, "elementId": None}
    assert kept.json == told
    again = sender.message("K7", timeToLive=60_000, messageId="k", variables={"answer": "early"})
    assert again.json == {**told, "repeated": True}
    sender.message("K8", timeToLive=60_000)
    case = house.start({"reference": "K7"}).case_id
    assert house.variables(case)["answer"] == "early"
    house.clock.advance(timedelta(seconds=61))
    assert tend_kept_messages(house.site) == 1
    late = house.start({"reference": "K8"}).case_id
    assert "case_completed" not in house.types(late)


def test_typed_values_keep_their_types(house: House, sender: Sender) -> None:
    house.release(receiving())
    case = house.start({"reference": "K1"}).case_id
    answer = sender.message(values="typed", variables={"day": "d:2026-02-28", "n": "n:1.10"})
    assert answer.status == 200
    assert str(house.variables(case)["day"]) == "2026-02-28"


def test_a_signal_reaches_all_that_wait_once(house: House, sender: Sender) -> None:
    test_signals.waiting(house)
    cases = [house.start().case_id for _ in range(2)]
    sent = {"variables": {"lot": 7}, "signalId": "s-1"}
    assert sender.signal(**sent).json == {"reached": 2, "repeated": False}
    assert sender.signal(**sent).json == {"reached": 2, "repeated": True}
    sender.signal(signalId="s-1", variables={"lot": 8}).problem(409, "already_exists")
    assert deliver_signals(house.site) == 2
    assert [house.variables(case)["recalled"] for case in cases] == [7, 7]
    assert sender.signal().json == {"reached": 0, "repeated": False}
    thrown = house.events("access", "signal_thrown")
    assert {event.header["actor"] for event in thrown} == {"worker:shop"}


def test_a_token_sends_only_what_it_names(house: House, sender: Sender) -> None:
    house.release(receiving())
    case = house.start({"reference": "K1"}).case_id
    serves = add_worker_token(house.site, actor=SYSTEM, name="erp", job_types=["book"])
    worker = Sender(sender.port, serves)
    worker.message().problem(403, "not_allowed")
    worker.signal().problem(403, "not_allowed")
    sender.post("messages", name="other", correlationKey="K1").problem(403, "not_allowed")
    sender.post("messages", correlationKey="K1").problem(403, "not_allowed")
    sender.post("signals", signalName="other").problem(403, "not_allowed")
    sender.post("jobs/activate", types=["book"]).problem(403, "not_allowed")
    Sender(sender.port, "ombud_worker_no").message().problem(401, "not_signed_in")
    Sender(sender.port, "").signal().problem(401, "not_signed_in")
    shown = sender.ask("GET", "/api/v1/worker", None).json
    assert (shown["messages"], shown["signals"], shown["job_types"]) == (["reply"], ["recall"], [])
    revoke_worker_token(house.site, actor=SYSTEM, name="shop")
    sender.message().problem(401, "not_signed_in")
    assert "message_received" not in house.types(case)


def test_what_cannot_be_read_is_refused_by_its_place(sender: Sender) -> None:
    for path, body, place in REFUSED:
        named = {"name": "reply"} if path == "messages" else {"signalName": "recall"}
        told = sender.post(path, **{**named, **body}).problem(422, "invalid_input")
        assert place in told["errors"], body


def test_a_body_that_is_none_or_too_large_is_refused(sender: Sender) -> None:
    for path in ("/api/v1/messages", "/api/v1/signals"):
        sender.ask("POST", path, b"{").problem(422, "invalid_input")
        sender.ask("POST", path, b"[]").problem(422, "invalid_input")
        sender.ask("POST", path, b"name=reply", "text/plain").problem(415, "not_json")
        sender.ask("POST", path, b" " * 2_000_001).problem(413, "too_large")


def test_what_is_not_there_is_told_as_a_problem(sender: Sender) -> None:
    for method, path, status, code in NOT_THERE:
        answer = sender.ask(method, path, None)
        answer.problem(status, code)
        assert ("Allow" in answer.headers) == (status == 405), (method, path)


def test_a_fault_of_ours_is_told_as_a_problem_without_its_cause(
    house: House, sender: Sender, caplog: pytest.LogCaptureFixture
) -> None:
    with house.site.database.write() as connection:  # a database somebody else changed
        connection.exec_driver_sql("ALTER TABLE kept_messages RENAME TO away")
    answer = sender.message(timeToLive=1000)
    told = answer.problem(500, "failed")
    assert "kept_messages" not in answer.text
    assert told["title"] == "Internal Server Error"
    assert "The interface failed" in caplog.text
