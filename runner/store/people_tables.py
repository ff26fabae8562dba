"""Tables of accounts. Part of ``tables``."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table, Text

from runner.store.columns import Instant, id_column, metadata

people = Table(
    "people",
    metadata,
    id_column(),
    Column("username", String(100), nullable=False, unique=True),
    Column("display_name", Text, nullable=False),
    Column("email", Text),
    Column("password_hash", Text),
    Column("language", String(10), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("demo", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)
memberships = Table(
    "memberships",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("group_id", String(100), primary_key=True),
    Index("ix_memberships_group_id", "group_id"),
)
# Who was told of the day's tasks.
reminders = Table(
    "reminders",
    metadata,
    Column("person_id", ForeignKey("people.id"), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("sent_at", Instant, nullable=False),
)
sessions = Table(
    "sessions",
    metadata,
    id_column("digest"),  # SHA-256 of the cookie's token
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
)
