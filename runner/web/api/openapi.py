"""The OpenAPI document of ``/api/v1``. A test compares it with the addresses there are."""

from __future__ import annotations

from collections.abc import Mapping

from runner.engine.external_jobs import LONGEST_LOCK, LONGEST_PAUSE, MOST_JOBS, MOST_RETRIES
from runner.web.api.jobs import LONGEST_WAIT

Schema = dict[str, object]
_VALUES: Schema = {
    "type": "string",
    "enum": ["plain", "typed"],
    "default": "plain",
    "description": "plain: JSON as usual, dates and durations as ISO texts. typed: every scalar is "
    "a text with its type in front (n:12.50, s:text, d:2026-11-20, dt:2026-11-20T00:36:52.000000Z, "
    "t:08:30:00, dd:PT90S, ym:14); true, false and null stay.",
}
_VARIABLES: Schema = {"type": "object", "additionalProperties": True}
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
_TIME: Schema = {"type": "string", "format": "date-time"}
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
        "locked_until": _TIME,
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "variables": _VARIABLES,
    },
}  # fmt: skip
_ERROR: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "message_zh"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "message_zh": {"type": "string"},
                "errors": {"type": "object", "description": "By place, where input is wrong."},
                "first": {"type": "string", "description": "Who was first, where a report came "
                          "too late."},
                "since": _TIME,
                "state": {"type": "string"},
                "attempt": {"type": "integer"},
            },
        }
    },
}  # fmt: skip
_REFUSALS: Mapping[str, str] = {
    "400": "The body is no JSON object.",
    "401": "The token is missing, unknown or revoked.",
    "403": "The token does not name this job type.",
    "404": "There is no such job for this token.",
    "409": "This attempt does not hold the job: the answer says who was first. Nothing changed.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "A value cannot be used; `errors` says which. Nothing changed.",
    "429": "Too many requests; try again in a minute.",
    "503": "The database is busy; try again after `Retry-After` seconds.",
}


def document(public_url: str) -> Schema:
    """OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Ombud: external workers",
            "version": "1",
            "description": "Workers ask for jobs of the types their token names, do them, and "
            "report each once. See docs/workers.md.",
        },
        "servers": [{"url": public_url.rstrip("/")}],
        "security": [{"worker": []}],
        "components": {
            "securitySchemes": {
                "worker": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "Made by: ombud worker-token add NAME --type JOB_TYPE",
                }
            },
            "schemas": {"Job": _JOB, "Error": _ERROR},
        },
        "paths": {
            "/api/v1/openapi.json": {
                "get": {
                    "summary": "This document",
                    "security": [],
                    "responses": {"200": _response("OpenAPI 3.1", {"type": "object"})},
                }
            },
            "/api/v1/worker": {
                "get": {
                    "summary": "Whose token it is and what it may serve",
                    "responses": _responses(
                        {
                            "name": {"type": "string"},
                            "job_types": _list({"type": "string"}),
                            "inputs_only": {"type": "boolean"},
                        }
                    ),
                }
            },
            "/api/v1/jobs/activate": _post(
                "Take jobs and lock them",
                {
                    "types": _list({"type": "string"}) | {"description": "All of the token's "
                             "where it is left out."},
                    "worker": {"type": "string", "maxLength": 50, "description": "What this "
                               "process calls itself."},
                    "max_jobs": {"type": "integer", "minimum": 1, "maximum": MOST_JOBS,
                                 "default": 1},
                    "lock_seconds": _LOCK,
                    "wait_seconds": {"type": "number", "minimum": 0, "maximum": LONGEST_WAIT,
                                     "default": 0, "description": "How long to wait for the "
                                     "first job. The answer may come sooner, also empty."},
                    "variables": _list({"type": "string"}) | {"description": "Only these. Left "
                                 "out: every variable the element sees."},
                    "values": _VALUES,
                },
                (),
                {"jobs": _list({"$ref": "#/components/schemas/Job"})},
            ),
            "/api/v1/jobs/{job_id}/complete": _post(
                "The job is done",
                {"attempt": _ATTEMPT, "variables": _VARIABLES, "values": _VALUES},
                ("attempt",),
                {"state": {"const": "completed"}},
            ),
            "/api/v1/jobs/{job_id}/fail": _post(
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
            "/api/v1/jobs/{job_id}/error": _post(
                "Throw a BPMN error",
                {
                    "attempt": _ATTEMPT,
                    "code": {"type": "string", "minLength": 1, "maxLength": 200},
                    "message": {"type": "string"},
                    "variables": _VARIABLES,
                    "values": _VALUES,
                },
                ("attempt", "code"),
                {"state": {"enum": ["completed", "failed"]}, "caught": {"type": "boolean"}},
            ),
            "/api/v1/jobs/{job_id}/lock": _post(
                "Keep the job locked for longer",
                {"attempt": _ATTEMPT, "lock_seconds": _LOCK},
                ("attempt",),
                {"locked_until": _TIME},
            ),
        },
    }  # fmt: skip


def _post(
    summary: str, takes: Schema, required: tuple[str, ...], gives: Schema
) -> dict[str, object]:
    body: Schema = {"type": "object", "additionalProperties": False, "properties": takes}
    if required:
        body["required"] = list(required)
    operation: Schema = {
        "summary": summary,
        "requestBody": {
            "required": bool(required),
            "content": {"application/json": {"schema": body}},
        },
        "responses": _responses(gives),
    }
    place: Schema = {
        "name": "job_id", "in": "path", "required": True, "schema": {"type": "string"},
    }  # fmt: skip
    return {"post": operation, **({"parameters": [place]} if required else {})}


def _responses(gives: Schema) -> Schema:
    done: Schema = {"type": "object", "required": sorted(gives), "properties": gives}
    refusals = {
        status: _response(text, {"$ref": "#/components/schemas/Error"})
        for status, text in _REFUSALS.items()
    }
    return {"200": _response("Done", done), **refusals}


def _response(text: str, schema: Schema) -> Schema:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}
