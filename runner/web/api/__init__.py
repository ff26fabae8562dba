"""The interface for programs outside under ``/api/v1``: JSON, Bearer tokens, no cookies.

Its description for programs is ``/api/v1/openapi.json`` (``openapi.py``), for people
``docs/workers.md`` and ``docs/messages_over_http.md``.
"""

from __future__ import annotations

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from runner.web.api.answers import problem_of
from runner.web.api.callers import caller_key, is_known_caller
from runner.web.api.documents import blueprint as _documents
from runner.web.api.jobs import blueprint as _jobs
from runner.web.api.sending import blueprint as _sending

PREFIX = "/api/v1"
RATE = "1200 per minute"
UNKNOWN_RATE = "30 per minute"


def install(app: Flask, csrf: CSRFProtect, limiter: Limiter) -> None:
    """Adds the blueprints. A worker may ask ``RATE`` times; who has no token that is in force may
    try ``UNKNOWN_RATE`` times from one address, so that none is found by guessing."""
    for blueprint in (_jobs, _sending, _documents):
        csrf.exempt(blueprint)  # no cookie is read, so none can be misused
        app.register_blueprint(blueprint)
    for blueprint in (_jobs, _sending):
        limiter.limit(RATE, key_func=caller_key)(blueprint)
        limiter.limit(UNKNOWN_RATE, key_func=get_remote_address, exempt_when=is_known_caller)(
            blueprint
        )
    app.before_request(_no_such_address)


def _no_such_address() -> Response | None:
    """An address or a method that is none belongs to no blueprint: told as JSON all the same."""
    wrong = request.routing_exception
    below = request.path == PREFIX or request.path.startswith(PREFIX + "/")
    if not below or not isinstance(wrong, HTTPException) or isinstance(wrong, RequestRedirect):
        return None
    return problem_of(wrong)


__all__ = ["PREFIX", "RATE", "UNKNOWN_RATE", "install"]
