"""Heads of the event chains that belong to no case: ``access`` and ``releases``."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from runner.store.event_log import GENESIS, ChainHead
from runner.store.tables import chains


def lock_chain(connection: Connection, chain: str) -> ChainHead:
    """The head of a chain, locked until the transaction ends; made when it is new."""
    head = _locked(connection, chain)
    if head is None:
        try:
            with connection.begin_nested():
                connection.execute(
                    insert(chains).values(id=chain, event_count=0, event_head=GENESIS)
                )
        except IntegrityError:  # another process made it at this moment
            pass
        head = _locked(connection, chain)
        assert head is not None
    return head


def _locked(connection: Connection, chain: str) -> ChainHead | None:
    row = connection.execute(
        select(chains.c.event_count, chains.c.event_head)
        .where(chains.c.id == chain)
        .with_for_update()
    ).one_or_none()
    return None if row is None else ChainHead(chain, row.event_count, row.event_head)


def advance_chain(connection: Connection, head: ChainHead) -> None:
    connection.execute(
        update(chains)
        .where(chains.c.id == head.chain)
        .values(event_count=head.count, event_head=head.digest)
    )
