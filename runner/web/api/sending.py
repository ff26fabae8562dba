"""Messages and signals from programs outside. Members are named as in Camunda 8's REST API."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response

from runner.engine.messages import LONGEST_LIFE, Correlated
from runner.engine.senders import publish_message, publish_signal
from runner.web.api.answers import answer, answer_errors
from runner.web.api.bodies import form, number, read_body, text, wrong
from runner.web.api.callers import caller
from runner.web.api.values import received
from runner.web.visit import this_site

LONGEST_LIFE_MS = int(LONGEST_LIFE / timedelta(milliseconds=1))

blueprint = Blueprint("api_sending", __name__, url_prefix="/api/v1")
answer_errors(blueprint)


@blueprint.post("/messages")
def message() -> Response:
    """Delivers a message, begins a case with it, or keeps it as long as ``timeToLive`` says."""
    who, body = caller(), read_body(
        "name", "correlationKey", "variables", "messageId", "timeToLive", "values"
    )  # fmt: skip
    life = number(body, "timeToLive", 0.0, LONGEST_LIFE_MS)
    if life < 0 or life != int(life):
        raise wrong("timeToLive", f"0–{LONGEST_LIFE_MS} (ms)", body["timeToLive"])
    found = publish_message(
        this_site(),
        sender=who,
        name=text(body, "name"),
        correlation_key=text(body, "correlationKey"),
        variables=received(body.get("variables", {}), form(body)),
        message_id=text(body, "messageId"),
        time_to_live=timedelta(milliseconds=life),
    )
    return answer(
        {
            "state": _state(found),
            "repeated": found.repeated,
            "caseId": found.case_id or None,
            "elementId": found.element_id or None,
        }
    )


@blueprint.post("/signals")
def signal() -> Response:
    """Puts a signal on its way to everything that waits for it."""
    who, body = caller(), read_body("signalName", "variables", "signalId", "values")
    thrown = publish_signal(
        this_site(),
        sender=who,
        name=text(body, "signalName"),
        variables=received(body.get("variables", {}), form(body)),
        signal_id=text(body, "signalId"),
    )
    return answer({"reached": thrown.reached, "repeated": thrown.repeated})


def _state(found: Correlated) -> str:
    if found.kept:
        return "kept"
    if found.started:
        return "started"
    return "correlated" if found.element_id else "noted"
