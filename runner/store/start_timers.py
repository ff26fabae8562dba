"""Timers that start cases: rows of the effective release, each fired once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, or_, select, update

from runner.store.prepared import Prepared
from runner.store.tables import work_tables

_timers = work_tables.start_timers


@dataclass(frozen=True, slots=True)
class StartTimer:
    """One firing to come. ``repeats`` is the repeating interval left after it; ``item`` the one of
    a list the case is begun for, in its written form."""

    id: str
    release_digest: str
    process_id: str
    element_id: str
    due_at: datetime
    repeats: str | None = None
    item: str | None = None


_COLUMNS = (
    _timers.c.id,
    _timers.c.release_digest,
    _timers.c.process_id,
    _timers.c.element_id,
    _timers.c.due_at,
    _timers.c.repeats,
    _timers.c.item,
)

_DUE = Prepared(
    select(*_COLUMNS)
    .where(_timers.c.state == "armed", _timers.c.due_at <= bindparam("now"))
    .order_by(_timers.c.due_at)
    .limit(bindparam("most"))
)


def due_start_timers(connection: Connection, now: datetime, limit: int) -> list[StartTimer]:
    """Those due at ``now``, longest due first."""
    return [StartTimer(*row) for row in _DUE.rows(connection, {"now": now, "most": limit})]


def armed_start_timers(connection: Connection) -> list[StartTimer]:
    query = select(*_COLUMNS).where(_timers.c.state == "armed").order_by(_timers.c.due_at)
    return [StartTimer(*row) for row in connection.execute(query)]


def insert_start_timer(connection: Connection, timer: StartTimer) -> None:
    connection.execute(
        insert(_timers).values(
            id=timer.id,
            release_digest=timer.release_digest,
            process_id=timer.process_id,
            element_id=timer.element_id,
            state="armed",
            due_at=timer.due_at,
            repeats=timer.repeats,
            item=timer.item,
            missed=0,
        )
    )


def fire_start_timer_row(
    connection: Connection, timer_id: str, *, root_id: str, missed: int, at: datetime
) -> bool:
    """Guarded: False when it was fired or replaced before."""
    changed = connection.execute(
        update(_timers)
        .where(_timers.c.id == timer_id, _timers.c.state == "armed")
        .values(state="fired", root_id=root_id, missed=missed, ended_at=at)
    )
    return changed.rowcount == 1


def cancel_start_timers(connection: Connection, at: datetime) -> None:
    """Another release becomes effective: none of the old ones fires any more."""
    connection.execute(
        update(_timers).where(_timers.c.state == "armed").values(state="cancelled", ended_at=at)
    )


def has_fired(
    connection: Connection,
    process_id: str,
    element_id: str,
    due_at: datetime,
    item: str | None = None,
) -> bool:
    """Whether this start event has begun a case for exactly this instant (and item), in whatever
    release, or could not, and it is a person's to decide."""
    query = select(_timers.c.id).where(
        _timers.c.process_id == process_id,
        _timers.c.element_id == element_id,
        _timers.c.due_at == due_at,
        _timers.c.item.is_(None) if item is None else _timers.c.item == item,
        or_(_timers.c.state.in_(("fired", "refused")), _timers.c.refusal.is_not(None)),
    )
    return connection.execute(query.limit(1)).first() is not None
