"""Changes of running cases that wait for a second person (four eyes)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from runner.store.change_tables import repair_requests
from runner.store.guarded import write_guarded


@dataclass(frozen=True, slots=True)
class RepairRequest:
    """One request; ``data`` is what to do, encrypted for the case's subject."""

    id: str
    root_id: str
    kind: str
    data: bytes
    state: str
    requested_by: str
    requested_at: datetime


_COLUMNS = tuple(repair_requests.c[name] for name in RepairRequest.__slots__)
_FIND = select(*_COLUMNS).where(repair_requests.c.id == bindparam("request_id"))
_OPEN = (
    select(*_COLUMNS)
    .where(repair_requests.c.root_id == bindparam("root"), repair_requests.c.state == "open")
    .order_by(repair_requests.c.requested_at, repair_requests.c.id)
)
_DECIDE = (
    update(repair_requests)
    .where(repair_requests.c.id == bindparam("key"), repair_requests.c.state == "open")
    .values(state=bindparam("to"), decided_by=bindparam("by"), decided_at=bindparam("at"))
)


def find_repair_request(connection: Connection, request_id: str) -> RepairRequest | None:
    row = connection.execute(_FIND, {"request_id": request_id}).one_or_none()
    return None if row is None else RepairRequest(*row)


def open_repair_requests(connection: Connection, case_id: str) -> list[RepairRequest]:
    """Those of a case that nobody has decided, the oldest first."""
    return [RepairRequest(*row) for row in connection.execute(_OPEN, {"root": case_id})]


def insert_repair_request(connection: Connection, request: RepairRequest) -> None:
    connection.execute(insert(repair_requests).values(**asdict(request)))


def decide_repair_request(
    connection: Connection, request_id: str, state: str, person: str, at: datetime
) -> None:
    """Ends a request as done or declined. Guarded: it must be open."""
    rows = [{"key": request_id, "to": state, "by": person, "at": at}]
    write_guarded(connection, _DECIDE, rows, "repair_requests")
