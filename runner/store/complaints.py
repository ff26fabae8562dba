"""The projection of a case that lists and searches read; rebuilt from variables by commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, String, bindparam, func, insert, or_, select, update

from runner.store.case_lists import Visible, may_see
from runner.store.tables import cases, complaints

PROJECTED = (
    "complaint_number",
    "channel",
    "title",
    "customer_name",
    "product",
    "severity",
    "owner_group",
    "phase",
    "received_at",
    "due_at",
    "due_by_policy",
    "due_paused_at",
    "closed_at",
    "state",
    "customer_id",
    "previous_complaint",
    "received_on",
    "responded_at",
    "response_due_at",
    "resolved_at",
    "satisfaction",
    "cause_category",
    "region",
    "request_kind",
    "public_ledger",
)
_FIND = select(*(complaints.c[name] for name in PROJECTED)).where(
    complaints.c.id == bindparam("case_id")
)


def find_complaint(connection: Connection, case_id: str) -> Mapping[str, object]:
    """The projected columns of a case, empty when there is no row."""
    row = connection.execute(_FIND, {"case_id": case_id}).one_or_none()
    return {} if row is None else dict(zip(PROJECTED, row, strict=True))


_LONGEST = {
    column.name: column.type.length
    for column in complaints.c
    if isinstance(column.type, String) and column.type.length
}


def fitting(row: Mapping[str, object]) -> dict[str, object]:
    """Columns with each text as long as its column: what people wrote stays whole in the case, and
    no database refuses the command because a list would show less of it."""
    return {
        name: value[: _LONGEST[name]] if isinstance(value, str) and name in _LONGEST else value
        for name, value in row.items()
    }


def insert_complaint(connection: Connection, row: Mapping[str, object]) -> None:
    connection.execute(insert(complaints).values(**fitting(row)))


def update_complaint(connection: Connection, case_id: str, changed: Mapping[str, object]) -> None:
    connection.execute(update(complaints).where(complaints.c.id == case_id).values(**changed))


def case_by_access(connection: Connection, access_digest: str) -> str | None:
    """The case a customer's private link opens: ``access_digest`` is SHA-256 (hex) of its token."""
    found: str | None = connection.execute(
        select(complaints.c.id).where(complaints.c.access_digest == access_digest)
    ).scalar_one_or_none()
    return found


def latest_numbered(
    connection: Connection, who: Visible, but: str, limit: int
) -> list[tuple[str, str, datetime]]:
    """(case, complaint number, received at) of the latest complaints of ``who`` that have a number,
    except the case ``but``."""
    query = (
        select(complaints.c.id, complaints.c.complaint_number, complaints.c.received_at)
        .join(cases, cases.c.id == complaints.c.id)
        .where(may_see(who), complaints.c.complaint_number.is_not(None), complaints.c.id != but)
        .order_by(complaints.c.received_at.desc(), complaints.c.id)
        .limit(limit)
    )
    return [(case_id, number, at) for case_id, number, at in connection.execute(query)]


def case_by_number(connection: Connection, complaint_number: str) -> str | None:
    found: str | None = connection.execute(
        select(complaints.c.id).where(complaints.c.complaint_number == complaint_number)
    ).scalar_one_or_none()
    return found


_PERIOD = (
    "id", "complaint_number", "title", "product", "severity", "state", "received_at", "due_at",
    "closed_at",
)  # fmt: skip


def complaints_between(
    connection: Connection, who: Visible, since: datetime, until: datetime, limit: int
) -> list[Mapping[str, object]]:
    """Numbered complaints received or closed from ``since`` to ``until``, and those open at
    ``until``, the oldest first."""
    c = complaints.c
    query = (
        select(*(c[name] for name in _PERIOD))
        .join(cases, cases.c.id == c.id)
        .where(
            may_see(who),
            c.kind == "complaint",
            func.coalesce(c.request_kind, "complaint") == "complaint",
            c.complaint_number.is_not(None),
            c.received_at <= until,
            or_(c.received_at >= since, c.closed_at >= since, c.closed_at.is_(None)),
        )
        .order_by(c.received_at, c.id)
        .limit(limit)
    )
    rows = connection.execute(query)
    return [dict(zip(_PERIOD, row, strict=True)) for row in rows]


def complaint_language(connection: Connection, case_id: str) -> str:
    """The customer's language, ``zh`` where the case has no row."""
    found = connection.execute(
        select(complaints.c.language).where(complaints.c.id == case_id)
    ).scalar_one_or_none()
    return found or "zh"


def blank_complaint(connection: Connection, case_id: str) -> None:
    """Takes what names a person out of the projection; number, times and state stay."""
    connection.execute(
        update(complaints)
        .where(complaints.c.id == case_id)
        .values(title="—", customer_name=None, product=None, access_digest=None, customer_id=None)
    )
