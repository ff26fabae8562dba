"""Timers: rows with a due time. A timer is armed once and then fired or cancelled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select, update

from runner.store.guarded import write_guarded
from runner.store.halted import not_halted
from runner.store.prepared import Prepared, prepared_insert
from runner.store.suspensions import goes_on
from runner.store.tables import timers


@dataclass(frozen=True, slots=True)
class Timer:
    """One armed timer. ``repeats`` is what is left of its cycle after this firing: an
    ISO 8601 repeating interval, or a cron pattern."""

    id: str
    root_id: str
    token_id: str
    element_id: str
    due_at: datetime
    repeats: str | None = None


_COLUMNS = (
    timers.c.id,
    timers.c.root_id,
    timers.c.token_id,
    timers.c.element_id,
    timers.c.due_at,
    timers.c.repeats,
)
_ARMED = select(*_COLUMNS).where(
    timers.c.root_id == bindparam("root"), timers.c.state.in_(("armed", "paused"))
)
_DUE = (
    select(timers.c.id)
    .where(
        timers.c.state == "armed",
        timers.c.due_at <= bindparam("now"),
        goes_on(timers.c.root_id),
        not_halted(timers.c.root_id, timers.c.token_id),
    )
    .order_by(timers.c.due_at)
    .limit(bindparam("most"))
)
_NEXT = (
    select(timers.c.due_at)
    .where(
        timers.c.state == "armed",
        goes_on(timers.c.root_id),
        not_halted(timers.c.root_id, timers.c.token_id),
    )
    .order_by(timers.c.due_at)
    .limit(1)
)
_CASE_OF = select(timers.c.root_id).where(timers.c.id == bindparam("timer_id"))
_END = Prepared(
    update(timers)
    .where(
        timers.c.id == bindparam("key"),
        or_(timers.c.state == "armed", timers.c.state == "paused"),
    )
    .values(state=bindparam("to"), ended_at=bindparam("at"))
)
_INSERT = prepared_insert(timers, [*(column.name for column in _COLUMNS), "state"])


def armed_timers(connection: Connection, root_id: str) -> list[Timer]:
    """The timers of a case that are not over, those that stand still included."""
    return [Timer(*row) for row in connection.execute(_ARMED, {"root": root_id})]


def due_timer_ids(connection: Connection, now: datetime, limit: int) -> list[str]:
    """The ids of timers due at ``now``, longest due first."""
    return list(connection.execute(_DUE, {"now": now, "most": limit}).scalars())


def next_due_at(connection: Connection) -> datetime | None:
    """When the next armed timer is due."""
    found: datetime | None = connection.execute(_NEXT).scalar_one_or_none()
    return found


def case_of_timer(connection: Connection, timer_id: str) -> str | None:
    found: str | None = connection.execute(_CASE_OF, {"timer_id": timer_id}).scalar_one_or_none()
    return found


def insert_timers(connection: Connection, armed: Sequence[Timer]) -> None:
    if armed:
        rows = [{**asdict(timer), "state": "armed"} for timer in armed]
        _INSERT.each(connection, rows)


def end_timers(connection: Connection, ended: Iterable[tuple[str, str]], at: datetime) -> None:
    """Each ``(id, fired or cancelled)``. Guarded: every one must be armed or paused."""
    rows = [{"key": key, "to": state, "at": at} for key, state in ended]
    write_guarded(connection, _END, rows, "timers")
