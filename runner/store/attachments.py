"""Attachments: encrypted, append-only; their bytes are read one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from runner.store.tables import attachments


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """What is known of an attachment without opening it. ``sha256`` is of the plain bytes."""

    id: str
    root_id: str
    subject_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime


_COLUMNS = (
    attachments.c.id,
    attachments.c.root_id,
    attachments.c.subject_id,
    attachments.c.name,
    attachments.c.media_type,
    attachments.c.size,
    attachments.c.sha256,
    attachments.c.added_by,
    attachments.c.added_at,
)


def find_attachment(connection: Connection, attachment_id: str) -> AttachmentRow | None:
    row = connection.execute(
        select(*_COLUMNS).where(attachments.c.id == attachment_id)
    ).one_or_none()
    return None if row is None else AttachmentRow(*row)


def attachment_data(connection: Connection, attachment_id: str) -> bytes:
    """The encrypted bytes."""
    data: bytes = connection.execute(
        select(attachments.c.data).where(attachments.c.id == attachment_id)
    ).scalar_one()
    return data


def attachments_of_case(connection: Connection, root_id: str) -> list[AttachmentRow]:
    query = (
        select(*_COLUMNS)
        .where(attachments.c.root_id == root_id)
        .order_by(attachments.c.added_at, attachments.c.id)
    )
    return [AttachmentRow(*row) for row in connection.execute(query)]


def count_attachments(connection: Connection, root_id: str) -> int:
    query = select(func.count()).where(attachments.c.root_id == root_id)
    return int(connection.execute(query).scalar_one())


def insert_attachments(
    connection: Connection, rows: Sequence[tuple[AttachmentRow, bytes, bytes]]
) -> None:
    """Each ``(row, salt, encrypted bytes)``."""
    if rows:
        connection.execute(
            insert(attachments),
            [
                {
                    **{name: getattr(row, name) for name in AttachmentRow.__slots__},
                    "salt": salt,
                    "data": data,
                }
                for row, salt, data in rows
            ],
        )
