"""A customer's own pages behind their private link: confirmation, status, and what they can do."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response

from runner.engine.access import CUSTOMER
from runner.engine.attachments import add_attachment, read_attachment
from runner.engine.instances import access_digest, start_complaint
from runner.engine.messages import correlate_message
from runner.errors import AlreadyExists, InvalidInput, NotFound, TooLarge
from runner.store.case_pages import headers_of_kinds
from runner.store.complaints import case_by_access
from runner.web.case_reading import CaseReading, read_case
from runner.web.customer_page import (
    StatusPage,
    files_of,
    headline,
    letter_of,
    plan_of,
    stages_of,
)
from runner.web.customer_said import withdrawal_stops
from runner.web.form_nodes import FileItem
from runner.web.language import _
from runner.web.sending import send_file
from runner.web.uploads import read_uploads
from runner.web.visit import choose_language, in_language, moments_by, this_site, typed

PROMISED = "image/*,application/pdf,video/mp4"
blueprint = Blueprint("customer", __name__, url_prefix="/c")
_COPIED = (
    "customer_name", "contact", "address", "company", "product_name", "product_no", "model", "lot",
    "order_no", "subject", "request_kind", "purchased_at",
)  # fmt: skip


@dataclass(frozen=True)
class ConfirmationPage:
    """Shown at once: the number, and the link that is the customer's only key."""

    token: str
    number: str
    link: str
    simulated: bool


def _case_of(connection: Connection, token: str) -> str:
    """Raises ``NotFound`` for a token that opens nothing."""
    found = case_by_access(connection, access_digest(token)) if len(token) <= 200 else None
    if found is None:
        raise NotFound(
            "这个链接打不开任何投诉。核对一下是否完整。 / "
            "This link opens no complaint. Check that it is complete."
        )
    return found


def _reading(connection: Connection, token: str) -> CaseReading:
    return read_case(connection, this_site(), CUSTOMER, _case_of(connection, token))


@blueprint.get("/<token>/received")
def confirmation(token: str) -> str:
    site = this_site()
    with site.database.read() as connection:
        reading = _reading(connection, token)
    page = ConfirmationPage(
        token=token,
        number=reading.line.complaint_number or "",
        link=f"{site.public_url.rstrip('/')}{url_for('customer.status', token=token)}",
        simulated=reading.line.simulated,
    )
    return render_template("customer/confirmation.html", page=page)


@blueprint.get("/<token>")
def status(token: str) -> str:
    return _status(token, ())


def _status(token: str, errors: tuple[str, ...], text: str = "") -> str:
    site = this_site()
    with site.database.read() as connection:
        reading = _reading(connection, token)
        moments = moments_by(reading.vocabulary)
        letter = letter_of(connection, reading.row.id, moments)
        ours, own = files_of(connection, site.vault, reading.row.id, _letters(connection, reading))
        stopped = withdrawal_stops(connection, reading.row.id)
    ended = any(i.process_id == "resolution" and i.state != "active" for i in reading.instances)
    stopped = stopped or ended or reading.line.closed_at is not None
    heading, words = headline(reading.line, reading.variables, reading.instances, stopped)
    withdrawn = reading.variables.get("withdrawn_at") is not None
    active = {line.process_id for line in reading.instances if line.state == "active"}
    page = StatusPage(
        token=token,
        number=reading.line.complaint_number or "",
        heading=heading,
        text=words,
        plan="" if withdrawn else plan_of(reading.line, moments),
        stages=stages_of(reading.line, reading.variables, reading.instances, moments),
        letter=letter,
        files=ours,
        own_files=own,
        closed=reading.line.closed_at is not None or reading.line.state != "active",
        may_withdraw=bool(active) and reading.line.closed_at is None and not withdrawn,
        simulated=reading.line.simulated,
        key=secrets.token_urlsafe(12),
        sent=_sent(request.args.get("sent", "")),
    )
    return render_template("customer/status.html", page=page, errors=errors, text=text)


def _sent(what: str) -> str:
    return {
        "information": _("Thank you. What you sent was added to your complaint."),
        "withdrawal": _("Your withdrawal was recorded."),
        "withdrawal_noted": _("We noted that you withdraw. A colleague will confirm it."),
        "appeal_noted": _(
            "Your request is with your complaint; the person handling it will read it."
        ),
        "appeal": _("Your request for a review was passed to another colleague."),
    }.get(what, "")


def _letters(connection: Connection, reading: CaseReading) -> frozenset[str]:
    """What the steps that write to the customer made: replies, and letters to the customer that a
    step produced. What a person produced may not be approved yet; it stays inside."""
    found: set[str] = set()
    kinds = reading.definitions.documents
    for event in headers_of_kinds(connection, reading.row.id, "document_produced"):
        facts = event.header["facts"]
        kind = kinds.get(facts["kind"])
        letter = kind is not None and kind.language == "customer" and not kind.seen_by
        if letter and event.header.get("element"):
            found.add(facts["attachment"])
    for event in headers_of_kinds(connection, reading.row.id, "job_completed"):
        facts = event.header["facts"]
        if facts["job_type"] == "send_reply":
            found.update(facts.get("attachments", ()))
    return frozenset(found)


@blueprint.post("/<token>/information")
def inform(token: str) -> str | Response:
    """Adds what the customer writes and sends, as files of the case."""
    text = typed("text", 8_000)
    try:
        uploads = read_uploads(request.files.getlist("files"), PROMISED)
        if not text and not uploads:
            raise InvalidInput("还没有写什么，也没有选文件。 / There is no text and no file yet.")
        with this_site().database.read() as connection:
            case_id = _case_of(connection, token)
        _statement(case_id, "补充说明 / Additional information", text)
        for upload in uploads:
            _keep(case_id, upload.name, upload.media_type, upload.data)
    except (InvalidInput, TooLarge) as refused:
        page = _status(token, (in_language(refused.message),), text)
        return make_response(page, 422)
    return redirect(url_for("customer.status", token=token, sent="information"), 303)


def _statement(case_id: str, title: str, text: str) -> None:
    if text:
        now = this_site().local_time(this_site().clock.now())
        name = f"{in_language(title)} {now.replace(':', '.')}.txt"
        _keep(case_id, name, "text/plain; charset=utf-8", text.encode())


def _keep(case_id: str, name: str, media_type: str, data: bytes) -> None:
    add_attachment(
        this_site(), actor=CUSTOMER, case_id=case_id, name=name, media_type=media_type, data=data
    )


@blueprint.post("/<token>/withdraw")
def withdraw(token: str) -> Response:
    """Ends the resolution where one runs; noted for the handler where it has not begun."""
    site = this_site()
    reason = typed("reason")
    with site.database.read() as connection:
        reading = _reading(connection, token)
    if reading.variables.get("withdrawn_at") is not None:  # another page of theirs did it before
        return redirect(url_for("customer.status", token=token), 303)
    payload = {"withdrawn_at": site.clock.now(), "withdrawal_reason": reason or None}
    # The case notes a withdrawal that comes before or after the phase it ends; a statement among
    # its files lets people see it.
    try:
        stopped = bool(
            correlate_message(
                site,
                actor=CUSTOMER,
                name="withdrawal_received",
                correlation_key=reading.line.complaint_number or "",
                payload=payload,
                idempotency_key=f"withdraw:{reading.row.id}:{typed('key', 22)}",
            ).element_id
        )
    except AlreadyExists:  # a second click: the first one stands, with its own time
        stopped = True
    except NotFound:
        stopped = False
    if not stopped:
        text = reason or in_language("我要撤诉。 / I withdraw my complaint.")
        _statement(reading.row.id, "客户撤诉 / Withdrawal", text)
    sent = "withdrawal" if stopped else "withdrawal_noted"
    return redirect(url_for("customer.status", token=token, sent=sent), 303)


@blueprint.post("/<token>/appeal")
def appeal(token: str) -> str | Response:
    """A closed complaint is opened again as a new one that names it; a running one goes to the
    superior."""
    site = this_site()
    reason = typed("reason", 4_000)
    if not reason:
        message = _("Write in a sentence what you disagree with.")
        return make_response(_status(token, (message,)), 422)
    with site.database.read() as connection:
        reading = _reading(connection, token)
    key = f"appeal:{reading.row.id}:{typed('key', 24)}"
    if reading.line.closed_at is not None or reading.line.state != "active":
        copied = {n: v for n in _COPIED if (v := reading.variables.get(n)) is not None}
        started = start_complaint(
            site,
            actor=CUSTOMER,
            variables={
                **copied,
                "previous_complaint": reading.line.complaint_number,
                "phenomenon": reason,
            },
            channel="web_form",
            start_element="start_recurrence",
            policy_id=reading.row.policy_id,
            idempotency_key=key,
            language=choose_language(),
            simulated=reading.row.simulated,
        )
        return redirect(url_for("customer.confirmation", token=started.access_token), 303)
    _statement(reading.row.id, "申请复核 / Request for a review", reason)
    # Before handling begins nobody waits for the message: the statement stands in the case's files,
    # and staff see a mark on the task and the case.
    taken = False
    with suppress(NotFound):
        taken = bool(
            correlate_message(
                site,
                actor=CUSTOMER,
                name="help_requested",
                correlation_key=reading.line.complaint_number or "",
                payload={},
                idempotency_key=key,
            ).element_id
        )
    sent = "appeal" if taken else "appeal_noted"
    return redirect(url_for("customer.status", token=token, sent=sent), 303)


@blueprint.get("/<token>/files/<attachment_id>")
def file(token: str, attachment_id: str) -> Response:
    """Our letters and the customer's own files, nothing else of the case."""
    site = this_site()
    with site.database.read() as connection:
        reading = _reading(connection, token)
        ours, own = files_of(connection, site.vault, reading.row.id, _letters(connection, reading))
    if attachment_id not in {item.id for item in _both(ours, own)}:
        raise NotFound("没有这个文件。 / There is no such file.")
    row, data = read_attachment(site, actor=CUSTOMER, attachment_id=attachment_id)
    return send_file(row.name, row.media_type, data)


def _both(ours: tuple[FileItem, ...], own: tuple[FileItem, ...]) -> tuple[FileItem, ...]:
    return ours + own
