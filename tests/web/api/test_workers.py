"""The interface for external workers: tokens, refusals, values, waiting; always JSON."""

from __future__ import annotations

import json
import re
import threading
import time
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from runner.engine.access import SYSTEM
from runner.engine.worker_tokens import add_worker_token, revoke_worker_token, worker_tokens
from runner.errors import AlreadyExists, InvalidInput, NotFound
from runner.web.api import jobs as api_jobs
from runner.web.app import create_app
from tests.engine.conftest import House
from tests.engine.test_jobs import service

FIND_ROUTE = re.compile(r"<(?:\w+:)?(\w+)>")


@pytest.fixture
def app(house: House) -> Flask:
    house.site.default_policy = "plain"
    return create_app(house.site)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def token(house: House) -> str:
    return add_worker_token(house.site, actor=SYSTEM, name="erp", job_types=["book", "post"])


class Worker:
    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.headers = {"Authorization": f"Bearer {token}"}

    def post(self, path: str, **body: Any) -> TestResponse:
        return self.client.post(f"/api/v1/{path}", json=body, headers=self.headers)

    def take(self, **more: Any) -> dict[str, Any]:
        answer = self.post("jobs/activate", **more)
        assert answer.status_code == 200, answer.text
        (job,) = answer.json["jobs"]
        return dict(job)


@pytest.fixture
def worker(client: FlaskClient, token: str) -> Worker:
    return Worker(client, token)


def error(answer: TestResponse, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json["status"]) == (status, status), answer.text
    assert answer.json["code"] == code
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Set-Cookie" not in answer.headers
    return dict(answer.json)


def begin(house: House, **variables: object) -> str:
    house.release(service("book", '<zeebe:input source="=amount" target="sum" />'))
    return house.start({"amount": Decimal("0.10"), **variables}).case_id


def test_a_job_is_taken_and_completed(house: House, worker: Worker) -> None:
    case = begin(house)
    job = worker.take(worker="one", variables=["sum"])
    assert (job["type"], job["attempt"], job["variables"]) == ("book", 1, {"sum": 0.1})
    answer = worker.post(
        f"jobs/{job['id']}/complete", attempt=1, variables={"booked": True, "of": [1, "x"]}
    )
    assert answer.json == {"state": "completed"}
    found = house.variables(case)
    assert (found["booked"], found["of"]) == (True, [Decimal(1), "x"])
    late = error(worker.post(f"jobs/{job['id']}/complete", attempt=1), 409, "invalid_state")
    assert (late["first"], late["state"], late["attempt"]) == ("erp/one", "completed", 1)
    assert "已由 erp/one" in late["detail_zh"]


def test_numbers_keep_their_digits(house: House, client: FlaskClient, worker: Worker) -> None:
    case = begin(house, exact=Decimal("12345678901234567890.123456789"))
    text = worker.post("jobs/activate", variables=["exact"]).text
    assert "12345678901234567890.123456789" in text
    job = json.loads(text)["jobs"][0]
    body = '{"attempt": 1, "variables": {"back": 0.1234567890123456789012345}}'
    path = f"/api/v1/jobs/{job['id']}/complete"
    sent = client.post(path, data=body, headers=worker.headers, content_type="application/json")
    assert sent.status_code == 200
    assert house.variables(case)["back"] == Decimal("0.1234567890123456789012345")


def test_typed_values_lose_nothing(house: House, worker: Worker) -> None:
    case = begin(house)
    job = worker.take(values="typed")
    assert job["variables"]["amount"] == "n:0.1"
    assert job["variables"]["received_at"].startswith("dt:2026-11-20T01:00")
    typed = {"day": "d:2026-02-28", "long": "dd:PT90S", "months": "ym:14", "no": None}
    for wrong in ({"x": "n:abc"}, {"x": "plain"}, {"x": 1}, {"x": "q:1"}):
        answer = worker.post(
            f"jobs/{job['id']}/complete", attempt=1, values="typed", variables=wrong
        )
        assert "variables.x" in error(answer, 422, "invalid_input")["errors"]
    answer = worker.post(f"jobs/{job['id']}/complete", attempt=1, values="typed", variables=typed)
    assert answer.status_code == 200
    assert str(house.variables(case)["day"]) == "2026-02-28"


def test_a_failure_an_error_and_more_time(house: House, worker: Worker) -> None:
    begin(house)
    job = worker.take(lock_seconds=10)
    longer = worker.post(f"jobs/{job['id']}/lock", attempt=1, lock_seconds=100).json
    assert longer["locked_until"] > job["locked_until"]
    failed = worker.post(f"jobs/{job['id']}/fail", attempt=1, message="down", backoff_seconds=0)
    assert failed.json["state"] == "created"
    again = worker.take()
    assert (again["id"], again["attempt"]) == (job["id"], 2)
    thrown = worker.post(f"jobs/{job['id']}/error", attempt=2, code="NO_STOCK")
    assert thrown.json == {"state": "failed", "caught": False}


@pytest.mark.parametrize(
    ("path", "body", "place"),
    [
        ("activate", {"max_jobs": 0}, "max_jobs"),
        ("activate", {"max_jobs": 101}, "max_jobs"),
        ("activate", {"max_jobs": "two"}, "max_jobs"),
        ("activate", {"lock_seconds": 0.5}, "lock_seconds"),
        ("activate", {"wait_seconds": 21}, "wait_seconds"),
        ("activate", {"types": "book"}, "types"),
        ("activate", {"max_job": 1}, "max_job"),
        ("activate", {"values": "xml"}, "values"),
        ("x/complete", {}, "attempt"),
        ("x/complete", {"attempt": 1.5}, "attempt"),
        ("x/complete", {"attempt": 1, "variables": []}, "variables"),
        ("x/error", {"attempt": 1, "code": ""}, "code"),
        ("x/fail", {"attempt": 1, "retries_left": -1}, "retries_left"),
        ("x/fail", {"attempt": 1, "backoff_seconds": -1}, "backoff_seconds"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_place(
    worker: Worker, path: str, body: dict[str, Any], place: str
) -> None:
    told = error(worker.post(f"jobs/{path}", **body), 422, "invalid_input")
    assert place in told["errors"]
    assert place in told["detail"]


@pytest.mark.parametrize(
    ("data", "media", "status"),
    [
        (b"{", "application/json", 422),
        (b"[1]", "application/json", 422),
        (b'{"attempt": NaN}', "application/json", 422),
        (b'{"attempt": 1e999999999}', "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b'{"attempt": 1}', "text/plain", 415),
        (b"x" * 2_000_001, "application/json", 413),
    ],
)
def test_a_body_that_is_none_is_refused(
    client: FlaskClient, worker: Worker, data: bytes, media: str, status: int
) -> None:
    answer = client.post(
        "/api/v1/jobs/x/complete", data=data, content_type=media, headers=worker.headers
    )
    assert answer.status_code == status, answer.text
    assert answer.json["detail"]


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer nonsense", "Basic {token}", "{token}"])
def test_without_a_token_nothing_opens(client: FlaskClient, token: str, header: str) -> None:
    headers = {"Authorization": header.format(token=token)} if header else {}
    for method, path in (("GET", "worker"), ("POST", "jobs/activate"), ("POST", "jobs/x/fail")):
        answer = client.open(f"/api/v1/{path}", method=method, headers=headers, json={})
        error(answer, 401, "not_signed_in")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_revoked_token_is_closed_at_once_and_may_be_made_anew(
    house: House, client: FlaskClient, token: str, worker: Worker
) -> None:
    assert client.get("/api/v1/worker", headers=worker.headers).json["name"] == "erp"
    with pytest.raises(AlreadyExists):
        add_worker_token(house.site, actor=SYSTEM, name="erp", job_types=["book"])
    revoke_worker_token(house.site, actor=SYSTEM, name="erp")
    error(client.get("/api/v1/worker", headers=worker.headers), 401, "not_signed_in")
    with pytest.raises(NotFound):
        revoke_worker_token(house.site, actor=SYSTEM, name="erp")
    other = add_worker_token(house.site, actor=SYSTEM, name="erp", job_types=["book"])
    assert client.get("/api/v1/worker", headers=Worker(client, other).headers).status_code == 200
    error(client.get("/api/v1/worker", headers=worker.headers), 401, "not_signed_in")
    changes = [e.header["facts"]["change"] for e in house.events("access", "worker_token_changed")]
    assert changes == ["added", "revoked", "added"]
    (row,) = worker_tokens(house.site)
    assert token not in str(row)
    assert other not in str(row)


@pytest.mark.parametrize(
    ("name", "types"), [("", ["a"]), ("A b", ["a"]), ("ok", []), ("ok", [""]), ("ok", ["x" * 101])]
)
def test_a_worker_needs_a_name_and_types(house: House, name: str, types: list[str]) -> None:
    with pytest.raises(InvalidInput):
        add_worker_token(house.site, actor=SYSTEM, name=name, job_types=types)


def test_other_types_are_neither_given_nor_known(
    house: House, client: FlaskClient, worker: Worker
) -> None:
    begin(house)
    job = worker.take()
    other = Worker(
        client, add_worker_token(house.site, actor=SYSTEM, name="lab", job_types=["measure"])
    )
    error(other.post("jobs/activate", types=["book"]), 403, "not_allowed")
    error(other.post(f"jobs/{job['id']}/complete", attempt=1), 404, "not_found")
    error(client.get("/api/v1/elsewhere"), 404, "not_found")


def test_whoever_waits_gets_the_job_as_it_comes(house: House, worker: Worker) -> None:
    house.release(service("book"))
    begun = threading.Timer(0.4, house.start)
    begun.start()
    since = time.monotonic()
    assert worker.take(wait_seconds=20)["type"] == "book"
    assert time.monotonic() - since < 10
    begun.join()
    since = time.monotonic()
    assert worker.post("jobs/activate", wait_seconds=0.3).json == {"jobs": []}
    assert 0.3 <= time.monotonic() - since < 5


def test_only_so_many_may_wait(worker: Worker) -> None:
    for _ in range(api_jobs.MOST_WAITING):
        assert api_jobs._waiting.acquire(blocking=False)
    try:
        since = time.monotonic()
        assert worker.post("jobs/activate", wait_seconds=20).json == {"jobs": []}
        assert time.monotonic() - since < 5
    finally:
        for _ in range(api_jobs.MOST_WAITING):
            api_jobs._waiting.release()


def test_guessing_tokens_comes_to_an_end(client: FlaskClient, worker: Worker) -> None:
    guess = {"Authorization": "Bearer ombud_worker_guess"}
    answers = [client.get("/api/v1/worker", headers=guess).status_code for _ in range(31)]
    assert set(answers[:30]) == {401}
    error(client.get("/api/v1/worker", headers=guess), 429, "too_many_requests")
    assert client.get("/api/v1/worker", headers=worker.headers).status_code == 200


def test_the_document_names_every_address_and_no_other(app: Flask, client: FlaskClient) -> None:
    document = client.get("/api/v1/openapi.json").json
    described = {
        (path, method.upper())
        for path, operations in document["paths"].items()
        for method in operations
        if method != "parameters"
    }
    there = {
        (FIND_ROUTE.sub(r"{\1}", rule.rule), method)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == there
    assert document["openapi"] == "3.1.0"
