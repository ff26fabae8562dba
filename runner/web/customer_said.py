"""What the customer said that staff must not overlook: a withdrawal, a review nobody took up."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from runner.store.case_messages import CaseMessage, messages_of_cases
from runner.web.language import _

WITHDRAWAL = "withdrawal_received"
REVIEW = "help_requested"
MAIL = "mail_received"


def marks_of_cases(connection: Connection, case_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Short marks by case id, for task rows and for the head of a task or a case."""
    found: dict[str, tuple[str, ...]] = {}
    for message in messages_of_cases(connection, case_ids):
        word = _word(message)
        if word:
            kept = found.get(message.case_id, ())
            found[message.case_id] = tuple(dict.fromkeys((*kept, word)))
    return found


def _word(message: CaseMessage) -> str:
    if message.name == WITHDRAWAL:
        return _("customer withdrew")
    if message.name == REVIEW and not message.taken and message.actor == "customer":
        return _("customer asks for a review")
    if message.name == MAIL and not message.taken:
        return _("customer wrote a mail")
    return ""


def withdrawal_stops(connection: Connection, case_id: str) -> bool:
    """Whether a withdrawal ended the work itself, so that no colleague has to confirm it."""
    messages = messages_of_cases(connection, [case_id])
    return any(message.taken for message in messages if message.name == WITHDRAWAL)
