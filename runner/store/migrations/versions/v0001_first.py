"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from runner.store.event_log import append_only

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blobs")),
    )
    op.create_table(
        "chains",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("event_head", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chains")),
    )
    op.create_table(
        "checkpoints",
        sa.Column(
            "tree_size",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("root_hash", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tree_size", name=op.f("pk_checkpoints")),
    )
    op.create_table(
        "command_keys",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("command", sa.String(length=40), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_command_keys")),
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("contact_digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customers")),
        sa.UniqueConstraint("contact_digest", name=op.f("uq_customers_contact_digest")),
    )
    op.create_table(
        "events",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=60), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("chain", "number", name=op.f("uq_events_chain_number")),
    )
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("username", sa.String(length=100), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("username", name=op.f("uq_people_username")),
    )
    op.create_table(
        "policy_decisions",
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("policy_digest", "path", name=op.f("pk_policy_decisions")),
    )
    op.create_table(
        "process_instances",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("parent_id", sa.String(length=64), nullable=True),
        sa.Column("process_id", sa.String(length=200), nullable=False),
        sa.Column("call_element_id", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('active', 'completed', 'cancelled')", name=op.f("ck_process_instances_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instances")),
    )
    op.create_index(
        op.f("ix_process_instances_root_id"), "process_instances", ["root_id"], unique=False
    )
    op.create_table(
        "registers",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", "year", name=op.f("pk_registers")),
    )
    op.create_table(
        "releases",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", sa.String(length=64), nullable=True),
        sa.Column("effective_at", sa.BigInteger(), nullable=True),
        sa.Column("superseded_at", sa.BigInteger(), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'checked', 'approved', 'effective', 'superseded')",
            name=op.f("ck_releases_state"),
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_releases")),
        sa.UniqueConstraint("number", name=op.f("uq_releases_number")),
    )
    op.create_table(
        "subject_keys",
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("subject_id", name=op.f("pk_subject_keys")),
    )
    op.create_table(
        "attachments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("added_by", sa.String(length=64), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_attachments_root_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachments")),
    )
    op.create_index("ix_attachments_root_id", "attachments", ["root_id"], unique=False)
    op.create_table(
        "cases",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("release_digest", sa.String(length=64), nullable=False),
        sa.Column("policy_id", sa.String(length=100), nullable=False),
        sa.Column("policy_digest", sa.String(length=64), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("execution", sa.LargeBinary(), nullable=False),
        sa.Column("event_count", sa.Integer(), nullable=False),
        sa.Column("event_head", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["process_instances.id"], name=op.f("fk_cases_id")),
        sa.ForeignKeyConstraint(
            ["release_digest"], ["releases.digest"], name=op.f("fk_cases_release_digest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
    )
    op.create_table(
        "event_leaves",
        sa.Column(
            "leaf_index",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("event_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["events.id"], name=op.f("fk_event_leaves_event_id")),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("pk_event_leaves")),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_leaves_event_id")),
    )
    op.create_table(
        "event_values",
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain", "number"],
            ["events.chain", "events.number"],
            name=op.f("fk_event_values_chain"),
        ),
        sa.PrimaryKeyConstraint("chain", "number", name=op.f("pk_event_values")),
    )
    op.create_index(
        op.f("ix_event_values_subject_id"), "event_values", ["subject_id"], unique=False
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("token_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("job_id", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("policy_path", sa.String(length=300), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "kind IN ('decision_failed', 'error_uncaught', 'expression_failed', 'halted', 'job_failed', 'no_candidates', 'no_flow', 'policy_unset', 'service_failed')",
            name=op.f("ck_incidents_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('open', 'resolved', 'cancelled')", name=op.f("ck_incidents_state")
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_incidents_root_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index("ix_incidents_root_id", "incidents", ["root_id", "state"], unique=False)
    op.create_index("ix_incidents_state", "incidents", ["state", "created_at"], unique=False)
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("token_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("scope_id", sa.String(length=64), nullable=False),
        sa.Column("job_type", sa.String(length=100), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("attempts_left", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("worker", sa.String(length=100), nullable=True),
        sa.Column("inputs", sa.LargeBinary(), nullable=False),
        sa.Column("headers", sa.LargeBinary(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('created', 'activated', 'failed', 'completed', 'cancelled')",
            name=op.f("ck_jobs_state"),
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_jobs_root_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_due_at", "jobs", ["state", "job_type", "due_at"], unique=False)
    op.create_index("ix_jobs_root_id", "jobs", ["root_id", "state"], unique=False)
    op.create_table(
        "mails",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("job_id", sa.String(length=64), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'sent', 'withdrawn')", name=op.f("ck_mails_state")
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_mails_root_id")
        ),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_mails")),
    )
    op.create_index("ix_mails_root_id", "mails", ["root_id"], unique=False)
    op.create_index("ix_mails_state", "mails", ["state", "created_at"], unique=False)
    op.create_table(
        "memberships",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("group_id", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "group_id", name=op.f("pk_memberships")),
    )
    op.create_index("ix_memberships_group_id", "memberships", ["group_id"], unique=False)
    op.create_table(
        "message_subscriptions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("token_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("correlation_key", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'correlated', 'cancelled')",
            name=op.f("ck_message_subscriptions_state"),
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_message_subscriptions_root_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_subscriptions")),
    )
    op.create_index(
        "ix_message_subscriptions_name",
        "message_subscriptions",
        ["name", "correlation_key", "state"],
        unique=False,
    )
    op.create_index(
        "ix_message_subscriptions_root_id",
        "message_subscriptions",
        ["root_id", "state"],
        unique=False,
    )
    op.create_table(
        "release_files",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"], ["releases.digest"], name=op.f("fk_release_files_digest")
        ),
        sa.ForeignKeyConstraint(["sha256"], ["blobs.sha256"], name=op.f("fk_release_files_sha256")),
        sa.PrimaryKeyConstraint("digest", "path", name=op.f("pk_release_files")),
    )
    op.create_table(
        "scopes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("parent_id", sa.String(length=64), nullable=True),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_scopes_root_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scopes")),
    )
    op.create_index("ix_scopes_root_id", "scopes", ["root_id"], unique=False)
    op.create_table(
        "sessions",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sessions")),
    )
    op.create_table(
        "timers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("token_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("repeats", sa.String(length=100), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('armed', 'paused', 'fired', 'cancelled')", name=op.f("ck_timers_state")
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_timers_root_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timers")),
    )
    op.create_index("ix_timers_due_at", "timers", ["state", "due_at"], unique=False)
    op.create_index("ix_timers_root_id", "timers", ["root_id", "state"], unique=False)
    op.create_table(
        "user_tasks",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("process_id", sa.String(length=200), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("scope_id", sa.String(length=64), nullable=False),
        sa.Column("form_id", sa.String(length=200), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("assignee", sa.String(length=64), nullable=True),
        sa.Column("claimed_at", sa.BigInteger(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("follow_up_at", sa.BigInteger(), nullable=True),
        sa.Column("escalated_at", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("completed_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "state IN ('created', 'completed', 'cancelled')", name=op.f("ck_user_tasks_state")
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_user_tasks_root_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_tasks")),
    )
    op.create_index(
        "ix_user_tasks_assignee", "user_tasks", ["assignee", "state", "due_at"], unique=False
    )
    op.create_index("ix_user_tasks_due_at", "user_tasks", ["state", "due_at"], unique=False)
    op.create_index("ix_user_tasks_root_id", "user_tasks", ["root_id", "state"], unique=False)
    op.create_table(
        "candidate_groups",
        sa.Column("user_task_id", sa.String(length=64), nullable=False),
        sa.Column("group_id", sa.String(length=100), nullable=False),
        sa.Column("open", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_task_id"], ["user_tasks.id"], name=op.f("fk_candidate_groups_user_task_id")
        ),
        sa.PrimaryKeyConstraint("user_task_id", "group_id", name=op.f("pk_candidate_groups")),
    )
    op.create_index(
        "ix_candidate_groups_open",
        "candidate_groups",
        ["group_id", "open", "due_at", "user_task_id"],
        unique=False,
    )
    op.create_table(
        "complaints",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("complaint_number", sa.String(length=40), nullable=True),
        sa.Column("access_digest", sa.String(length=64), nullable=True),
        sa.Column("channel", sa.String(length=40), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("customer_name", sa.Text(), nullable=True),
        sa.Column("product", sa.Text(), nullable=True),
        sa.Column("severity", sa.String(length=20), nullable=True),
        sa.Column("owner_group", sa.String(length=100), nullable=True),
        sa.Column("phase", sa.String(length=100), nullable=True),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("due_by_policy", sa.BigInteger(), nullable=True),
        sa.Column("due_paused_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("customer_id", sa.String(length=64), nullable=True),
        sa.Column("previous_complaint", sa.String(length=40), nullable=True),
        sa.Column("received_on", sa.String(length=10), nullable=True),
        sa.Column("responded_at", sa.BigInteger(), nullable=True),
        sa.Column("response_due_at", sa.BigInteger(), nullable=True),
        sa.Column("resolved_at", sa.BigInteger(), nullable=True),
        sa.Column("satisfaction", sa.String(length=40), nullable=True),
        sa.Column("cause_category", sa.String(length=100), nullable=True),
        sa.Column("region", sa.String(length=100), nullable=True),
        sa.Column("request_kind", sa.String(length=40), nullable=True),
        sa.Column("public_ledger", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["id"], ["cases.id"], name=op.f("fk_complaints_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("access_digest", name=op.f("uq_complaints_access_digest")),
        sa.UniqueConstraint("complaint_number", name=op.f("uq_complaints_complaint_number")),
    )
    op.create_index(op.f("ix_complaints_customer_id"), "complaints", ["customer_id"], unique=False)
    op.create_index(
        "ix_complaints_received_at_id", "complaints", ["received_at", "id"], unique=False
    )
    op.create_index(op.f("ix_complaints_state"), "complaints", ["state"], unique=False)
    op.create_table(
        "drafts",
        sa.Column("user_task_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_task_id"], ["user_tasks.id"], name=op.f("fk_drafts_user_task_id")
        ),
        sa.PrimaryKeyConstraint("user_task_id", "person_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "ledger",
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["root_id"], ["cases.id"], name=op.f("fk_ledger_root_id")),
        sa.PrimaryKeyConstraint("root_id", name=op.f("pk_ledger")),
    )
    op.create_table(
        "migration_plans",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("source_digest", sa.String(length=64), nullable=False),
        sa.Column("target_digest", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source_digest"], ["releases.digest"], name=op.f("fk_migration_plans_source_digest")
        ),
        sa.ForeignKeyConstraint(
            ["target_digest"], ["releases.digest"], name=op.f("fk_migration_plans_target_digest")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_migration_plans")),
    )
    op.create_table(
        "held_messages",
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("correlation_key", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("sent_by", sa.String(length=64), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["root_id"], ["cases.id"], name=op.f("fk_held_messages_root_id")),
        sa.PrimaryKeyConstraint("root_id", "number", name=op.f("pk_held_messages")),
    )
    op.create_table(
        "migration_batches",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("plan_digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("revert_reason", sa.Text(), nullable=True),
        sa.Column("reverted_by", sa.String(length=64), nullable=True),
        sa.Column("revert_confirmed_by", sa.String(length=64), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asked', 'declined', 'running', 'done', 'revert_asked', 'reverting', "
            "'reverted')",
            name=op.f("ck_migration_batches_state"),
        ),
        sa.ForeignKeyConstraint(
            ["plan_digest"],
            ["migration_plans.digest"],
            name=op.f("fk_migration_batches_plan_digest"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_batches")),
    )
    op.create_index("ix_migration_batches_state", "migration_batches", ["state"], unique=False)
    op.create_table(
        "repair_requests",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("requested_by", sa.String(length=64), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'done', 'declined')", name=op.f("ck_repair_requests_state")
        ),
        sa.ForeignKeyConstraint(["root_id"], ["cases.id"], name=op.f("fk_repair_requests_root_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_repair_requests")),
    )
    op.create_index(
        "ix_repair_requests_root_id", "repair_requests", ["root_id", "state"], unique=False
    )
    op.create_table(
        "suspensions",
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("suspended_by", sa.String(length=64), nullable=False),
        sa.Column("suspended_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["root_id"], ["cases.id"], name=op.f("fk_suspensions_root_id")),
        sa.PrimaryKeyConstraint("root_id", name=op.f("pk_suspensions")),
    )
    op.create_table(
        "migration_items",
        sa.Column("batch_id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'migrated', 'refused', 'reverting', 'reverted', 'kept')",
            name=op.f("ck_migration_items_state"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["migration_batches.id"], name=op.f("fk_migration_items_batch_id")
        ),
        sa.ForeignKeyConstraint(["root_id"], ["cases.id"], name=op.f("fk_migration_items_root_id")),
        sa.PrimaryKeyConstraint("batch_id", "root_id", name=op.f("pk_migration_items")),
    )
    op.create_index(
        "ix_migration_items_batch_id",
        "migration_items",
        ["batch_id", "state", "number"],
        unique=False,
    )
    op.create_index("ix_migration_items_root_id", "migration_items", ["root_id"], unique=False)
    op.create_table(
        "kept_messages",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("correlation_key", sa.String(length=200), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("sent_by", sa.String(length=64), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("start_element", sa.String(length=200), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_kept_messages")),
        sa.UniqueConstraint("id", name=op.f("uq_kept_messages_id")),
    )
    op.create_index("ix_kept_messages_expires_at", "kept_messages", ["expires_at"], unique=False)
    op.create_index(
        "ix_kept_messages_name",
        "kept_messages",
        ["name", "correlation_key", "number"],
        unique=False,
    )
    op.create_table(
        "worker_tokens",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("job_types", sa.Text(), nullable=False),
        sa.Column("messages", sa.Text(), nullable=False),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("inputs_only", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_worker_tokens_digest")),
    )
    op.create_table(
        "message_starts",
        sa.Column("process_id", sa.String(length=200), nullable=False),
        sa.Column("correlation_key", sa.String(length=200), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_message_starts_root_id")
        ),
        sa.PrimaryKeyConstraint("process_id", "correlation_key", name=op.f("pk_message_starts")),
    )
    op.create_table(
        "start_timers",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("release_digest", sa.String(length=64), nullable=False),
        sa.Column("process_id", sa.String(length=200), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("repeats", sa.String(length=100), nullable=True),
        sa.Column("item", sa.Text(), nullable=True),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('armed', 'refused', 'fired', 'cancelled')",
            name=op.f("ck_start_timers_state"),
        ),
        sa.ForeignKeyConstraint(
            ["release_digest"], ["releases.digest"], name=op.f("fk_start_timers_release_digest")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_timers")),
    )
    op.create_index("ix_start_timers_due_at", "start_timers", ["state", "due_at"], unique=False)
    op.create_table(
        "paused_deadlines",
        sa.Column("token_id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("paused_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_id"], ["cases.id"], name=op.f("fk_paused_deadlines_root_id")
        ),
        sa.PrimaryKeyConstraint("token_id", name=op.f("pk_paused_deadlines")),
    )
    op.create_index("ix_paused_deadlines_root_id", "paused_deadlines", ["root_id"], unique=False)
    op.create_table(
        "signal_subscriptions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("token_id", sa.String(length=64), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'received', 'cancelled')", name=op.f("ck_signal_subscriptions_state")
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_signal_subscriptions_root_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal_subscriptions")),
    )
    for columns in (["name", "state"], ["origin", "state"], ["token_id", "state"]):
        op.create_index(
            f"ix_signal_subscriptions_{columns[0]}", "signal_subscriptions", columns, unique=False
        )
    op.create_table(
        "signal_deliveries",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=True),
        sa.Column("origin", sa.String(length=64), nullable=True),
        sa.Column("start_element", sa.String(length=200), nullable=True),
        sa.Column("policy_id", sa.String(length=100), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("thrown_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'refused', 'delivered', 'discarded')",
            name=op.f("ck_signal_deliveries_state"),
        ),
        sa.ForeignKeyConstraint(
            ["root_id"], ["process_instances.id"], name=op.f("fk_signal_deliveries_root_id")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_signal_deliveries")),
        sa.UniqueConstraint("id", name=op.f("uq_signal_deliveries_id")),
    )
    op.create_index(
        "ix_signal_deliveries_state", "signal_deliveries", ["state", "number"], unique=False
    )
    op.create_index(
        "ix_signal_deliveries_root_id",
        "signal_deliveries",
        ["root_id", "state", "number"],
        unique=False,
    )
    op.create_table(
        "case_outlines",
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("part", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["root_id"], ["cases.id"], name=op.f("fk_case_outlines_root_id")),
        sa.PrimaryKeyConstraint("root_id", "part", name=op.f("pk_case_outlines")),
    )
    op.create_table(
        "document_revisions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=100), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=10), nullable=False),
        sa.Column("seen_by", sa.Text(), nullable=False),
        sa.Column("element_id", sa.String(length=200), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["root_id"], ["cases.id"], name=op.f("fk_document_revisions_root_id")
        ),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachments.id"],
            name=op.f("fk_document_revisions_attachment_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_revisions")),
        sa.UniqueConstraint("attachment_id", name=op.f("uq_document_revisions_attachment_id")),
        sa.UniqueConstraint(
            "root_id",
            "kind",
            "revision",
            name=op.f("uq_document_revisions_root_id_kind_revision"),
        ),
    )
    op.create_index(
        "ix_document_revisions_root_id", "document_revisions", ["root_id"], unique=False
    )
    op.create_table(
        "received_mails",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("start_element", sa.String(length=200), nullable=False),
        sa.Column("root_id", sa.String(length=64), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=True),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'refused', 'began', 'attached', 'ignored', 'discarded')",
            name=op.f("ck_received_mails_state"),
        ),
        sa.ForeignKeyConstraint(["root_id"], ["cases.id"], name=op.f("fk_received_mails_root_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_received_mails")),
    )
    op.create_index(
        "ix_received_mails_state", "received_mails", ["state", "received_at"], unique=False
    )
    op.create_index(
        "ix_complaints_received_on", "complaints", ["kind", "received_on"], unique=False
    )
    op.create_table(
        "reminders",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reminders_person_id")),
        sa.PrimaryKeyConstraint("person_id", "day", name=op.f("pk_reminders")),
    )
    append_only(op.get_bind())
