"""Jobs for external workers: activate, complete, fail, throw an error, extend the lock."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

from flask import Blueprint, Response

from runner.clock import to_text
from runner.engine import external_jobs
from runner.engine.external_jobs import ActivatedJob
from runner.engine.worker_tokens import ExternalWorker
from runner.web.api.answers import answer, answer_errors
from runner.web.api.bodies import form as written_as
from runner.web.api.bodies import number, read_body, text, texts, whole, wrong
from runner.web.api.callers import caller
from runner.web.api.values import received, sent
from runner.web.visit import this_site

LONGEST_WAIT = 20.0
LOOK_SECONDS = 0.25
MOST_WAITING = 3
"""So many requests may wait for work at once: each holds a thread that pages need too."""

blueprint = Blueprint("api_jobs", __name__, url_prefix="/api/v1")
answer_errors(blueprint)
_waiting = threading.BoundedSemaphore(MOST_WAITING)


@blueprint.get("/worker")
def worker() -> Response:
    """Whose token it is, and what it may do."""
    found = caller()
    return answer(
        {
            "name": found.name,
            "job_types": sorted(found.job_types),
            "inputs_only": found.inputs_only,
            "messages": sorted(found.messages),
            "signals": sorted(found.signals),
        }
    )


@blueprint.post("/jobs/activate")
def activate() -> Response:
    """Jobs, locked for this worker; waits up to ``wait_seconds`` while there is none."""
    who, body = caller(), read_body("types", "worker", "max_jobs", "lock_seconds", "wait_seconds",
                                "variables", "values")  # fmt: skip
    types, form = texts(body, "types") or sorted(who.job_types), written_as(body)
    wanted = texts(body, "variables") if "variables" in body else None
    lock = timedelta(seconds=number(body, "lock_seconds", 300.0))
    wait = number(body, "wait_seconds", 0.0)
    if not 0 <= wait <= LONGEST_WAIT:
        raise wrong("wait_seconds", f"0–{LONGEST_WAIT:g}", wait)
    limit = number(body, "max_jobs", 1.0)
    name = text(body, "worker")

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
    who, body = caller(), read_body("attempt", "variables", "values")
    external_jobs.complete_external_job(
        this_site(),
        worker=who,
        job_id=job_id,
        attempt=whole(body, "attempt"),
        variables=received(body.get("variables", {}), written_as(body)),
    )
    return answer({"state": "completed"})


@blueprint.post("/jobs/<job_id>/fail")
def fail(job_id: str) -> Response:
    who, body = caller(), read_body("attempt", "message", "retries_left", "backoff_seconds")
    retries, pause = body.get("retries_left"), body.get("backoff_seconds")
    retry_at = external_jobs.fail_external_job(
        this_site(),
        worker=who,
        job_id=job_id,
        attempt=whole(body, "attempt"),
        message=text(body, "message"),
        retries_left=None if retries is None else whole(body, "retries_left"),
        pause=None if pause is None else timedelta(seconds=number(body, "backoff_seconds", 0.0)),
    )
    if retry_at is None:
        return answer({"state": "failed", "retry_at": None})
    return answer({"state": "created", "retry_at": to_text(retry_at)})


@blueprint.post("/jobs/<job_id>/error")
def error(job_id: str) -> Response:
    who, body = caller(), read_body("attempt", "code", "message", "variables", "values")
    caught = external_jobs.throw_job_error(
        this_site(),
        worker=who,
        job_id=job_id,
        attempt=whole(body, "attempt"),
        code=text(body, "code"),
        message=text(body, "message"),
        variables=received(body.get("variables", {}), written_as(body)),
    )
    return answer({"state": "completed" if caught else "failed", "caught": caught})


@blueprint.post("/jobs/<job_id>/lock")
def lock(job_id: str) -> Response:
    who, body = caller(), read_body("attempt", "lock_seconds")
    until = external_jobs.extend_lock(
        this_site(),
        worker=who,
        job_id=job_id,
        attempt=whole(body, "attempt"),
        lock=timedelta(seconds=number(body, "lock_seconds", 300.0)),
    )
    return answer({"locked_until": to_text(until)})


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
