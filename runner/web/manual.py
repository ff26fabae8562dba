"""The procedure manual of a release, to download."""

from __future__ import annotations

from threading import Lock

from flask import Blueprint, request
from werkzeug.wrappers import Response

from runner.documents.typesetting import TypesettingFailed
from runner.errors import InvalidState, NotFound
from runner.manual import make_manual, manual_html, manual_pdf
from runner.manual.revisions import release_facts
from runner.web.sending import send_file
from runner.web.visit import choose_language, sign_in_required, this_site

blueprint = Blueprint("manual", __name__)
# A manual takes seconds and much memory: one at a time, the others wait.
_ONE = Lock()


@blueprint.get("/releases/<int:number>/manual")
@sign_in_required
def download(number: int) -> Response:
    """``?policy=`` names the policy (else the site's), ``?form=`` is ``pdf`` or ``html``."""
    site, language, form = this_site(), choose_language(), request.args.get("form", "pdf")
    if form not in ("pdf", "html"):
        raise NotFound("手册只有 PDF 和 HTML。 / The manual comes as PDF and as HTML.")
    now = site.clock.now()
    with site.database.read() as connection:
        facts = release_facts(
            connection, number, site=site.title, now=now, zone=site.zone, language=language
        )
        definitions = site.definitions(connection, facts.digest)
    policy = request.args.get("policy") or site.default_policy
    with _ONE:
        made = make_manual(definitions, policy, language=language, facts=facts)
        name = f"{made.number}-R{number}-{made.language}.{form}"
        if form == "html":
            return send_file(name, "text/html", manual_html(made).encode(), download=True)
        try:
            data = manual_pdf(made, at=now)
        except TypesettingFailed as failed:
            raise InvalidState(failed.message) from failed
    return send_file(name, "application/pdf", data, download=True)
