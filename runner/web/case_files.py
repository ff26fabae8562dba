"""Files of a case, and its evidence pack."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from runner.engine.attachments import read_attachment
from runner.errors import NotFound
from runner.evidence.export import export_evidence
from runner.web.sending import send_file
from runner.web.visit import choose_language, sign_in_required, staff, this_site

blueprint = Blueprint("case_files", __name__)


@blueprint.get("/cases/<case_id>/files/<attachment_id>")
@sign_in_required
def file(case_id: str, attachment_id: str) -> Response:
    row, data = read_attachment(this_site(), actor=staff(), attachment_id=attachment_id)
    if row.root_id != case_id:
        raise NotFound("没有这个附件。 / There is no such attachment.")
    return send_file(row.name, row.media_type, data, download="download" in request.args)


@blueprint.get("/cases/<case_id>/evidence.zip")
@sign_in_required
def pack(case_id: str) -> Response:
    made = export_evidence(this_site(), actor=staff(), case=case_id, language=choose_language())
    return send_file(made.name, "application/zip", made.data, download=True)
