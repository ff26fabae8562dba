"""Mails: what was handed to the mail server, and what waits in the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from runner.store.guarded import write_guarded
from runner.store.tables import mails


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail; ``key`` makes it unique for ever and says nothing. ``state``: waiting, sent,
    withdrawn."""

    key: str
    root_id: str
    job_id: str | None
    recipient: str
    subject: str
    body: str
    state: str
    detail: str
    created_at: datetime
    sent_at: datetime | None


_COLUMNS = tuple(mails.c[name] for name in Mail.__slots__)


def find_mail(connection: Connection, key: str) -> Mail | None:
    row = connection.execute(select(*_COLUMNS).where(mails.c.key == key)).one_or_none()
    return None if row is None else Mail(*row)


def waiting_mails(connection: Connection, limit: int) -> list[Mail]:
    """The oldest mails of the outbox."""
    query = (
        select(*_COLUMNS)
        .where(mails.c.state == "waiting")
        .order_by(mails.c.created_at, mails.c.key)
        .limit(limit)
    )
    return [Mail(*row) for row in connection.execute(query)]


def insert_mail(connection: Connection, mail: Mail) -> None:
    row = {name: getattr(mail, name) for name in Mail.__slots__}
    connection.execute(insert(mails).values(**row))


def end_mail(connection: Connection, key: str, state: str, at: datetime | None) -> None:
    """A waiting mail was sent (``at``) or withdrawn. Guarded by its state."""
    statement = (
        update(mails)
        .where(mails.c.key == bindparam("mail"), mails.c.state == "waiting")
        .values(state=state, sent_at=at)
    )
    write_guarded(connection, statement, [{"mail": key}], "mails")


def blank_mails(connection: Connection, root_id: str) -> None:
    """Takes everything that names a person out of a case's mails; that they were sent stays."""
    connection.execute(
        update(mails)
        .where(mails.c.root_id == root_id)
        .values(recipient="—", subject="—", body="—", detail="")
    )
