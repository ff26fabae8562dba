"""Commands on jobs: workers claim them, report what became of them, and lose them when they stall.

Handlers run outside any transaction. The attempt number fences: a report of an attempt that no
longer holds the job changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection

from runner.encoding import loads
from runner.engine.access import WORKER
from runner.engine.elements.host import moving
from runner.engine.instances import end_if_completed
from runner.engine.job_holding import cleaned
from runner.engine.job_reports import keep_outcome, note_discarded, note_failure
from runner.engine.site import Site
from runner.engine.transaction import change_case
from runner.errors import NotFound
from runner.store.cases import find_case
from runner.store.complaints import complaint_language
from runner.store.jobs import (
    Job,
    activate_due_jobs,
    expired_jobs,
    extend_job_lease,
    find_job,
    finish_job,
    has_due_jobs,
)
from runner.store.keys import Erased
from service_tasks.contract import Delivery, Outcome

BACK_OFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
LEASE = timedelta(seconds=60)
"""Of a job that no handler here serves; others have their handler's."""
LONGEST_LOCK = timedelta(days=1)
"""For how long an external worker may lock a job at once."""
CLOCKS_APART = timedelta(minutes=10)
"""How far the clocks of workers may differ. A lease beyond that is a mistake and not waited for."""
_ERROR_LENGTH = 2_000


@dataclass(frozen=True)
class ClaimedJob:
    """Everything a handler needs. ``attempt`` counts from 1 and fences later reports; ``lease`` is
    how long it holds the job without a heartbeat."""

    id: str
    case_id: str
    release_digest: str
    element_id: str
    job_type: str
    attempt: int
    inputs: Mapping[str, object]
    headers: Mapping[str, str]
    language: str
    leased_until: datetime
    lease: timedelta


def lease_of(site: Site, job_type: str) -> timedelta:
    """How long a worker may be silent with a job: its handler's ``timeout_seconds``."""
    handler = site.handlers.get(job_type)
    return LEASE if handler is None else timedelta(seconds=handler.timeout_seconds)


def served_here(site: Site) -> frozenset[str]:
    """The job types our own worker serves; all others wait for external workers."""
    return frozenset(key for key, handler in site.handlers.items() if handler.kind == "external")


def claim_jobs(
    site: Site,
    worker: str,
    limit: int,
    lease: timedelta | None = None,
    *,
    key: str | None = None,
    overdue_by: timedelta = timedelta(),
) -> list[ClaimedJob]:
    """Takes up to ``limit`` due jobs that handlers here serve, for ``worker``; nobody else gets
    them before the lease ends: ``lease``, or where it is None that of each job's handler. Only the
    job ``key``, where one is named; only jobs that were due ``overdue_by`` ago.

    A job whose person was erased cannot be done any more and fails at once.
    """

    def held(job_type: str) -> timedelta:
        return lease_of(site, job_type) if lease is None else lease

    now = site.clock.now()
    claimed: list[ClaimedJob] = []
    unreadable: list[Job] = []
    served = served_here(site)
    with site.database.read() as connection:
        if not has_due_jobs(connection, served, now - overdue_by):
            return []
    with site.database.write() as connection:
        taken = activate_due_jobs(
            connection,
            worker=worker,
            types=served,
            now=now,
            lease_of=held,
            limit=limit,
            key=key,
            due_by=now - overdue_by,
        )
        for job in taken:
            row = find_case(connection, job.root_id)
            assert row is not None
            try:
                opened = site.vault.decrypt(connection, row.subject_id, job.inputs)
            except Erased:
                unreadable.append(job)
                continue
            inputs = loads(opened)
            claimed.append(
                ClaimedJob(
                    id=job.id,
                    case_id=job.root_id,
                    release_digest=row.release_digest,
                    element_id=job.element_id,
                    job_type=job.job_type,
                    attempt=job.attempts,
                    inputs=inputs if isinstance(inputs, dict) else {},
                    headers=orjson.loads(job.headers),
                    language=complaint_language(connection, job.root_id),
                    leased_until=now + held(job.job_type),
                    lease=held(job.job_type),
                )
            )
    for job in unreadable:
        fail_job(site, job.id, job.attempts, "个人数据已删除。 / The data was erased.", final=True)
    return claimed


def extend_lease(site: Site, job_id: str, attempt: int, lease: timedelta) -> bool:
    """Heartbeat of a running handler. False: the attempt has lost the job."""
    with site.database.write() as connection:
        return extend_job_lease(connection, job_id, attempt, site.clock.now() + lease)


def complete_job(site: Site, job_id: str, attempt: int, outcome: Outcome) -> bool:
    """Keeps what the handler gave and lets the case go on. False when this attempt no longer holds
    the job: completed before, and nothing changed; or fenced or cancelled, and the outcome is
    discarded, but noted in the case together with the mails that have left."""
    try:
        with change_case(
            site, actor=WORKER, case=lambda c: case_of_job(c, job_id), command="complete_job"
        ) as change:
            job = change.case.jobs.open.get(job_id)
            if job is None or not finish_job(
                change.connection, job_id, attempt, state="completed", at=change.at
            ):
                note_discarded(change, job_id, attempt, outcome)
                return False
            assert change.case.execution is not None
            token = change.case.execution.token(job.token_id)
            change.touched = True
            keep_outcome(change, token, job, attempt, outcome)
            change.case.jobs.end(job_id, "completed")
            moving(change).complete(token.id)
            end_if_completed(change)
            return True
    except NotFound:
        return False


def note_mails_left(site: Site, job_id: str, attempt: int, deliveries: Sequence[Delivery]) -> None:
    """Notes mails of an attempt that failed all the same: they cannot be called back."""
    if not any(delivery.state == "sent" for delivery in deliveries):
        return
    with (
        suppress(NotFound),
        change_case(
            site, actor=WORKER, case=lambda c: case_of_job(c, job_id), command="complete_job"
        ) as change,
    ):
        note_discarded(change, job_id, attempt, Outcome(deliveries=deliveries))


def fail_job(
    site: Site,
    job_id: str,
    attempt: int,
    error: str,
    *,
    final: bool = False,
    expired_at: datetime | None = None,
) -> bool:
    """Notes a failed attempt: tried again after a pause, or an incident when none is left or
    ``final`` says that no attempt can work. ``expired_at`` is the end of the lease seen to be over.
    False when this attempt no longer holds the job, or its lease was extended since."""
    told = cleaned(error)[:_ERROR_LENGTH]
    try:
        with change_case(
            site, actor=WORKER, case=lambda c: case_of_job(c, job_id), command="fail_job"
        ) as change:
            job = find_job(change.connection, job_id)
            if job is None or job_id not in change.case.jobs.open:
                return False
            again = not final and job.attempts_left > 0
            # an external worker that died says nothing of the job: another may take it at once
            silent = expired_at is not None and job.job_type not in site.handlers
            pause = timedelta() if silent else pause_after(job_id, attempt)
            retry_at = change.at + pause if again else None
            if not finish_job(
                change.connection,
                job_id,
                attempt,
                state="created" if again else "failed",
                at=change.at,
                due_at=retry_at,
                error=told,
                expired_at=expired_at,
            ):
                return False
            note_failure(change, job, attempt, told, retry_at)
            return True
    except NotFound:
        return False


def release_expired_leases(site: Site, limit: int = 100) -> int:
    """Attempts whose worker went silent count as failed. How many there were. Raises an
    ``ExceptionGroup`` after the last where some could not be noted."""
    now = site.clock.now()
    served = served_here(site)
    longest = max((lease_of(site, job_type) for job_type in served), default=LEASE)
    with site.database.read() as connection:
        expired = expired_jobs(
            connection,
            now,
            limit,
            served,
            now + longest + CLOCKS_APART,
            now + max(longest, LONGEST_LOCK) + CLOCKS_APART,
        )
    text = "执行者没有回应，租约已过期。 / The worker went silent; its lease ended."
    failures: list[Exception] = []
    released = 0
    for job in expired:
        try:
            released += fail_job(site, job.id, job.attempts, text, expired_at=job.leased_until)
        except Exception as error:  # the others are released all the same
            failures.append(error)
    if failures:
        raise ExceptionGroup("some leases could not be released", failures)
    return released


def pause_after(job_id: str, attempt: int) -> timedelta:
    """30 s, 2 min, 10 min, then 1 h, each up to a tenth longer by a fraction that depends on job
    and attempt alone, so that jobs that failed together do not come back together."""
    pause = BACK_OFF[min(max(attempt, 1), len(BACK_OFF)) - 1]
    spread = hashlib.sha256(f"{job_id} {attempt}".encode()).digest()[0] / 255
    return pause + pause * 0.1 * spread


def case_of_job(connection: Connection, job_id: str) -> str | None:
    """The case a job belongs to; None where there is no such job."""
    job = find_job(connection, job_id)
    return None if job is None else job.root_id


__all__ = [
    "BACK_OFF",
    "LEASE",
    "LONGEST_LOCK",
    "ClaimedJob",
    "claim_jobs",
    "complete_job",
    "extend_lease",
    "fail_job",
    "lease_of",
    "note_mails_left",
    "pause_after",
    "release_expired_leases",
]
