"""Tokens of external workers: only their digests are kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, insert, select, update

from runner.store.tables import work_tables

_tokens = work_tables.worker_tokens


@dataclass(frozen=True, slots=True)
class WorkerToken:
    """One program outside and what its token may do: serve job types, publish messages and
    broadcast signals by their names. ``digest`` is the token's SHA-256 (hex)."""

    name: str
    digest: str
    job_types: tuple[str, ...]
    inputs_only: bool
    created_at: datetime
    seen_at: datetime | None = None
    revoked_at: datetime | None = None
    messages: tuple[str, ...] = ()
    signals: tuple[str, ...] = ()


def find_worker(connection: Connection, name: str) -> WorkerToken | None:
    """The worker of this name, revoked or not."""
    row = connection.execute(select(_tokens).where(_tokens.c.name == name)).one_or_none()
    return None if row is None else _token(row)


def worker_of_digest(connection: Connection, digest: str) -> WorkerToken | None:
    """The worker whose token has this digest, unless it is revoked."""
    query = select(_tokens).where(_tokens.c.digest == digest, _tokens.c.revoked_at.is_(None))
    row = connection.execute(query).one_or_none()
    return None if row is None else _token(row)


def all_workers(connection: Connection) -> list[WorkerToken]:
    """Every worker by name, revoked ones included."""
    return [_token(row) for row in connection.execute(select(_tokens).order_by(_tokens.c.name))]


def put_worker(connection: Connection, token: WorkerToken) -> None:
    """A new worker, or a new token in the place of a revoked one."""
    connection.execute(delete(_tokens).where(_tokens.c.name == token.name))
    connection.execute(
        insert(_tokens).values(
            name=token.name,
            digest=token.digest,
            job_types=orjson.dumps(token.job_types).decode(),
            messages=orjson.dumps(token.messages).decode(),
            signals=orjson.dumps(token.signals).decode(),
            inputs_only=token.inputs_only,
            created_at=token.created_at,
        )
    )


def revoke_worker(connection: Connection, name: str, at: datetime) -> bool:
    """False where there is none, or it is revoked already."""
    changed = connection.execute(
        update(_tokens)
        .where(_tokens.c.name == name, _tokens.c.revoked_at.is_(None))
        .values(revoked_at=at)
    )
    return changed.rowcount == 1


def note_worker_seen(connection: Connection, name: str, at: datetime) -> None:
    connection.execute(update(_tokens).where(_tokens.c.name == name).values(seen_at=at))


def _token(row: Row[Any]) -> WorkerToken:
    return WorkerToken(
        name=row.name,
        digest=row.digest,
        job_types=tuple(orjson.loads(row.job_types)),
        inputs_only=row.inputs_only,
        created_at=row.created_at,
        seen_at=row.seen_at,
        revoked_at=row.revoked_at,
        messages=tuple(orjson.loads(row.messages)),
        signals=tuple(orjson.loads(row.signals)),
    )
