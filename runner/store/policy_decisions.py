"""Answers of owners to policy values that were unset, by policy digest and path."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from runner.store.tables import policy_decisions


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """``data`` is the value's canonical bytes; ``root_id`` the case in which it was asked for."""

    policy_digest: str
    path: str
    data: bytes
    root_id: str
    decided_by: str
    decided_at: datetime


_COLUMNS = tuple(policy_decisions.c[name] for name in PolicyDecision.__slots__)


def find_policy_decision(
    connection: Connection, policy_digest: str, path: str
) -> PolicyDecision | None:
    row = connection.execute(
        select(*_COLUMNS).where(
            policy_decisions.c.policy_digest == policy_digest, policy_decisions.c.path == path
        )
    ).one_or_none()
    return None if row is None else PolicyDecision(*row)


def policy_decisions_of(connection: Connection, policy_digest: str) -> list[PolicyDecision]:
    """All answers under one policy: what its owner should write into the next release."""
    query = (
        select(*_COLUMNS)
        .where(policy_decisions.c.policy_digest == policy_digest)
        .order_by(policy_decisions.c.path)
    )
    return [PolicyDecision(*row) for row in connection.execute(query)]


def insert_policy_decision(connection: Connection, decision: PolicyDecision) -> None:
    """Keeps the first answer; later cases that already waited keep their own. Raises the
    database's ``IntegrityError``, and changes nothing, where somebody answers at this moment."""
    known = find_policy_decision(connection, decision.policy_digest, decision.path)
    if known is None:
        values = {name: getattr(decision, name) for name in PolicyDecision.__slots__}
        with connection.begin_nested():
            connection.execute(insert(policy_decisions).values(**values))
