"""People, their groups and their sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from runner.store.prepared import Prepared
from runner.store.tables import memberships, people, sessions


@dataclass(frozen=True, slots=True)
class PersonRow:
    """An account. ``password_hash`` is argon2id or None (cannot sign in with a password)."""

    id: str
    username: str
    display_name: str
    email: str | None
    password_hash: str | None
    language: str
    active: bool
    demo: bool
    groups: frozenset[str] = frozenset()


_COLUMNS = (
    people.c.id,
    people.c.username,
    people.c.display_name,
    people.c.email,
    people.c.password_hash,
    people.c.language,
    people.c.active,
    people.c.demo,
)
_BY_ID = select(*_COLUMNS).where(people.c.id == bindparam("wanted"))
_BY_NAME = select(*_COLUMNS).where(people.c.username == bindparam("wanted"))
_GROUPS = select(memberships.c.group_id).where(memberships.c.person_id == bindparam("person"))
# a row for each of the person's groups, one where there is none
_SESSION = Prepared(
    select(*_COLUMNS, sessions.c.seen_at, sessions.c.expires_at, memberships.c.group_id)
    .join(people, people.c.id == sessions.c.person_id)
    .outerjoin(memberships, memberships.c.person_id == people.c.id)
    .where(sessions.c.digest == bindparam("token"))
)


def _found(connection: Connection, query: object, wanted: str) -> PersonRow | None:
    row = connection.execute(query, {"wanted": wanted}).one_or_none()  # type: ignore[call-overload]
    if row is None:
        return None
    groups = connection.execute(_GROUPS, {"person": row[0]}).scalars()
    return replace(PersonRow(*row), groups=frozenset(groups))


def find_person(connection: Connection, person_id: str) -> PersonRow | None:
    return _found(connection, _BY_ID, person_id)


def find_username(connection: Connection, username: str) -> PersonRow | None:
    return _found(connection, _BY_NAME, username)


def display_name(connection: Connection, person_id: str | None) -> str | None:
    """What people call this person; None for ids that are nobody's account."""
    found: str | None = connection.execute(
        select(people.c.display_name).where(people.c.id == person_id)
    ).scalar_one_or_none()
    return found


def all_people(connection: Connection) -> list[PersonRow]:
    groups: dict[str, set[str]] = {}
    for person, group in connection.execute(
        select(memberships.c.person_id, memberships.c.group_id)
    ):
        groups.setdefault(person, set()).add(group)
    return [
        replace(PersonRow(*row), groups=frozenset(groups.get(row[0], ())))
        for row in connection.execute(select(*_COLUMNS).order_by(people.c.username))
    ]


def group_addresses(connection: Connection, groups: Iterable[str]) -> list[str]:
    """E-mail addresses of the active people in ``groups``, sorted, without doubles."""
    query = (
        select(people.c.email)
        .join(memberships, memberships.c.person_id == people.c.id)
        .where(
            memberships.c.group_id.in_(list(groups)),
            people.c.active,
            people.c.email.is_not(None),
        )
        .distinct()
    )
    return sorted(address for address in connection.execute(query).scalars() if address)


def insert_person(connection: Connection, person: PersonRow, at: datetime) -> None:
    connection.execute(
        insert(people).values(
            id=person.id,
            username=person.username,
            display_name=person.display_name,
            email=person.email,
            password_hash=person.password_hash,
            language=person.language,
            active=person.active,
            demo=person.demo,
            created_at=at,
        )
    )
    replace_groups(connection, person.id, person.groups)


def replace_groups(connection: Connection, person_id: str, groups: Iterable[str]) -> None:
    connection.execute(delete(memberships).where(memberships.c.person_id == person_id))
    rows = [{"person_id": person_id, "group_id": group} for group in sorted(groups)]
    if rows:
        connection.execute(insert(memberships), rows)


def update_person(connection: Connection, person_id: str, **changed: object) -> None:
    connection.execute(update(people).where(people.c.id == person_id).values(**changed))


def insert_session(
    connection: Connection, digest: str, person_id: str, at: datetime, expires_at: datetime
) -> None:
    connection.execute(
        insert(sessions).values(
            digest=digest, person_id=person_id, created_at=at, seen_at=at, expires_at=expires_at
        )
    )


def find_session(
    connection: Connection, digest: str
) -> tuple[PersonRow, datetime, datetime] | None:
    """(person, last seen, expires) of a session by the SHA-256 of its token."""
    rows = _SESSION.rows(connection, {"token": digest})
    if not rows:
        return None
    *person, seen_at, expires_at, _ = rows[0]
    groups = frozenset(row[-1] for row in rows if row[-1] is not None)
    return PersonRow(*[*person, groups]), seen_at, expires_at


def touch_session(
    connection: Connection, digest: str, seen_at: datetime, expires_at: datetime
) -> None:
    connection.execute(
        update(sessions)
        .where(sessions.c.digest == digest)
        .values(seen_at=seen_at, expires_at=expires_at)
    )


def delete_session(connection: Connection, digest: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.digest == digest))


def delete_sessions_of(connection: Connection, person_id: str) -> None:
    connection.execute(delete(sessions).where(sessions.c.person_id == person_id))


def delete_expired_sessions(connection: Connection, now: datetime) -> None:
    connection.execute(delete(sessions).where(sessions.c.expires_at <= now))
