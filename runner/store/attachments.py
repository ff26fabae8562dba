"""Attachments: name and bytes encrypted, append-only; their bytes are read one at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, insert, select

from runner.store.keys import Erased, Vault
from runner.store.tables import attachments

ERASED_NAME = "已删除 / erased"


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """What is known of an attachment without its bytes. ``sha256`` is of the plain bytes; ``name``
    is ``ERASED_NAME`` once the subject's key is destroyed."""

    id: str
    root_id: str
    subject_id: str
    name: str
    media_type: str
    size: int
    sha256: str
    added_by: str
    added_at: datetime


COLUMNS = (
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


def find_attachment(
    connection: Connection, attachment_id: str, vault: Vault
) -> AttachmentRow | None:
    row = (
        connection.execute(select(*COLUMNS).where(attachments.c.id == attachment_id))
        .mappings()
        .one_or_none()
    )
    return None if row is None else opened(connection, vault, row)


def attachment_data(connection: Connection, attachment_id: str) -> bytes:
    """The encrypted bytes."""
    data: bytes = connection.execute(
        select(attachments.c.data).where(attachments.c.id == attachment_id)
    ).scalar_one()
    return data


def attachments_of_case(connection: Connection, root_id: str, vault: Vault) -> list[AttachmentRow]:
    query = (
        select(*COLUMNS)
        .where(attachments.c.root_id == root_id)
        .order_by(attachments.c.added_at, attachments.c.id)
    )
    return [opened(connection, vault, row) for row in connection.execute(query).mappings().all()]


def count_attachments(connection: Connection, root_id: str) -> int:
    query = select(func.count()).where(attachments.c.root_id == root_id)
    return int(connection.execute(query).scalar_one())


def insert_attachments(
    connection: Connection, rows: Sequence[tuple[AttachmentRow, bytes, bytes]]
) -> None:
    """Each ``(row, encrypted name, encrypted bytes)``."""
    if rows:
        connection.execute(
            insert(attachments),
            [
                {
                    **{column: getattr(row, column) for column in AttachmentRow.__slots__},
                    "name": name,
                    "data": data,
                }
                for row, name, data in rows
            ],
        )


def opened(connection: Connection, vault: Vault, row: RowMapping) -> AttachmentRow:
    try:
        name = vault.decrypt(connection, row["subject_id"], row["name"]).decode()
    except Erased:
        name = ERASED_NAME
    return AttachmentRow(**{**row, "name": name})
