"""Who calls: the external worker whose Bearer token the request carries."""

from __future__ import annotations

import hashlib
from typing import cast

from flask import g, request
from werkzeug.exceptions import Unauthorized

from runner.engine.worker_tokens import ExternalWorker, verify_worker_token
from runner.web.visit import this_site

_LONGEST = 200


def known_caller() -> ExternalWorker | None:
    """The worker, None without a token that is in force. Asked once per request."""
    if "worker" not in g:
        token = _token()
        g.worker = verify_worker_token(this_site(), token) if token else None
    return cast("ExternalWorker | None", g.worker)


def caller() -> ExternalWorker:
    """The worker. Raises ``Unauthorized``."""
    found = known_caller()
    if found is None:
        raise Unauthorized
    return found


def is_known_caller() -> bool:
    return known_caller() is not None


def caller_key() -> str:
    """What the rate is counted for: the token, without keeping it in memory."""
    return "worker:" + hashlib.sha256(_token().encode()).hexdigest()[:32]


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and len(token) <= _LONGEST else ""
