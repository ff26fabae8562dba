"""Migration plans, batches of cases that are migrated, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from runner.store.change_tables import migration_batches as batches
from runner.store.change_tables import migration_items as items
from runner.store.change_tables import migration_plans as plans
from runner.store.guarded import write_guarded
from runner.store.tables import complaints

WORK = {"running": "pending", "reverting": "reverting"}
"""State of a batch that is worked on, and of the items that are still to be done in it."""


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One plan; ``data`` are the bytes its digest is of."""

    digest: str
    source_digest: str
    target_digest: str
    data: bytes
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of cases migrated by one plan. ``confirmed_by`` and ``revert_confirmed_by`` are
    the colleagues who confirmed it where the policy asks for four eyes."""

    id: str
    plan_digest: str
    state: str
    reason: str
    started_by: str
    started_at: datetime
    confirmed_by: str | None = None
    revert_reason: str | None = None
    reverted_by: str | None = None
    revert_confirmed_by: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One case of a batch. ``message`` is why it was refused (``中文 / English``), else empty;
    ``event_number`` the last event of its migration; ``before`` what a revert puts back."""

    batch_id: str
    root_id: str
    number: int
    state: str
    message: str
    event_number: int | None
    before: bytes | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item as a list shows it."""

    root_id: str
    complaint_number: str | None
    title: str
    state: str
    message: str
    changed_at: datetime | None


_BATCH = tuple(batches.c[name] for name in Batch.__slots__)
_ITEM = tuple(items.c[name] for name in Item.__slots__)
_PLAN = tuple(plans.c[name] for name in PlanRow.__slots__)
_OPEN = (
    select(*_BATCH)
    .where(batches.c.state.in_(tuple(WORK)))
    .order_by(batches.c.started_at, batches.c.id)
    .limit(1)
)
_NEXT = (
    select(items.c.root_id)
    .where(items.c.batch_id == bindparam("batch"), items.c.state == bindparam("wanted"))
    .order_by(items.c.number)
    .limit(bindparam("most"))
)
_FIND_ITEM = select(*_ITEM).where(
    items.c.batch_id == bindparam("batch"), items.c.root_id == bindparam("root")
)


def insert_plan(connection: Connection, plan: PlanRow) -> None:
    """Keeps a plan; one that is there already stays as it is."""
    if find_plan(connection, plan.digest) is None:
        connection.execute(insert(plans).values(**asdict(plan)))


def find_plan(connection: Connection, digest: str) -> PlanRow | None:
    row = connection.execute(select(*_PLAN).where(plans.c.digest == digest)).one_or_none()
    return None if row is None else PlanRow(*row)


def insert_batch(connection: Connection, batch: Batch, case_ids: Sequence[str]) -> None:
    """The batch with one pending item for each case, in this order."""
    connection.execute(insert(batches).values(**asdict(batch)))
    rows = [
        {
            "batch_id": batch.id,
            "root_id": case_id,
            "number": number,
            "state": "pending",
            "message": "",
        }
        for number, case_id in enumerate(case_ids)
    ]
    if rows:
        connection.execute(insert(items), rows)


def find_batch(connection: Connection, batch_id: str) -> Batch | None:
    row = connection.execute(select(*_BATCH).where(batches.c.id == batch_id)).one_or_none()
    return None if row is None else Batch(*row)


def latest_batches(connection: Connection, limit: int = 50) -> list[Batch]:
    """The latest first."""
    query = select(*_BATCH).order_by(batches.c.started_at.desc(), batches.c.id).limit(limit)
    return [Batch(*row) for row in connection.execute(query)]


def batches_of_release(connection: Connection, digest: str, limit: int = 20) -> list[Batch]:
    """Those that took cases away from a release, the latest first."""
    query = (
        select(*_BATCH)
        .join(plans, plans.c.digest == batches.c.plan_digest)
        .where(plans.c.source_digest == digest)
        .order_by(batches.c.started_at.desc(), batches.c.id)
        .limit(limit)
    )
    return [Batch(*row) for row in connection.execute(query)]


def open_batch(connection: Connection) -> Batch | None:
    """The oldest batch with something to do. One statement."""
    row = connection.execute(_OPEN).one_or_none()
    return None if row is None else Batch(*row)


def next_items(connection: Connection, batch: Batch, limit: int) -> list[str]:
    """The cases that are to be done next."""
    wanted = {"batch": batch.id, "wanted": WORK[batch.state], "most": limit}
    return list(connection.execute(_NEXT, wanted).scalars())


def find_item(connection: Connection, batch_id: str, case_id: str) -> Item | None:
    row = connection.execute(_FIND_ITEM, {"batch": batch_id, "root": case_id}).one_or_none()
    return None if row is None else Item(*row)


def finish_item(
    connection: Connection,
    batch_id: str,
    case_id: str,
    state: str,
    to: str,
    at: datetime,
    **values: object,
) -> bool:
    """False when the item was not in ``state``: somebody else has done it."""
    statement = (
        update(items)
        .where(items.c.batch_id == batch_id, items.c.root_id == case_id, items.c.state == state)
        .values(state=to, changed_at=at, **values)
    )
    return connection.execute(statement).rowcount == 1


def turn_batch(
    connection: Connection, batch_id: str, before: str, after: str, **values: object
) -> None:
    """Guarded: the batch must be in the state ``before``."""
    statement = (
        update(batches)
        .where(batches.c.id == bindparam("key"), batches.c.state == before)
        .values(state=after, **values)
    )
    write_guarded(connection, statement, [{"key": batch_id}], "migration_batches")


def refuse_all(connection: Connection, batch_id: str, message: str, at: datetime) -> None:
    """None of the cases that still wait will be migrated."""
    connection.execute(
        update(items)
        .where(items.c.batch_id == batch_id, items.c.state == "pending")
        .values(state="refused", message=message, changed_at=at)
    )


def begin_revert(connection: Connection, batch_id: str) -> None:
    """Every migrated item is to be reverted."""
    connection.execute(
        update(items)
        .where(items.c.batch_id == batch_id, items.c.state == "migrated")
        .values(state="reverting")
    )


def end_batch(connection: Connection, batch: Batch, at: datetime) -> bool:
    """Nothing is left to do. False when somebody else has noted it."""
    after = {"running": "done", "reverting": "reverted"}[batch.state]
    statement = (
        update(batches)
        .where(batches.c.id == batch.id, batches.c.state == batch.state)
        .values(state=after, ended_at=at)
    )
    return connection.execute(statement).rowcount == 1


def count_items(connection: Connection, batch_id: str) -> dict[str, int]:
    """How many cases of a batch are in each state."""
    query = (
        select(items.c.state, func.count())
        .where(items.c.batch_id == batch_id)
        .group_by(items.c.state)
    )
    return {str(row[0]): int(row[1]) for row in connection.execute(query)}


def releases_left(connection: Connection, case_id: str) -> list[str]:
    """The releases a case was migrated away from, the latest first."""
    query = (
        select(plans.c.source_digest)
        .join(batches, batches.c.plan_digest == plans.c.digest)
        .join(items, items.c.batch_id == batches.c.id)
        .where(items.c.root_id == case_id, items.c.event_number.is_not(None))
        .order_by(items.c.changed_at.desc())
    )
    return list(connection.execute(query).scalars())


def item_lines(
    connection: Connection, batch_id: str, *, state: str = "", offset: int = 0, limit: int = 100
) -> list[ItemLine]:
    """The cases of a batch in their order; ``state`` empty means all."""
    query = (
        select(
            items.c.root_id,
            complaints.c.complaint_number,
            complaints.c.title,
            items.c.state,
            items.c.message,
            items.c.changed_at,
        )
        .join(complaints, complaints.c.id == items.c.root_id)
        .where(items.c.batch_id == batch_id)
        .order_by(items.c.number)
        .offset(offset)
        .limit(limit)
    )
    if state:
        query = query.where(items.c.state == state)
    return [ItemLine(*row) for row in connection.execute(query)]
