"""The interface for external workers under ``/api/v1``: JSON, Bearer tokens, no cookies.

Its description for programs is ``/api/v1/openapi.json`` (``openapi.py``), for people
``docs/workers.md``.
"""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect

from runner.web.api.callers import caller_key, is_known_caller
from runner.web.api.documents import blueprint as _documents
from runner.web.api.jobs import blueprint as _jobs

RATE = "1200 per minute"
UNKNOWN_RATE = "30 per minute"


def install(app: Flask, csrf: CSRFProtect, limiter: Limiter) -> None:
    """Adds the blueprints. A worker may ask ``RATE`` times; who has no token that is in force may
    try ``UNKNOWN_RATE`` times from one address, so that none is found by guessing."""
    for blueprint in (_jobs, _documents):
        csrf.exempt(blueprint)  # no cookie is read, so none can be misused
        app.register_blueprint(blueprint)
    limiter.limit(RATE, key_func=caller_key)(_jobs)
    limiter.limit(UNKNOWN_RATE, key_func=get_remote_address, exempt_when=is_known_caller)(_jobs)


__all__ = ["RATE", "UNKNOWN_RATE", "install"]
