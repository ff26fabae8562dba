"""Who was reminded of the day's tasks: once a day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from runner.store.people_tables import reminders


def reminded(connection: Connection, day: str) -> frozenset[str]:
    """The people who have their mail of the day (ISO date)."""
    query = select(reminders.c.person_id).where(reminders.c.day == day)
    return frozenset(connection.execute(query).scalars())


def claim_reminder(connection: Connection, person_id: str, day: str, at: datetime) -> None:
    """Raises ``IntegrityError`` where somebody was faster."""
    connection.execute(insert(reminders).values(person_id=person_id, day=day, sent_at=at))


def give_back_reminder(connection: Connection, person_id: str, day: str) -> None:
    connection.execute(
        delete(reminders).where(reminders.c.person_id == person_id, reminders.c.day == day)
    )
