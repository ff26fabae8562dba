"""Produced documents, revision by revision, and what documents tell of a case's past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from runner.store.document_tables import document_revisions as revisions
from runner.store.tables import attachments, ledger, user_tasks


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One revision. ``seen_by`` are groups with blanks between them, empty for everybody who may
    see the case; ``element_id`` is empty where a person made it."""

    id: str
    root_id: str
    kind: str
    revision: int
    attachment_id: str
    language: str
    seen_by: str
    element_id: str
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A revision with what is known of its file without opening it."""

    document: DocumentRow
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class StepDone:
    """A completed task of a case."""

    element_id: str
    name: str
    who: str | None
    at: datetime


_COLUMNS = tuple(revisions.c[name] for name in DocumentRow.__slots__)


def insert_documents(connection: Connection, rows: Sequence[DocumentRow]) -> None:
    """Raises ``IntegrityError`` where a revision is there already."""
    if rows:
        values = [{name: getattr(row, name) for name in DocumentRow.__slots__} for row in rows]
        connection.execute(insert(revisions), values)


def latest_revision(connection: Connection, root_id: str, kind: str) -> int:
    """0 where the kind was never made."""
    query = select(func.max(revisions.c.revision)).where(
        revisions.c.root_id == root_id, revisions.c.kind == kind
    )
    return int(connection.execute(query).scalar_one() or 0)


def documents_of_case(connection: Connection, root_id: str) -> list[DocumentLine]:
    """By kind, the latest revision first."""
    query = (
        select(*_COLUMNS, attachments.c.media_type, attachments.c.size)
        .join(attachments, attachments.c.id == revisions.c.attachment_id)
        .where(revisions.c.root_id == root_id)
        .order_by(revisions.c.kind, revisions.c.revision.desc())
    )
    return [
        DocumentLine(DocumentRow(*row[:-2]), row[-2], row[-1]) for row in connection.execute(query)
    ]


def count_documents(connection: Connection, root_id: str) -> int:
    query = select(func.count()).where(revisions.c.root_id == root_id)
    return int(connection.execute(query).scalar_one())


def document_of_attachment(connection: Connection, attachment_id: str) -> DocumentRow | None:
    query = select(*_COLUMNS).where(revisions.c.attachment_id == attachment_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else DocumentRow(*row)


def steps_done(connection: Connection, root_id: str, limit: int) -> list[StepDone]:
    """The completed tasks of a case, the earliest first."""
    query = (
        select(
            user_tasks.c.element_id,
            user_tasks.c.name,
            user_tasks.c.completed_by,
            user_tasks.c.ended_at,
        )
        .where(user_tasks.c.root_id == root_id, user_tasks.c.state == "completed")
        .order_by(user_tasks.c.ended_at, user_tasks.c.id)
        .limit(limit)
    )
    return [StepDone(*row) for row in connection.execute(query)]


def ledger_rows(connection: Connection, ids: Sequence[str]) -> dict[str, bytes]:
    """The encrypted ledger row of each of these cases that has one."""
    query = select(ledger.c.root_id, ledger.c.data).where(ledger.c.root_id.in_(ids))
    return {row.root_id: row.data for row in connection.execute(query)}
