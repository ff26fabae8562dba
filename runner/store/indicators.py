"""What indicators count, summed by the database over the projection of cases. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal,
    select,
)

from runner.store.case_lists import LINE, CaseLine, Visible, may_see
from runner.store.tables import candidate_groups, cases, complaints, user_tasks

SATISFIED = ("very_satisfied", "satisfied")
NOT_FOLLOWED_UP = ("not_reached", "declined")
DIMENSIONS = {
    "product": complaints.c.product,
    "cause": complaints.c.cause_category,
    "department": complaints.c.owner_group,
    "region": complaints.c.region,
    "severity": complaints.c.severity,
    "channel": complaints.c.channel,
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """Complaints received from the day ``begins`` to the day ``ends``, both included (ISO dates of
    the site's zone), where a dimension has one value. ``nothing`` chooses those without a value."""

    begins: str
    ends: str
    dimension: str = ""
    value: str = ""
    nothing: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """Counts of complaints: ``key`` is the day, or the value of a dimension (None: none)."""

    key: str | None
    all: int
    resolved: int
    followed_up: int
    satisfied: int
    ended: int
    in_time: int
    responses: int
    responses_in_time: int
    recurred: int


_c = complaints.c
_followed_up = and_(_c.satisfaction.is_not(None), _c.satisfaction.not_in(NOT_FOLLOWED_UP))
_satisfied = _c.satisfaction.in_(SATISFIED)
# In time: settled by its due date, where it has one and its clock is not stopped.
_ended = and_(_c.resolved_at.is_not(None), _c.due_at.is_not(None))
_responded = and_(_c.responded_at.is_not(None), _c.response_due_at.is_not(None))
# Registered, and no question, suggestion or order for service.
IS_COMPLAINT = and_(
    _c.kind == "complaint",
    _c.complaint_number.is_not(None),
    func.coalesce(_c.request_kind, "complaint") == "complaint",
)
_COUNTED: dict[str, ColumnElement[bool]] = {
    "all": _c.id.is_not(None),
    "resolved": _c.resolved_at.is_not(None),
    "followed_up": _followed_up,
    "satisfied": _satisfied,
    "ended": _ended,
    "in_time": and_(_ended, _c.resolved_at <= _c.due_at),
    "responses": _responded,
    "responses_in_time": and_(_responded, _c.responded_at <= _c.response_due_at),
    "recurred": _c.previous_complaint.is_not(None),
}
COUNTED = tuple(_COUNTED)


def _where(who: Visible, chosen: Chosen) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        IS_COMPLAINT,
        _c.received_on >= chosen.begins,
        _c.received_on <= chosen.ends,
    ]
    if not who.everything:
        conditions.append(may_see(who))
    if chosen.dimension:
        column = DIMENSIONS[chosen.dimension]
        conditions.append(column.is_(None) if chosen.nothing else column == chosen.value)
    return conditions


def _joined(query: Select[Any], who: Visible) -> Select[Any]:
    """Who may see all needs no second table."""
    return query if who.everything else query.join(cases, cases.c.id == _c.id)


def sums_by_day(connection: Connection, who: Visible, chosen: Chosen) -> list[Sums]:
    """One row a day that has complaints, in order."""
    return _sums(connection, who, chosen, _c.received_on)


def sums_by(connection: Connection, who: Visible, chosen: Chosen, dimension: str) -> list[Sums]:
    """One row for each value of a dimension, the most complaints first."""
    found = _sums(connection, who, chosen, DIMENSIONS[dimension])
    return sorted(found, key=lambda sums: (-sums.all, sums.key is None, sums.key or ""))


def _sums(
    connection: Connection, who: Visible, chosen: Chosen, key: ColumnElement[Any]
) -> list[Sums]:
    counted = [
        func.sum(case((condition, 1), else_=0)) if name != "all" else func.count()
        for name, condition in _COUNTED.items()
    ]
    query = select(key, *counted).select_from(complaints).where(*_where(who, chosen))
    rows = connection.execute(_joined(query, who).group_by(key).order_by(key))
    return [Sums(row[0], *(int(number) for number in row[1:])) for row in rows]


def counted_lines(
    connection: Connection, who: Visible, chosen: Chosen, counted: str, offset: int, limit: int
) -> list[CaseLine]:
    """The complaints behind a number: those of ``counted``, one of ``COUNTED``."""
    query = (
        LINE.where(*_where(who, chosen), _COUNTED[counted])
        .order_by(_c.received_at.desc(), _c.id)
        .offset(offset)
        .limit(limit)
    )
    return [CaseLine(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Aged:
    """Open complaints of one age: in time, with a stopped clock, late."""

    step: int
    in_time: int
    paused: int
    late: int


def open_ages(
    connection: Connection, who: Visible, now: datetime, since: Sequence[datetime]
) -> list[Aged]:
    """Open complaints by age: step 0 was received after ``since[0]``, step 1 after ``since[1]``,
    the last before all. ``since`` falls."""
    step = case(
        *((_c.received_at > moment, literal(number)) for number, moment in enumerate(since)),
        else_=literal(len(since)),
    )
    paused = _c.due_paused_at.is_not(None)
    late = and_(_c.due_paused_at.is_(None), _c.due_at.is_not(None), _c.due_at < now)
    query = (
        select(
            step,
            func.count(),
            func.sum(case((paused, 1), else_=0)),
            func.sum(case((late, 1), else_=0)),
        )
        .select_from(complaints)
        .where(IS_COMPLAINT, _c.state == "active", may_see(who))
        .group_by(step)
    )
    found = {
        int(number): (int(count), int(stopped), int(overdue))
        for number, count, stopped, overdue in connection.execute(_joined(query, who))
    }
    return [
        Aged(number, count - stopped - overdue, stopped, overdue)
        for number in range(len(since) + 1)
        for count, stopped, overdue in [found.get(number, (0, 0, 0))]
    ]


def longest_late(connection: Connection, who: Visible, now: datetime, limit: int) -> list[CaseLine]:
    """Open complaints whose due date passed, the longest ago first."""
    query = (
        LINE.where(
            IS_COMPLAINT,
            _c.state == "active",
            _c.due_paused_at.is_(None),
            _c.due_at < now,
            may_see(who),
        )
        .order_by(_c.due_at, _c.id)
        .limit(limit)
    )
    return [CaseLine(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class Workload:
    """Open tasks of a group, and how many are late."""

    group: str
    open: int
    late: int


def workloads(connection: Connection, now: datetime) -> list[Workload]:
    """By group, the most open tasks first."""
    late = and_(user_tasks.c.due_at.is_not(None), user_tasks.c.due_at < now)
    query = (
        select(candidate_groups.c.group_id, func.count(), func.sum(case((late, 1), else_=0)))
        .join(user_tasks, user_tasks.c.id == candidate_groups.c.user_task_id)
        .where(user_tasks.c.state == "created")
        .group_by(candidate_groups.c.group_id)
    )
    found = [Workload(group, int(n), int(k)) for group, n, k in connection.execute(query)]
    return sorted(found, key=lambda load: (-load.open, load.group))


def ledger_lines(
    connection: Connection, who: Visible, chosen: Chosen, *, public: bool, offset: int, limit: int
) -> list[CaseLine]:
    """Complaints of the ledger, the latest first; ``public``: only those of the public one."""
    conditions = _where(who, chosen)
    if public:
        conditions.append(_c.public_ledger.is_(True))
    query = LINE.where(*conditions).order_by(_c.received_at.desc(), _c.id)
    return [CaseLine(*row) for row in connection.execute(query.offset(offset).limit(limit))]
