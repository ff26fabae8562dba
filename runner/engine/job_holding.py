"""Who holds a job that external workers do, and what everybody else is told."""

from __future__ import annotations

from sqlalchemy import Connection

from runner.engine.access import WORKER
from runner.engine.case_change import CaseChange
from runner.engine.site import Site
from runner.engine.worker_tokens import ExternalWorker
from runner.errors import InvalidState, NotFound
from runner.store.jobs import Job, find_job

_BETWEEN = "/"  # parts the worker's account from the name it gave itself


def held_job(change: CaseChange, worker: ExternalWorker, job_id: str, attempt: int) -> Job:
    """The job, which this worker's attempt holds. Refusals name who was first."""
    job = require_job(change.connection, worker, job_id)
    change.element = job.element_id
    check_held(change.site, job, worker, attempt)
    return job


def require_job(connection: Connection, worker: ExternalWorker, job_id: str) -> Job:
    """The job. Raises ``NotFound`` also for one that this worker may not know of."""
    job = find_job(connection, job_id)
    if job is None or job.job_type not in worker.job_types:
        raise NotFound(
            f"没有这个任务，或令牌“{worker.name}”不能办理它。 / "
            f"There is no such job, or the token '{worker.name}' may not serve it."
        )
    return job


def check_held(site: Site, job: Job, worker: ExternalWorker, attempt: int) -> None:
    """Raises ``InvalidState`` unless this worker's attempt holds the job."""
    account = (job.worker or "").partition(_BETWEEN)[0]
    if job.state != "activated" or job.attempts != attempt or account != worker.name:
        raise lost(site, job, attempt)


def lost(site: Site, job: Job, attempt: int) -> InvalidState:
    """Why an attempt cannot report: who was first, and when."""
    who = job.worker or WORKER.username
    when = site.local_time(job.ended_at) if job.ended_at else ""
    words = {
        "completed": (
            f"已由 {who} 在第 {job.attempts} 次尝试中于 {when} 完成",
            f"{who} completed it in attempt {job.attempts} at {when}",
        ),
        "cancelled": (f"已于 {when} 取消，不再需要", f"it was withdrawn at {when}: not needed now"),
        "failed": (
            f"第 {job.attempts} 次尝试（{who}）已于 {when} 失败，等待人工处理",
            f"attempt {job.attempts} by {who} failed at {when} and waits for a person",
        ),
        "created": (
            f"第 {job.attempts} 次尝试的锁已结束，任务在等下一次尝试",
            f"the lock of attempt {job.attempts} has ended and the job waits for another attempt",
        ),
        "activated": (
            f"第 {job.attempts} 次尝试由 {who} 持有",
            f"attempt {job.attempts} is held by {who}",
        ),
    }
    zh, en = words[job.state]
    return InvalidState(
        f"第 {attempt} 次尝试应持有任务“{job.job_type}”，但{zh}。什么都没有改变。 / "
        f"Expected attempt {attempt} to hold the job '{job.job_type}', but {en}. "
        "Nothing was changed.",
        person=who,
        at=job.ended_at,
        state=job.state,
        attempt=job.attempts,
    )


def holder_of(worker: ExternalWorker, name: str) -> str:
    """What a job's row says of who holds it: the worker, and what its process calls itself."""
    own = cleaned(name).replace(_BETWEEN, "-")[:50]
    return f"{worker.name}{_BETWEEN}{own}" if own else worker.name


def cleaned(text: str) -> str:
    """On one line, without characters that no database text may hold."""
    return " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
