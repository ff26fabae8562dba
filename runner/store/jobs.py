"""Jobs for external handlers: the row is the truth, whoever executes it.

``attempts`` is the fencing number: a worker reports with the number it was given, and a report with
an older number changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update

from runner.store.guarded import write_guarded
from runner.store.job_queue import announce
from runner.store.suspensions import goes_on
from runner.store.tables import jobs


@dataclass(frozen=True, slots=True)
class Job:
    """One row; ``id`` is the token's id and the handler's idempotency key. ``scope_id`` is where
    the variables it is done with are read from. ``inputs`` is encrypted for the case's subject,
    ``headers`` is plain. ``worker`` is who holds it, or who ended it."""

    id: str
    root_id: str
    token_id: str
    element_id: str
    scope_id: str
    job_type: str
    state: str
    attempts: int
    attempts_left: int
    due_at: datetime
    leased_until: datetime | None
    worker: str | None
    inputs: bytes
    headers: bytes
    last_error: str | None
    created_at: datetime
    ended_at: datetime | None = None


_COLUMNS = tuple(jobs.c)
_NAMES = tuple(column.name for column in _COLUMNS)
_FIND = select(*_COLUMNS).where(jobs.c.id == bindparam("job_id"))
_OPEN = select(*_COLUMNS).where(
    jobs.c.root_id == bindparam("root"), jobs.c.state.in_(("created", "activated", "failed"))
)
_WAITING = and_(
    jobs.c.state == "created",
    jobs.c.job_type.in_(bindparam("types", expanding=True)),
    jobs.c.due_at <= bindparam("now"),
    jobs.c.attempts_left > 0,
    goes_on(jobs.c.root_id),
)
_DUE = select(*_COLUMNS).where(_WAITING).order_by(jobs.c.due_at).limit(bindparam("most"))
_EXPIRED = (
    select(*_COLUMNS)
    .where(
        jobs.c.state == "activated",
        or_(
            jobs.c.leased_until < bindparam("now"),
            and_(
                jobs.c.job_type.in_(bindparam("types", expanding=True)),
                jobs.c.leased_until > bindparam("latest"),
            ),
            jobs.c.leased_until > bindparam("latest_of_all"),
        ),
    )
    .limit(bindparam("most"))
)
_CANCEL = (
    update(jobs)
    .where(
        jobs.c.id == bindparam("key"),
        or_(jobs.c.state == "created", jobs.c.state == "activated", jobs.c.state == "failed"),
    )
    .values(state="cancelled", ended_at=bindparam("at"), leased_until=None)
)


def find_job(connection: Connection, job_id: str) -> Job | None:
    row = connection.execute(_FIND, {"job_id": job_id}).one_or_none()
    return None if row is None else Job(*row)


def open_jobs(connection: Connection, root_id: str) -> list[Job]:
    """Jobs of a case that are not over, failed ones (their incident is open) included."""
    return [Job(*row) for row in connection.execute(_OPEN, {"root": root_id})]


def expired_jobs(
    connection: Connection,
    now: datetime,
    limit: int,
    types: Collection[str],
    latest: datetime,
    latest_of_all: datetime,
) -> list[Job]:
    """Jobs whose worker let its lease run out; also those of ``types`` whose lease ends after
    ``latest``, and any whose ends after ``latest_of_all``, which only a clock that was wrong can
    have written."""
    wanted = {
        "now": now,
        "most": limit,
        "types": sorted(types),
        "latest": latest,
        "latest_of_all": latest_of_all,
    }
    return [Job(*row) for row in connection.execute(_EXPIRED, wanted)]


def has_due_jobs(connection: Connection, types: Collection[str], now: datetime) -> bool:
    """Whether a job of these types waits to be done; the idle poll's one statement."""
    wanted = {"types": sorted(types), "now": now, "most": 1}
    return connection.execute(_DUE, wanted).first() is not None


def insert_jobs(connection: Connection, created: Sequence[Job]) -> None:
    """Workers are told of those that are due at once."""
    if created:
        connection.execute(
            insert(jobs), [{name: getattr(job, name) for name in _NAMES} for job in created]
        )
        announce(connection, [job.id for job in created if job.due_at <= job.created_at])


def cancel_jobs(connection: Connection, job_ids: Iterable[str], at: datetime) -> None:
    rows = [{"key": key, "at": at} for key in job_ids]
    write_guarded(connection, _CANCEL, rows, "jobs")


def activate_due_jobs(
    connection: Connection,
    *,
    worker: str,
    types: Collection[str],
    now: datetime,
    lease_of: Callable[[str], timedelta],
    limit: int,
    key: str | None = None,
    due_by: datetime | None = None,
) -> list[Job]:
    """Takes up to ``limit`` waiting jobs of ``types`` for ``worker``, each for the lease of its job
    type; each attempt counts when it begins. Only the job ``key``, where one is named; ``due_by``
    where it is not ``now``."""
    query = _DUE if key is None else _DUE.where(jobs.c.id == key)
    if connection.dialect.name == "postgresql":
        query = query.with_for_update(skip_locked=True)
    wanted = {"types": sorted(types), "now": due_by or now, "most": limit}
    taken = []
    for row in connection.execute(query, wanted).all():
        job = Job(*row)
        changed = connection.execute(
            update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state == "created")
            .values(
                state="activated",
                attempts=job.attempts + 1,
                attempts_left=job.attempts_left - 1,
                leased_until=now + lease_of(job.job_type),
                worker=worker,
            )
        )
        if changed.rowcount == 1:
            taken.append(job.id)
    found = (find_job(connection, key) for key in taken)
    return [job for job in found if job is not None]


def extend_job_lease(connection: Connection, job_id: str, attempt: int, until: datetime) -> bool:
    """Heartbeat. False when the attempt no longer holds the job."""
    changed = connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state == "activated", jobs.c.attempts == attempt)
        .values(leased_until=until)
    )
    return changed.rowcount == 1


def finish_job(
    connection: Connection,
    job_id: str,
    attempt: int,
    *,
    state: str,
    at: datetime,
    due_at: datetime | None = None,
    error: str | None = None,
    expired_at: datetime | None = None,
    attempts_left: int | None = None,
) -> bool:
    """Ends an attempt: ``completed``, ``failed`` or back to ``created`` until ``due_at``, where
    ``attempts_left`` may say how often it is tried from now on.

    Guarded by state and attempt number, and, where ``expired_at`` says when the lease ended that
    was seen to be over, by that. False when the attempt no longer holds the job, or holds it again.
    """
    values: dict[str, object] = {"state": state, "leased_until": None}
    if state == "created":
        values |= {"due_at": due_at, "worker": None}
    else:
        values["ended_at"] = at
    if error is not None:
        values["last_error"] = error
    if attempts_left is not None:
        values["attempts_left"] = attempts_left
    held = (jobs.c.id == job_id) & (jobs.c.state == "activated") & (jobs.c.attempts == attempt)
    if expired_at is not None:
        held &= jobs.c.leased_until == expired_at
    return connection.execute(update(jobs).where(held).values(**values)).rowcount == 1


def revive_job(
    connection: Connection, job_id: str, *, attempts_left: int, due_at: datetime, inputs: bytes
) -> None:
    """A failed job gets new attempts and freshly mapped inputs. Guarded by its state."""
    statement = (
        update(jobs)
        .where(jobs.c.id == bindparam("key"), jobs.c.state == "failed")
        .values(
            state="created",
            attempts_left=attempts_left,
            due_at=due_at,
            inputs=inputs,
            ended_at=None,
        )
    )
    write_guarded(connection, statement, [{"key": job_id}], "jobs")
    announce(connection, [job_id])


def blank_job_errors(connection: Connection, root_id: str) -> None:
    """Takes out what servers said about a case's messages: it may name the recipient."""
    connection.execute(
        update(jobs)
        .where(jobs.c.root_id == root_id, jobs.c.last_error.is_not(None))
        .values(last_error="—")
    )
