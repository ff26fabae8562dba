"""The description of the interface for programs: OpenAPI 3.1, open to everybody."""

from __future__ import annotations

from flask import Blueprint, Response

from runner.web.api.answers import answer, answer_errors
from runner.web.api.openapi import document
from runner.web.visit import this_site

blueprint = Blueprint("api_documents", __name__, url_prefix="/api/v1")
answer_errors(blueprint)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    return answer(document(this_site().public_url))
