"""Programs outside: who they are, what they may do, and their secret tokens.

A token names the job types its worker may serve, the messages it may publish and the signals it may
broadcast; nothing else opens.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from runner.engine.access import ADMINISTRATOR, Person, require_group
from runner.engine.elements.messages import LONGEST
from runner.engine.site import Site
from runner.engine.transaction import change_chain
from runner.errors import AlreadyExists, InvalidInput, NotFound
from runner.events import WorkerTokenChanged
from runner.store.worker_tokens import (
    WorkerToken,
    all_workers,
    find_worker,
    note_worker_seen,
    put_worker,
    revoke_worker,
    worker_of_digest,
)

PREFIX = "ombud_worker_"
LONGEST_TYPE = 100
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_SEEN_STEP = timedelta(minutes=10)  # a poll must not write each time


@dataclass(frozen=True, slots=True)
class ExternalWorker:
    """Who calls from outside: its name, the job types it may serve, whether it gets only what the
    diagram maps in instead of every variable its element sees, and the names of the messages and
    signals it may send."""

    name: str
    job_types: frozenset[str]
    inputs_only: bool
    messages: frozenset[str] = frozenset()
    signals: frozenset[str] = frozenset()

    @property
    def actor(self) -> Person:
        """Who the event log names."""
        return Person(f"worker:{self.name}", self.name, self.name)


def add_worker_token(
    site: Site,
    *,
    actor: Person,
    name: str,
    job_types: Collection[str] = (),
    inputs_only: bool = False,
    messages: Collection[str] = (),
    signals: Collection[str] = (),
) -> str:
    """Makes a worker and gives its token, which is shown this once: only its digest is kept.

    A revoked worker gets a new token under its old name. Raises ``AlreadyExists``,
    ``InvalidInput`` (a name that cannot be used, or nothing that the token would open),
    ``NotAllowed``.
    """
    require_group(actor, ADMINISTRATOR)
    if _NAME.fullmatch(name) is None:
        raise InvalidInput(
            f"名称“{name}”不能用：请用 1 到 40 个小写字母、数字、. _ -。 / "
            f"The name '{name}' cannot be used: expected 1 to 40 lower-case letters, digits, . _ -",
            {"name": ["不能用。 / Cannot be used."]},
        )
    types = _names("job_types", job_types, LONGEST_TYPE)
    may_publish = _names("messages", messages, LONGEST)
    may_broadcast = _names("signals", signals, LONGEST)
    if not types and not may_publish and not may_broadcast:
        raise InvalidInput(
            "请写明任务类型、消息或信号。 / Name the job types it serves, or messages or signals.",
            {"job_types": ["请填写。 / Fill this in."]},
        )
    served = sorted(set(types) & set(site.handlers))
    if served:
        names = ", ".join(served)
        raise InvalidInput(
            f"这些任务类型由本系统自己执行：{names}。 / "
            f"Handlers of this installation serve these job types themselves: {names}.",
            {"job_types": [f"{names}"]},
        )
    token = PREFIX + secrets.token_urlsafe(32)
    with change_chain(site, "access", actor=actor) as change:
        change.lock()
        known = find_worker(change.connection, name)
        if known is not None and known.revoked_at is None:
            raise AlreadyExists(
                f"“{name}”已有令牌；请先撤销。 / "
                f"The worker '{name}' has a token already; revoke it first."
            )
        put_worker(
            change.connection,
            WorkerToken(
                name,
                _digest(token),
                types,
                inputs_only,
                change.at,
                messages=may_publish,
                signals=may_broadcast,
            ),
        )
        change.record(
            WorkerTokenChanged(
                worker=name,
                change="added",
                job_types=types,
                messages=may_publish,
                signals=may_broadcast,
            )
        )
    return token


def revoke_worker_token(site: Site, *, actor: Person, name: str) -> None:
    """From now on the token opens nothing; jobs it holds come back when their locks end. Raises
    ``NotFound`` where there is no such token in force."""
    require_group(actor, ADMINISTRATOR)
    with change_chain(site, "access", actor=actor) as change:
        if not revoke_worker(change.connection, name, change.at):
            raise NotFound(
                f"没有有效的令牌“{name}”。 / No worker '{name}' has a token that is in force."
            )
        change.record(WorkerTokenChanged(worker=name, change="revoked"))


def worker_tokens(site: Site) -> list[WorkerToken]:
    """Every worker by name, revoked ones included."""
    with site.database.read() as connection:
        return all_workers(connection)


def verify_worker_token(site: Site, token: str) -> ExternalWorker | None:
    """Whose token it is; None for one that is unknown or revoked."""
    if not token.startswith(PREFIX):
        return None
    with site.database.read() as connection:
        found = worker_of_digest(connection, _digest(token))
    if found is None:
        return None
    now = site.clock.now()
    if found.seen_at is None or now - found.seen_at >= _SEEN_STEP:
        with site.database.write() as connection:
            note_worker_seen(connection, found.name, now)
    return ExternalWorker(
        found.name,
        frozenset(found.job_types),
        found.inputs_only,
        frozenset(found.messages),
        frozenset(found.signals),
    )


def _names(place: str, given: Collection[str], longest: int) -> tuple[str, ...]:
    names = tuple(sorted({name.strip() for name in given}))
    if not all(0 < len(name) <= longest and name.isprintable() for name in names):
        raise InvalidInput(
            f"每个名称应有 1 到 {longest} 个字。 / Each name has 1 to {longest} characters.",
            {place: ["不能用。 / Cannot be used."]},
        )
    return names


def _digest(token: str) -> str:
    # 256 random bits: a plain hash cannot be turned back, and a slow one would gain nothing
    return hashlib.sha256(token.encode()).hexdigest()
