"""Suspended cases, and the messages that reached them meanwhile."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from runner.store.change_tables import held_messages, suspensions
from runner.store.guarded import write_guarded
from runner.store.tables import candidate_groups, cases, timers, user_tasks


@dataclass(frozen=True, slots=True)
class Suspension:
    """Why nothing happens in a case; ``reason`` is encrypted for its subject."""

    root_id: str
    reason: bytes
    suspended_by: str
    suspended_at: datetime


@dataclass(frozen=True, slots=True)
class HeldMessage:
    """A message that waits for its case to go on; ``payload`` is encrypted."""

    root_id: str
    number: int
    name: str
    correlation_key: str
    payload: bytes
    sent_by: str
    received_at: datetime


@dataclass(frozen=True, slots=True)
class NewDue:
    """A timer's or a task's next due time; ``follow_up_at`` of tasks only."""

    id: str
    due_at: datetime | None
    follow_up_at: datetime | None = None


_FIND = select(*suspensions.c).where(suspensions.c.root_id == bindparam("root"))
_MARK = (
    update(cases)
    .where(cases.c.id == bindparam("key"), cases.c.suspended == bindparam("before"))
    .values(suspended=bindparam("after"))
)
_OF_CASE = (
    select(*held_messages.c)
    .where(held_messages.c.root_id == bindparam("root"))
    .order_by(held_messages.c.number)
)
_TIMER = (
    update(timers)
    .where(timers.c.id == bindparam("key"), timers.c.state == "armed")
    .values(due_at=bindparam("due"))
)
_TASK = (
    update(user_tasks)
    .where(user_tasks.c.id == bindparam("key"), user_tasks.c.state == "created")
    .values(due_at=bindparam("due"), follow_up_at=bindparam("follow_up"))
)
_TASK_GROUPS = (
    update(candidate_groups)
    .where(candidate_groups.c.user_task_id == bindparam("key"))
    .values(due_at=bindparam("due"))
)


def goes_on(root_id: Column[str]) -> ColumnElement[bool]:
    """The condition that the case of a row is not suspended, for queries of due work."""
    return ~select(1).where(suspensions.c.root_id == root_id).correlate(root_id.table).exists()


def find_suspension(connection: Connection, case_id: str) -> Suspension | None:
    row = connection.execute(_FIND, {"root": case_id}).one_or_none()
    return None if row is None else Suspension(*row)


def insert_suspension(connection: Connection, suspension: Suspension) -> None:
    """Guarded: the case must not be suspended."""
    rows = [{"key": suspension.root_id, "before": False, "after": True}]
    write_guarded(connection, _MARK, rows, "cases")
    connection.execute(insert(suspensions).values(**asdict(suspension)))


def delete_suspension(connection: Connection, case_id: str) -> None:
    """Guarded: the case must be suspended."""
    rows = [{"key": case_id, "before": True, "after": False}]
    write_guarded(connection, _MARK, rows, "cases")
    connection.execute(delete(suspensions).where(suspensions.c.root_id == case_id))


def hold_message(connection: Connection, message: HeldMessage) -> None:
    """Keeps a message behind those that came before it; its ``number`` is given here."""
    last = select(func.coalesce(func.max(held_messages.c.number), 0)).where(
        held_messages.c.root_id == message.root_id
    )
    number = int(connection.execute(last).scalar_one()) + 1
    connection.execute(insert(held_messages).values(**{**asdict(message), "number": number}))


def messages_held(connection: Connection, case_id: str) -> list[HeldMessage]:
    """In the order they came."""
    return [HeldMessage(*row) for row in connection.execute(_OF_CASE, {"root": case_id})]


def drop_held_messages(connection: Connection, case_id: str) -> None:
    connection.execute(delete(held_messages).where(held_messages.c.root_id == case_id))


def move_timers(connection: Connection, changed: Iterable[NewDue]) -> None:
    """New due times of armed timers. Guarded by their state."""
    rows = [{"key": timer.id, "due": timer.due_at} for timer in changed]
    write_guarded(connection, _TIMER, rows, "timers")


def move_task_dues(connection: Connection, changed: Iterable[NewDue]) -> None:
    """New due and follow-up times of open tasks. Guarded by their state."""
    rows = [
        {"key": task.id, "due": task.due_at, "follow_up": task.follow_up_at} for task in changed
    ]
    write_guarded(connection, _TASK, rows, "user_tasks")
    if rows:
        groups = [{"key": row["key"], "due": row["due"]} for row in rows]
        connection.execute(_TASK_GROUPS, groups)
