"""Which messages came for cases, read from their event logs without the values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, select

from runner.store.tables import events


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """``taken``: an element of the case took it. ``actor`` is a person's id or ``customer``."""

    case_id: str
    name: str
    taken: bool
    actor: str


def messages_of_cases(connection: Connection, case_ids: Iterable[str]) -> list[CaseMessage]:
    """Every message of these cases, the earliest of each case first."""
    query = (
        select(events.c.chain, events.c.header)
        .where(events.c.chain.in_(sorted(set(case_ids))), events.c.type == "message_received")
        .order_by(events.c.chain, events.c.number)
    )
    found: list[CaseMessage] = []
    for case_id, header in connection.execute(query):
        document = orjson.loads(header)
        facts = document.get("facts", {})
        name, taken = str(facts.get("message")), facts.get("correlated") is True
        found.append(CaseMessage(case_id, name, taken, str(document.get("actor"))))
    return found
