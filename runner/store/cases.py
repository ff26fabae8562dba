"""Cases: the pinned row with its lock, revision and execution, and their process instances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from runner.errors import InvalidState
from runner.store.guarded import write_guarded
from runner.store.prepared import Prepared
from runner.store.tables import cases, process_instances


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The pins, revision and chain head of a case; ``execution`` is read apart."""

    id: str
    release_digest: str
    policy_id: str
    policy_digest: str
    subject_id: str
    simulated: bool
    revision: int
    event_count: int
    event_head: bytes
    suspended: bool = False


@dataclass(frozen=True, slots=True)
class Instance:
    """One active process instance: the case itself, or what a call activity opened."""

    id: str
    root_id: str
    parent_id: str | None
    process_id: str
    call_element_id: str | None
    started_at: datetime


CASE_COLUMNS = (
    cases.c.id,
    cases.c.release_digest,
    cases.c.policy_id,
    cases.c.policy_digest,
    cases.c.subject_id,
    cases.c.simulated,
    cases.c.revision,
    cases.c.event_count,
    cases.c.event_head,
    cases.c.suspended,
)
_FIND = select(*CASE_COLUMNS).where(cases.c.id == bindparam("case_id"))
# SQLite has no row locks: there the writing transaction itself is the lock.
_LOCK = Prepared(_FIND.with_for_update())
_FIND_ROW = Prepared(_FIND)
_EXECUTION = select(cases.c.execution).where(cases.c.id == bindparam("case_id"))
_ADVANCE = (
    update(cases)
    .where(cases.c.id == bindparam("key"), cases.c.revision == bindparam("expected"))
    .values(
        revision=bindparam("next"),
        event_count=bindparam("count"),
        event_head=bindparam("head"),
    )
)
_ADVANCE_TOKENS = Prepared(_ADVANCE.values(execution=bindparam("state")))
_ADVANCE_ONLY = Prepared(_ADVANCE)
_ACTIVE = select(
    process_instances.c.id,
    process_instances.c.root_id,
    process_instances.c.parent_id,
    process_instances.c.process_id,
    process_instances.c.call_element_id,
    process_instances.c.started_at,
).where(process_instances.c.root_id == bindparam("root"), process_instances.c.state == "active")
_END = (
    update(process_instances)
    .where(process_instances.c.id == bindparam("key"), process_instances.c.state == "active")
    .values(state=bindparam("to"), ended_at=bindparam("at"))
)


def find_case(connection: Connection, case_id: str) -> CaseRow | None:
    row = _FIND_ROW.all(connection, {"case_id": case_id}).one_or_none()
    return None if row is None else as_case(row)


def lock_case(connection: Connection, case_id: str) -> CaseRow | None:
    """The case's row, locked until the transaction ends: always before anything that is in it."""
    row = _LOCK.all(connection, {"case_id": case_id}).one_or_none()
    return None if row is None else as_case(row)


def as_case(row: Sequence[Any]) -> CaseRow:
    """A row of ``CASE_COLUMNS`` as the driver gives it."""
    values: list[Any] = list(row)
    found = CaseRow(*values)
    return replace(
        found,
        simulated=bool(found.simulated),
        suspended=bool(found.suspended),
        event_head=bytes(found.event_head),
    )


def read_execution(connection: Connection, case_id: str) -> bytes:
    state: bytes = connection.execute(_EXECUTION, {"case_id": case_id}).scalar_one()
    return state


def insert_case(connection: Connection, row: CaseRow) -> None:
    """The row of a new case, without tokens yet."""
    connection.execute(insert(cases).values(**asdict(row), execution=b""))


def advance_case(
    connection: Connection,
    case_id: str,
    *,
    revision: int,
    event_count: int,
    event_head: bytes,
    execution: bytes | None,
) -> None:
    """One command further: from ``revision`` to the next. ``execution`` None: tokens unmoved.

    Raises ``InvalidState`` when another command was faster (the lock's second net).
    """
    row = {
        "key": case_id,
        "expected": revision,
        "next": revision + 1,
        "count": event_count,
        "head": event_head,
    }
    if execution is None:
        changed = _ADVANCE_ONLY.each(connection, [row])
    else:
        changed = _ADVANCE_TOKENS.each(connection, [{**row, "state": execution}])
    if changed != 1:
        raise InvalidState(
            "投诉在此期间已被他人更改。请重试。 / "
            "The case was changed by somebody else in the meantime. Try again."
        )


def active_instances(connection: Connection, root_id: str) -> list[Instance]:
    return [Instance(*row) for row in connection.execute(_ACTIVE, {"root": root_id})]


def insert_instances(connection: Connection, started: Sequence[Instance]) -> None:
    if started:
        rows = [{**asdict(instance), "state": "active"} for instance in started]
        connection.execute(insert(process_instances), rows)


def end_instances(connection: Connection, ended: Iterable[tuple[str, str]], at: datetime) -> None:
    """Each ``(id, completed or cancelled)``. Guarded: every one must be active."""
    rows = [{"key": key, "to": state, "at": at} for key, state in ended]
    write_guarded(connection, _END, rows, "process_instances")
