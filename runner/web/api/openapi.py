"""The OpenAPI document of ``/api/v1``. A test compares it with the addresses there are."""

from __future__ import annotations

from runner.engine.external_jobs import LONGEST_LOCK, LONGEST_PAUSE, MOST_JOBS, MOST_RETRIES
from runner.web.api.jobs import LONGEST_WAIT
from runner.web.api.openapi_parts import (
    PROBLEM,
    TIME,
    VALUES,
    VARIABLES,
    Schema,
    list_of,
    post,
    response,
    responses,
)
from runner.web.api.openapi_sending import SENDING

_ATTEMPT: Schema = {
    "type": "integer",
    "minimum": 1,
    "description": "The attempt's number as activate gave it. It fences: once the lock has ended "
    "and another attempt began, this one can report nothing.",
}
_LOCK: Schema = {
    "type": "number",
    "minimum": 1,
    "maximum": LONGEST_LOCK.total_seconds(),
    "default": 300,
}
_JOB: Schema = {
    "type": "object",
    "required": ["id", "type", "case_id", "element_id", "attempt", "attempts_left",
                 "locked_until", "headers", "variables"],
    "properties": {
        "id": {"type": "string", "description": "Also the idempotency key: the same for every "
               "attempt of this job."},
        "type": {"type": "string"},
        "case_id": {"type": "string"},
        "element_id": {"type": "string"},
        "attempt": _ATTEMPT,
        "attempts_left": {"type": "integer"},
        "locked_until": TIME,
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "variables": VARIABLES,
    },
}  # fmt: skip


def document(public_url: str) -> Schema:
    """OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ombud: programs outside",
            "version": "1",
            "description": "Workers ask for jobs of the types their token names, do them, and "
            "report each once (docs/workers.md). Others send messages and signals, members named "
            "as in Camunda 8 (docs/messages_over_http.md).",
        },
        "servers": [{"url": public_url.rstrip("/")}],
        "security": [{"worker": []}],
        "components": {
            "securitySchemes": {
                "worker": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by: ombud worker-token add NAME "
                    "[--type JOB_TYPE] [--message NAME] [--signal NAME] …",
                }
            },
            "schemas": {"Job": _JOB, "Problem": PROBLEM},
        },
        "paths": {
            "/api/v1/openapi.json": {
                "get": {
                    "summary": "This document",
                    "security": [],
                    "responses": {"200": response("OpenAPI 3.1", {"type": "object"})},
                }
            },
            "/api/v1/worker": {
                "get": {
                    "summary": "Whose token it is and what it may do",
                    "responses": responses(
                        {
                            "name": {"type": "string"},
                            "job_types": list_of({"type": "string"}),
                            "inputs_only": {"type": "boolean"},
                            "messages": list_of({"type": "string"}),
                            "signals": list_of({"type": "string"}),
                        }
                    ),
                }
            },
            **SENDING,
            "/api/v1/jobs/activate": post(
                "Take jobs and lock them",
                {
                    "types": list_of({"type": "string"}) | {"description": "All of the token's "
                             "where it is left out."},
                    "worker": {"type": "string", "maxLength": 50, "description": "What this "
                               "process calls itself."},
                    "max_jobs": {"type": "integer", "minimum": 1, "maximum": MOST_JOBS,
                                 "default": 1},
                    "lock_seconds": _LOCK,
                    "wait_seconds": {"type": "number", "minimum": 0, "maximum": LONGEST_WAIT,
                                     "default": 0, "description": "How long to wait for the "
                                     "first job. The answer may come sooner, also empty."},
                    "variables": list_of({"type": "string"}) | {"description": "Only these. Left "
                                 "out: every variable the element sees."},
                    "values": VALUES,
                },
                (),
                {"jobs": list_of({"$ref": "#/components/schemas/Job"})},
            ),
            "/api/v1/jobs/{job_id}/complete": post(
                "The job is done",
                {"attempt": _ATTEMPT, "variables": VARIABLES, "values": VALUES},
                ("attempt",),
                {"state": {"const": "completed"}},
            ),
            "/api/v1/jobs/{job_id}/fail": post(
                "The attempt failed",
                {
                    "attempt": _ATTEMPT,
                    "message": {"type": "string"},
                    "retries_left": {"type": "integer", "minimum": 0, "maximum": MOST_RETRIES,
                                     "description": "0: an incident. Left out: one less."},
                    "backoff_seconds": {"type": "number", "minimum": 0,
                                        "maximum": LONGEST_PAUSE.total_seconds(),
                                        "description": "Left out: 30 s, 2 min, 10 min, 1 h."},
                },
                ("attempt",),
                {
                    "state": {"enum": ["created", "failed"]},
                    "retry_at": {"type": ["string", "null"], "format": "date-time"},
                },
            ),
            "/api/v1/jobs/{job_id}/error": post(
                "Throw a BPMN error",
                {
                    "attempt": _ATTEMPT,
                    "code": {"type": "string", "minLength": 1, "maxLength": 200},
                    "message": {"type": "string"},
                    "variables": VARIABLES,
                    "values": VALUES,
                },
                ("attempt", "code"),
                {"state": {"enum": ["completed", "failed"]}, "caught": {"type": "boolean"}},
            ),
            "/api/v1/jobs/{job_id}/lock": post(
                "Keep the job locked for longer",
                {"attempt": _ATTEMPT, "lock_seconds": _LOCK},
                ("attempt",),
                {"locked_until": TIME},
            ),
        },
    }  # fmt: skip
