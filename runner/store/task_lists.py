"""Task lists: which open tasks are somebody's, in order of their due time. Reads only.

Each candidate group is one index range that is cut off early, so that a page costs the same with
a hundred open tasks and with a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, and_, or_, select, union_all

from runner.store.tables import candidate_groups, cases, complaints, people, user_tasks, work_tables

MARKS = 1_000
_paused = work_tables.paused_deadlines


@dataclass(frozen=True, slots=True)
class TaskMark:
    """What counting and grouping need of an open task."""

    id: str
    assignee: str | None
    due_at: datetime | None
    follow_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One line of a list, with what people see of its case. While its clock stands still ``due_at``
    is None: ``paused_at`` says since when, ``paused_due_at`` what it was."""

    id: str
    case_id: str
    process_id: str
    element_id: str
    name: str
    assignee: str | None
    assignee_name: str | None
    due_at: datetime | None
    follow_up_at: datetime | None
    escalated_at: datetime | None
    ended_at: datetime | None
    complaint_number: str | None
    title: str
    customer_name: str | None
    product: str | None
    severity: str | None
    simulated: bool
    paused_at: datetime | None
    paused_due_at: datetime | None
    case_kind: str


_MARK = (
    user_tasks.c.id, user_tasks.c.assignee, user_tasks.c.due_at, user_tasks.c.follow_up_at,
)  # fmt: skip


def open_marks(
    connection: Connection, person_id: str, groups: Iterable[str], limit: int = MARKS
) -> list[TaskMark]:
    """The open tasks a person may do: assigned to them, or in their groups whoever holds them.

    Ordered by due time, those without one last; at most ``limit`` of each group.
    """
    parts = [
        _cut(
            select(*_MARK).where(
                user_tasks.c.assignee == person_id, user_tasks.c.state == "created", due
            ),
            user_tasks.c.due_at,
            limit,
        )
        for due in _timed(user_tasks.c.due_at)
    ]
    for group in sorted(groups):
        parts.extend(
            _cut(
                select(*_MARK)
                .join(candidate_groups, candidate_groups.c.user_task_id == user_tasks.c.id)
                .where(candidate_groups.c.group_id == group, candidate_groups.c.open, due),
                candidate_groups.c.due_at,
                limit,
            )
            for due in _timed(candidate_groups.c.due_at)
        )
    return _sorted(connection.execute(union_all(*parts)).all())


def all_open_marks(connection: Connection, limit: int = MARKS) -> list[TaskMark]:
    """Every open task of the site, for those who may read all."""
    parts = [
        _cut(select(*_MARK).where(user_tasks.c.state == "created", due), user_tasks.c.due_at, limit)
        for due in _timed(user_tasks.c.due_at)
    ]
    return _sorted(connection.execute(union_all(*parts)).all())


def _timed(column: ColumnElement[datetime]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return column.is_not(None), column.is_(None)


def _cut(
    query: Select[tuple[object, ...]], order: object, limit: int
) -> Select[tuple[object, ...]]:
    inner = query.order_by(order, user_tasks.c.id).limit(limit).subquery()  # type: ignore[arg-type]
    return select(*inner.c)


def _sorted(rows: Sequence[tuple[object, ...]]) -> list[TaskMark]:
    marks = {row[0]: TaskMark(*row) for row in rows}  # type: ignore[arg-type]
    return sorted(marks.values(), key=_by_due)


def _by_due(mark: TaskMark) -> tuple[bool, float, str]:
    due = mark.due_at
    return due is None, due.timestamp() if due else 0.0, mark.id


_LINE = (
    select(
        *[
            user_tasks.c.id,
            user_tasks.c.root_id,
            user_tasks.c.process_id,
            user_tasks.c.element_id,
            user_tasks.c.name,
            user_tasks.c.assignee,
            people.c.display_name,
            user_tasks.c.due_at,
            user_tasks.c.follow_up_at,
            user_tasks.c.escalated_at,
            user_tasks.c.ended_at,
            complaints.c.complaint_number,
            complaints.c.title,
            complaints.c.customer_name,
            complaints.c.product,
            complaints.c.severity,
            cases.c.simulated,
            _paused.c.paused_at,
            _paused.c.due_at,
            complaints.c.kind,
        ]
    )
    .join(complaints, complaints.c.id == user_tasks.c.root_id)
    .join(cases, cases.c.id == user_tasks.c.root_id)
    .outerjoin(people, people.c.id == user_tasks.c.assignee)
    .outerjoin(_paused, _paused.c.token_id == user_tasks.c.id)
)


def task_lines(connection: Connection, ids: Sequence[str]) -> list[TaskLine]:
    """The lines of these tasks, in the order asked for; unknown ids are left out."""
    if not ids:
        return []
    rows = connection.execute(_LINE.where(user_tasks.c.id.in_(ids)))
    found = {row[0]: TaskLine(*row) for row in rows}
    return [found[task_id] for task_id in ids if task_id in found]


def done_lines(connection: Connection, person_id: str, limit: int) -> list[TaskLine]:
    """What a person completed, the latest first."""
    query = (
        _LINE.where(user_tasks.c.assignee == person_id, user_tasks.c.state == "completed")
        .order_by(user_tasks.c.ended_at.desc())
        .limit(limit)
    )
    return [TaskLine(*row) for row in connection.execute(query)]


def open_lines_of_case(connection: Connection, case_id: str) -> list[TaskLine]:
    """The open tasks of a case, in the order they began."""
    query = _LINE.where(user_tasks.c.root_id == case_id, user_tasks.c.state == "created")
    query = query.order_by(user_tasks.c.created_at, user_tasks.c.id)
    return [TaskLine(*row) for row in connection.execute(query)]


def lines_of_case(
    connection: Connection, case_id: str, *, limit: int, offset: int = 0
) -> list[tuple[TaskLine, str]]:
    """(line, state) of the tasks of a case: open ones first, then the latest ended."""
    order = (user_tasks.c.state != "created", user_tasks.c.created_at.desc(), user_tasks.c.id)
    chosen = (  # before anything is joined: a long case has thousands
        select(user_tasks.c.id)
        .where(user_tasks.c.root_id == case_id)
        .order_by(*order)
        .limit(limit)
        .offset(offset)
    )
    ids = list(connection.execute(chosen).scalars())
    query = _LINE.add_columns(user_tasks.c.state).where(user_tasks.c.id.in_(ids)).order_by(*order)
    return [(TaskLine(*row[:-1]), row[-1]) for row in connection.execute(query)]


def matching_tasks(connection: Connection, ids: Sequence[str], words: str) -> list[str]:
    """Those of ``ids`` whose number, step, customer, product or title contains ``words``."""
    pattern = f"%{words.replace('%', '').replace('_', ' ').strip()}%"
    columns = (
        complaints.c.complaint_number, complaints.c.title, complaints.c.customer_name,
        complaints.c.product, user_tasks.c.name,
    )  # fmt: skip
    query = (
        select(user_tasks.c.id)
        .join(complaints, complaints.c.id == user_tasks.c.root_id)
        .where(
            and_(
                user_tasks.c.id.in_(ids),
                or_(*(column.ilike(pattern) for column in columns)),
            )
        )
    )
    found = set(connection.execute(query).scalars())
    return [task_id for task_id in ids if task_id in found]
