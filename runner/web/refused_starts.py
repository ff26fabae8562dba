"""Cases that could not begin: shown with the incidents, and decided there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from runner.definitions.findings import half
from runner.engine.refused_starts import MAY_DECIDE, give_up_start, retry_start
from runner.errors import NotFound
from runner.store.refused_starts import RefusedStart, refused_starts
from runner.web.case_progress import element_of
from runner.web.language import _
from runner.web.visit import (
    choose_language,
    in_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
    typed,
)

blueprint = Blueprint("starts", __name__)
LIMIT = 100


@dataclass(frozen=True)
class StartRow:
    id: str
    step: str
    kind: str
    message: str
    at: str


def rows() -> tuple[StartRow, ...]:
    """What waits for a decision of those who may make it; nothing for all others."""
    if not staff().groups & set(MAY_DECIDE):
        return ()
    site = this_site()
    with site.database.read() as connection:
        found = refused_starts(connection, LIMIT)
        if not found:
            return ()
        moments = moments_by(office(connection))
        try:
            release = site.effective_release(connection)
            processes = list(site.definitions(connection, release.digest).processes.values())
        except NotFound:
            processes = []

    def step(start: RefusedStart) -> str:
        element = element_of(processes, start.element_id)
        named = element is not None and element.name
        return half(element.name, choose_language()) if element and named else start.element_id

    kinds = {
        "signal": _("A signal should begin a case"),
        "message": _("A message should begin a case"),
        "timer": _("A timer should begin a case"),
        "mail": _("A mail should begin a case"),
    }
    return tuple(
        StartRow(
            start.id,
            step(start),
            f"{kinds[start.source]} {start.name}".strip(),
            in_language(start.message),
            moments.at(start.at),
        )
        for start in found
    )


@blueprint.post("/incidents/starts/<start_id>")
@sign_in_required
def decide(start_id: str) -> Response:
    chosen = give_up_start if request.form.get("how") == "give_up" else retry_start
    chosen(this_site(), actor=staff(), start_id=start_id, reason=typed("reason"))
    return redirect(url_for("incidents.listing"), 303)
