"""Jobs that external workers do: activated under a lock, reported once, fenced by the attempt.

The same rows, events and incidents as of our own handlers' jobs. A worker may only touch jobs of
its own types, and report only an attempt it holds; everybody else is told who was first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection

from runner.encoding import NotStorable, encode, loads
from runner.engine.case_change import CaseChange
from runner.engine.elements import mappings
from runner.engine.elements.host import moving
from runner.engine.elements.incidents import raise_incident
from runner.engine.instances import end_if_completed
from runner.engine.job_holding import check_held, cleaned, held_job, holder_of, lost, require_job
from runner.engine.job_reports import keep_outcome, note_failure
from runner.engine.jobs import LONGEST_LOCK as LONGEST_LOCK
from runner.engine.jobs import case_of_job, fail_job, pause_after, served_here
from runner.engine.scopes import Scopes
from runner.engine.site import Site
from runner.engine.transaction import change_case
from runner.engine.variables import READ_ONLY
from runner.engine.worker_tokens import ExternalWorker
from runner.errors import Failure, InvalidInput, NotAllowed
from runner.events import JobErrorThrown
from runner.feel import to_feel
from runner.store.cases import find_case
from runner.store.jobs import (
    Job,
    activate_due_jobs,
    extend_job_lease,
    find_job,
    finish_job,
    has_due_jobs,
)
from runner.store.keys import Erased
from service_tasks.contract import Outcome

SHORTEST_LOCK = timedelta(seconds=1)
LONGEST_PAUSE = timedelta(days=30)
MOST_JOBS = 100
MOST_RETRIES = 1_000
_MESSAGE_LENGTH = 2_000
_CODE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class ActivatedJob:
    """A job in a worker's hands until ``locked_until``. ``attempt`` fences its reports."""

    id: str
    case_id: str
    element_id: str
    job_type: str
    attempt: int
    attempts_left: int
    locked_until: datetime
    headers: Mapping[str, str]
    variables: Mapping[str, object]


def has_jobs(site: Site, worker: ExternalWorker, job_types: Collection[str]) -> bool:
    """Whether a job of these types waits now. One SQL statement."""
    with site.database.read() as connection:
        return has_due_jobs(connection, worker.job_types & set(job_types), site.clock.now())


def activate_jobs(
    site: Site,
    *,
    worker: ExternalWorker,
    job_types: Collection[str],
    name: str,
    limit: int,
    lock: timedelta,
    variables: Collection[str] | None = None,
) -> list[ActivatedJob]:
    """Takes up to ``limit`` waiting jobs; nobody else gets them before ``lock`` is over.

    ``name`` is what this process calls itself. Each job comes with the variables its element sees,
    or those named by ``variables``; with the element's mapped inputs alone where the token says so.
    Raises ``NotAllowed`` for a type the token does not name, ``InvalidInput`` for a lock or a limit
    out of range.
    """
    refused = sorted(set(job_types) - worker.job_types)
    if refused or not job_types:
        raise NotAllowed(
            f"令牌“{worker.name}”不能取这些任务类型：{', '.join(refused)}。 / "
            f"The token '{worker.name}' may not serve these job types: {', '.join(refused)}.",
            reason="job_type",
        )
    _check_lock(lock)
    if not 1 <= limit <= MOST_JOBS:
        raise _out_of_range("max_jobs", f"1–{MOST_JOBS}", str(limit))
    types = set(job_types) - served_here(site)
    now = site.clock.now()
    holder = holder_of(worker, name)
    found: list[ActivatedJob] = []
    unreadable: list[Job] = []
    with site.database.read() as connection:
        if not types or not has_due_jobs(connection, types, now):
            return []
    with site.database.write() as connection:
        taken = activate_due_jobs(
            connection, worker=holder, types=types, now=now, lease_of=lambda _: lock, limit=limit
        )
        for job in taken:
            try:
                seen = _variables(site, connection, worker, job, variables)
            except Erased:
                unreadable.append(job)
                continue
            found.append(
                ActivatedJob(
                    id=job.id,
                    case_id=job.root_id,
                    element_id=job.element_id,
                    job_type=job.job_type,
                    attempt=job.attempts,
                    attempts_left=job.attempts_left,
                    locked_until=now + lock,
                    headers=orjson.loads(job.headers),
                    variables=seen,
                )
            )
    for job in unreadable:
        fail_job(site, job.id, job.attempts, "个人数据已删除。 / The data was erased.", final=True)
    return found


def extend_lock(
    site: Site, *, worker: ExternalWorker, job_id: str, attempt: int, lock: timedelta
) -> datetime:
    """The job stays locked until ``lock`` from now. Raises as a report does."""
    _check_lock(lock)
    until = site.clock.now() + lock
    with site.database.write() as connection:
        job = require_job(connection, worker, job_id)
        check_held(site, job, worker, attempt)
        if not extend_job_lease(connection, job_id, attempt, until):
            raise lost(site, find_job(connection, job_id) or job, attempt)
    return until


def complete_external_job(
    site: Site,
    *,
    worker: ExternalWorker,
    job_id: str,
    attempt: int,
    variables: Mapping[str, object],
) -> None:
    """Keeps what the worker gave and lets the case go on.

    Raises ``InvalidState`` naming who was first where this attempt no longer holds the job,
    ``InvalidInput`` for variables that cannot be kept, ``NotFound``. Nothing changed then.
    """
    values = _checked(variables)
    with change_case(
        site, actor=worker.actor, case=lambda c: case_of_job(c, job_id), command="complete_job"
    ) as change:
        job = held_job(change, worker, job_id, attempt)
        assert change.case.execution is not None
        token = change.case.execution.token(job.token_id)
        change.touched = True
        _end(change, job, attempt, "completed")
        try:
            keep_outcome(change, token, job, attempt, Outcome(variables=values))
        except (Failure, NotStorable) as failure:
            raise InvalidInput(str(failure), {"variables": [str(failure)]}) from failure
        change.case.jobs.end(job_id, "completed")
        moving(change).complete(token.id)
        end_if_completed(change)


def fail_external_job(
    site: Site,
    *,
    worker: ExternalWorker,
    job_id: str,
    attempt: int,
    message: str,
    retries_left: int | None = None,
    pause: timedelta | None = None,
) -> datetime | None:
    """Notes a failed attempt: tried again at the time given back, or None and an incident.

    ``retries_left`` replaces the count the diagram gave; ``pause`` our growing back-off. Raises as
    ``complete_external_job`` does.
    """
    if retries_left is not None and not 0 <= retries_left <= MOST_RETRIES:
        raise _out_of_range("retries_left", f"0–{MOST_RETRIES}", str(retries_left))
    if pause is not None and not timedelta() <= pause <= LONGEST_PAUSE:
        raise _out_of_range("backoff_seconds", "0–2592000", str(pause.total_seconds()))
    with change_case(
        site, actor=worker.actor, case=lambda c: case_of_job(c, job_id), command="fail_job"
    ) as change:
        job = held_job(change, worker, job_id, attempt)
        left = job.attempts_left if retries_left is None else retries_left
        wait = pause_after(job_id, attempt) if pause is None else pause
        retry_at = change.at + wait if left > 0 else None
        text = cleaned(message)[:_MESSAGE_LENGTH]
        change.touched = True
        finished = finish_job(
            change.connection,
            job_id,
            attempt,
            state="failed" if retry_at is None else "created",
            at=change.at,
            due_at=retry_at,
            error=text,
            attempts_left=left,
        )
        assert finished, "held under the lock of its case"
        note_failure(change, job, attempt, text, retry_at)
        return retry_at


def throw_job_error(
    site: Site,
    *,
    worker: ExternalWorker,
    job_id: str,
    attempt: int,
    code: str,
    message: str = "",
    variables: Mapping[str, object] | None = None,
) -> bool:
    """Ends the job with a BPMN error: the nearest error event around it that catches ``code`` goes
    on, with ``variables`` as what came with the event. False where nothing catches it: an incident,
    whose repair gives the job to workers again. Raises as ``complete_external_job`` does."""
    code = cleaned(code)
    if not 0 < len(code) <= _CODE_LENGTH:
        raise _out_of_range("code", f"1–{_CODE_LENGTH}", str(len(code)))
    values = _checked(variables or {})
    with change_case(
        site, actor=worker.actor, case=lambda c: case_of_job(c, job_id), command="fail_job"
    ) as change:
        job = held_job(change, worker, job_id, attempt)
        execution = moving(change)
        token = execution.token(job.token_id)
        place = {
            "element": token.element.id,
            "token": token.id,
            "process": token.element.process_id,
            "instance": token.instance_id,
        }
        catching = execution.catching(token.id, "error", code)
        caught = catching is not None
        change.record(
            JobErrorThrown(
                **place,
                job=job.id,
                job_type=job.job_type,
                attempt=str(attempt),
                caught=caught,
                error={"code": code, "text": cleaned(message)[:_MESSAGE_LENGTH]},
                outputs=values,
            )
        )
        if catching is not None:
            _end(change, job, attempt, "completed")
            change.case.jobs.end(job_id, "completed")
            mappings.take_brought(change, catching, values)
            execution.throw_error(token.id, code)
            end_if_completed(change)
        else:
            _end(change, job, attempt, "failed")
            text = (
                f"自动步骤“{job.job_type}”报告了错误“{code}”，没有人接住。 / "
                f"The automatic step '{job.job_type}' threw the error '{code}', "
                "which nothing catches."
            )
            raise_incident(change, token, Failure("error_uncaught", token.element.id, text), job.id)
        return caught


def _variables(
    site: Site,
    connection: Connection,
    worker: ExternalWorker,
    job: Job,
    wanted: Collection[str] | None,
) -> dict[str, object]:
    row = find_case(connection, job.root_id)
    assert row is not None
    inputs = loads(site.vault.decrypt(connection, row.subject_id, job.inputs))
    found = dict(inputs) if isinstance(inputs, dict) else {}
    if not worker.inputs_only:
        scopes = Scopes.load(connection, site.vault, job.root_id, row.subject_id)
        if scopes.get(job.scope_id) is not None:
            found = {**scopes.visible(job.scope_id), **found}
    return found if wanted is None else {name: found[name] for name in wanted if name in found}


def _end(change: CaseChange, job: Job, attempt: int, state: str) -> None:
    ended = finish_job(change.connection, job.id, attempt, state=state, at=change.at)
    assert ended, "held under the lock of its case"


def _checked(variables: Mapping[str, object]) -> dict[str, object]:
    """FEEL values that a case can keep. Raises ``InvalidInput`` by name."""
    found: dict[str, object] = {}
    errors: dict[str, list[str]] = {}
    for name, value in variables.items():
        if not name or name in READ_ONLY or name.startswith("#"):
            errors[name] = [f"“{name}”是只读的。 / '{name}' is read-only."]
            continue
        try:
            found[name] = to_feel(value)
            encode(found[name], name)
        except (NotStorable, TypeError) as error:
            errors[name] = [f"无法保存：{error} / Cannot be kept: {error}"]
    if errors:
        names = ", ".join(errors)
        raise InvalidInput(
            f"这些变量不能写入：{names}。 / These variables cannot be written: {names}.", errors
        )
    return found


def _check_lock(lock: timedelta) -> None:
    if not SHORTEST_LOCK <= lock <= LONGEST_LOCK:
        raise _out_of_range("lock_seconds", "1–86400", str(lock.total_seconds()))


def _out_of_range(name: str, expected: str, found: str) -> InvalidInput:
    message = (
        f"“{name}”应为 {expected}，得到的是 {found}。 / '{name}' should be {expected}, not {found}."
    )
    return InvalidInput(message, {name: [message]})
