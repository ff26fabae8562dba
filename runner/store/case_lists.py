"""Lists of cases, and what case pages count. Reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, false, func, or_, select, true

from runner.store.tables import (
    candidate_groups,
    cases,
    complaints,
    incidents,
    jobs,
    mails,
    people,
    process_instances,
    releases,
    timers,
    user_tasks,
)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One complaint of a list. ``due_paused_at``: since when the clock of its due date stands
    still. ``task_due_at`` is when the first of its open tasks is due."""

    id: str
    complaint_number: str | None
    title: str
    customer_name: str | None
    product: str | None
    severity: str | None
    owner_group: str | None
    phase: str | None
    channel: str | None
    state: str
    received_at: datetime
    due_at: datetime | None
    due_paused_at: datetime | None
    closed_at: datetime | None
    satisfaction: str | None
    language: str
    simulated: bool
    policy_id: str
    release_number: int
    task_due_at: datetime | None
    kind: str


LINE = (
    select(
        *[
            complaints.c.id,
            complaints.c.complaint_number,
            complaints.c.title,
            complaints.c.customer_name,
            complaints.c.product,
            complaints.c.severity,
            complaints.c.owner_group,
            complaints.c.phase,
            complaints.c.channel,
            complaints.c.state,
            complaints.c.received_at,
            complaints.c.due_at,
            complaints.c.due_paused_at,
            complaints.c.closed_at,
            complaints.c.satisfaction,
            complaints.c.language,
            cases.c.simulated,
            cases.c.policy_id,
            releases.c.number,
            select(func.min(user_tasks.c.due_at))
            .where(user_tasks.c.root_id == complaints.c.id, user_tasks.c.state == "created")
            .correlate(complaints)
            .scalar_subquery(),
            complaints.c.kind,
        ]
    )
    .join(cases, cases.c.id == complaints.c.id)
    .join(releases, releases.c.digest == cases.c.release_digest)
)


@dataclass(frozen=True)
class Visible:
    """Which cases somebody may read: all, those of some policies, and those their groups worked
    on or own."""

    everything: bool
    policies: frozenset[str]
    groups: frozenset[str]


def may_see(who: Visible) -> ColumnElement[bool]:
    """A condition on ``complaints`` joined with ``cases``."""
    if who.everything:
        return true()
    ways: list[ColumnElement[bool]] = [false()]
    if who.policies:
        ways.append(cases.c.policy_id.in_(sorted(who.policies)))
    if who.groups:
        groups = sorted(who.groups)
        ways.append(complaints.c.owner_group.in_(groups))
        ways.append(
            exists(
                select(1)
                .select_from(user_tasks)
                .join(candidate_groups, candidate_groups.c.user_task_id == user_tasks.c.id)
                .where(
                    user_tasks.c.root_id == complaints.c.id,
                    candidate_groups.c.group_id.in_(groups),
                )
            )
        )
    return or_(*ways)


def case_lines(
    connection: Connection,
    who: Visible,
    *,
    kind: str = "complaint",
    state: str = "",
    words: str = "",
    offset: int = 0,
    limit: int = 50,
) -> list[CaseLine]:
    """Cases of a ``kind`` the reader may see, the latest first. ``state`` empty means all."""
    query = LINE.where(may_see(who), complaints.c.kind == kind)
    if state:
        query = query.where(complaints.c.state == state)
    if words.strip():
        pattern = f"%{words.replace('%', '').strip()}%"
        query = query.where(
            or_(
                *(
                    column.ilike(pattern)
                    for column in (
                        complaints.c.complaint_number,
                        complaints.c.title,
                        complaints.c.customer_name,
                        complaints.c.product,
                    )
                )
            )
        )
    query = query.order_by(complaints.c.received_at.desc(), complaints.c.id)
    rows = connection.execute(query.offset(offset).limit(limit))
    return [CaseLine(*row) for row in rows]


def case_line(connection: Connection, case_id: str) -> CaseLine | None:
    row = connection.execute(LINE.where(complaints.c.id == case_id)).one_or_none()
    return None if row is None else CaseLine(*row)


def complaints_of_period(
    connection: Connection, who: Visible, begins: datetime, ends: datetime, limit: int
) -> list[CaseLine]:
    """The complaints that were open at some time of the period, the earliest first."""
    query = (
        LINE.where(
            may_see(who),
            complaints.c.kind == "complaint",
            complaints.c.received_at < ends,
            or_(complaints.c.closed_at.is_(None), complaints.c.closed_at >= begins),
        )
        .order_by(complaints.c.received_at, complaints.c.id)
        .limit(limit)
    )
    return [CaseLine(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class InstanceLine:
    """A process instance of a case: the case itself, or what a call activity opened."""

    id: str
    parent_id: str | None
    process_id: str
    call_element_id: str | None
    state: str
    started_at: datetime
    ended_at: datetime | None


def instance_lines(connection: Connection, case_id: str) -> list[InstanceLine]:
    """In the order they began; the case itself first."""
    columns = tuple(process_instances.c[name] for name in InstanceLine.__slots__)
    query = (
        select(*columns)
        .where(process_instances.c.root_id == case_id)
        .order_by(process_instances.c.started_at, process_instances.c.id != case_id)
    )
    return [InstanceLine(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class TimerLine:
    element_id: str
    state: str
    due_at: datetime
    ended_at: datetime | None


def timer_lines(connection: Connection, case_id: str) -> list[TimerLine]:
    query = (
        select(timers.c.element_id, timers.c.state, timers.c.due_at, timers.c.ended_at)
        .where(timers.c.root_id == case_id)
        .order_by(timers.c.due_at)
    )
    return [TimerLine(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail of a list; ``state`` is waiting, sent or withdrawn."""

    key: str
    case_id: str
    complaint_number: str | None
    recipient: str
    subject: str
    body: str
    state: str
    detail: str
    created_at: datetime
    sent_at: datetime | None
    job_type: str | None
    element_id: str | None


_MAIL = (
    select(
        *[
            mails.c.key,
            mails.c.root_id,
            complaints.c.complaint_number,
            mails.c.recipient,
            mails.c.subject,
            mails.c.body,
            mails.c.state,
            mails.c.detail,
            mails.c.created_at,
            mails.c.sent_at,
            jobs.c.job_type,
            jobs.c.element_id,
        ]
    )
    .join(complaints, complaints.c.id == mails.c.root_id)
    .outerjoin(jobs, jobs.c.id == mails.c.job_id)
)


def mails_of_case(
    connection: Connection, case_id: str, *, limit: int | None = None, offset: int = 0
) -> list[MailLine]:
    """Mails of a case, the latest first."""
    query = _MAIL.where(mails.c.root_id == case_id).order_by(mails.c.created_at.desc())
    query = query.limit(limit).offset(offset) if limit is not None else query
    return [MailLine(*row) for row in connection.execute(query)]


def mails_by_state(connection: Connection, who: Visible, state: str, limit: int) -> list[MailLine]:
    """Mails of the cases the reader may see, the latest first."""
    query = (
        _MAIL.join(cases, cases.c.id == mails.c.root_id)
        .where(mails.c.state == state, may_see(who))
        .order_by(mails.c.created_at.desc())
        .limit(limit)
    )
    return [MailLine(*row) for row in connection.execute(query)]


@dataclass(frozen=True, slots=True)
class IncidentLine:
    id: str
    case_id: str
    complaint_number: str | None
    title: str
    element_id: str
    job_id: str | None
    kind: str
    message: str
    policy_path: str | None
    state: str
    created_at: datetime


_INCIDENT = (
    select(
        *[
            incidents.c.id,
            incidents.c.root_id,
            complaints.c.complaint_number,
            complaints.c.title,
            incidents.c.element_id,
            incidents.c.job_id,
            incidents.c.kind,
            incidents.c.message,
            incidents.c.policy_path,
            incidents.c.state,
            incidents.c.created_at,
        ]
    )
    .join(complaints, complaints.c.id == incidents.c.root_id)
    .join(cases, cases.c.id == incidents.c.root_id)
)


def open_incident_lines(connection: Connection, who: Visible, limit: int) -> list[IncidentLine]:
    """Open incidents of the cases the reader may see, the oldest first."""
    query = (
        _INCIDENT.where(incidents.c.state == "open", may_see(who))
        .order_by(incidents.c.created_at)
        .limit(limit)
    )
    return [IncidentLine(*row) for row in connection.execute(query)]


def incident_line(connection: Connection, incident_id: str) -> IncidentLine | None:
    row = connection.execute(_INCIDENT.where(incidents.c.id == incident_id)).one_or_none()
    return None if row is None else IncidentLine(*row)


def people_names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """Display names by person id, for those that have an account."""
    wanted = sorted(set(ids))
    query = select(people.c.id, people.c.display_name).where(people.c.id.in_(wanted))
    return {} if not wanted else dict(connection.execute(query).all())


@dataclass(frozen=True, slots=True)
class ReleaseLine:
    number: int
    digest: str
    state: str
    reason: str
    created_by: str
    created_at: datetime
    approved_by: str | None
    effective_at: datetime | None
    superseded_at: datetime | None


def release_lines(connection: Connection) -> list[ReleaseLine]:
    """Every release, the latest first."""
    columns = tuple(releases.c[name] for name in ReleaseLine.__slots__)
    rows = connection.execute(select(*columns).order_by(releases.c.number.desc()))
    return [ReleaseLine(*row) for row in rows]
