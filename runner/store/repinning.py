"""Rows of a running case that point to elements of its release, pointed elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, bindparam, update

from runner.store.guarded import write_guarded
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
    """What a task row takes from its element."""

    id: str
    element_id: str
    name: str
    form_id: str | None


@dataclass(frozen=True, slots=True)
class ScopePins:
    """What a scope row takes from its element."""

    id: str
    element_id: str
    kind: str


_CASE = (
    update(cases)
    .where(cases.c.id == bindparam("key"), cases.c.release_digest == bindparam("before"))
    .values(release_digest=bindparam("after"), policy_digest=bindparam("policy"))
)
_TASK = (
    update(user_tasks)
    .where(user_tasks.c.id == bindparam("key"), user_tasks.c.state == "created")
    .values(element_id=bindparam("at"), name=bindparam("called"), form_id=bindparam("form"))
)
_SCOPE = (
    update(scopes)
    .where(scopes.c.id == bindparam("key"))
    .values(element_id=bindparam("at"), kind=bindparam("passes"))
)
_CALL = (
    update(process_instances)
    .where(process_instances.c.id == bindparam("key"), process_instances.c.state == "active")
    .values(call_element_id=bindparam("at"))
)
_OPEN = {"timers": timers, "message_subscriptions": message_subscriptions, "jobs": jobs,
         "incidents": incidents}  # fmt: skip


def repin_case(
    connection: Connection, case_id: str, *, before: str, after: str, policy_digest: str
) -> None:
    """Guarded: the case must still be on the release ``before``."""
    rows = [{"key": case_id, "before": before, "after": after, "policy": policy_digest}]
    write_guarded(connection, _CASE, rows, "cases")


def repin_tasks(connection: Connection, tasks: Iterable[TaskPins]) -> None:
    """Guarded: every one must be open."""
    rows = [{"key": t.id, "at": t.element_id, "called": t.name, "form": t.form_id} for t in tasks]
    write_guarded(connection, _TASK, rows, "user_tasks")


def repin_scopes(connection: Connection, pins: Iterable[ScopePins]) -> None:
    rows = [{"key": s.id, "at": s.element_id, "passes": s.kind} for s in pins]
    write_guarded(connection, _SCOPE, rows, "scopes")


def repin_calls(connection: Connection, calls: Iterable[tuple[str, str | None]]) -> None:
    """Each ``(process instance, element that called it)``."""
    rows = [{"key": key, "at": element} for key, element in calls]
    write_guarded(connection, _CALL, rows, "process_instances")


def repin_rows(connection: Connection, noun: str, pins: Sequence[tuple[str, str]]) -> None:
    """Each ``(id, element)`` of ``timers``, ``message_subscriptions``, ``jobs``, ``incidents``."""
    table: Table = _OPEN[noun]
    statement = update(table).where(table.c.id == bindparam("key"))
    rows = [{"key": key, "at": element} for key, element in pins]
    write_guarded(connection, statement.values(element_id=bindparam("at")), rows, noun)
