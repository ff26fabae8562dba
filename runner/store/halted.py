"""Tokens whose timer or signal came, but could not be acted upon: a person must look first."""

from __future__ import annotations

from sqlalchemy import Column, ColumnElement, select

from runner.store.tables import incidents

HALTED = "halted"


def not_halted(root_id: Column[str], token_id: Column[str]) -> ColumnElement[bool]:
    """The condition that the token of a row does not wait for a person, for queries of due work."""
    halted = select(1).where(
        incidents.c.root_id == root_id,
        incidents.c.state == "open",
        incidents.c.token_id == token_id,
        incidents.c.kind == HALTED,
    )
    return ~halted.correlate(root_id.table).exists()
