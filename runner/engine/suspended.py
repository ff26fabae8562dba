"""What a suspended case refuses and what it keeps. The commands are in ``suspension``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from runner.encoding import dumps, loads
from runner.engine.site import Site
from runner.errors import InvalidState
from runner.events_changes import MessageHeld
from runner.store.cases import CaseRow
from runner.store.keys import Erased
from runner.store.people import display_name
from runner.store.suspensions import HeldMessage, find_suspension, hold_message

if TYPE_CHECKING:
    from runner.engine.case_change import CaseChange

WHILE_SUSPENDED = frozenset(
    {
        "resume_case",
        "cancel_case",
        # what repairs it
        "edit_variable",
        "move_token",
        "request_repair",
        "decide_repair",
        "migrate_case",
        "revert_migration",
        # what has happened already outside and must not be lost
        "complete_job",
        "fail_job",
        "note_mail_sent",
        "add_attachment",
        "correlate_message",
    }
)
"""The commands a suspended case still takes; every other one is refused."""


def check_goes_on(site: Site, connection: Connection, row: CaseRow, command: str) -> None:
    """Raises ``InvalidState`` naming who suspended the case, when and why, unless ``command`` is
    one that a suspended case takes."""
    if command not in WHILE_SUSPENDED:
        raise InvalidState(suspended_words(site, connection, row))


def suspended_words(site: Site, connection: Connection, row: CaseRow) -> str:
    """``中文 / English``: who suspended the case, when and why."""
    found = find_suspension(connection, row.id)
    if found is None:
        return "本案已暂停。 / This case is suspended."
    who = display_name(connection, found.suspended_by) or found.suspended_by
    when = site.local_time(found.suspended_at)
    reason = suspension_reason(site, connection, row.subject_id, found.reason)
    return (
        f"本案由 {who} 于 {when} 暂停，原因：{reason}。恢复之前什么都不能做。 / "
        f"{who} suspended this case at {when} because: {reason}. "
        "Nothing can be done in it until it is resumed."
    )


def suspension_reason(site: Site, connection: Connection, subject_id: str, sealed: bytes) -> str:
    """What the person wrote, on one line; a dash once the case's person was erased."""
    try:
        written = loads(site.vault.decrypt(connection, subject_id, sealed))
    except Erased:
        return "—"
    text = written.get("text") if isinstance(written, Mapping) else None
    # a slash between spaces would part the sentence in two languages
    return " ".join(str(text).split()).replace(" / ", "/").rstrip("。.")


def hold(change: CaseChange, name: str, key: str, values: Mapping[str, object]) -> None:
    """Keeps a message for the moment the case goes on."""
    sealed = change.site.vault.encrypt(
        change.connection, change.case.row.subject_id, dumps(dict(values))
    )
    hold_message(
        change.connection,
        HeldMessage(change.case.id, 0, name, key, sealed, change.actor.id, change.at),
    )
    change.record(MessageHeld(instance=change.case.id, message=name, payload=values))
