"""Commands on jobs: workers claim them, report what became of them, and lose them when they stall.

Handlers run outside any transaction. The attempt number fences: a report of an attempt that no
longer holds the job changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from runner.clock import to_text
from runner.encoding import loads
from runner.engine.access import WORKER
from runner.engine.attachments import Upload, keep
from runner.engine.case_change import CaseChange
from runner.engine.elements.host import moving
from runner.engine.elements.incidents import raise_incident
from runner.engine.elements.mappings import take_result
from runner.engine.instances import end_if_completed
from runner.engine.site import Site
from runner.engine.spiff.host import Token
from runner.engine.transaction import change_case
from runner.errors import Failure, NotFound
from runner.events import JobAttemptFailed, JobCompleted, JobOutcomeDiscarded
from runner.feel import to_feel
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
from runner.store.mails import Mail, find_mail, insert_mail
from service_tasks.contract import Delivery, Outcome

BACK_OFF = (
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(hours=1),
)
LEASE = timedelta(seconds=60)
"""Of a job that no handler here serves; others have their handler's."""
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


def claim_jobs(
    site: Site, worker: str, limit: int, lease: timedelta | None = None
) -> list[ClaimedJob]:
    """Takes up to ``limit`` due jobs for ``worker``; nobody else gets them before the lease ends:
    ``lease``, or where it is None that of each job's handler.

    A job whose person was erased cannot be done any more and fails at once.
    """

    def held(job_type: str) -> timedelta:
        return lease_of(site, job_type) if lease is None else lease

    now = site.clock.now()
    claimed: list[ClaimedJob] = []
    unreadable: list[Job] = []
    with site.database.read() as connection:
        if not has_due_jobs(connection, now):
            return []
    with site.database.write() as connection:
        taken = activate_due_jobs(connection, worker=worker, now=now, lease_of=held, limit=limit)
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
            site, actor=WORKER, case=lambda c: _case_of(c, job_id), command="complete_job"
        ) as change:
            job = change.case.jobs.open.get(job_id)
            if job is None or not finish_job(
                change.connection, job_id, attempt, state="completed", at=change.at
            ):
                _note_discarded(change, job_id, attempt, outcome)
                return False
            assert change.case.execution is not None
            token = change.case.execution.token(job.token_id)
            change.touched = True
            _keep_outcome(change, token, job, attempt, outcome)
            change.case.jobs.end(job_id, "completed")
            moving(change).complete(token.id)
            end_if_completed(change)
            return True
    except NotFound:
        return False


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
    ``final`` says that no attempt can work. ``expired_at`` is when the lease was seen to be over.
    False when this attempt no longer holds the job, or its lease was extended since."""
    try:
        with change_case(
            site, actor=WORKER, case=lambda c: _case_of(c, job_id), command="fail_job"
        ) as change:
            job = find_job(change.connection, job_id)
            if job is None or job_id not in change.case.jobs.open:
                return False
            again = not final and job.attempts_left > 0
            retry_at = change.at + pause_after(job_id, attempt) if again else None
            if not finish_job(
                change.connection,
                job_id,
                attempt,
                state="created" if again else "failed",
                at=change.at,
                due_at=retry_at,
                error=error[:_ERROR_LENGTH],
                expired_at=expired_at,
            ):
                return False
            _note_failure(change, job, attempt, error[:_ERROR_LENGTH], retry_at)
            return True
    except NotFound:
        return False


def release_expired_leases(site: Site, limit: int = 100) -> int:
    """Attempts whose worker went silent count as failed. How many there were. Raises an
    ``ExceptionGroup`` after the last where some could not be noted."""
    now = site.clock.now()
    with site.database.read() as connection:
        expired = expired_jobs(connection, now, limit)
    text = "执行者没有回应，租约已过期。 / The worker went silent; its lease ended."
    failures: list[Exception] = []
    released = 0
    for job in expired:
        try:
            released += fail_job(site, job.id, job.attempts, text, expired_at=now)
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


def _case_of(connection: object, job_id: str) -> str | None:
    job = find_job(connection, job_id)  # type: ignore[arg-type]
    return None if job is None else job.root_id


def _keep_outcome(
    change: CaseChange, token: Token, job: Job, attempt: int, outcome: Outcome
) -> None:
    files = [Upload(a.name, a.media_type, a.data) for a in outcome.attachments]
    kept = keep(change, files)
    mails = [_keep_mail(change, job, delivery) for delivery in outcome.deliveries]
    outputs = {name: to_feel(value) for name, value in outcome.variables.items()}
    change.record(
        JobCompleted(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            job=job.id,
            job_type=job.job_type,
            attempt=str(attempt),
            attachments=tuple(kept),
            mails=tuple(mails),
            outputs=outputs,
        )
    )
    take_result(change, token, outputs)


def _note_discarded(change: CaseChange, job_id: str, attempt: int, outcome: Outcome) -> None:
    """What an attempt did that had lost its job. A mail that has left cannot be called back, so
    people must see it; one that only waited would be sent by the next attempt, if there is one."""
    job = find_job(change.connection, job_id)
    if job is None or (job.state == "completed" and job.attempts == attempt):
        return
    mails: list[str] = []
    if not change.site.vault.is_erased(change.connection, change.case.row.subject_id):
        sent = [delivery for delivery in outcome.deliveries if delivery.state == "sent"]
        mails = [_keep_mail(change, job, delivery) for delivery in sent]
    change.record(
        JobOutcomeDiscarded(
            element=job.element_id,
            token=job.token_id,
            job=job.id,
            job_type=job.job_type,
            attempt=str(attempt),
            mails=tuple(mails),
        )
    )


def _keep_mail(change: CaseChange, job: Job, delivery: Delivery) -> str:
    message = delivery.message
    sent = delivery.state == "sent"
    # a message's key may name its recipient, and the log keeps a mail's key for ever
    key = change.site.derived("mail", message.key).hex()[:32]
    if find_mail(change.connection, key) is None:
        insert_mail(
            change.connection,
            Mail(
                key=key,
                root_id=change.case.id,
                job_id=job.id,
                recipient=message.to,
                subject=message.subject,
                body=message.body,
                state="sent" if sent else "waiting",
                detail=delivery.detail,
                created_at=change.at,
                sent_at=change.at if sent else None,
            ),
        )
    return key


def _note_failure(
    change: CaseChange, job: Job, attempt: int, error: str, retry_at: datetime | None
) -> None:
    assert change.case.execution is not None
    token = change.case.execution.token(job.token_id)
    change.record(
        JobAttemptFailed(
            element=token.element.id,
            token=token.id,
            process=token.element.process_id,
            instance=token.instance_id,
            job=job.id,
            job_type=job.job_type,
            attempt=str(attempt),
            retry_at=None if retry_at is None else to_text(retry_at),
            error={"text": error},
        )
    )
    if retry_at is None:
        # what the handler said may name people: it stays with the job and, sealed, in the event
        text = (
            f"自动步骤“{job.job_type}”试了 {attempt} 次都失败了。 / "
            f"The automatic step '{job.job_type}' failed after {attempt} attempts."
        )
        raise_incident(change, token, Failure("job_failed", token.element.id, text), job.id)


__all__ = [
    "BACK_OFF",
    "LEASE",
    "ClaimedJob",
    "claim_jobs",
    "complete_job",
    "extend_lease",
    "fail_job",
    "lease_of",
    "pause_after",
    "release_expired_leases",
]
