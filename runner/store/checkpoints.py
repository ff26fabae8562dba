"""Leaf indexes of committed events, and the signed tree heads over them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, text

from runner.store.tables import checkpoints, event_leaves, events


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
    """How many events have a leaf index."""
    return int(connection.execute(select(func.count()).select_from(event_leaves)).scalar_one())


def unindexed_events(connection: Connection) -> list[int]:
    """Row ids of committed events without a leaf index, in their order."""
    query = (
        select(events.c.id)
        .outerjoin(event_leaves, event_leaves.c.event_id == events.c.id)
        .where(event_leaves.c.event_id.is_(None))
        .order_by(events.c.id)
    )
    return list(connection.execute(query).scalars())


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
