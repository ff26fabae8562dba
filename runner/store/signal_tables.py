"""Tables of signals: who waits for one, and what is on its way. Part of ``tables``."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from runner import lifecycle
from runner.store.columns import Instant, RowId, id_column, metadata, state_columns

# ``origin`` stays the same when an event is armed again: what was thrown before still reaches it.
signal_subscriptions = Table(
    "signal_subscriptions",
    metadata,
    id_column(),
    Column("root_id", ForeignKey("process_instances.id"), nullable=False),
    Column("token_id", String(64), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("origin", String(64), nullable=False),
    *state_columns(lifecycle.SIGNAL_SUBSCRIPTION),
    Index("ix_signal_subscriptions_name", "name", "state"),
    Index("ix_signal_subscriptions_origin", "origin", "state"),
    Index("ix_signal_subscriptions_token_id", "token_id", "state"),
)
# One row for each element a signal is for, or for each case it is to start (``start_element``).
signal_deliveries = Table(
    "signal_deliveries",
    metadata,
    Column("number", RowId, primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("name", String(200), nullable=False),
    Column("root_id", ForeignKey("process_instances.id")),
    Column("origin", String(64)),
    Column("start_element", String(200)),
    Column("policy_id", String(100), nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("data", LargeBinary),  # encrypted; null where the subject was erased
    *state_columns(lifecycle.SIGNAL_DELIVERY),
    Column("refusal", Text),  # why no case began
    Column("thrown_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_signal_deliveries_state", "state", "number"),
    Index("ix_signal_deliveries_root_id", "root_id", "state", "number"),
)
