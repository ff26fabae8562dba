"""Gapless registers, the complaint ledger and customers' files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from runner.store.tables import customers, ledger, registers


def next_number(connection: Connection, name: str, year: int) -> int:
    """The next number, 1 first. The row stays locked until the transaction ends: no gaps."""
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = (
        dialect.insert(registers)
        .values(name=name, year=year, last=1)
        .on_conflict_do_update(index_elements=["name", "year"], set_={"last": registers.c.last + 1})
        .returning(registers.c.last)
    )
    return int(connection.execute(statement).scalar_one())


def read_ledger(connection: Connection, root_id: str) -> bytes | None:
    """The encrypted ledger row of a case."""
    data: bytes | None = connection.execute(
        select(ledger.c.data).where(ledger.c.root_id == root_id)
    ).scalar_one_or_none()
    return data


def write_ledger(
    connection: Connection, root_id: str, data: bytes, at: datetime, *, new: bool
) -> None:
    if new:
        connection.execute(
            insert(ledger).values(root_id=root_id, data=data, opened_at=at, updated_at=at)
        )
    else:
        connection.execute(
            update(ledger).where(ledger.c.root_id == root_id).values(data=data, updated_at=at)
        )


def customer_file(connection: Connection, contact_digest: str, new_id: str, at: datetime) -> str:
    """The id of the file of this contact, made as ``new_id`` when there is none. Waits for another
    transaction that makes it at this moment."""
    query = select(customers.c.id).where(customers.c.contact_digest == contact_digest)
    found: str | None = connection.execute(query).scalar_one_or_none()
    if found is not None:
        return found
    dialect: Any = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(
        dialect.insert(customers)
        .values(id=new_id, contact_digest=contact_digest, created_at=at)
        .on_conflict_do_nothing(index_elements=["contact_digest"])
    )
    return str(connection.execute(query).scalar_one())
