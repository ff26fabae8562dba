"""Jobs for external workers: activate, complete, fail, throw an error, extend the lock."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound, UnsupportedMediaType

from runner.clock import to_text
from runner.engine import external_jobs
from runner.engine.external_jobs import ActivatedJob
from runner.engine.worker_tokens import ExternalWorker
from runner.errors import InvalidInput
from runner.web.api.answers import answer, answer_errors
from runner.web.api.callers import caller
from runner.web.api.values import read_json, received, sent
from runner.web.visit import this_site

MAX_BODY = 2_000_000
LONGEST_WAIT = 20.0
LOOK_SECONDS = 0.25
MOST_WAITING = 3
"""So many requests may wait for work at once: each holds a thread that pages need too."""

blueprint = Blueprint("api_jobs", __name__, url_prefix="/api/v1")
answer_errors(blueprint)
_waiting = threading.BoundedSemaphore(MOST_WAITING)


@blueprint.get("/worker")
def worker() -> Response:
    """Whose token it is, and what it may serve."""
    found = caller()
    return answer(
        {
            "name": found.name,
            "job_types": sorted(found.job_types),
            "inputs_only": found.inputs_only,
        }
    )


@blueprint.post("/jobs/activate")
def activate() -> Response:
    """Jobs, locked for this worker; waits up to ``wait_seconds`` while there is none."""
    who, body = caller(), _body("types", "worker", "max_jobs", "lock_seconds", "wait_seconds",
                                "variables", "values")  # fmt: skip
    types, form = _texts(body, "types") or sorted(who.job_types), _form(body)
    wanted = _texts(body, "variables") if "variables" in body else None
    lock = timedelta(seconds=_number(body, "lock_seconds", 300.0))
    wait = _number(body, "wait_seconds", 0.0)
    if not 0 <= wait <= LONGEST_WAIT:
        raise _wrong("wait_seconds", f"0–{LONGEST_WAIT:g}", wait)
    limit = _number(body, "max_jobs", 1.0)
    name = _text(body, "worker")

    def take() -> list[ActivatedJob]:
        return external_jobs.activate_jobs(
            this_site(),
            worker=who,
            job_types=types,
            name=name,
            limit=int(limit),
            lock=lock,
            variables=wanted,
        )

    jobs = take()
    if not jobs and wait and _waiting.acquire(blocking=False):
        try:
            if _wait_for_work(who, types, wait):
                jobs = take()
        finally:
            _waiting.release()
    return answer({"jobs": [_told(job, form) for job in jobs]})


@blueprint.post("/jobs/<job_id>/complete")
def complete(job_id: str) -> Response:
    who, body = caller(), _body("attempt", "variables", "values")
    external_jobs.complete_external_job(
        this_site(),
        worker=who,
        job_id=job_id,
        attempt=_attempt(body),
        variables=received(body.get("variables", {}), _form(body)),
    )
    return answer({"state": "completed"})


@blueprint.post("/jobs/<job_id>/fail")
def fail(job_id: str) -> Response:
    who, body = caller(), _body("attempt", "message", "retries_left", "backoff_seconds")
    retries, pause = body.get("retries_left"), body.get("backoff_seconds")
    retry_at = external_jobs.fail_external_job(
        this_site(),
        worker=who,
        job_id=job_id,
        attempt=_attempt(body),
        message=_text(body, "message"),
        retries_left=None if retries is None else _whole(body, "retries_left"),
        pause=None if pause is None else timedelta(seconds=_number(body, "backoff_seconds", 0.0)),
    )
    if retry_at is None:
        return answer({"state": "failed", "retry_at": None})
    return answer({"state": "created", "retry_at": to_text(retry_at)})


@blueprint.post("/jobs/<job_id>/error")
def error(job_id: str) -> Response:
    who, body = caller(), _body("attempt", "code", "message", "variables", "values")
    caught = external_jobs.throw_job_error(
        this_site(),
        worker=who,
        job_id=job_id,
        attempt=_attempt(body),
        code=_text(body, "code"),
        message=_text(body, "message"),
        variables=received(body.get("variables", {}), _form(body)),
    )
    return answer({"state": "completed" if caught else "failed", "caught": caught})


@blueprint.post("/jobs/<job_id>/lock")
def lock(job_id: str) -> Response:
    who, body = caller(), _body("attempt", "lock_seconds")
    until = external_jobs.extend_lock(
        this_site(),
        worker=who,
        job_id=job_id,
        attempt=_attempt(body),
        lock=timedelta(seconds=_number(body, "lock_seconds", 300.0)),
    )
    return answer({"locked_until": to_text(until)})


@blueprint.route("/<path:rest>", methods=["GET", "POST"])
def nothing(rest: str) -> Response:
    """Every other address below, so that programs read JSON here too."""
    raise NotFound


def _wait_for_work(who: ExternalWorker, types: list[str], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        time.sleep(min(LOOK_SECONDS, left))
        if external_jobs.has_jobs(this_site(), who, types):
            return True
    return False


def _told(job: ActivatedJob, form: str) -> dict[str, object]:
    return {
        "id": job.id,
        "type": job.job_type,
        "case_id": job.case_id,
        "element_id": job.element_id,
        "attempt": job.attempt,
        "attempts_left": job.attempts_left,
        "locked_until": to_text(job.locked_until),
        "headers": dict(job.headers),
        "variables": sent(job.variables, form),
    }


def _body(*names: str) -> Mapping[str, object]:
    """The request's JSON object. Raises ``InvalidInput`` for a member nobody reads."""
    if request.content_length and request.mimetype != "application/json":
        raise UnsupportedMediaType
    request.max_content_length = MAX_BODY
    body = read_json(request.get_data(cache=False))
    for name in body:
        if name not in names:
            raise _wrong(name, ", ".join(names), "—")
    return body


def _form(body: Mapping[str, object]) -> str:
    form = body.get("values", "plain")
    if form not in ("plain", "typed"):
        raise _wrong("values", "plain, typed", form)
    return str(form)


def _attempt(body: Mapping[str, object]) -> int:
    return _whole(body, "attempt")


def _whole(body: Mapping[str, object], name: str) -> int:
    found = body.get(name)
    if not isinstance(found, Decimal) or found != found.to_integral_value() or abs(found) > 10**9:
        raise _wrong(name, "1, 2, 3 …", found)
    return int(found)


def _number(body: Mapping[str, object], name: str, otherwise: float) -> float:
    found = body.get(name, Decimal(otherwise))
    if not isinstance(found, Decimal) or abs(found) > 10**9:
        raise _wrong(name, "0, 1, 2.5 …", found)
    return float(found)


def _text(body: Mapping[str, object], name: str) -> str:
    found = body.get(name, "")
    if not isinstance(found, str):
        raise _wrong(name, '"…"', found)
    return found


def _texts(body: Mapping[str, object], name: str) -> list[str]:
    found = body.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        raise _wrong(name, '["…"]', found)
    return found


def _wrong(name: str, expected: str, found: object) -> InvalidInput:
    told = " ".join(str(found).split())[:60]
    message = (
        f"“{name}”应为 {expected}，得到的是 {told}。 / "
        f"'{name}' should be one of: {expected}; found: {told}."
    )
    return InvalidInput(message, {name: [message]})
