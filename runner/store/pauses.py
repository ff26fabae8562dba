"""Deadlines that stand still: which, since when, and what they were."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from runner.store.guarded import write_guarded
from runner.store.tables import candidate_groups, timers, user_tasks, work_tables

_paused = work_tables.paused_deadlines
TIMER, TASK = "timer", "task"


@dataclass(frozen=True, slots=True)
class Pause:
    """The deadline of one token, a timer's or a task's. ``due_at`` is what it was."""

    token_id: str
    root_id: str
    kind: str
    due_at: datetime
    paused_at: datetime
    reason: str


_OF_CASE = select(*_paused.c).where(_paused.c.root_id == bindparam("root"))
_OF_TOKEN = select(*_paused.c).where(_paused.c.token_id == bindparam("token"))
_STOP = (
    update(timers)
    .where(timers.c.token_id == bindparam("key"), timers.c.state == "armed")
    .values(state="paused")
)
_GO_ON = (
    update(timers)
    .where(timers.c.token_id == bindparam("key"), timers.c.state == "paused")
    .values(state="armed", due_at=bindparam("due"))
)
_TASK = (
    update(user_tasks)
    .where(user_tasks.c.id == bindparam("key"), user_tasks.c.state == "created")
    .values(due_at=bindparam("due"))
)
_GROUPS = (
    update(candidate_groups)
    .where(candidate_groups.c.user_task_id == bindparam("key"))
    .values(due_at=bindparam("due"))
)


def open_pauses(connection: Connection, root_id: str) -> list[Pause]:
    return [Pause(*row) for row in connection.execute(_OF_CASE, {"root": root_id})]


def pause_of(connection: Connection, token_id: str) -> Pause | None:
    """Since when the deadline of this task or timer stands still, if it does."""
    row = connection.execute(_OF_TOKEN, {"token": token_id}).one_or_none()
    return None if row is None else Pause(*row)


def insert_pauses(connection: Connection, added: Sequence[Pause]) -> None:
    """The deadlines stand still. Guarded: the timers must be armed, the tasks open."""
    if not added:
        return
    connection.execute(insert(_paused), [asdict(pause) for pause in added])
    stop = [{"key": pause.token_id} for pause in added if pause.kind == TIMER]
    write_guarded(connection, _STOP, stop, "timers")
    _set_dues(connection, [(pause.token_id, None) for pause in added if pause.kind == TASK])


def end_pauses(connection: Connection, ended: Iterable[tuple[Pause, datetime | None]]) -> None:
    """Each pause with the new due time, None where its timer or task has ended meanwhile."""
    rows = list(ended)
    if not rows:
        return
    keys = [pause.token_id for pause, _ in rows]
    connection.execute(delete(_paused).where(_paused.c.token_id.in_(keys)))
    timed = [{"key": p.token_id, "due": due} for p, due in rows if due and p.kind == TIMER]
    write_guarded(connection, _GO_ON, timed, "timers")
    _set_dues(connection, [(p.token_id, due) for p, due in rows if due and p.kind == TASK])


def _set_dues(connection: Connection, dues: Sequence[tuple[str, datetime | None]]) -> None:
    rows = [{"key": key, "due": due} for key, due in dues]
    write_guarded(connection, _TASK, rows, "user_tasks")
    if rows:
        connection.execute(_GROUPS, rows)
