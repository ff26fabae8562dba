"""Incidents: elements that wait for a person to repair something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from runner.store.guarded import write_guarded
from runner.store.tables import incidents


@dataclass(frozen=True, slots=True)
class Incident:
    """One open incident. ``message`` is ``中文 / English`` and holds no personal data."""

    id: str
    root_id: str
    token_id: str
    element_id: str
    job_id: str | None
    kind: str
    message: str
    policy_path: str | None
    created_at: datetime


_COLUMNS = (
    incidents.c.id,
    incidents.c.root_id,
    incidents.c.token_id,
    incidents.c.element_id,
    incidents.c.job_id,
    incidents.c.kind,
    incidents.c.message,
    incidents.c.policy_path,
    incidents.c.created_at,
)
_OPEN = select(*_COLUMNS).where(
    incidents.c.root_id == bindparam("root"), incidents.c.state == "open"
)
_CASE_OF = select(incidents.c.root_id).where(incidents.c.id == bindparam("incident_id"))
_END = (
    update(incidents)
    .where(incidents.c.id == bindparam("key"), incidents.c.state == "open")
    .values(state=bindparam("to"), ended_at=bindparam("at"), ended_by=bindparam("by"))
)


def open_incidents(connection: Connection, root_id: str) -> list[Incident]:
    return [Incident(*row) for row in connection.execute(_OPEN, {"root": root_id})]


def case_of_incident(connection: Connection, incident_id: str) -> str | None:
    found: str | None = connection.execute(
        _CASE_OF, {"incident_id": incident_id}
    ).scalar_one_or_none()
    return found


def insert_incidents(connection: Connection, raised: Sequence[Incident]) -> None:
    if raised:
        rows = [{**asdict(item), "state": "open"} for item in raised]
        connection.execute(insert(incidents), rows)


def end_incidents(
    connection: Connection, ended: Iterable[tuple[str, str, str | None]], at: datetime
) -> None:
    """Each ``(id, resolved or cancelled, person)``. Guarded: every one must be open."""
    rows = [{"key": key, "to": state, "by": person, "at": at} for key, state, person in ended]
    write_guarded(connection, _END, rows, "incidents")


def blank_incidents(connection: Connection, root_id: str) -> None:
    """Takes out what the incidents of a case say: a value they name may be a person's."""
    connection.execute(update(incidents).where(incidents.c.root_id == root_id).values(message="—"))
