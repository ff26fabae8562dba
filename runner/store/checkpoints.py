"""Leaf indexes of committed events, and the signed tree heads over them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text

from runner.store.tables import checkpoints, event_leaves, events

LOOK_BACK = 50_000


@dataclass(frozen=True, slots=True)
class CheckpointRow:
    """A signed tree head; ``note`` is the whole signed text."""

    tree_size: int
    root_hash: bytes
    note: str
    created_at: datetime


def latest_checkpoint(connection: Connection) -> CheckpointRow | None:
    row = connection.execute(
        select(
            checkpoints.c.tree_size,
            checkpoints.c.root_hash,
            checkpoints.c.note,
            checkpoints.c.created_at,
        )
        .order_by(checkpoints.c.tree_size.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else CheckpointRow(*row)


def lock_leaves(connection: Connection) -> None:
    """One checkpointer at a time. On SQLite the writing transaction is the lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE event_leaves IN EXCLUSIVE MODE"))


def tree_size(connection: Connection) -> int:
    """How many events have a leaf index; the indexes have no gaps."""
    found = connection.execute(select(func.max(event_leaves.c.leaf_index))).scalar_one()
    return 0 if found is None else int(found) + 1


def unindexed_events(connection: Connection, *, everything: bool) -> list[tuple[int, bytes]]:
    """(row id, leaf hash) of committed events without a leaf index, in order of their row id.

    Row ids of transactions that run side by side may be committed out of order, so the search goes
    back behind the last indexed event; ``everything`` looks at the whole log.
    """
    query = (
        select(events.c.id, events.c.leaf)
        .outerjoin(event_leaves, event_leaves.c.event_id == events.c.id)
        .where(event_leaves.c.event_id.is_(None))
        .order_by(events.c.id)
    )
    if not everything:
        last = connection.execute(select(func.max(event_leaves.c.event_id))).scalar_one() or 0
        query = query.where(events.c.id > int(last) - LOOK_BACK)
    return [(row.id, bytes(row.leaf)) for row in connection.execute(query)]


def leaf_hashes_after(connection: Connection, size: int) -> Iterator[bytes]:
    """The leaf hashes from leaf index ``size`` on, in order."""
    query = (
        select(events.c.leaf)
        .join(event_leaves, event_leaves.c.event_id == events.c.id)
        .where(event_leaves.c.leaf_index >= size)
        .order_by(event_leaves.c.leaf_index)
    )
    for leaf in connection.execute(query).scalars():
        yield bytes(leaf)


def insert_leaves(connection: Connection, first_index: int, event_ids: list[int]) -> None:
    if event_ids:
        connection.execute(
            insert(event_leaves),
            [
                {"leaf_index": first_index + offset, "event_id": event_id}
                for offset, event_id in enumerate(event_ids)
            ],
        )


def leaf_hashes(connection: Connection, size: int | None = None) -> list[bytes]:
    """The leaf hashes of the tree in order, of its first ``size`` leaves."""
    query = (
        select(events.c.leaf)
        .join(event_leaves, event_leaves.c.event_id == events.c.id)
        .order_by(event_leaves.c.leaf_index)
    )
    if size is not None:
        query = query.where(event_leaves.c.leaf_index < size)
    return list(connection.execute(query).scalars())


def insert_checkpoint(connection: Connection, row: CheckpointRow) -> None:
    connection.execute(
        insert(checkpoints).values(
            tree_size=row.tree_size,
            root_hash=row.root_hash,
            note=row.note,
            created_at=row.created_at,
        )
    )


def leaf_indexes(connection: Connection, chain: str) -> list[int]:
    """Where the events of ``chain`` stand in the tree, in the chain's order; unindexed ones are
    left out."""
    query = (
        select(event_leaves.c.leaf_index)
        .join(events, events.c.id == event_leaves.c.event_id)
        .where(events.c.chain == chain)
        .order_by(events.c.number)
    )
    return list(connection.execute(query).scalars())
