"""Every table. Names and meanings are fixed in docs/formats.md; states come from lifecycle.

Instants are whole microseconds since 1970 UTC (``Instant``), so that both databases sort and
compare them alike. Nothing that is evidence has a foreign key that cascades.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from runner import lifecycle
from runner.store import (
    case_pages_tables,
    change_tables,
    document_tables,
    signal_tables,
    work_tables,
)
from runner.store.columns import Instant, RowId, id_column, metadata, state_columns
from runner.store.people_tables import memberships, people, sessions

# for those who ask for tables and their metadata together
__all__ = [
    "Instant", "case_pages_tables", "change_tables", "document_tables", "memberships", "metadata",
    "people", "sessions", "signal_tables", "work_tables",
]  # fmt: skip


def _root() -> Column[str]:
    return Column("root_id", ForeignKey("process_instances.id"), nullable=False)


# --- releases: what owners published ---------------------------------------------------------

blobs = Table("blobs", metadata, id_column("sha256"), Column("data", LargeBinary, nullable=False))
releases = Table(
    "releases",
    metadata,
    id_column("digest"),
    Column("number", Integer, nullable=False, unique=True),
    *state_columns(lifecycle.RELEASE),
    Column("reason", Text, nullable=False),
    Column("created_by", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("approved_by", String(64)),
    Column("effective_at", Instant),
    Column("superseded_at", Instant),
    Column("previous", String(64)),
)
release_files = Table(
    "release_files",
    metadata,
    Column("digest", ForeignKey("releases.digest"), primary_key=True),
    Column("path", String(300), primary_key=True),
    Column("sha256", ForeignKey("blobs.sha256"), nullable=False),
)

# --- cases -----------------------------------------------------------------------------------

process_instances = Table(
    "process_instances",
    metadata,
    id_column(),
    Column("root_id", String(64), nullable=False, index=True),
    Column("parent_id", String(64)),
    Column("process_id", String(200), nullable=False),
    Column("call_element_id", String(200)),
    *state_columns(lifecycle.PROCESS_INSTANCE),
    Column("started_at", Instant, nullable=False),
    Column("ended_at", Instant),
)
# One row per root instance: its pins, its lock and its revision.
cases = Table(
    "cases",
    metadata,
    Column("id", ForeignKey("process_instances.id"), primary_key=True),
    Column("release_digest", ForeignKey("releases.digest"), nullable=False),
    Column("policy_id", String(100), nullable=False),
    Column("policy_digest", String(64), nullable=False),
    Column("subject_id", String(64), nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("execution", LargeBinary, nullable=False),
    Column("event_count", Integer, nullable=False),
    Column("event_head", LargeBinary, nullable=False),
)
# What people see and search of a case; a projection of its variables, rebuilt by commands.
complaints = Table(
    "complaints",
    metadata,
    Column("id", ForeignKey("cases.id"), primary_key=True),
    Column("kind", String(20), nullable=False),  # what the root process says it is
    Column("complaint_number", String(40), unique=True),
    Column("access_digest", String(64), unique=True),
    Column("channel", String(40)),
    Column("title", Text, nullable=False),
    Column("customer_name", Text),
    Column("product", Text),
    Column("severity", String(20)),
    Column("owner_group", String(100)),
    Column("phase", String(100)),
    Column("language", String(10), nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("due_at", Instant),
    # What the policy gave; ``due_at`` differs once the clock stood still.
    Column("due_by_policy", Instant),
    Column("due_paused_at", Instant),
    Column("closed_at", Instant),
    Column("state", String(16), nullable=False, index=True),
    Column("customer_id", String(64), index=True),
    Column("previous_complaint", String(40)),
    # What indicators count (runner/reports/indicators); nothing of the customer.
    Column("received_on", String(10)),  # the day in the site's time zone
    Column("responded_at", Instant),
    Column("response_due_at", Instant),
    Column("resolved_at", Instant),
    Column("satisfaction", String(40)),
    Column("cause_category", String(100)),
    Column("region", String(100)),
    Column("request_kind", String(40)),
    Column("public_ledger", Boolean),
    Index("ix_complaints_received_at_id", "received_at", "id"),
    Index("ix_complaints_received_on", "kind", "received_on"),
)
scopes = Table(
    "scopes",
    metadata,
    id_column(),
    _root(),
    Column("parent_id", String(64)),
    Column("instance_id", String(64), nullable=False),
    Column("element_id", String(200), nullable=False),
    # Local scopes keep writes; a passing scope hands names it does not declare to its parent.
    Column("kind", String(20), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Index("ix_scopes_root_id", "root_id"),
)
user_tasks = Table(
    "user_tasks",
    metadata,
    id_column(),
    _root(),
    Column("instance_id", String(64), nullable=False),
    Column("process_id", String(200), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("scope_id", String(64), nullable=False),
    Column("form_id", String(200)),
    Column("name", Text, nullable=False),
    *state_columns(lifecycle.USER_TASK),
    Column("assignee", String(64)),
    Column("claimed_at", Instant),
    Column("priority", Integer, nullable=False),
    Column("due_at", Instant),
    Column("follow_up_at", Instant),
    Column("escalated_at", Instant),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("completed_by", String(64)),
    Index("ix_user_tasks_root_id", "root_id", "state"),
    Index("ix_user_tasks_assignee", "assignee", "state", "due_at"),
    Index("ix_user_tasks_due_at", "state", "due_at"),
)
candidate_groups = Table(
    "candidate_groups",
    metadata,
    Column("user_task_id", ForeignKey("user_tasks.id"), primary_key=True),
    Column("group_id", String(100), primary_key=True),
    # Repeated from the task so that one index answers "open tasks of my groups by due time".
    Column("open", Boolean, nullable=False),
    Column("due_at", Instant),
    Index("ix_candidate_groups_open", "group_id", "open", "due_at", "user_task_id"),
)
drafts = Table(
    "drafts",
    metadata,
    Column("user_task_id", ForeignKey("user_tasks.id"), primary_key=True),
    Column("person_id", String(64), primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("saved_at", Instant, nullable=False),
)
timers = Table(
    "timers",
    metadata,
    id_column(),
    _root(),
    Column("token_id", String(64), nullable=False),
    Column("element_id", String(200), nullable=False),
    *state_columns(lifecycle.TIMER),
    Column("due_at", Instant, nullable=False),
    # ISO repeating interval that is left after this firing, or null.
    Column("repeats", String(100)),
    Column("ended_at", Instant),
    Index("ix_timers_due_at", "state", "due_at"),
    Index("ix_timers_root_id", "root_id", "state"),
)
message_subscriptions = Table(
    "message_subscriptions",
    metadata,
    id_column(),
    _root(),
    Column("token_id", String(64), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("name", String(200), nullable=False),
    Column("correlation_key", String(200), nullable=False),
    *state_columns(lifecycle.MESSAGE_SUBSCRIPTION),
    Index("ix_message_subscriptions_name", "name", "correlation_key", "state"),
    Index("ix_message_subscriptions_root_id", "root_id", "state"),
)
jobs = Table(
    "jobs",
    metadata,
    id_column(),  # also the idempotency key handed to the handler
    _root(),
    Column("token_id", String(64), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("scope_id", String(64), nullable=False),  # the variables it is done with
    Column("job_type", String(100), nullable=False),
    *state_columns(lifecycle.JOB),
    Column("attempts", Integer, nullable=False),
    Column("attempts_left", Integer, nullable=False),
    Column("due_at", Instant, nullable=False),
    Column("leased_until", Instant),
    Column("worker", String(100)),
    Column("inputs", LargeBinary, nullable=False),
    Column("headers", LargeBinary, nullable=False),
    Column("last_error", Text),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_jobs_due_at", "state", "job_type", "due_at"),
    Index("ix_jobs_root_id", "root_id", "state"),
)
incidents = Table(
    "incidents",
    metadata,
    id_column(),
    _root(),
    Column("token_id", String(64), nullable=False),
    Column("element_id", String(200), nullable=False),
    Column("job_id", String(64)),
    Column("kind", String(40), nullable=False),
    Column("message", Text, nullable=False),
    Column("policy_path", String(300)),
    *state_columns(lifecycle.INCIDENT),
    Column("created_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(64)),
    CheckConstraint(
        "kind IN ({})".format(", ".join(f"'{k}'" for k in sorted(lifecycle.INCIDENT_KINDS))),
        name="kind",
    ),
    Index("ix_incidents_state", "state", "created_at"),
    Index("ix_incidents_root_id", "root_id", "state"),
)
# What owners decided where a policy left it open: other cases under the same policy need not ask.
policy_decisions = Table(
    "policy_decisions",
    metadata,
    Column("policy_digest", String(64), primary_key=True),
    Column("path", String(300), primary_key=True),
    Column("data", LargeBinary, nullable=False),
    Column("root_id", String(64), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", Instant, nullable=False),
)
attachments = Table(
    "attachments",
    metadata,
    id_column(),
    _root(),
    Column("subject_id", String(64), nullable=False),
    Column("name", LargeBinary, nullable=False),  # encrypted
    Column("media_type", String(100), nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("data", LargeBinary, nullable=False),  # encrypted
    Column("added_by", String(64), nullable=False),
    Column("added_at", Instant, nullable=False),
    Index("ix_attachments_root_id", "root_id"),
)
mails = Table(
    "mails",
    metadata,
    id_column("key"),
    _root(),
    Column("job_id", String(64)),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    *state_columns(lifecycle.MAIL),
    Column("detail", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("sent_at", Instant),
    Index("ix_mails_state", "state", "created_at"),
    Index("ix_mails_root_id", "root_id"),
)
registers = Table(
    "registers",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)
ledger = Table(
    "ledger",
    metadata,
    Column("root_id", ForeignKey("cases.id"), primary_key=True),
    Column("data", LargeBinary, nullable=False),  # encrypted
    Column("opened_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
)
customers = Table(
    "customers",
    metadata,
    id_column(),
    Column("contact_digest", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
)
command_keys = Table(
    "command_keys",
    metadata,
    id_column("key"),
    Column("command", String(40), nullable=False),
    Column("input_digest", String(64), nullable=False),
    Column("result", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)

# --- the event log ---------------------------------------------------------------------------

events = Table(
    "events",
    metadata,
    Column("id", RowId, primary_key=True, autoincrement=True),
    Column("chain", String(64), nullable=False),
    Column("number", Integer, nullable=False),
    Column("type", String(60), nullable=False),
    Column("at", Instant, nullable=False),
    Column("header", LargeBinary, nullable=False),  # the exact bytes that are hashed
    Column("leaf", LargeBinary, nullable=False),  # RFC 9162 leaf hash of header
    UniqueConstraint("chain", "number"),
)
# Keyed like the event itself, so that values are written without asking for row ids.
event_values = Table(
    "event_values",
    metadata,
    Column("chain", String(64), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("subject_id", String(64), nullable=False, index=True),
    Column("data", LargeBinary, nullable=False),  # encrypted {name: [salt, value]}
    ForeignKeyConstraint(["chain", "number"], ["events.chain", "events.number"]),
)
event_leaves = Table(
    "event_leaves",
    metadata,
    Column("leaf_index", RowId, primary_key=True, autoincrement=False),
    Column("event_id", ForeignKey("events.id"), nullable=False, unique=True),
)
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("tree_size", RowId, primary_key=True, autoincrement=False),
    Column("root_hash", LargeBinary, nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
)
chains = Table(
    "chains",  # heads of the chains that are not cases: access, releases
    metadata,
    id_column(),
    Column("event_count", Integer, nullable=False),
    Column("event_head", LargeBinary, nullable=False),
)
subject_keys = Table(
    "subject_keys",
    metadata,
    id_column("subject_id"),
    Column("wrapped", LargeBinary),  # null once erased
    Column("created_at", Instant, nullable=False),
    Column("erased_at", Instant),
)
