"""Accounts, passwords and sessions; every change and every sign-in is an event of ``access``."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from runner.engine.access import ADMINISTRATOR, Person, require_group
from runner.engine.site import Site
from runner.engine.transaction import ChainChange, change_chain
from runner.errors import AlreadyExists, InvalidInput, NotFound
from runner.events import PersonChanged, SignedIn, SignInRefused
from runner.store import people as store
from runner.store.people import PersonRow

SESSION_LIFE = timedelta(hours=12)
SEEN_STEP = timedelta(minutes=5)
SHORTEST_PASSWORD = 10
_HASHER = PasswordHasher()  # argon2id with the library's recommended cost
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,98}")
_GROUP = re.compile(r"[a-z][a-z0-9_]{0,98}")


def add_person(
    site: Site,
    *,
    actor: Person,
    username: str,
    display_name: str,
    groups: Iterable[str] = (),
    password: str | None = None,
    email: str | None = None,
    language: str = "zh",
    demo: bool = False,
) -> Person:
    """Makes an account. Raises ``AlreadyExists``, ``InvalidInput``, ``NotAllowed``."""
    require_group(actor, ADMINISTRATOR)
    username = username.strip().lower()
    if _USERNAME.fullmatch(username) is None:
        raise _wrong(
            "username", "用小写字母、数字、. _ -。 / Use lower-case letters, digits, . _ -"
        )
    if not display_name.strip():
        raise _wrong("display_name", "请填写。 / Fill this in.")
    wanted = _groups(groups)
    hashed = None if password is None else _hash(password)
    with change_chain(site, "access", actor=actor) as change:
        change.lock()
        if store.find_username(change.connection, username) is not None:
            raise AlreadyExists(
                f"用户名“{username}”已被使用。 / The user name '{username}' is taken."
            )
        row = PersonRow(
            id=uuid4().hex,
            username=username,
            display_name=display_name.strip(),
            email=email or None,
            password_hash=hashed,
            language=language if language in ("zh", "en") else "zh",
            active=True,
            demo=demo,
            groups=wanted,
        )
        store.insert_person(change.connection, row, change.at)
        change.record(PersonChanged(person=row.id, change="added", groups=sorted(wanted)))
    return _person(row)


def set_groups(site: Site, *, actor: Person, person_id: str, groups: Iterable[str]) -> None:
    """Replaces a person's groups; it counts from their next request."""
    require_group(actor, ADMINISTRATOR)
    wanted = _groups(groups)
    with change_chain(site, "access", actor=actor) as change:
        _require(change, person_id)
        store.replace_groups(change.connection, person_id, wanted)
        change.record(PersonChanged(person=person_id, change="groups", groups=sorted(wanted)))


def set_password(site: Site, *, actor: Person, person_id: str, password: str) -> None:
    """Changes a password and ends all sessions of the account. People may change their own."""
    if actor.id != person_id:
        require_group(actor, ADMINISTRATOR)
    hashed = _hash(password)
    with change_chain(site, "access", actor=actor) as change:
        _require(change, person_id)
        store.update_person(change.connection, person_id, password_hash=hashed)
        store.delete_sessions_of(change.connection, person_id)
        change.record(PersonChanged(person=person_id, change="password"))


def set_language(site: Site, *, actor: Person, language: str) -> None:
    """The actor's own language, ``zh`` or ``en``."""
    if language not in ("zh", "en"):
        raise _wrong("language", "应为 zh 或 en。 / Expected zh or en.")
    with change_chain(site, "access", actor=actor) as change:
        store.update_person(change.connection, actor.id, language=language)


def set_active(site: Site, *, actor: Person, person_id: str, active: bool) -> None:
    """Closes or reopens an account; closing ends its sessions."""
    require_group(actor, ADMINISTRATOR)
    with change_chain(site, "access", actor=actor) as change:
        _require(change, person_id)
        store.update_person(change.connection, person_id, active=active)
        if not active:
            store.delete_sessions_of(change.connection, person_id)
        change.record(
            PersonChanged(person=person_id, change="activated" if active else "deactivated")
        )


def verify_password(site: Site, *, username: str, password: str) -> Person | None:
    """The person, or None for a wrong name or password, which is logged. Both answers take the
    time of one password hash, so that names cannot be found out."""
    with site.database.read() as connection:
        row = store.find_username(connection, username.strip().lower())
    stored = row.password_hash if row is not None else None
    right = _matches(stored or _decoy(), password) and stored is not None
    if row is not None and row.active and right:
        return _person(row)
    unknown = Person(row.id if row is not None else "system")
    with change_chain(site, "access", actor=unknown) as change:
        change.record(SignInRefused(person=None if row is None else row.id))
    return None


def open_session(site: Site, *, person: Person) -> str:
    """A new session's secret token for the cookie; the database keeps only its SHA-256."""
    token = secrets.token_urlsafe(32)
    with change_chain(site, "access", actor=person) as change:
        store.delete_expired_sessions(change.connection, change.at)
        store.insert_session(
            change.connection, _digest(token), person.id, change.at, change.at + SESSION_LIFE
        )
        change.record(SignedIn())
    return token


def session_person(site: Site, *, token: str) -> Person | None:
    """Who a session belongs to, with the groups of now. Use prolongs it; None once it is over."""
    digest = _digest(token)
    now = site.clock.now()
    with site.database.read() as connection:
        found = store.find_session(connection, digest)
    if found is None or found[2] <= now or not found[0].active:
        return None
    row, seen_at, _ = found
    if now - seen_at > SEEN_STEP:
        with site.database.write() as connection:
            store.touch_session(connection, digest, now, now + SESSION_LIFE)
    return _person(row)


def close_session(site: Site, *, token: str) -> None:
    """Signs out; an unknown token changes nothing."""
    with site.database.write() as connection:
        store.delete_session(connection, _digest(token))


def find_person(site: Site, *, username: str) -> Person:
    """The account of this name. Raises ``NotFound``."""
    with site.database.read() as connection:
        row = store.find_username(connection, username)
    if row is None:
        raise NotFound(f"没有用户“{username}”。 / There is no user '{username}'.")
    return _person(row)


def demo_people(site: Site) -> list[Person]:
    """The active demonstration accounts, for the sign-in page of a demonstration."""
    if not site.demo:
        return []
    with site.database.read() as connection:
        return [_person(row) for row in store.all_people(connection) if row.demo and row.active]


def _person(row: PersonRow) -> Person:
    return Person(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        groups=row.groups,
        language=row.language,
        email=row.email,
        active=row.active,
    )


def _require(change: ChainChange, person_id: str) -> PersonRow:
    row = store.find_person(change.connection, person_id)
    if row is None:
        raise NotFound("没有这个人。 / There is no such person.")
    return replace(row)


def _hash(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD or len(password) > 1_000:
        raise _wrong(
            "password",
            f"密码至少 {SHORTEST_PASSWORD} 个字符。 / "
            f"A password has at least {SHORTEST_PASSWORD} characters.",
        )
    return str(_HASHER.hash(password))


def _matches(stored: str, password: str) -> bool:
    try:
        return bool(_HASHER.verify(stored, password[:1_000]))
    except (VerificationError, InvalidHashError):
        return False


_decoys: list[str] = []


def _decoy() -> str:
    """The hash of a password nobody knows, made once."""
    if not _decoys:
        _decoys.append(str(_HASHER.hash(secrets.token_urlsafe(16))))
    return _decoys[0]


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _groups(groups: Iterable[str]) -> frozenset[str]:
    wanted = frozenset(groups)
    for group in wanted:
        if _GROUP.fullmatch(group) is None:
            raise _wrong("groups", f"“{group}”不是小组名。 / '{group}' is no group id.")
    return wanted


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput(message, {field: [message]})
