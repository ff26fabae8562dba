"""Parts of the OpenAPI document that several of its paths are made of."""

from __future__ import annotations

from collections.abc import Mapping

Schema = dict[str, object]
VALUES: Schema = {
    "type": "string",
    "enum": ["plain", "typed"],
    "default": "plain",
    "description": "plain: JSON as usual, dates and durations as ISO texts. typed: every scalar is "
    "a text with its type in front (n:12.50, s:text, d:2026-11-20, dt:2026-11-20T00:36:52.000000Z, "
    "t:08:30:00, dd:PT90S, ym:14); true, false and null stay.",
}
VARIABLES: Schema = {"type": "object", "additionalProperties": True}
TIME: Schema = {"type": "string", "format": "date-time"}
PROBLEM: Schema = {
    "type": "object",
    "description": "Problem details (RFC 9457).",
    "required": ["type", "title", "status", "detail", "detail_zh", "code"],
    "properties": {
        "type": {"const": "about:blank"},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in English."},
        "detail_zh": {"type": "string", "description": "The same in Chinese."},
        "code": {"type": "string", "description": "What programs should look at."},
        "errors": {"type": "object", "description": "By place, where input is wrong."},
        "first": {"type": "string", "description": "Who was first, where a report came too late."},
        "since": TIME,
        "state": {"type": "string"},
        "attempt": {"type": "integer"},
    },
}
_REFUSALS: Mapping[str, str] = {
    "400": "The body is no JSON object.",
    "401": "The token is missing, unknown or revoked.",
    "403": "The token does not name this job type, message or signal.",
    "404": "There is no such job for this token; no case waits for this message.",
    "409": "This attempt does not hold the job: the answer says who was first; or this id was used "
    "for other content. Nothing changed.",
    "413": "The body is too large.",
    "415": "The body is not JSON.",
    "422": "A value cannot be used; `errors` says which. Nothing changed.",
    "429": "Too many requests; try again in a minute.",
    "503": "The database is busy; try again after `Retry-After` seconds.",
}


def post(
    summary: str, takes: Schema, required: tuple[str, ...], gives: Schema
) -> dict[str, object]:
    """A path that takes ``takes`` by POST; reports on a job have its id in their address."""
    body: Schema = {"type": "object", "additionalProperties": False, "properties": takes}
    if required:
        body["required"] = list(required)
    operation: Schema = {
        "summary": summary,
        "requestBody": {
            "required": bool(required),
            "content": {"application/json": {"schema": body}},
        },
        "responses": responses(gives),
    }
    place: Schema = {
        "name": "job_id", "in": "path", "required": True, "schema": {"type": "string"},
    }  # fmt: skip
    return {"post": operation, **({"parameters": [place]} if "attempt" in required else {})}


def responses(gives: Schema) -> Schema:
    done: Schema = {"type": "object", "required": sorted(gives), "properties": gives}
    problem: Schema = {"$ref": "#/components/schemas/Problem"}
    refusals = {
        status: response(text, problem, "application/problem+json")
        for status, text in _REFUSALS.items()
    }
    return {"200": response("Done", done), **refusals}


def response(text: str, schema: Schema, media: str = "application/json") -> Schema:
    return {"description": text, "content": {media: {"schema": schema}}}


def list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}
