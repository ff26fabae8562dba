"""Mails that wait in the outbox: handed over later, or withdrawn by a person."""

from __future__ import annotations

from runner.engine.access import ADMINISTRATOR, WORKER, Person, require_group
from runner.engine.case_change import CaseChange
from runner.engine.site import Site
from runner.engine.transaction import change_case
from runner.errors import InvalidState, NotFound
from runner.events import MailSent
from runner.store.mails import Mail, end_mail, find_mail, waiting_mails


def outbox(site: Site, limit: int = 100) -> list[Mail]:
    """The oldest mails that still wait."""
    with site.database.read() as connection:
        return waiting_mails(connection, limit)


def note_mail_sent(site: Site, *, actor: Person, key: str) -> None:
    """The mail server has taken a waiting mail. Raises ``NotFound``, ``InvalidState``,
    ``NotAllowed`` for whoever is neither the worker nor an administrator."""
    with change_case(
        site, actor=actor, case=lambda c: _case_of(find_mail(c, key)), command="note_mail_sent"
    ) as change:
        if actor is not WORKER:
            require_group(actor, ADMINISTRATOR)
        _require_waiting(change, key)
        end_mail(change.connection, key, "sent", change.at)
        change.record(MailSent(mail=key))


def _case_of(mail: Mail | None) -> str | None:
    return None if mail is None else mail.root_id


def _require_waiting(change: CaseChange, key: str) -> None:
    mail = find_mail(change.connection, key)
    if mail is None:
        raise NotFound("没有这封邮件。 / There is no such mail.")
    if mail.state != "waiting":
        raise InvalidState(
            f"应发送一封等待中的邮件，但它已是 {mail.state}。 / "
            f"Expected to send a waiting mail, but it is {mail.state}."
        )
