"""Mail that came to the complaint mailbox: each begins a case once, or is kept with the case it
answers, or waits for a person who sees why it could not (docs/adapters.md)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from runner.engine.access import CUSTOMER, SYSTEM
from runner.engine.attachments import MAX_AT_ONCE, Upload, keep
from runner.engine.case_change import CaseChange
from runner.engine.halting import said_of
from runner.engine.instances import start_complaint
from runner.engine.refused_starts import CHAIN
from runner.engine.scopes import read_case_variables
from runner.engine.site import Site
from runner.engine.transaction import change_case, change_chain
from runner.events import MailReceived, StartRefused
from runner.store import received_mails as rows
from runner.store.cases import active_instances
from runner.store.complaints import case_by_number, find_complaint
from runner.store.keys import Erased

CHANNEL = "email"
_LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class ReceivedMail:
    """One mail as read. ``id`` is ``mail_id`` of its Message-ID; ``answers`` are the ids of the
    jobs whose mails it answers, the nearest first; ``numbers`` are words of its subject that may be
    complaint numbers; ``sender`` is one address, in lower case."""

    id: str
    sender: str
    sender_name: str
    subject: str
    text: str
    sent_at: datetime | None
    answers: Sequence[str] = ()
    numbers: Sequence[str] = ()
    attachments: Sequence[Upload] = ()


def mail_id(message_id: str) -> str:
    """SHA-256 (hex): what is kept of a Message-ID, which may name people."""
    return hashlib.sha256(message_id.strip().encode("utf-8", "surrogateescape")).hexdigest()


def is_done(site: Site, identity: str) -> bool | None:
    """Whether nothing is to be done for this mail any more; None for one nobody has seen yet; False
    while it waits for a person or to be tried again."""
    with site.database.read() as connection:
        found = rows.find_received(connection, identity)
    return None if found is None else found.state in rows.DONE


def waits_for_a_person(site: Site, identity: str) -> bool:
    """Whether it was refused and nobody has decided yet."""
    with site.database.read() as connection:
        found = rows.find_received(connection, identity)
    return found is not None and found.state == "refused"


def receive_mail(site: Site, mail: ReceivedMail, start_element: str) -> str:
    """Begins a case at ``start_element`` or keeps the mail with the running case it answers, and
    gives that case's id; the same mail again changes nothing. A mail that answers an ended case
    begins one that names it. Raises what beginning a case raises."""
    with site.database.read() as connection:
        known = rows.find_received(connection, mail.id)
        if known is not None and known.state in rows.DONE:
            return known.root_id or ""
        answered = _answered(site, connection, mail)
        goes_on = answered is not None and bool(active_instances(connection, answered))
        previous = None
        if answered is not None and not goes_on:
            previous = find_complaint(connection, answered).get("complaint_number")
    try:
        if answered is not None and goes_on:
            return _keep_with(site, answered, mail)
        return _begin(site, mail, start_element, previous)
    except IntegrityError:  # another worker was faster
        with site.database.read() as connection:
            known = rows.find_received(connection, mail.id)
        if known is None or known.state not in rows.DONE:
            raise
        return known.root_id or ""


def ignore_mail(site: Site, identity: str, why: str) -> None:
    """Notes that a mail is no complaint: automatic answers, bounces, lists, our own."""
    _end(site, identity, "ignored", why)


def refuse_mail(site: Site, identity: str, start_element: str, why: Exception) -> None:
    """No case began, for this reason; a person decides on the page of incidents."""
    with change_chain(site, CHAIN, actor=SYSTEM) as change:
        message = said_of(why)
        if rows.refuse_received(change.connection, identity, start_element, message, change.at):
            change.record(
                StartRefused(element=start_element, source="mail", start=identity, message=message)
            )


def _end(site: Site, identity: str, state: str, why: str) -> None:
    with change_chain(site, CHAIN, actor=SYSTEM) as change:
        rows.note_received(change.connection, identity, state, None, why, change.at)


def _answered(site: Site, connection: Connection, mail: ReceivedMail) -> str | None:
    """The case a mail belongs to: it answers one of our mails, or names the number of a complaint
    from the address that complaint has."""
    for job_id in mail.answers:
        found = rows.case_of_job(connection, job_id)
        if found is not None:
            return found
    for number in mail.numbers:
        found = case_by_number(connection, number)
        if found is None:
            continue
        try:
            contact = read_case_variables(site, connection, found).get("contact")
        except Erased:
            continue
        if isinstance(contact, str) and contact.strip().lower() == mail.sender:
            return found
    return None


def _keep_with(site: Site, case_id: str, mail: ReceivedMail) -> str:
    with change_case(site, actor=CUSTOMER, case=case_id, command="receive_mail") as change:
        written = Upload(f"{mail.subject or 'mail'}.txt", "text/plain; charset=utf-8", _text(mail))
        files = [written, *mail.attachments[: MAX_AT_ONCE - 1]]
        _note(change, mail, keep(change, files), answered=True)
    return case_id


def _begin(site: Site, mail: ReceivedMail, start_element: str, previous: object) -> str:
    values: dict[str, object] = {
        "contact": mail.sender,
        "customer_name": mail.sender_name or mail.sender,
        "phenomenon": "\n\n".join(filter(None, (mail.subject, mail.text)))[:_LONGEST_TEXT],
        "request_kind": "complaint",
    }
    if mail.sent_at is not None:
        values["submitted_at"] = min(
            mail.sent_at, site.clock.now()
        )  # a wrong clock, or a forged one
    if isinstance(previous, str):
        values["previous_complaint"] = previous

    def within(change: CaseChange) -> None:
        _note(change, mail, [], answered=False)

    started = start_complaint(
        site,
        actor=CUSTOMER,
        variables=values,
        channel=CHANNEL,
        start_element=start_element,
        idempotency_key=f"mail:{mail.id}"[:64],
        attachments=mail.attachments[:MAX_AT_ONCE],
        within=within,
    )
    return started.case_id


def _note(change: CaseChange, mail: ReceivedMail, kept: Sequence[str], *, answered: bool) -> None:
    state = "attached" if answered else "began"
    rows.note_received(change.connection, mail.id, state, change.case.id, None, change.at)
    change.record(
        MailReceived(
            mail=mail.id,
            answered=answered,
            attachments=kept,
            content={"from": mail.sender, "subject": mail.subject},
        )
    )


def _text(mail: ReceivedMail) -> bytes:
    sent = "" if mail.sent_at is None else mail.sent_at.isoformat()
    head = f"From: {mail.sender_name} <{mail.sender}>\nDate: {sent}\nSubject: {mail.subject}\n\n"
    return (head + mail.text).encode("utf-8", "replace")
