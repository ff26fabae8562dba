"""Tables of what waits outside a case or beside it: workers' tokens, kept messages, starts by timer
and message, deadlines that stand still. Part of ``tables``."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from runner import lifecycle
from runner.store.columns import Instant, RowId, id_column, metadata, state_columns

# Who may serve job types from outside; the token itself is never stored.
worker_tokens = Table(
    "worker_tokens",
    metadata,
    id_column("name"),
    Column("digest", String(64), nullable=False, unique=True),
    Column("job_types", Text, nullable=False),  # JSON list, as the next two
    Column("messages", Text, nullable=False),
    Column("signals", Text, nullable=False),
    Column("inputs_only", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant),
    Column("revoked_at", Instant),
)
# Messages that nobody awaits yet, in the order they came.
kept_messages = Table(
    "kept_messages",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),  # also the subject of its key
    Column("name", String(200), nullable=False),
    Column("correlation_key", String(200), nullable=False),
    Column("payload", LargeBinary, nullable=False),  # encrypted
    Column("sent_by", String(64), nullable=False),
    Column("published_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("start_element", String(200)),  # where no case began, and why: a person decides
    Column("refusal", Text),
    Index("ix_kept_messages_name", "name", "correlation_key", "number"),
    Index("ix_kept_messages_expires_at", "expires_at"),
)
# The last case each process began for a message with this key: while it runs, no second begins.
message_starts = Table(
    "message_starts",
    metadata,
    Column("process_id", String(200), primary_key=True),
    Column("correlation_key", String(200), primary_key=True),
    Column("root_id", ForeignKey("process_instances.id"), nullable=False),
)
start_timers = Table(
    "start_timers",
    metadata,
    id_column(),
    Column("release_digest", ForeignKey("releases.digest"), nullable=False),
    Column("process_id", String(200), nullable=False),
    Column("element_id", String(200), nullable=False),
    *state_columns(lifecycle.START_TIMER),
    Column("due_at", Instant, nullable=False),
    Column("repeats", String(100)),
    Column("item", Text),  # one of a list, in its written form
    Column("missed", Integer, nullable=False),  # firings skipped when it fired
    Column("root_id", String(64)),  # the case it started
    Column("refusal", Text),  # why no case began
    Column("ended_at", Instant),
    Index("ix_start_timers_due_at", "state", "due_at"),
)
# Mails of the complaint mailbox, by the SHA-256 of their Message-ID.
received_mails = Table(
    "received_mails",
    metadata,
    id_column(),
    *state_columns(lifecycle.RECEIVED_MAIL),
    Column("start_element", String(200), nullable=False),
    Column("root_id", ForeignKey("cases.id")),
    Column("refusal", Text),
    Column("received_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_received_mails_state", "state", "received_at"),
)
# While a deadline stands still: what it was, and since when. One row for each paused token.
paused_deadlines = Table(
    "paused_deadlines",
    metadata,
    id_column("token_id"),
    Column("root_id", ForeignKey("cases.id"), nullable=False),
    Column("kind", String(10), nullable=False),  # timer or task
    Column("due_at", Instant, nullable=False),
    Column("paused_at", Instant, nullable=False),
    Column("reason", String(100), nullable=False),
    Index("ix_paused_deadlines_root_id", "root_id"),
)
