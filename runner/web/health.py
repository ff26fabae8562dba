"""Health, for whatever watches the service."""

from __future__ import annotations

from flask import Blueprint, jsonify
from werkzeug.wrappers import Response

from runner.errors import Unavailable
from runner.store.releases import effective_release
from runner.web.visit import this_site

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> tuple[Response, int]:
    """200 with ``{"status": "ok"}`` when the database answers, else 503. Says nothing else."""
    try:
        with this_site().database.read() as connection:
            effective_release(connection)
    except Unavailable:
        return jsonify(status="database does not answer"), 503
    return jsonify(status="ok"), 200
