"""Rows of a running case that point to elements of its release, pointed elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, Table, bindparam, select, update

from runner.store.guarded import write_guarded
from runner.store.signal_tables import signal_subscriptions
from runner.store.signals import SignalSubscription
from runner.store.tables import (
    cases,
    incidents,
    jobs,
    message_subscriptions,
    process_instances,
    scopes,
    timers,
    user_tasks,
)


@dataclass(frozen=True, slots=True)
class TaskPins:
    """What a task row takes from its element and from where that is."""

    id: str
    process_id: str
    element_id: str
    scope_id: str
    name: str
    form_id: str | None


@dataclass(frozen=True, slots=True)
class ScopePins:
    """What a scope row takes from its element and from what is around that."""

    id: str
    element_id: str
    kind: str
    parent_id: str | None
    instance_id: str


@dataclass(frozen=True, slots=True)
class CallPins:
    """What a process instance takes from its release: its process, and what called it."""

    id: str
    process_id: str
    call_element_id: str | None


@dataclass(frozen=True, slots=True)
class JobPins:
    """What a job row takes from its element and from where that is."""

    id: str
    element_id: str
    scope_id: str


_CASE = (
    update(cases)
    .where(cases.c.id == bindparam("key"), cases.c.release_digest == bindparam("before"))
    .values(release_digest=bindparam("after"), policy_digest=bindparam("policy"))
)
_TASK = (
    update(user_tasks)
    .where(user_tasks.c.id == bindparam("key"), user_tasks.c.state == "created")
    .values(
        process_id=bindparam("process"),
        element_id=bindparam("at"),
        scope_id=bindparam("scope"),
        name=bindparam("called"),
        form_id=bindparam("form"),
    )
)
_SCOPE = (
    update(scopes)
    .where(scopes.c.id == bindparam("key"))
    .values(element_id=bindparam("at"), kind=bindparam("passes"), parent_id=bindparam("around"))
)
_CALL = (
    update(process_instances)
    .where(process_instances.c.id == bindparam("key"), process_instances.c.state == "active")
    .values(call_element_id=bindparam("at"), process_id=bindparam("process"))
)
_JOB = (
    update(jobs)
    .where(jobs.c.id == bindparam("key"))
    .values(element_id=bindparam("at"), scope_id=bindparam("scope"))
)
_OPEN = {"timers": timers, "message_subscriptions": message_subscriptions,
         "signal_subscriptions": signal_subscriptions, "incidents": incidents}  # fmt: skip
_SIGNALS = select(
    *(signal_subscriptions.c[field.name] for field in fields(SignalSubscription))
).where(signal_subscriptions.c.root_id == bindparam("root"), signal_subscriptions.c.state == "open")


def repin_case(
    connection: Connection, case_id: str, *, before: str, after: str, policy_digest: str
) -> None:
    """Guarded: the case must still be on the release ``before``."""
    rows = [{"key": case_id, "before": before, "after": after, "policy": policy_digest}]
    write_guarded(connection, _CASE, rows, "cases")


def repin_tasks(connection: Connection, tasks: Iterable[TaskPins]) -> None:
    """Guarded: every one must be open."""
    rows = [
        {
            "key": t.id,
            "process": t.process_id,
            "at": t.element_id,
            "scope": t.scope_id,
            "called": t.name,
            "form": t.form_id,
        }
        for t in tasks
    ]
    write_guarded(connection, _TASK, rows, "user_tasks")


def repin_scopes(connection: Connection, pins: Iterable[ScopePins]) -> None:
    rows = [
        {"key": s.id, "at": s.element_id, "passes": s.kind, "around": s.parent_id} for s in pins
    ]
    write_guarded(connection, _SCOPE, rows, "scopes")


def repin_calls(connection: Connection, calls: Iterable[CallPins]) -> None:
    """Guarded: every process instance must run."""
    rows = [{"key": c.id, "at": c.call_element_id, "process": c.process_id} for c in calls]
    write_guarded(connection, _CALL, rows, "process_instances")


def repin_jobs(connection: Connection, pins: Iterable[JobPins]) -> None:
    rows = [{"key": job.id, "at": job.element_id, "scope": job.scope_id} for job in pins]
    write_guarded(connection, _JOB, rows, "jobs")


def repin_rows(connection: Connection, noun: str, pins: Sequence[tuple[str, str]]) -> None:
    """Each ``(id, element)`` of ``timers``, ``message_subscriptions``, ``signal_subscriptions``,
    ``incidents``."""
    table: Table = _OPEN[noun]
    statement = update(table).where(table.c.id == bindparam("key"))
    rows = [{"key": key, "at": element} for key, element in pins]
    write_guarded(connection, statement.values(element_id=bindparam("at")), rows, noun)


def signals_awaited(connection: Connection, case_id: str) -> list[SignalSubscription]:
    """What a case waits for; commands do not load it, since most cases wait for no signal."""
    return [SignalSubscription(*row) for row in connection.execute(_SIGNALS, {"root": case_id})]
