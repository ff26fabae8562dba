"""Ledger rows of many cases: why each is in the public ledger."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from runner.encoding import loads
from runner.store.keys import Erased, Vault
from runner.store.tables import cases, ledger

_AT_ONCE = 500


def ledger_facts(
    connection: Connection, vault: Vault, ids: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """The reasons by case id, for those that have a row; none for an erased person."""
    found: dict[str, tuple[str, ...]] = {}
    for begins in range(0, len(ids), _AT_ONCE):
        query = (
            select(ledger.c.root_id, ledger.c.data, cases.c.subject_id)
            .join(cases, cases.c.id == ledger.c.root_id)
            .where(ledger.c.root_id.in_(ids[begins : begins + _AT_ONCE]))
        )
        for case_id, sealed, subject_id in connection.execute(query):
            try:
                row = loads(vault.decrypt(connection, subject_id, sealed))
            except Erased:
                continue
            reasons = row.get("reasons") if isinstance(row, dict) else None
            if isinstance(reasons, list):
                found[case_id] = tuple(str(reason) for reason in reasons)
    return found
