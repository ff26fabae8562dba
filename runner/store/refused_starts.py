"""Cases that a signal or a timer should have begun and could not: rows that a person decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Table, literal, null, select, update

from runner.store.signal_tables import signal_deliveries
from runner.store.work_tables import start_timers

DUE = {"signal": "waiting", "timer": "armed"}
GIVEN_UP = {"signal": "discarded", "timer": "cancelled"}
_TABLES: dict[str, Table] = {"signal": signal_deliveries, "timer": start_timers}


@dataclass(frozen=True, slots=True)
class RefusedStart:
    """``source`` is ``signal`` or ``timer``; ``at`` is when the case should have begun; ``message``
    is ``中文 / English``. ``subject_id`` holds the key of what a signal brings."""

    id: str
    source: str
    element_id: str
    name: str
    message: str
    at: datetime
    subject_id: str | None


_SIGNALS = select(
    signal_deliveries.c.id,
    literal("signal"),
    signal_deliveries.c.start_element,
    signal_deliveries.c.name,
    signal_deliveries.c.refusal,
    signal_deliveries.c.thrown_at,
    signal_deliveries.c.subject_id,
).where(signal_deliveries.c.state == "refused")
_TIMERS = select(
    start_timers.c.id,
    literal("timer"),
    start_timers.c.element_id,
    literal(""),
    start_timers.c.refusal,
    start_timers.c.due_at,
    null(),
).where(start_timers.c.state == "refused")


def refused_starts(connection: Connection, limit: int) -> list[RefusedStart]:
    """Those that wait for a person, signals first, each in their order."""
    found = [
        *connection.execute(_SIGNALS.order_by(signal_deliveries.c.number).limit(limit)),
        *connection.execute(_TIMERS.order_by(start_timers.c.due_at).limit(limit)),
    ]
    return [RefusedStart(*row) for row in found[:limit]]


def find_refused_start(connection: Connection, start_id: str) -> RefusedStart | None:
    for query, table in ((_SIGNALS, signal_deliveries), (_TIMERS, start_timers)):
        row = connection.execute(query.where(table.c.id == start_id)).one_or_none()
        if row is not None:
            return RefusedStart(*row)
    return None


def refuse_start(connection: Connection, source: str, start_id: str, message: str) -> bool:
    """Guarded: False where it is not due any more."""
    return _change(connection, source, start_id, DUE[source], "refused", refusal=message)


def try_start_again(connection: Connection, source: str, start_id: str, release: str) -> bool:
    """It is due again, as a start of the effective release. A cycle goes on by a row of its own, so
    this one does not repeat."""
    more = {"repeats": None, "release_digest": release} if source == "timer" else {}
    return _change(connection, source, start_id, "refused", DUE[source], refusal=None, **more)


def give_up_start(connection: Connection, source: str, start_id: str, at: datetime) -> bool:
    more = {"data": None} if source == "signal" else {}
    to = GIVEN_UP[source]
    return _change(connection, source, start_id, "refused", to, ended_at=at, **more)


def _change(
    connection: Connection, source: str, start_id: str, before: str, to: str, **values: object
) -> bool:
    table = _TABLES[source]
    changed = connection.execute(
        update(table)
        .where(table.c.id == start_id, table.c.state == before)
        .values(state=to, **values)
    )
    return changed.rowcount == 1
