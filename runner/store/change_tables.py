"""Tables of what people change in running cases: suspensions, repairs that wait for a second pair
of eyes, and migrations to another release. Part of ``tables``."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from runner import lifecycle
from runner.store.columns import Instant, id_column, metadata, state_columns

# One row while a case is suspended: few, so that asking "is it suspended?" costs next to nothing.
suspensions = Table(
    "suspensions",
    metadata,
    Column("root_id", ForeignKey("cases.id"), primary_key=True),
    Column("reason", LargeBinary, nullable=False),  # encrypted
    Column("suspended_by", String(64), nullable=False),
    Column("suspended_at", Instant, nullable=False),
)
# Messages that reached a suspended case: delivered in this order when it goes on.
held_messages = Table(
    "held_messages",
    metadata,
    Column("root_id", ForeignKey("cases.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("name", String(200), nullable=False),
    Column("correlation_key", String(200), nullable=False),
    Column("payload", LargeBinary, nullable=False),  # encrypted
    Column("sent_by", String(64), nullable=False),
    Column("received_at", Instant, nullable=False),
)
repair_requests = Table(
    "repair_requests",
    metadata,
    id_column(),
    Column("root_id", ForeignKey("cases.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("data", LargeBinary, nullable=False),  # encrypted
    *state_columns(lifecycle.REPAIR_REQUEST),
    Column("requested_by", String(64), nullable=False),
    Column("requested_at", Instant, nullable=False),
    Column("decided_by", String(64)),
    Column("decided_at", Instant),
    Index("ix_repair_requests_root_id", "root_id", "state"),
)
migration_plans = Table(
    "migration_plans",
    metadata,
    id_column("digest"),
    Column("source_digest", ForeignKey("releases.digest"), nullable=False),
    Column("target_digest", ForeignKey("releases.digest"), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("made_by", String(64), nullable=False),
    Column("made_at", Instant, nullable=False),
)
migration_batches = Table(
    "migration_batches",
    metadata,
    id_column(),
    Column("plan_digest", ForeignKey("migration_plans.digest"), nullable=False),
    *state_columns(lifecycle.MIGRATION_BATCH),
    Column("reason", Text, nullable=False),
    Column("started_by", String(64), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("confirmed_by", String(64)),  # where four eyes were asked for
    Column("revert_reason", Text),
    Column("reverted_by", String(64)),
    Column("revert_confirmed_by", String(64)),
    Column("ended_at", Instant),
    Index("ix_migration_batches_state", "state"),
)
migration_items = Table(
    "migration_items",
    metadata,
    Column("batch_id", ForeignKey("migration_batches.id"), primary_key=True),
    Column("root_id", ForeignKey("cases.id"), primary_key=True),
    Column("number", Integer, nullable=False),
    *state_columns(lifecycle.MIGRATION_ITEM),
    Column("message", Text, nullable=False),
    Column("event_number", Integer),  # of its case_migrated
    Column("before", LargeBinary),  # encrypted: what a revert puts back
    Column("changed_at", Instant),
    Index("ix_migration_items_batch_id", "batch_id", "state", "number"),
    Index("ix_migration_items_root_id", "root_id"),
)
