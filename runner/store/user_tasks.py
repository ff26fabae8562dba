"""User tasks with their candidate groups and drafts. Every write names the state it accepts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from runner.store.cases import CASE_COLUMNS, CaseRow, as_case
from runner.store.guarded import write_guarded
from runner.store.prepared import Prepared, prepared_insert
from runner.store.tables import candidate_groups, cases, drafts, user_tasks

_SEAT = "user:"  # no group's id has a colon


def seat_of(person_id: str) -> str:
    """The candidate group that is this person alone."""
    return _SEAT + person_id


def sitting(group: str) -> str | None:
    """Whose seat it is; None for groups."""
    return group.removeprefix(_SEAT) if group.startswith(_SEAT) else None


@dataclass(frozen=True, slots=True)
class UserTask:
    """One row; ``id`` is the token's id. ``groups`` are its candidate groups, and the ``seat_of``
    each person it names as a candidate."""

    id: str
    root_id: str
    instance_id: str
    process_id: str
    element_id: str
    scope_id: str
    form_id: str | None
    name: str
    state: str
    assignee: str | None
    claimed_at: datetime | None
    priority: int
    due_at: datetime | None
    follow_up_at: datetime | None
    escalated_at: datetime | None
    created_at: datetime
    ended_at: datetime | None = None
    completed_by: str | None = None
    groups: frozenset[str] = frozenset()


_COLUMNS = tuple(user_tasks.c)
_NAMES = tuple(column.name for column in _COLUMNS)
# a row for each candidate group, one where there is none
_FIND = Prepared(
    select(*_COLUMNS, candidate_groups.c.group_id)
    .outerjoin(candidate_groups, candidate_groups.c.user_task_id == user_tasks.c.id)
    .where(user_tasks.c.id == bindparam("task_id"))
)
_LOCK_CASE = Prepared(
    select(*CASE_COLUMNS)
    .join(user_tasks, user_tasks.c.root_id == cases.c.id)
    .where(user_tasks.c.id == bindparam("task_id"))
    .with_for_update(of=cases)
)
_OPEN = Prepared(
    select(*_COLUMNS).where(
        user_tasks.c.root_id == bindparam("root"), user_tasks.c.state == "created"
    )
)
_OPEN_GROUPS = Prepared(
    select(candidate_groups.c.user_task_id, candidate_groups.c.group_id)
    .join(user_tasks, user_tasks.c.id == candidate_groups.c.user_task_id)
    .where(user_tasks.c.root_id == bindparam("root"), user_tasks.c.state == "created")
)
_COUNT_ELSEWHERE = Prepared(
    select(func.count())
    .select_from(user_tasks)
    .where(
        user_tasks.c.root_id == bindparam("root"),
        user_tasks.c.state == "created",
        user_tasks.c.instance_id != bindparam("instance"),
    )
)
_DRAFT = Prepared(
    select(drafts.c.data, drafts.c.saved_at).where(
        drafts.c.user_task_id == bindparam("task_id"), drafts.c.person_id == bindparam("person")
    )
)
_END = Prepared(
    update(user_tasks)
    .where(user_tasks.c.id == bindparam("key"), user_tasks.c.state == "created")
    .values(
        state=bindparam("to"),
        ended_at=bindparam("at"),
        assignee=bindparam("holder"),
        completed_by=bindparam("by"),
    )
)
_CLOSE_GROUPS = Prepared(
    update(candidate_groups)
    .where(candidate_groups.c.user_task_id == bindparam("key"))
    .values(open=False)
)
_DROP_DRAFTS = Prepared(delete(drafts).where(drafts.c.user_task_id == bindparam("key")))
_INSERT = prepared_insert(user_tasks)
_INSERT_GROUPS = prepared_insert(candidate_groups)
_ASSIGN = Prepared(
    update(user_tasks)
    .where(user_tasks.c.id == bindparam("key"), user_tasks.c.state == "created")
    .values(assignee=bindparam("holder"), claimed_at=bindparam("at"))
)
_ESCALATE = Prepared(
    update(user_tasks)
    .where(user_tasks.c.id == bindparam("key"), user_tasks.c.state == "created")
    .values(escalated_at=bindparam("at"))
)


def find_user_task(connection: Connection, task_id: str) -> UserTask | None:
    """The task in any state, with its candidate groups."""
    rows = _FIND.rows(connection, {"task_id": task_id})
    if not rows:
        return None
    groups = frozenset(row[-1] for row in rows if row[-1] is not None)
    return UserTask(*[*rows[0][:-1], groups])


def lock_case_of_user_task(connection: Connection, task_id: str) -> CaseRow | None:
    """The case a task belongs to, locked as by ``lock_case``, in one statement."""
    row = _LOCK_CASE.all(connection, {"task_id": task_id}).one_or_none()
    return None if row is None else as_case(row)


def open_user_tasks(connection: Connection, root_id: str) -> list[UserTask]:
    """The open tasks of a case, with their candidate groups."""
    groups: dict[str, set[str]] = {}
    for task_id, group in _OPEN_GROUPS.rows(connection, {"root": root_id}):
        groups.setdefault(task_id, set()).add(group)
    return [
        UserTask(*[*row, frozenset(groups.get(row[0], ()))])
        for row in _OPEN.rows(connection, {"root": root_id})
    ]


def count_elsewhere(connection: Connection, root_id: str, instance_id: str) -> int:
    """How many open tasks of the case belong to other process instances than this."""
    found = _COUNT_ELSEWHERE.rows(connection, {"root": root_id, "instance": instance_id})
    return int(found[0][0])


def insert_user_tasks(connection: Connection, tasks: Sequence[UserTask]) -> None:
    """New rows and their candidate groups."""
    if not tasks:
        return
    _INSERT.each(connection, [{name: getattr(task, name) for name in _NAMES} for task in tasks])
    groups = [
        {"user_task_id": task.id, "group_id": group, "open": True, "due_at": task.due_at}
        for task in tasks
        for group in sorted(task.groups)
    ]
    if groups:
        _INSERT_GROUPS.each(connection, groups)


def end_user_tasks(
    connection: Connection, ended: Iterable[tuple[UserTask, str, str | None]], at: datetime
) -> None:
    """Each ``(task, state, person)``: completed by the person, or cancelled (person None).

    Guarded: every one must still be open. Their drafts go.
    """
    rows = [
        {"key": task.id, "to": state, "at": at, "by": person, "holder": person or task.assignee}
        for task, state, person in ended
    ]
    if not rows:
        return
    write_guarded(connection, _END, rows, "user_tasks")
    keys = [{"key": row["key"]} for row in rows]
    _CLOSE_GROUPS.each(connection, keys)
    _DROP_DRAFTS.each(connection, keys)


def assign_user_task(
    connection: Connection, task: UserTask, person: str | None, at: datetime | None
) -> UserTask:
    """Gives an open task to a person, or back to its groups. Guarded by its state."""
    rows = [{"key": task.id, "holder": person, "at": at}]
    write_guarded(connection, _ASSIGN, rows, "user_tasks")
    return replace(task, assignee=person, claimed_at=at)


def escalate_user_tasks(connection: Connection, task_ids: Sequence[str], at: datetime) -> None:
    """Marks open tasks as escalated. Guarded by their state."""
    rows = [{"key": task_id, "at": at} for task_id in task_ids]
    write_guarded(connection, _ESCALATE, rows, "user_tasks")


def people_who_completed(connection: Connection, root_id: str, element_id: str) -> frozenset[str]:
    """The ids of everybody who completed a task of this element in this case."""
    query = select(user_tasks.c.completed_by).where(
        user_tasks.c.root_id == root_id,
        user_tasks.c.state == "completed",
        user_tasks.c.element_id == element_id,
    )
    return frozenset(p for p in connection.execute(query).scalars() if p is not None)


def worked_in_case(connection: Connection, root_id: str, groups: Iterable[str]) -> frozenset[str]:
    """One of the groups that has or had a task in the case, nothing where none has."""
    query = (
        select(candidate_groups.c.group_id)
        .join(user_tasks, user_tasks.c.id == candidate_groups.c.user_task_id)
        .where(user_tasks.c.root_id == root_id, candidate_groups.c.group_id.in_(sorted(groups)))
        .limit(1)  # one is enough, and a long case has thousands
    )
    return frozenset(connection.execute(query).scalars())


def save_draft_row(
    connection: Connection, task_id: str, person_id: str, data: bytes, at: datetime
) -> None:
    """Keeps a person's unfinished form (encrypted ``data``); one draft each."""
    mine = (drafts.c.user_task_id == task_id) & (drafts.c.person_id == person_id)
    changed = connection.execute(update(drafts).where(mine).values(data=data, saved_at=at))
    if changed.rowcount == 0:
        connection.execute(
            insert(drafts).values(user_task_id=task_id, person_id=person_id, data=data, saved_at=at)
        )


def find_draft(
    connection: Connection, task_id: str, person_id: str
) -> tuple[bytes, datetime] | None:
    """(encrypted data, when saved) of a person's draft."""
    rows = _DRAFT.rows(connection, {"task_id": task_id, "person": person_id})
    return None if not rows else (rows[0][0], rows[0][1])
