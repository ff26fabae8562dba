"""The table of produced documents (``documents``). Part of ``tables``."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from runner.store.columns import Instant, id_column, metadata

# Append-only: a document that is made again is a new revision. Its bytes are the attachment's.
document_revisions = Table(
    "document_revisions",
    metadata,
    id_column(),
    Column("root_id", ForeignKey("cases.id"), nullable=False),
    Column("kind", String(100), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("attachment_id", ForeignKey("attachments.id"), nullable=False, unique=True),
    Column("language", String(10), nullable=False),
    Column("seen_by", Text, nullable=False),  # groups, blank between them; empty for all
    Column("element_id", String(200), nullable=False),  # empty where a person made it
    Column("made_by", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
    UniqueConstraint("root_id", "kind", "revision"),
    Index("ix_document_revisions_root_id", "root_id"),
)
