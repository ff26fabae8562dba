"""Mails of the complaint mailbox by the digest of their Message-ID: each is done once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from runner.store.tables import jobs
from runner.store.work_tables import received_mails

DONE = frozenset({"began", "attached", "ignored", "discarded"})
_OPEN = ("waiting", "refused")


@dataclass(frozen=True, slots=True)
class Received:
    """``state`` as in ``lifecycle.RECEIVED_MAIL``; ``root_id`` is the case it went to."""

    id: str
    state: str
    root_id: str | None


def find_received(connection: Connection, identity: str) -> Received | None:
    query = select(received_mails.c.id, received_mails.c.state, received_mails.c.root_id).where(
        received_mails.c.id == identity
    )
    row = connection.execute(query).one_or_none()
    return None if row is None else Received(*row)


def note_received(
    connection: Connection,
    identity: str,
    state: str,
    root_id: str | None,
    why: str | None,
    at: datetime,
) -> None:
    """The mail is done. Raises ``IntegrityError`` where it was done before: the caller's
    transaction ends with it."""
    values = {"state": state, "root_id": root_id, "refusal": why, "ended_at": at}
    changed = connection.execute(
        update(received_mails)
        .where(received_mails.c.id == identity, received_mails.c.state.in_(_OPEN))
        .values(**values)
    )
    if changed.rowcount == 0:
        connection.execute(
            insert(received_mails).values(id=identity, start_element="", received_at=at, **values)
        )


def refuse_received(
    connection: Connection, identity: str, start_element: str, why: str, at: datetime
) -> bool:
    """It waits for a person. False where it does so already, or is done."""
    found = find_received(connection, identity)
    values = {"state": "refused", "start_element": start_element, "refusal": why}
    if found is None:
        connection.execute(insert(received_mails).values(id=identity, received_at=at, **values))
        return True
    changed = connection.execute(
        update(received_mails)
        .where(received_mails.c.id == identity, received_mails.c.state == "waiting")
        .values(**values)
    )
    return changed.rowcount == 1


def case_of_job(connection: Connection, job_id: str) -> str | None:
    """The case of an external job, whose id is the first part of the mails it sent."""
    found: str | None = connection.execute(
        select(jobs.c.root_id).where(jobs.c.id == job_id)
    ).scalar_one_or_none()
    return found
