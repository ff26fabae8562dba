"""Rows of variable scopes; ``data`` is encrypted for the case's data subject."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, delete, select, update

from runner.store.guarded import write_guarded
from runner.store.prepared import Prepared, prepared_insert
from runner.store.tables import scopes


@dataclass(frozen=True, slots=True)
class ScopeRow:
    """One scope (docs/formats.md, "Scopes")."""

    id: str
    root_id: str
    parent_id: str | None
    instance_id: str
    element_id: str
    kind: str
    data: bytes


_COLUMNS = (
    scopes.c.id,
    scopes.c.root_id,
    scopes.c.parent_id,
    scopes.c.instance_id,
    scopes.c.element_id,
    scopes.c.kind,
    scopes.c.data,
)
_OF_CASE = Prepared(select(*_COLUMNS).where(scopes.c.root_id == bindparam("root")))
_WRITE = Prepared(
    update(scopes).where(scopes.c.id == bindparam("key")).values(data=bindparam("new"))
)
_CLOSE = Prepared(delete(scopes).where(scopes.c.id == bindparam("key")))
_INSERT = prepared_insert(scopes)


def scopes_of_case(connection: Connection, root_id: str) -> list[ScopeRow]:
    return [ScopeRow(*row) for row in _OF_CASE.rows(connection, {"root": root_id})]


def insert_scopes(connection: Connection, opened: Sequence[ScopeRow]) -> None:
    if opened:
        _INSERT.each(
            connection,
            [{name: getattr(row, name) for name in ScopeRow.__slots__} for row in opened],
        )


def write_scopes(connection: Connection, changed: Iterable[tuple[str, bytes]]) -> None:
    rows = [{"key": key, "new": data} for key, data in changed]
    write_guarded(connection, _WRITE, rows, "scopes")


def delete_scopes(connection: Connection, closed: Iterable[str]) -> None:
    """Scopes of ended elements: what they held stays provable in the event log."""
    rows = [{"key": key} for key in closed]
    write_guarded(connection, _CLOSE, rows, "scopes")
