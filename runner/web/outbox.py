"""The outbox: mails that wait because no mail server took them, and those already sent."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request

from runner.store.case_lists import mails_by_state
from runner.web.case_reading import visible_to
from runner.web.visit import (
    Vocabulary,
    choose_language,
    moments_by,
    office,
    sign_in_required,
    staff,
    this_site,
)

blueprint = Blueprint("outbox", __name__)
LIMIT = 100


@dataclass(frozen=True)
class MailRow:
    key: str
    case_id: str
    number: str
    recipient: str
    subject: str
    body: str
    state: str
    at: str


@dataclass(frozen=True)
class OutboxPage:
    """``state`` is ``waiting`` (not sent) or ``sent``."""

    state: str
    rows: tuple[MailRow, ...]


@blueprint.get("/outbox")
@sign_in_required
def listing() -> str:
    site = this_site()
    state = "sent" if request.args.get("state") == "sent" else "waiting"
    with site.database.read() as connection:
        vocabulary = office(connection)
        moments = moments_by(vocabulary)
        lines = mails_by_state(connection, visible_to(connection, site, staff()), state, LIMIT)
    rows = tuple(
        MailRow(
            line.key,
            line.case_id,
            line.complaint_number or "",
            _recipient(line.recipient, vocabulary),
            line.subject,
            line.body,
            line.state,
            moments.at(line.sent_at or line.created_at),
        )
        for line in lines
    )
    return render_template("outbox/list.html", page=OutboxPage(state, rows))


def _recipient(recipient: str, vocabulary: Vocabulary) -> str:
    """Addresses as they are; a group nobody of which has an address by its name."""
    language = choose_language()
    parts = [vocabulary.group(part.strip(), language) for part in recipient.split(",")]
    return ("、" if language == "zh" else ", ").join(parts)
