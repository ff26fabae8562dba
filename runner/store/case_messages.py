"""Which messages came for cases, read from their event logs without the values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, and_, or_, select

from runner.store.case_pages import stored_messages
from runner.store.case_pages_outline import message_of
from runner.store.tables import events


@dataclass(frozen=True, slots=True)
class CaseMessage:
    """``taken``: an element of the case took it. ``actor`` is a person's id or ``customer``."""

    case_id: str
    name: str
    taken: bool
    actor: str


def messages_of_cases(connection: Connection, case_ids: Iterable[str]) -> list[CaseMessage]:
    """Messages of these cases, the earliest of each case first; alike ones of a long case once."""
    ids = sorted(set(case_ids))
    outlined = stored_messages(connection, ids)  # of long cases, up to an event
    found = [
        CaseMessage(case_id, *message)
        for case_id, (_, kept) in outlined.items()
        for message in kept
    ]
    newer = or_(
        events.c.chain.in_([case_id for case_id in ids if case_id not in outlined]),
        *(
            and_(events.c.chain == case_id, events.c.number > number)
            for case_id, (number, _) in outlined.items()
        ),
    )
    query = (
        select(events.c.chain, events.c.header)
        .where(newer, events.c.type.in_(("message_received", "mail_received")))
        .order_by(events.c.chain, events.c.number)
    )
    for case_id, header in connection.execute(query):
        found.append(CaseMessage(case_id, *message_of(orjson.loads(header))))
    return found
