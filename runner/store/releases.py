"""Releases: immutable sets of files, and which of them is effective."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, insert, select, update

from runner.store.guarded import write_guarded
from runner.store.tables import blobs, release_files, releases


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release. ``previous`` is the digest of the release that was effective before it."""

    digest: str
    number: int
    state: str
    reason: str
    created_by: str
    created_at: datetime
    approved_by: str | None = None
    effective_at: datetime | None = None
    superseded_at: datetime | None = None
    previous: str | None = None


_COLUMNS = tuple(releases.c[name] for name in ReleaseRow.__slots__)
_FIND = select(*_COLUMNS).where(releases.c.digest == bindparam("wanted"))
_EFFECTIVE = select(*_COLUMNS).where(releases.c.state == "effective")


def find_release(connection: Connection, digest: str) -> ReleaseRow | None:
    row = connection.execute(_FIND, {"wanted": digest}).one_or_none()
    return None if row is None else ReleaseRow(*row)


def effective_release(connection: Connection) -> ReleaseRow | None:
    row = connection.execute(_EFFECTIVE).one_or_none()
    return None if row is None else ReleaseRow(*row)


def hold_effective(connection: Connection, digest: str) -> bool:
    """Whether the release is effective; if so it stays that until this transaction ends."""
    query = select(releases.c.digest).where(
        releases.c.digest == digest, releases.c.state == "effective"
    )
    return connection.execute(query.with_for_update(read=True)).first() is not None


def all_releases(connection: Connection) -> list[ReleaseRow]:
    """Newest first."""
    query = select(*_COLUMNS).order_by(releases.c.number.desc())
    return [ReleaseRow(*row) for row in connection.execute(query)]


def next_release_number(connection: Connection) -> int:
    query = select(func.coalesce(func.max(releases.c.number), 0))
    return int(connection.execute(query).scalar_one()) + 1


def insert_release(connection: Connection, row: ReleaseRow, files: Mapping[str, bytes]) -> None:
    """The release with its files; bytes that are there already are shared."""
    connection.execute(
        insert(releases).values(**{name: getattr(row, name) for name in ReleaseRow.__slots__})
    )
    digests = {path: hashlib.sha256(data).hexdigest() for path, data in files.items()}
    known = _known_blobs(connection, set(digests.values()))
    new = {digests[path]: data for path, data in files.items() if digests[path] not in known}
    if new:
        connection.execute(
            insert(blobs), [{"sha256": key, "data": data} for key, data in new.items()]
        )
    if digests:
        connection.execute(
            insert(release_files),
            [
                {"digest": row.digest, "path": path, "sha256": key}
                for path, key in sorted(digests.items())
            ],
        )


def _known_blobs(connection: Connection, wanted: Iterable[str]) -> set[str]:
    return set(
        connection.execute(select(blobs.c.sha256).where(blobs.c.sha256.in_(list(wanted)))).scalars()
    )


def read_release_files(connection: Connection, digest: str) -> dict[str, bytes]:
    """Path to bytes of every file of a release."""
    query = (
        select(release_files.c.path, blobs.c.data)
        .join(blobs, blobs.c.sha256 == release_files.c.sha256)
        .where(release_files.c.digest == digest)
        .order_by(release_files.c.path)
    )
    return {row.path: row.data for row in connection.execute(query)}


def change_release(
    connection: Connection, digest: str, before: str, after: str, **values: object
) -> None:
    """Guarded: the release must be in state ``before``."""
    statement = (
        update(releases)
        .where(releases.c.digest == bindparam("wanted"), releases.c.state == before)
        .values(state=after, **values)
    )
    write_guarded(connection, statement, [{"wanted": digest}], "releases")
