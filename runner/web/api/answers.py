"""What every answer of the interface looks like: JSON, errors as problem details (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, current_app, make_response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from runner.definitions.findings import half
from runner.errors import (
    AlreadyExists,
    InvalidInput,
    InvalidState,
    NotAllowed,
    NotFound,
    Refusal,
    TooLarge,
    Unavailable,
)
from runner.web.api.values import written

STATUS: dict[type[Refusal], tuple[int, str]] = {
    NotFound: (404, "not_found"),
    NotAllowed: (403, "not_allowed"),
    InvalidState: (409, "invalid_state"),
    AlreadyExists: (409, "already_exists"),
    InvalidInput: (422, "invalid_input"),
    TooLarge: (413, "too_large"),
}
_NAMES = {
    400: "bad_request",
    401: "not_signed_in",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    415: "not_json",
    429: "too_many_requests",
}
_ADVICE = {
    401: "令牌缺失、不认识或已撤销。 / The token is missing, unknown or revoked.",
    404: "没有这个地址。 / There is no such address.",
    405: "这个地址不接受这种方法。 / This address does not take this method.",
    413: "请求体太大。 / The body is too large.",
    415: "请求体应为 JSON。 / The body should be JSON.",
    429: "请求太频繁，请稍后再试。 / Too many requests; try again in a minute.",
}
RETRY_SECONDS = 10


def answer(document: object, status: int = 200) -> Response:
    """A document of FEEL values, numbers exact, as JSON."""
    response = make_response(written(document), status)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.headers["Cache-Control"] = "no-store"
    return response


def answer_errors(blueprint: Blueprint) -> None:
    """Everything that goes wrong in the blueprint is told as a problem."""

    @blueprint.errorhandler(Refusal)
    def refused(error: Refusal) -> Response:
        status, code = next(
            (found for kind, found in STATUS.items() if isinstance(error, kind)), (409, "refused")
        )
        more: dict[str, object] = {}
        if isinstance(error, InvalidInput) and error.errors:
            more["errors"] = {name: list(found) for name, found in error.errors.items()}
        for name in ("person", "at", "state", "attempt"):
            if error.details.get(name) is not None:
                more[{"person": "first", "at": "since"}.get(name, name)] = error.details[name]
        return _problem(status, code, error.message, more)

    @blueprint.errorhandler(Unavailable)
    def unavailable(error: Unavailable) -> Response:
        current_app.logger.warning("The database is %s: %s", error.reason, request.url_rule)
        response = _problem(503, "unavailable", error.message, {})
        response.headers["Retry-After"] = str(RETRY_SECONDS)
        return response

    @blueprint.errorhandler(HTTPException)
    def failed(error: HTTPException) -> Response:
        return problem_of(error)

    @blueprint.errorhandler(Exception)
    def broken(error: Exception) -> Response:
        current_app.logger.exception("The interface failed: %s", request.url_rule)
        text = "这是我们的错误。 / The fault is ours."
        return _problem(500, "failed", text, {})


def problem_of(error: HTTPException) -> Response:
    """An HTTP error as a problem, with the headers that belong to it."""
    status = error.code or 500
    text = _ADVICE.get(status, f"{error.description} / {error.description}")
    response = _problem(status, _NAMES.get(status, "failed"), text, {})
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="ombud"'
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _problem(status: int, code: str, message: str, more: dict[str, object]) -> Response:
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": half(message, "en"),
        "detail_zh": half(message, "zh"),
        "code": code,
    }
    response = answer({**told, **more}, status)
    response.headers["Content-Type"] = "application/problem+json"
    return response
